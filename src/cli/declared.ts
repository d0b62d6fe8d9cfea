import type { Command } from 'commander';
import type { Context } from './context.ts';

type Arguments = Command['processedArgs'];

/** One line of the command table. */
export interface Declared {
  /** Name and arguments in commander's notation. */
  readonly usage: string;
  readonly summary: string;
  readonly declare?: (command: Command) => void;
  readonly subcommands?: readonly Declared[];
  /** Absent for a command that takes one environment. */
  readonly several?: Several;
  /** Resolves to the exit code. */
  readonly action?: (context: Context, args: Arguments, command: Command) => Promise<number>;
}

/** How a command takes more than one environment. */
export interface Several {
  /** `names`: lists and groups; `patterns`: `*` and `all` too. */
  readonly takes: 'names' | 'patterns';
  /** One after the other. */
  readonly writes: boolean;
  /** No more after one that failed, unless `--keep-going`. */
  readonly stops?: boolean;
  /** It changes the specs, so that each environment has to read them again. */
  readonly rereads?: boolean;
  /** The argument is a plan of one environment. */
  readonly singleArgument?: boolean;
  /** Options, as commander names them, that make sense for one environment alone. */
  readonly singleOptions: readonly string[];
  /** Values of `--format` that make sense for one environment alone. */
  readonly singleFormats?: readonly string[];
}
