/** Settings: what Git writes and the API never sees. They are compared with those of the last completed apply. */
import type { DesiredState } from '../model/desired.ts';
import { isObject, type Json, type JsonObject, jsonEqual, toPointer } from '../model/json.ts';
import type { SettingChange, Settings } from '../model/review.ts';
import { type PlanIdentity, settingDigest } from './review-units.ts';

/** The settings of an environment: those of the project file, and those of each document. */
export function settingsOf(desired: DesiredState, own: { readonly [owner: string]: JsonObject }): Settings {
  const owners: { [address: string]: JsonObject } = { ...own };
  for (const { address, promotion, lifecycle, only } of desired.resources.values()) {
    const { preventDestroy, ignoreChanges, movedFrom } = lifecycle;
    owners[address] = {
      ...(promotion !== undefined && { promotion }),
      ...(only !== undefined && { only }),
      lifecycle: {
        ...(preventDestroy && { prevent_destroy: true }),
        ...(ignoreChanges.length > 0 && { ignore_changes: ignoreChanges }),
        ...(movedFrom.length > 0 && { moved_from: movedFrom }),
      },
    };
  }
  const settings: { [address: string]: { readonly [pointer: string]: Json } } = {};
  for (const [address, value] of Object.entries(owners)) {
    const values = Object.fromEntries(leaves(value, []));
    if (Object.keys(values).length > 0) settings[address] = values;
  }
  return settings;
}

/** Each value below an object by its pointer; a list is one value. */
function leaves(value: Json, path: readonly string[]): readonly (readonly [string, Json])[] {
  if (!isObject(value)) return [[toPointer(path), value]];
  return Object.entries(value).flatMap(([name, entry]) => leaves(entry, [...path, name]));
}

/**
 * What of the settings is new, changed or gone. The settings of a document that is gone went with it: that is shown
 * as an orphan or a deletion.
 */
export function settingChanges(
  identity: PlanIdentity,
  former: Settings,
  present: Settings,
  desired: Pick<DesiredState, 'resources'>,
): readonly SettingChange[] {
  const documents = new Set<string>(desired.resources.keys());
  const addresses = [...new Set([...Object.keys(former), ...Object.keys(present)])].sort();
  return addresses.flatMap((address) => {
    const [was, is] = [former[address] ?? {}, present[address] ?? {}];
    // A document without any setting is not among them, and is there all the same.
    if (isResource(address) && !documents.has(address)) return [];
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].sort().flatMap((path) => {
      const [before, after] = [was[path] ?? null, is[path] ?? null];
      if (jsonEqual(before, after)) return [];
      return [{ address, path, before, after, digest: settingDigest(identity, address, path, after) }];
    });
  });
}

/** The owners `project` and `environment/<name>` are always there; documents come and go. */
function isResource(address: string): boolean {
  return address !== PROJECT_OWNER && !address.startsWith(ENVIRONMENT_OWNER);
}

export const PROJECT_OWNER = 'project';
export const ENVIRONMENT_OWNER = 'environment/';
