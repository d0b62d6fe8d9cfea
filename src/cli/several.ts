/**
 * Runs one command for several environments, each as it would run alone. A table of the outcomes comes first, then
 * each result.
 */
import { Failure } from '../model/errors.ts';
import { type Selection, selectedEnvironments } from '../operations/session/selection.ts';
import { renderEnvironmentsMarkdown } from '../render/markdown/environments-markdown.ts';
import { type EnvironmentRow, renderEnvironments } from '../render/terminal/environments-text.ts';
import type { Context } from './context.ts';
import type { Several } from './define.ts';
import { EXIT_CHANGES, EXIT_DONE, worstExit } from './exit-codes.ts';
import { reportFailure } from './outcome.ts';

/** Environments of a command that writes nothing that are at work at the same time. */
const AT_ONCE = 4;

export interface SeveralOptions {
  readonly format?: string;
  readonly keepGoing?: boolean;
  readonly [name: string]: unknown;
}

type Run = (context: Context) => Promise<number>;

/** A command line, as far as it matters for several environments. */
interface Line {
  readonly several: Several;
  readonly options: SeveralOptions;
  readonly argument: string | undefined;
}

/** Runs a command once, or for every environment that `--env` names. Resolves to the exit code. */
export async function runSeveral(context: Context, line: Line, run: Run): Promise<number> {
  const { several, options } = line;
  const selection = await selectedEnvironments(context, several.takes);
  if (selection === undefined) return run(context);
  refuseSingle(line, context.flags.env ?? '');
  const outcomes = several.writes
    ? await oneByOne(context, selection, several, options, run)
    : await atOnce(context, selection, options, run);
  show(context, outcomes, options.format);
  return worstExit(outcomes.flatMap(({ exit }) => (exit === null ? [] : [exit])));
}

interface Outcome {
  readonly environment: string;
  /** Null for one that was not begun. */
  readonly exit: number | null;
  readonly words: string;
  readonly text: string;
  readonly document: object;
  readonly notes: string;
}

function refuseSingle({ several, options, argument }: Line, env: string): void {
  const given = several.singleOptions.filter(
    (name) => options[name] !== undefined && options[name] !== false,
  );
  const written = given.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  if (options.format !== undefined && several.singleFormats?.includes(options.format) === true) {
    written.push(`--format ${options.format}`);
  }
  if (several.singleArgument === true && argument !== undefined) written.push(argument);
  if (written.length === 0) return;
  throw new Failure('usage', `${written.join(', ')} goes with one environment, and ${env} names several`, {
    code: 'ENVIRONMENT_ONE',
    hint: 'name one environment with --env',
  });
}

async function oneByOne(
  context: Context,
  { names, workspace }: Selection,
  { rereads, stops }: Several,
  options: SeveralOptions,
  run: Run,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const environment of names) {
    const last = outcomes.at(-1);
    const stopped = context.interruptedBy() !== undefined;
    const failed = outcomes.find(({ exit }) => exit !== EXIT_DONE && exit !== EXIT_CHANGES);
    if (
      last !== undefined &&
      (stopped || (stops === true && failed !== undefined && options.keepGoing !== true))
    ) {
      const words = `not attempted, because of ${failed?.environment ?? last.environment}`;
      outcomes.push(notBegun(environment, words));
      continue;
    }
    context.note(`${environment}:\n`);
    const known = rereads === true ? {} : { workspace };
    outcomes.push(
      await runFor(context, { environment, among: names.length }, known, options, run, context.note),
    );
  }
  return outcomes;
}

function notBegun(environment: string, words: string): Outcome {
  return { environment, exit: null, words, text: '', document: { outcome: 'not_attempted' }, notes: '' };
}

async function atOnce(
  context: Context,
  { names, workspace }: Selection,
  options: SeveralOptions,
  run: Run,
): Promise<readonly Outcome[]> {
  const outcomes = new Map<string, Outcome>();
  const waiting = [...names];
  const progress = context.progress();
  const showProgress = (): void => {
    progress.show({ phase: 'environments', done: outcomes.size, total: names.length });
  };
  showProgress();
  const worker = async (): Promise<void> => {
    for (let environment = waiting.shift(); environment !== undefined; environment = waiting.shift()) {
      if (context.interruptedBy() !== undefined) {
        outcomes.set(environment, notBegun(environment, 'not attempted, because of the signal'));
        continue;
      }
      const notes: string[] = [];
      const note = (text: string): number => notes.push(text);
      const outcome = await runFor(
        context,
        { environment, among: names.length },
        { workspace },
        options,
        run,
        note,
      );
      outcomes.set(environment, { ...outcome, notes: notes.join('') });
      showProgress();
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, names.length) }, worker));
  progress.end();
  return names.flatMap((name) => outcomes.get(name) ?? []);
}

/** Runs for one environment, with its result kept back and its remarks passed on. */
async function runFor(
  context: Context,
  { environment, among }: { readonly environment: string; readonly among: number },
  workspace: Pick<Context, 'workspace'>,
  { format }: SeveralOptions,
  run: Run,
  note: (text: string) => void,
): Promise<Outcome> {
  const texts: string[] = [];
  let document: object = {};
  let words = '';
  const own: Context = {
    ...context,
    ...workspace,
    flags: { ...context.flags, env: environment, several: true, among },
    note,
    progress: () => ({ show: () => undefined, end: () => undefined }),
    print: (text) => texts.push(text),
    printExactly: (text) => texts.push(text),
    printJson: (members) => {
      document = { ...document, ...members };
    },
    outline: (told) => {
      words = told;
    },
    finish: () => undefined,
  };
  const done = (exit: number): Outcome => ({
    environment,
    exit,
    words,
    text: texts.join(''),
    document,
    notes: '',
  });
  try {
    return done(await run(own));
  } catch (error) {
    if (error instanceof Failure) words = error.message;
    return done(reportFailure(own, error, format === 'json'));
  }
}

function show(context: Context, outcomes: readonly Outcome[], format: string | undefined): void {
  const rows: readonly EnvironmentRow[] = outcomes.map(({ environment, exit, words }) => {
    return { environment, exit, words };
  });
  for (const { environment, notes } of outcomes) if (notes !== '') context.note(`${environment}:\n${notes}`);
  if (format === 'json') {
    const environments = outcomes.map(({ environment, exit, document }) => {
      return { environment, exit, ...document };
    });
    context.printJson({ format_version: '1.0', environments });
    return;
  }
  const sections = outcomes.map(({ environment, text }) => ({ environment, text }));
  if (format === 'markdown') context.printExactly(renderEnvironmentsMarkdown(rows, sections));
  else context.print(renderEnvironments(rows, sections, context.style));
}
