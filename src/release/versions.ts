import { isArray, isObject, type Json } from '../model/json.ts';
import { previewOfVersion } from '../model/preview.ts';
import type { Canary, RemoteResource } from '../model/remote.ts';
import type { Binding } from '../model/state.ts';

/** What a version is needed for. */
export type VersionUse = 'main' | 'waiting' | 'canary' | 'preview' | 'moving';

export interface VersionUses {
  readonly main: string | undefined;
  readonly binding: Binding | undefined;
  readonly canary: Canary | undefined;
}

/** All that speaks against deleting a version; empty when nothing does. */
export function usesOf(
  version: RemoteResource,
  { main, binding, canary }: VersionUses,
): readonly VersionUse[] {
  const id = version.versionId ?? '';
  const waiting = [
    binding?.staged_version_id,
    binding?.candidate?.version_id,
    binding?.rollout?.candidate.version_id,
  ];
  return [
    ...(id === main ? ['main' as const] : []),
    ...(waiting.includes(id) && id !== main ? ['waiting' as const] : []),
    ...(binding?.moving?.version_id === id && id !== main ? ['moving' as const] : []),
    ...(canary?.rules.some((rule) => mentions(rule, id)) === true ? ['canary' as const] : []),
    ...(previewOfVersion(version.versionName) === undefined ? [] : ['preview' as const]),
  ];
}

function mentions(value: Json, id: string): boolean {
  if (typeof value === 'string') return value === id;
  if (isArray(value)) return value.some((item) => mentions(item, id));
  return isObject(value) && Object.values(value).some((item) => mentions(item, id));
}

/** The versions that may go when `keep` of the newest are to stay, oldest first. What is in use always stays. */
export function prunable(
  versions: readonly RemoteResource[],
  keep: number,
  uses: VersionUses,
): readonly RemoteResource[] {
  return versions
    .slice(keep)
    .filter((version) => version.versionId !== undefined && usesOf(version, uses).length === 0)
    .toReversed();
}
