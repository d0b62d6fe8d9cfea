import { resolve } from 'node:path';
import { parseDuration } from '../../model/duration.ts';
import { Failure } from '../../model/errors.ts';
import { isPreviewId } from '../../model/preview.ts';
import type { PreviewReport } from '../../model/preview-report.ts';
import { REPORT_FORMAT } from '../../model/report.ts';
import { isBad, type TestVerdict } from '../../model/runs.ts';
import { rememberResults } from '../../operations/preview/remember.ts';
import { testPreview } from '../../operations/preview/run-preview-tests.ts';
import { type Staged, stagePreview } from '../../operations/preview/stage.ts';
import { accessTo } from '../../operations/session/access.ts';
import { connect } from '../../operations/session/connect.ts';
import { gather, type Inputs } from '../../operations/session/inputs.ts';
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
      .option('--remember', 'note green results in the state also where it is kept in Git')
      .option('--no-remember', 'write nothing into the state')
      .option('--timeout <duration>', 'longest wait for all tests; 15m unless given')
      .option('--junit <file>', 'write the results as JUnit XML too')
      .addOption(format('text', 'json', 'markdown')),
  run: async (context, _args, flags) => {
    const id = requirePreviewId(flags.id);
    const timeoutMs = flags.timeout === undefined ? undefined : requireDuration('--timeout', flags.timeout);
    const inputs = await gather(context);
    const { environment } = inputs.project;
    const access = accessTo(environment, context.runtime.env);
    // Before the first write, so that a signal lets what is in flight end.
    context.interrupt();
    const connection = await connect(context, inputs.project, access);
    try {
      const staged = await stagePreview(context, inputs, connection, id);
      const test = flags.tests && staged.exitKind === null;
      const tests = test ? await testPreview(context, inputs, connection, staged, timeoutMs) : [];
      const remember = flags.remember ?? environment.state.backend === 'file';
      const note = remember ? await rememberResults(context, inputs, connection, staged, tests) : undefined;
      const code = show(context, reportOf(inputs, id, staged, tests, note), staged, flags.format);
      // What was staged and found is told first: a file that cannot be written must not hide it.
      if (flags.junit !== undefined) await writeJunit(resolve(context.runtime.cwd, flags.junit), tests);
      return code;
    } finally {
      await connection.close();
    }
  },
});

function reportOf(
  { project }: Inputs,
  preview: string,
  staged: Staged,
  tests: readonly TestVerdict[],
  note: string | undefined,
): PreviewReport {
  const { parts, world, exitKind, removed } = staged;
  const environment = project.environment.name;
  const tested = tests.length === 0 ? 'staged' : tests.some(isBad) ? 'failed' : 'passed';
  const outcome = exitKind !== null ? 'partial' : parts.length === 0 ? 'nothing' : tested;
  const again = outcome === 'partial' ? 'up' : 'down';
  return {
    format_version: REPORT_FORMAT,
    preview,
    environment,
    outcome,
    parts,
    tests,
    notes: [
      ...world.toMain.map(
        ({ from, to }) => `${from} hands off to main of ${to}, not to the version of this preview`,
      ),
      ...(note === undefined ? [] : [note]),
      ...removed.kept.map(({ trace, reason }) => `${trace.name} could not be removed: ${reason}`),
    ],
    removed: removed.removed.length,
    next: outcome === 'nothing' ? '' : `assistantctl preview ${again} --id ${preview} --env ${environment}`,
  };
}

function show(context: Context, report: PreviewReport, staged: Staged, format: TextJsonOrMarkdown): number {
  if (format === 'json') context.printJson(report);
  else if (format === 'markdown') context.printExactly(renderPreviewMarkdown(report));
  else context.print(renderPreview(report, context.style));
  const interrupted = report.tests.some(({ outcome }) => outcome === 'interrupted');
  const kind = staged.exitKind ?? (interrupted ? 'interrupted' : report.outcome === 'failed' ? 'gate' : null);
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
