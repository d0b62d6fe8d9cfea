import { hideSecrets } from '../../canonical/canonical.ts';
import { withReferences } from '../../canonical/walk.ts';
import type { Address } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import type { Json } from '../../model/json.ts';
import type { FieldChange } from '../../model/plan.ts';
import type { RemoteResource } from '../../model/remote.ts';
import type { MainRecord } from '../../model/state.ts';
import type { VersionRow } from '../../model/version-record.ts';
import { configFields, specFields } from '../../plan/version-diff.ts';
import type { Host } from '../host.ts';
import { gather, gatherProject } from '../session/inputs.ts';
import { readVersion } from './promotions.ts';
import { rowOf, versionId, withVersions } from './versions.ts';

export interface VersionList {
  readonly address: Address;
  readonly versions: readonly VersionRow[];
  /** Which of them were main, oldest first. */
  readonly mains: readonly MainRecord[];
}

/** Every version of an assistant with what it is needed for. */
export async function versionList(host: Host, text: string): Promise<VersionList> {
  const project = await gatherProject(host);
  return await withVersions(host, project, text, async (seen) => ({
    address: seen.address,
    versions: seen.versions.map((version) => rowOf(version, seen)),
    mains: seen.binding.mains ?? [],
  }));
}

export interface WholeVersion {
  readonly address: Address;
  readonly row: VersionRow;
  /** Secrets hidden and ids as addresses. */
  readonly config: Json;
}

/** One version whole. */
export async function wholeVersion(host: Host, text: string, id: string): Promise<WholeVersion> {
  const project = await gatherProject(host);
  return await withVersions(host, project, text, async (seen) => {
    const version = await readVersion(seen, seen, versionId(seen, id));
    const config = hideSecrets(SHAPES.assistant, withReferences(SHAPES.assistant, version.config, seen.refs));
    return { address: seen.address, row: rowOf(version, seen), config };
  });
}

export interface VersionComparison {
  readonly title: { readonly address: Address; readonly from: string; readonly to: string };
  readonly fields: readonly FieldChange[];
}

/** What differs between two versions, or between a version and what Git says. */
export async function versionComparison(
  host: Host,
  text: string,
  from: string,
  to: string,
): Promise<VersionComparison> {
  if (from === 'git') {
    throw new Failure('usage', 'git can only be the second side', {
      code: 'DIFF_SIDES',
      hint: `assistantctl versions diff ${text} ${to} git`,
    });
  }
  const inputs = to === 'git' ? await gather(host) : undefined;
  const project = inputs?.project ?? (await gatherProject(host));
  return await withVersions(host, project, text, async (seen) => {
    const read = (id: string): Promise<RemoteResource> => readVersion(seen, seen, versionId(seen, id));
    const left = await read(from);
    const resource = inputs?.desired.resources.get(seen.address);
    if (inputs !== undefined && resource === undefined) {
      throw new Failure('usage', `${seen.address} has no spec`, { code: 'SPEC_NONE' });
    }
    const fields =
      resource === undefined
        ? configFields(left.config, (await read(to)).config, seen.refs)
        : specFields(left.config, resource, seen.refs);
    const title = { address: seen.address, from: sideName(seen, from), to: sideName(seen, to) };
    return { title, fields };
  });
}

function sideName(seen: Parameters<typeof versionId>[0], word: string): string {
  const id = versionId(seen, word);
  return id === word ? word : `${word} (${id})`;
}
