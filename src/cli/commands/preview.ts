import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { parseDuration } from '../../model/duration.ts';
import { Failure } from '../../model/errors.ts';
import { isPreviewId } from '../../model/preview.ts';
import { type PreviewedUp, previewUp } from '../../operations/preview/preview-up.ts';
import { renderTalkPage } from '../../render/html/talk-page.ts';
import { renderPreviewMarkdown } from '../../render/markdown/preview-markdown.ts';
import { renderPreview } from '../../render/terminal/preview-text.ts';
import type { Context } from '../context.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE, exitCodeOf } from '../exit-codes.ts';
import { format, type TextJsonOrMarkdown } from '../options.ts';
import { writeJunit } from '../test-report.ts';

/** Stages what the branch changes beside everything live, runs the tests on it, and prints one result. */
export const up = defineCommand({
  usage: 'up',
  options: (command) =>
    command
      .requiredOption('--id <id>', 'name of the preview, for example pr-42')
      .option('--no-tests', 'stage only')
      .addOption(
        new Option('--against <what>', 'what the tests are compared with: main is run where nothing is known')
          .choices(['main', 'remembered', 'nothing'] as const)
          .default('remembered'),
      )
      .option('--linked', 'copy changed assistants that hand off to one another, so that tests cross it')
      .option('--talk [file]', 'write a page from which the candidates can be called in a browser')
      .option('--remember', 'note green results in the state also where it is kept in Git')
      .option('--no-remember', 'write nothing into the state')
      .option('--timeout <duration>', 'longest wait for all tests; 15m unless given')
      .option('--junit <file>', 'write the results as JUnit XML too')
      .addOption(format('text', 'json', 'markdown')),
  run: async (context, _args, flags) => {
    const id = requirePreviewId(flags.id);
    const timeoutMs = flags.timeout === undefined ? undefined : requireDuration('--timeout', flags.timeout);
    const { talk, junit } = flags;
    const done = await previewUp(context, {
      id,
      tests: flags.tests,
      linked: flags.linked === true,
      against: flags.against,
      ...(flags.remember !== undefined && { remember: flags.remember }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(talk !== undefined && { talk: { file: talk, render: renderTalkPage } }),
    });
    const code = show(context, done, flags.format);
    // What was staged and found is told first: a file that cannot be written must not hide it.
    if (done.failure !== undefined) throw done.failure;
    if (junit !== undefined) await writeJunit(resolve(context.runtime.cwd, junit), done.report.tests);
    return code;
  },
});

function show(context: Context, { report, exitKind }: PreviewedUp, format: TextJsonOrMarkdown): number {
  if (format === 'json') context.printJson(report);
  else if (format === 'markdown') context.printExactly(renderPreviewMarkdown(report));
  else context.print(renderPreview(report, context.style));
  const interrupted =
    context.interruptedBy() !== undefined || report.tests.some(({ outcome }) => outcome === 'interrupted');
  const kind = exitKind ?? (interrupted ? 'interrupted' : report.outcome === 'failed' ? 'gate' : null);
  return kind === null ? EXIT_DONE : exitCodeOf(kind, context.interruptedBy());
}

export function requirePreviewId(text: string): string {
  if (isPreviewId(text)) return text;
  throw new Failure('usage', `${JSON.stringify(text)} is no preview id`, {
    code: 'PREVIEW_ID',
    hint: 'letters, digits, dots, dashes and underscores, at most 25, for example pr-42',
  });
}

export function requireDuration(option: string, text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new Failure('usage', `${option} must be a duration such as 30s, 15m or 7d`, {
    code: 'OPTION_INVALID',
  });
}
