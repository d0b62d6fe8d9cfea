/** `preview up`: stages what a branch changes beside everything live, and tests it. */
import { resolve } from 'node:path';
import { compareWithMain } from '../../model/comparison.ts';
import { Failure } from '../../model/errors.ts';
import type { PreviewReport } from '../../model/preview-report.ts';
import { REPORT_FORMAT } from '../../model/report.ts';
import { isBad } from '../../model/runs.ts';
import type { TalkPage, TalkReport } from '../../model/talk.ts';
import type { Host } from '../host.ts';
import type { Connection } from '../session/connect.ts';
import { gather, type Inputs } from '../session/inputs.ts';
import { withConnection } from '../session/opener.ts';
import { rememberResults } from './remember.ts';
import { type PreviewTestOptions, type PreviewTrial, testPreview } from './run-preview-tests.ts';
import { type Staged, stagePreview } from './stage.ts';
import { talkEntries, writeTalkPage } from './talk.ts';

export interface PreviewUpRequest {
  readonly id: string;
  /** Run the tests on what was staged. */
  readonly tests: boolean;
  /** Copies of assistants that hand off to one another. */
  readonly linked: boolean;
  readonly against: PreviewTestOptions['against'];
  /** Note green results in the state; absent: where the state is a file. */
  readonly remember?: boolean;
  /** For all tests together. */
  readonly timeoutMs?: number;
  readonly talk?: TalkRequest;
}

export interface TalkRequest {
  /** True: into the usual place. */
  readonly file: string | true;
  readonly render: (page: TalkPage) => string;
}

export interface PreviewedUp {
  readonly report: PreviewReport;
  readonly exitKind: Staged['exitKind'];
  readonly apiBase: string;
  /** Why a file could not be written. The report is complete without it, and is printed first. */
  readonly failure?: Failure;
}

/** Stages, tests, remembers and reports; what fails in the account is part of the report. */
export async function previewUp(host: Host, request: PreviewUpRequest): Promise<PreviewedUp> {
  const inputs = await gather(host);
  // Before the first write, so that a signal lets what is in flight end.
  host.interrupt();
  return await withConnection(host, inputs.project, (connection) => up(host, inputs, connection, request));
}

async function up(
  host: Host,
  inputs: Inputs,
  connection: Connection,
  { id, tests: testing, linked, against, remember, timeoutMs, talk: wish }: PreviewUpRequest,
): Promise<PreviewedUp> {
  const staged = await stagePreview(host, inputs, connection, { id, linked, talk: wish !== undefined });
  const test = testing && staged.exitKind === null;
  const options = { against, ...(timeoutMs !== undefined && { timeoutMs }) };
  const trials = test ? await testPreview(host, inputs, connection, staged, options) : [];
  const remembers = remember ?? inputs.project.environment.state.backend === 'file';
  const note = remembers ? await rememberResults(host, inputs, staged, trials) : undefined;
  const made = { inputs, connection, staged };
  const talk = wish === undefined ? undefined : await offerTalk(host, id, wish, made);
  const report = reportOf(inputs, id, staged, trials, note);
  return {
    report: talk === undefined ? report : { ...report, talk: talk.report },
    exitKind: staged.exitKind,
    apiBase: connection.apiBase,
    ...(talk?.failure !== undefined && { failure: talk.failure }),
  };
}

interface Made {
  readonly inputs: Inputs;
  readonly connection: Connection;
  readonly staged: Staged;
}

/** Says which staged assistants a browser may call, and writes the page for it where there is one. */
async function offerTalk(
  { runtime }: Host,
  preview: string,
  { file, render }: TalkRequest,
  { inputs, connection, staged }: Made,
): Promise<{ readonly report: TalkReport; readonly failure?: Failure }> {
  const { project, git } = inputs;
  const assistants = await talkEntries(connection, inputs, staged);
  if (!assistants.some(({ status }) => status === 'open')) return { report: { page: null, assistants } };
  const page = render({
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
