import type { Project } from '../../model/project.ts';
import { forgotten } from '../../release/preview-age.ts';
import {
  findTraces,
  type Kept,
  type Removal,
  removeTraces,
  type Trace,
} from '../../release/preview-traces.ts';
import type { Host } from '../host.ts';
import type { Connection } from '../session/connect.ts';
import { gatherProject } from '../session/inputs.ts';
import { withConnection, withLease } from '../session/opener.ts';

/** A list may show late what was made just before: the last look must find nothing, some time after the first. */
const ROUNDS = 4;
const LAG_MS = 1_500;

/** What previews left in an account. */
export interface PreviewRemains extends Removal {
  readonly environment: string;
}

export interface PreviewTracesFound {
  readonly environment: string;
  readonly traces: readonly Trace[];
}

/** Lists what one preview, or every preview, left in the account. */
export function listPreviewTraces(host: Host, id: string | undefined): Promise<PreviewTracesFound> {
  return withPreviews(host, async ({ api }, { environment }) => ({
    environment: environment.name,
    traces: await findTraces(api, id),
  }));
}

/** Removes every trace of one preview, and looks again after a while until none is left. */
export function removePreview(host: Host, id: string): Promise<PreviewRemains> {
  return withPreviews(host, async ({ api }, { environment }) => {
    const removed: Trace[] = [];
    let kept: readonly Kept[] = [];
    const gone = new Set<string>();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const found = (await findTraces(api, id)).filter((trace) => !gone.has(keyOf(trace)));
      if (found.length === 0 && round > 1) break;
      const removal = await removeTraces({ api, sleep: host.runtime.sleep }, found);
      for (const trace of removal.removed) gone.add(keyOf(trace));
      removed.push(...removal.removed);
      kept = removal.kept;
      await host.runtime.sleep(LAG_MS);
    }
    return { environment: environment.name, removed, kept };
  });
}

/** Removes the previews of which nothing is younger than the age in milliseconds. */
export function removeOldPreviews(host: Host, age: number): Promise<PreviewRemains> {
  return withPreviews(host, (connection, project) => removeOld(host, connection, project, age));
}

async function removeOld(
  host: Host,
  { api }: Connection,
  { environment }: Project,
  age: number,
): Promise<PreviewRemains> {
  const { old, unknown } = forgotten(await findTraces(api), host.runtime.clock().getTime() - age);
  for (const id of unknown) host.note(`preview ${id}: its age is not known; it is left alone.\n`);
  const removed = await removeTraces({ api, sleep: host.runtime.sleep }, old);
  return { environment: environment.name, ...removed };
}

/** The same by a program that runs for long: with the lease, and not at all where there is no preview. */
export async function removeOldPreviewsAlone(host: Host, age: number): Promise<PreviewRemains | undefined> {
  const { traces } = await listPreviewTraces(host, undefined);
  if (forgotten(traces, host.runtime.clock().getTime() - age).old.length === 0) return undefined;
  const project = await gatherProject(host);
  return await withLease(host, project, ({ session }) =>
    withConnection(host, project, (connection) => removeOld(host, connection, project, age), session.fence),
  );
}

async function withPreviews<Result>(
  host: Host,
  work: (connection: Connection, project: Project) => Promise<Result>,
): Promise<Result> {
  const project = await gatherProject(host);
  return await withConnection(host, project, (connection) => work(connection, project));
}

function keyOf({ kind, id, versionId }: Trace): string {
  return `${kind} ${id} ${versionId ?? ''}`;
}
