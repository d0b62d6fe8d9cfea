/** What previews left in an account: found by name alone, and removed without a trace. */
import { dropVersions, type UnlinkApi, type UnlinkDeps, unlink } from '../apply/unlink.ts';
import { KIND_NAMES, type Kind } from '../model/address.ts';
import { ApiError } from '../model/errors.ts';
import { KINDS } from '../model/kinds.ts';
import { previewOfCopy, previewOfVersion } from '../model/preview.ts';
import type { Api, RemoteResource } from '../model/remote.ts';

export interface Trace {
  /** A temporary copy, or a candidate version of an assistant. */
  readonly what: 'copy' | 'version';
  readonly preview: string;
  readonly kind: Kind;
  /** Of the resource; for a version that of its assistant. */
  readonly id: string;
  readonly versionId: string | undefined;
  /** Of the resource or of the version. */
  readonly name: string;
  /** Name of the assistant that a version belongs to. */
  readonly assistant: string | undefined;
  /** RFC 3339, UTC; undefined when the API does not tell. */
  readonly createdAt: string | undefined;
  /** A version that somebody promoted: it can no longer be removed. */
  readonly isMain: boolean;
}

/** Rounds of deletion: what is used by something that goes in the same round may be refused until that is gone. */
const ROUNDS = 3;

type TraceApi = UnlinkApi & Pick<Api, 'list' | 'erase' | 'getVersion'>;

export interface TraceDeps extends UnlinkDeps {
  readonly api: TraceApi;
}

/** Traces of one preview or, without an id, of all. Reads every list, because nothing else knows of them. */
export async function findTraces(api: TraceApi, id?: string): Promise<readonly Trace[]> {
  const lists = await Promise.all(KIND_NAMES.map((kind) => listed(api, kind)));
  const resources = lists.flat();
  const copies = resources.flatMap(copyTraces);
  const originals = resources.filter(
    ({ kind, name }) => kind === 'assistant' && previewOfCopy(name) === undefined,
  );
  const versions = await Promise.all(
    originals.map(async (main) =>
      (await versionsOf(api, main)).flatMap((version) => versionTrace(main, version)),
    ),
  );
  return [...copies, ...versions.flat()].filter((trace) => id === undefined || trace.preview === id);
}

/** The kind without whose list nothing can be said. A key that may not read another kind cannot have made any of it. */
const NEEDED: Kind = 'assistant';

/** Everything of a kind. */
async function listed(api: TraceApi, kind: Kind): Promise<readonly RemoteResource[]> {
  try {
    return await api.list(kind);
  } catch (error) {
    const refused = error instanceof ApiError && (error.status === 403 || error.status === 404);
    if (refused && kind !== NEEDED) return [];
    throw error;
  }
}

/** An assistant may be deleted between the two lists. */
async function versionsOf(api: TraceApi, { id }: RemoteResource): Promise<readonly RemoteResource[]> {
  try {
    return await api.listVersions(id);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

/** The trace that a resource is; none where its name bears no mark of a preview. */
export function copyTraces({ kind, id, name, createdAt }: RemoteResource): readonly Trace[] {
  const mark = previewOfCopy(name);
  if (mark === undefined) return [];
  const none = { versionId: undefined, assistant: undefined, isMain: false };
  return [{ what: 'copy', preview: mark.id, kind, id, name, createdAt, ...none }];
}

function versionTrace(main: RemoteResource, version: RemoteResource): readonly Trace[] {
  const preview = previewOfVersion(version.versionName);
  const { versionId } = version;
  if (preview === undefined || versionId === undefined) return [];
  return [
    {
      what: 'version',
      preview,
      kind: 'assistant',
      id: main.id,
      versionId,
      name: version.versionName ?? '',
      assistant: main.name,
      createdAt: version.versionCreatedAt ?? timeOf(versionId),
      isMain: versionId === main.versionId,
    },
  ];
}

/** Version ids are UTC times with microseconds, as `20260728T225813827600`; undefined for any other id. */
function timeOf(versionId: string): string | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})\d*$/.exec(versionId)?.slice(1);
  if (parts === undefined) return undefined;
  const [year, month, day, hour, minute, second, milli] = parts;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${milli}Z`;
}

export interface Kept {
  readonly trace: Trace;
  readonly reason: string;
}

export interface Removal {
  readonly removed: readonly Trace[];
  readonly kept: readonly Kept[];
}

/**
 * Removes traces, users of a thing before the thing, and reads each one back. What cannot be removed is kept with
 * the reason; only a refused key ends everything.
 */
export async function removeTraces(deps: TraceDeps, traces: readonly Trace[]): Promise<Removal> {
  const { api } = deps;
  const removed: Trace[] = [];
  let left: readonly Kept[] = traces.map((trace) => ({ trace, reason: '' }));
  for (let round = 1; round <= ROUNDS && left.length > 0; round += 1) {
    const failed: Kept[] = [];
    for (const group of byRank(left.map(({ trace }) => trace))) {
      const results = await Promise.all(group.map((trace) => removeOne(api, trace)));
      for (const [index, reason] of results.entries()) {
        const trace = group[index];
        if (trace === undefined) continue;
        if (reason === undefined) removed.push(trace);
        else failed.push({ trace, reason });
      }
    }
    left = failed;
    if (round < ROUNDS)
      await freeCopies(
        deps,
        left.map(({ trace }) => trace),
      );
  }
  return { removed, kept: left };
}

/** Copies that hand over to each other stand in each other's way: the references are taken out, and older versions. */
async function freeCopies(deps: TraceDeps, left: readonly Trace[]): Promise<void> {
  const { api } = deps;
  const copies = left.filter(({ what, kind }) => what === 'copy' && kind === 'assistant');
  for (const copy of copies) {
    for (const other of copies) {
      if (other.id === copy.id) continue;
      const live = await api.get('assistant', other.id);
      if (live === undefined) continue;
      await unlink(deps, live, copy.id, { name: 'unlinked' });
      await dropVersions(api, other.id, copy.id);
    }
  }
}

/** Versions and tests first, then assistants, then what assistants use. */
function byRank(traces: readonly Trace[]): readonly (readonly Trace[])[] {
  const groups: Trace[][] = [[], [], []];
  for (const trace of traces) groups[rank(trace)]?.push(trace);
  return groups.filter((group) => group.length > 0);
}

function rank({ what, kind }: Trace): number {
  if (what === 'version' || kind === 'test') return 0;
  return KINDS[kind].live ? 2 : 1;
}

/** Undefined when it is gone. */
async function removeOne(api: TraceApi, trace: Trace): Promise<string | undefined> {
  const { versionId } = trace;
  // Which version a list shows is not documented: main is who a read by id says it is.
  if (trace.isMain && (await api.get('assistant', trace.id))?.versionId === versionId)
    return 'it is main by now: somebody promoted it';
  try {
    if (versionId === undefined) await api.erase(trace.kind, trace.id);
    else await api.deleteVersion(trace.id, versionId);
  } catch (error) {
    if (!(error instanceof ApiError) || error.kind === 'auth') throw error;
    if (error.effect !== 'unknown') return error.message;
  }
  const found =
    versionId === undefined ? await api.get(trace.kind, trace.id) : await api.getVersion(trace.id, versionId);
  return found === undefined ? undefined : 'it is still there after it was deleted';
}
