import { concealText } from '../model/credentials.ts';
import type { Host, HostFlags, Interrupt } from '../operations/host.ts';
import { fitScreen } from '../render/terminal/fit.ts';
import { streamGuard } from '../render/terminal/stream-guard.ts';
import type { Style } from '../render/terminal/style.ts';
import type { Output, Runtime, StopSignal } from '../runtime.ts';
import { watchSignals } from './interrupt.ts';
import { startProgress } from './progress.ts';
import { screenWidth, styleFor } from './terminal.ts';

/** Options that every command takes, before or after its name. */
export interface GlobalFlags extends HostFlags {
  /** File that events are appended to; `-` is stderr. */
  readonly events?: string;
  readonly color?: boolean;
}

/** What a command works with. */
export interface Context extends Host {
  readonly flags: GlobalFlags;
  /** For text on stdout. */
  readonly style: Style;
  /** For text on stderr. */
  readonly noteStyle: Style;
  /** The signal that interrupted the command, if one did. */
  interruptedBy(): StopSignal | undefined;
  /** The result for a person: stdout, broken at spaces where it is wider than the screen. */
  print(text: string): void;
  /** The result for a program, or a text that is to be copied: stdout, as it is. */
  printExactly(text: string): void;
  /** Text of our own alone, such as annotations for the runner of a pipeline: stdout, unguarded. */
  printCommands(text: string): void;
  /**
   * The result as JSON: stdout. Several calls make one document of all their members, written at the end, so
   * that a failure after the result (a state that cannot be saved) does not make a second document.
   */
  printJson(members: object): void;
  /** The outcome in a few words, for a table over several environments; nothing where there is one. */
  outline(words: string): void;
  /** Writes the JSON document, if there is one, and gives the signals back. */
  finish(): void;
}

export function createContext(runtime: Runtime, flags: GlobalFlags): Context {
  const color = flags.color !== false;
  let interrupt: Interrupt | undefined;
  let document: object | undefined;
  const noteStyle = styleFor(runtime.stderr, runtime.env, color);
  const pipeline = isPipeline(runtime.env);
  const result = streamGuard(pipeline);
  const remarks = streamGuard(pipeline);
  const fitted = (text: string, output: Output): string => {
    const width = screenWidth(output, runtime.env);
    return width === undefined ? text : fitScreen(text, Math.max(40, width));
  };
  const note = (text: string): void =>
    runtime.stderr.write(remarks.text(fitted(concealText(text), runtime.stderr)));
  return {
    runtime,
    flags,
    style: styleFor(runtime.stdout, runtime.env, color),
    noteStyle,
    note,
    progress: () => startProgress({ runtime, noteStyle, note }),
    interrupt: () => {
      interrupt ??= watchSignals(runtime);
      return interrupt;
    },
    interruptedBy: () => interrupt?.received(),
    print: (text) => runtime.stdout.write(result.text(fitted(text, runtime.stdout))),
    printExactly: (text) => runtime.stdout.write(result.text(text)),
    printCommands: (text) => runtime.stdout.write(text),
    printJson: (members) => {
      document = { ...document, ...members };
    },
    outline: () => undefined,
    finish: () => {
      if (document !== undefined) runtime.stdout.write(result.json(toJsonText(document)));
      interrupt?.release();
    },
  };
}

/** Whether a runner reads along. Every CI system sets `CI`, but a job may have unset it. */
function isPipeline(env: Runtime['env']): boolean {
  return [env.CI, env.GITHUB_ACTIONS, env.GITLAB_CI, env.TF_BUILD, env.TEAMCITY_VERSION].some(
    (value) => value !== undefined && value !== '' && value !== 'false',
  );
}

/** JSON as people and programs read it: two spaces, one newline at the end. */
export function toJsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
