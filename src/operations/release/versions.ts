import type { Address } from '../../model/address.ts';
import type { Project } from '../../model/project.ts';
import type { Canary, RemoteResource } from '../../model/remote.ts';
import type { State } from '../../model/state.ts';
import type { VersionRow } from '../../model/version-record.ts';
import { usesOf } from '../../release/versions.ts';
import { findAddress } from '../address-argument.ts';
import type { Host } from '../host.ts';
import { notBound } from '../session/bindings.ts';
import type { Connection } from '../session/connect.ts';
import { withAccount } from '../session/opener.ts';
import { type Bound, readBound, requireAssistant } from './promotions.ts';

/** An assistant with all its versions, newest first. */
export interface Versions extends Bound {
  readonly connection: Connection;
  readonly versions: readonly RemoteResource[];
  readonly canary: Canary | undefined;
  /** Live id → address. */
  readonly refs: ReadonlyMap<string, string>;
}

/** Reads an assistant's versions without taking the lease. */
export async function withVersions<Result>(
  host: Host,
  project: Project,
  text: string,
  work: (versions: Versions) => Promise<Result>,
): Promise<Result> {
  const address = requireAssistant(await findAddress(host, text, ['assistant']));
  return await withAccount(host, project, async (connection, state) => {
    if (state === undefined) throw notBound(address, undefined);
    return await work(await readVersions(connection, state, address));
  });
}

/** All versions of a bound assistant and what they are needed for. */
export async function readVersions(
  connection: Connection,
  state: State,
  address: Address,
): Promise<Versions> {
  const bound = await readBound({ connection }, state, address);
  const [versions, canary] = await Promise.all([
    connection.api.listVersions(bound.main.id),
    connection.api.canary(bound.main.id),
  ]);
  const refs = new Map(Object.entries(state.resources).map(([known, { remote_id }]) => [remote_id, known]));
  return { ...bound, connection, versions: newestFirst(versions), canary, refs };
}

/** Sorts versions by age. The API lists them so already, but deleting by age must not depend on its order. */
function newestFirst(versions: readonly RemoteResource[]): readonly RemoteResource[] {
  const age = ({ versionCreatedAt }: RemoteResource): number => Date.parse(versionCreatedAt ?? '');
  if (versions.some((version) => Number.isNaN(age(version)))) return versions;
  return versions.toSorted((a, b) => age(b) - age(a));
}

/** `main` and `waiting` are names for the versions that are. Anything else is an id. */
export function versionId({ main, binding }: Pick<Bound, 'main' | 'binding'>, word: string): string {
  if (word === 'main') return main.versionId ?? word;
  return word === 'waiting' ? (binding.candidate?.version_id ?? word) : word;
}

/** How a version is listed. */
export function rowOf(version: RemoteResource, { main, binding, canary }: Versions): VersionRow {
  const id = version.versionId ?? '';
  const uses = usesOf(version, { main: main.versionId, binding, canary });
  const former = binding.mains?.some(({ version_id }) => version_id === id) === true && id !== main.versionId;
  return {
    version_id: id,
    name: version.versionName ?? null,
    created_at: version.versionCreatedAt ?? null,
    marks: [...uses, ...(former ? ['was main'] : [])],
  };
}
