import type { PreviewTrace, PreviewTraces } from '../../model/preview-report.ts';
import { REPORT_FORMAT } from '../../model/report.ts';
import {
  listPreviewTraces,
  type PreviewRemains,
  type PreviewTracesFound,
  removeOldPreviews,
  removePreview,
} from '../../operations/preview/remove.ts';
import { renderTraces } from '../../render/terminal/preview-text.ts';
import type { Context } from '../context.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE, exitCodeOf } from '../exit-codes.ts';
import { format, type TextOrJson } from '../options.ts';
import { requireDuration, requirePreviewId } from './preview.ts';

type FoundTrace = PreviewTracesFound['traces'][number];

/** Lists what previews left in the account. */
export const previewStatus = defineCommand({
  usage: 'status',
  options: (command) => command.option('--id <id>', 'only this preview').addOption(format('text', 'json')),
  run: async (context, _args, flags) => {
    const id = flags.id === undefined ? undefined : requirePreviewId(flags.id);
    const { environment, traces } = await listPreviewTraces(context, id);
    const entries = traces.map((trace) => entry(trace, null));
    return show(context, { environment, action: 'found', entries }, flags.format);
  },
});

/** Removes every trace of one preview. */
export const down = defineCommand({
  usage: 'down',
  options: (command) =>
    command.requiredOption('--id <id>', 'name of the preview').addOption(format('text', 'json')),
  run: async (context, _args, flags) => {
    return report(context, await removePreview(context, requirePreviewId(flags.id)), flags.format);
  },
});

/** Removes the previews of which nothing is younger than the age. */
export const gc = defineCommand({
  usage: 'gc',
  options: (command) =>
    command
      .requiredOption('--older-than <duration>', 'previews of which nothing is younger, for example 7d')
      .addOption(format('text', 'json')),
  run: async (context, _args, flags) => {
    const age = requireDuration('--older-than', flags.olderThan);
    return report(context, await removeOldPreviews(context, age), flags.format);
  },
});

function report(
  context: Context,
  { environment, removed, kept }: PreviewRemains,
  format: TextOrJson,
): number {
  const entries = [
    ...removed.map((trace) => entry(trace, null)),
    ...kept.map(({ trace, reason }) => entry(trace, reason)),
  ];
  const code = show(context, { environment, action: 'removed', entries }, format);
  return kept.length === 0 ? code : exitCodeOf('partial');
}

interface ShownTraces {
  readonly environment: string;
  readonly action: PreviewTraces['action'];
  readonly entries: readonly PreviewTrace[];
}

function show(context: Context, { environment, action, entries }: ShownTraces, format: TextOrJson): number {
  const document: PreviewTraces = {
    format_version: REPORT_FORMAT,
    environment,
    action,
    traces: entries,
  };
  if (format === 'json') context.printJson(document);
  else context.print(renderTraces(document, context.style));
  return EXIT_DONE;
}

function entry(trace: FoundTrace, kept: string | null): PreviewTrace {
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
