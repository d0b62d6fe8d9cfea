import type { Style } from '../render/style.ts';
import type { Runtime, StopSignal } from '../runtime.ts';
import type { Interrupt } from './interrupt.ts';
import { watchSignals } from './interrupt.ts';
import { styleFor } from './terminal.ts';

/** Options that every command takes, before or after its name. */
export interface GlobalFlags {
  readonly project?: string;
  readonly env?: string;
  readonly verbose?: boolean;
  readonly color?: boolean;
}

/** What a command works with. */
export interface Context {
  readonly runtime: Runtime;
  readonly flags: GlobalFlags;
  /** For text on stdout. */
  readonly style: Style;
  /** For text on stderr. */
  readonly noteStyle: Style;
  /**
   * Takes over SIGINT and SIGTERM, at the first call. A command that never asks is ended by them as any
   * program is.
   */
  interrupt(): Interrupt;
  /** The signal that interrupted the command, if one did. */
  interruptedBy(): StopSignal | undefined;
  /** The result: stdout. */
  print(text: string): void;
  /** The result as one JSON document: stdout. */
  printJson(value: unknown): void;
  /** Progress and remarks: stderr. */
  note(text: string): void;
  /** Gives the signals back. */
  release(): void;
}

export function createContext(runtime: Runtime, flags: GlobalFlags): Context {
  const color = flags.color !== false;
  let interrupt: Interrupt | undefined;
  return {
    runtime,
    flags,
    style: styleFor(runtime.stdout, runtime.env, color),
    noteStyle: styleFor(runtime.stderr, runtime.env, color),
    interrupt: () => {
      interrupt ??= watchSignals(runtime);
      return interrupt;
    },
    interruptedBy: () => interrupt?.received(),
    print: (text) => runtime.stdout.write(text),
    printJson: (value) => runtime.stdout.write(toJsonText(value)),
    note: (text) => runtime.stderr.write(text),
    release: () => interrupt?.release(),
  };
}

/** JSON as people and programs read it: two spaces, one newline at the end. */
export function toJsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
