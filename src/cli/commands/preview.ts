import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { compareWithMain } from '../../model/comparison.ts';
import { parseDuration } from '../../model/duration.ts';
import { Failure } from '../../model/errors.ts';
import { isPreviewId } from '../../model/preview.ts';
import type { PreviewReport } from '../../model/preview-report.ts';
import { REPORT_FORMAT } from '../../model/report.ts';
import { isBad } from '../../model/runs.ts';
import type { TalkReport } from '../../model/talk.ts';
import { rememberResults } from '../../operations/preview/remember.ts';
import { type PreviewTrial, testPreview } from '../../operations/preview/run-preview-tests.ts';
import { type Staged, stagePreview } from '../../operations/preview/stage.ts';
import { talkEntries, writeTalkPage } from '../../operations/preview/talk.ts';
import { accessTo } from '../../operations/session/access.ts';
import { type Connection, connect } from '../../operations/session/connect.ts';
import { gather, type Inputs } from '../../operations/session/inputs.ts';
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
    const inputs = await gather(context);
    const { environment } = inputs.project;
    const access = accessTo(environment, context.runtime.env);
    // Before the first write, so that a signal lets what is in flight end.
    context.interrupt();
    const connection = await connect(context, inputs.project, access);
    try {
      const staged = await stagePreview(context, inputs, connection, {
        id,
        linked: flags.linked === true,
        talk: flags.talk !== undefined,
      });
      const made = { inputs, connection, staged };
      const test = flags.tests && staged.exitKind === null;
      const options = { against: flags.against, ...(timeoutMs !== undefined && { timeoutMs }) };
      const trials = test ? await testPreview(context, inputs, connection, staged, options) : [];
      const tests = trials.flatMap(({ verdicts }) => verdicts);
      const remember = flags.remember ?? environment.state.backend === 'file';
      const note = remember ? await rememberResults(context, inputs, staged, trials) : undefined;
      const talk = flags.talk === undefined ? undefined : await offerTalk(context, id, flags.talk, made);
      const report = reportOf(inputs, id, staged, trials, note);
      const shown = talk === undefined ? report : { ...report, talk: talk.report };
      const code = show(context, shown, staged, flags.format);
      // What was staged and found is told first: a file that cannot be written must not hide it.
      if (talk?.failure !== undefined) throw talk.failure;
      if (flags.junit !== undefined) await writeJunit(resolve(context.runtime.cwd, flags.junit), tests);
      return code;
    } finally {
      await connection.close();
    }
  },
});

interface Made {
  readonly inputs: Inputs;
  readonly connection: Connection;
  readonly staged: Staged;
}

/** Says which staged assistants a browser may call, and writes the page for it where there is one. */
async function offerTalk(
  { runtime }: Context,
  preview: string,
  file: string | true,
  { inputs, connection, staged }: Made,
): Promise<{ readonly report: TalkReport; readonly failure?: Failure }> {
  const { project, git } = inputs;
  const assistants = await talkEntries(connection, inputs, staged);
  if (!assistants.some(({ status }) => status === 'open')) return { report: { page: null, assistants } };
  const page = renderTalkPage({
    project: project.name,
    environment: project.environment.name,
    preview,
    commit: git?.commit ?? null,
    assistants,
  });
  const path =
    file === true
      ? resolve(project.root, '.assistantctl', 'talk', `${preview}.html`)
      : resolve(runtime.cwd, file);
  try {
    await writeTalkPage(path, page);
    return { report: { page: path, assistants } };
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return { report: { page: null, assistants }, failure };
  }
}

function reportOf(
  { project }: Inputs,
  preview: string,
  staged: Staged,
  trials: readonly PreviewTrial[],
  note: string | undefined,
): PreviewReport {
  const { parts, world, exitKind, removed } = staged;
  const environment = project.environment.name;
  const tests = trials.flatMap(({ verdicts }) => verdicts);
  const failed = trials.some(({ lacks }) => lacks !== null);
  const tested = tests.length === 0 ? 'staged' : failed ? 'failed' : 'passed';
  const outcome = exitKind !== null ? 'partial' : parts.length === 0 ? 'nothing' : tested;
  const again = outcome === 'partial' ? 'up' : 'down';
  return {
    format_version: REPORT_FORMAT,
    preview,
    environment,
    outcome,
    parts,
    tests,
    ...(tests.length > 0 && { comparison: compareWithMain(tests) }),
    notes: [
      ...trials.flatMap(trialNotes),
      ...world.toMain.map(
        ({ from, to }) => `${from} hands off to main of ${to}, not to the version of this preview`,
      ),
      ...linkNotes(staged),
      ...(note === undefined ? [] : [note]),
      ...removed.kept.map(({ trace, reason }) => `${trace.name} could not be removed: ${reason}`),
    ],
    removed: removed.removed.length,
    next: outcome === 'nothing' ? '' : `assistantctl preview ${again} --id ${preview} --env ${environment}`,
  };
}

/** Why a gate would stay shut, that it would open although not every run passed, and what could not be compared. */
function trialNotes({ trial, verdicts, lacks, noBaseline }: PreviewTrial): readonly string[] {
  const excused = lacks === null && verdicts.some(isBad);
  return [
    ...(lacks ? [lacks] : []),
    ...(excused ? [`${trial.address}: not every run passed, and its gate does not ask for every run`] : []),
    ...(noBaseline === null || noBaseline === lacks ? [] : [noBaseline]),
  ];
}

/** What `--linked` did, for whoever wonders why an assistant got no version. */
function linkNotes({ world }: Staged): readonly string[] {
  if (!world.linkedAsked)
    return world.toMain.length === 0 ? [] : ['--linked makes copies that hand off to each other'];
  const linked = [...world.linked].filter((address) => address.startsWith('assistant/'));
  return linked.length === 0
    ? ['no changed assistants hand off to one another: there is nothing to link']
    : [`temporary copies hand off to each other: ${linked.join(', ')}`];
}

function show(context: Context, report: PreviewReport, staged: Staged, format: TextJsonOrMarkdown): number {
  if (format === 'json') context.printJson(report);
  else if (format === 'markdown') context.printExactly(renderPreviewMarkdown(report));
  else context.print(renderPreview(report, context.style));
  const interrupted =
    context.interruptedBy() !== undefined || report.tests.some(({ outcome }) => outcome === 'interrupted');
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
