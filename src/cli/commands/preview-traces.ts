import type { PreviewTrace, PreviewTraces } from '../../model/preview-report.ts';
import type { Project } from '../../model/project.ts';
import { REPORT_FORMAT } from '../../model/report.ts';
import { accessTo } from '../../operations/session/access.ts';
import { type Connection, connect } from '../../operations/session/connect.ts';
import { gatherProject } from '../../operations/session/inputs.ts';
import { forgotten } from '../../release/preview-age.ts';
import {
  findTraces,
  type Kept,
  type Removal,
  removeTraces,
  type Trace,
} from '../../release/preview-traces.ts';
import { renderTraces } from '../../render/terminal/preview-text.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE, exitCodeOf } from '../exit-codes.ts';
import { requireDuration, requirePreviewId } from './preview.ts';

/** A list may show late what was made just before: the last look must find nothing, some time after the first. */
const ROUNDS = 4;
const LAG_MS = 1_500;

/** Lists what previews left in the account. */
export function previewStatus(
  context: Context,
  flags: { readonly id?: string; readonly format: string },
): Promise<number> {
  const id = flags.id === undefined ? undefined : requirePreviewId(flags.id);
  return withAccount(context, async ({ api }, project) => {
    const traces = await findTraces(api, id);
    return show(
      context,
      project,
      'found',
      traces.map((trace) => entry(trace, null)),
      flags.format,
    );
  });
}

/** Removes every trace of one preview, and looks again after a while until none is left. */
export function down(
  context: Context,
  flags: { readonly id: string; readonly format: string },
): Promise<number> {
  const id = requirePreviewId(flags.id);
  return withAccount(context, async ({ api }, project) => {
    const removed: Trace[] = [];
    let kept: readonly Kept[] = [];
    const gone = new Set<string>();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const found = (await findTraces(api, id)).filter((trace) => !gone.has(keyOf(trace)));
      if (found.length === 0 && round > 1) break;
      const removal = await removeTraces(api, found);
      for (const trace of removal.removed) gone.add(keyOf(trace));
      removed.push(...removal.removed);
      kept = removal.kept;
      await context.runtime.sleep(LAG_MS);
    }
    return report(context, project, { removed, kept }, flags.format);
  });
}

/** Removes the previews of which nothing is younger than the age. */
export function gc(
  context: Context,
  flags: { readonly olderThan: string; readonly format: string },
): Promise<number> {
  const age = requireDuration('--older-than', flags.olderThan);
  return withAccount(context, async ({ api }, project) => {
    const { old, unknown } = forgotten(await findTraces(api), context.runtime.clock().getTime() - age);
    for (const id of unknown) context.note(`preview ${id}: its age is not known; it is left alone.\n`);
    return report(context, project, await removeTraces(api, old), flags.format);
  });
}

async function withAccount(
  context: Context,
  work: (connection: Connection, project: Project) => Promise<number>,
): Promise<number> {
  const project = await gatherProject(context);
  const access = accessTo(project.environment, context.runtime.env);
  const connection = await connect(context, project, access);
  try {
    return await work(connection, project);
  } finally {
    await connection.close();
  }
}

function keyOf({ kind, id, versionId }: Trace): string {
  return `${kind} ${id} ${versionId ?? ''}`;
}

function report(context: Context, project: Project, { removed, kept }: Removal, format: string): number {
  const entries = [
    ...removed.map((trace) => entry(trace, null)),
    ...kept.map(({ trace, reason }) => entry(trace, reason)),
  ];
  const code = show(context, project, 'removed', entries, format);
  return kept.length === 0 ? code : exitCodeOf('partial');
}

function show(
  context: Context,
  project: Project,
  action: PreviewTraces['action'],
  traces: readonly PreviewTrace[],
  format: string,
): number {
  const environment = project.environment.name;
  const document: PreviewTraces = { format_version: REPORT_FORMAT, environment, action, traces };
  if (format === 'json') context.printJson(document);
  else context.print(renderTraces(document, context.style));
  return EXIT_DONE;
}

function entry(trace: Trace, kept: string | null): PreviewTrace {
  return {
    preview: trace.preview,
    what: trace.what,
    kind: trace.kind,
    remote_id: trace.id,
    version_id: trace.versionId ?? null,
    name: trace.name,
    assistant: trace.assistant ?? null,
    created_at: trace.createdAt ?? null,
    kept,
  };
}
