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
  /** Resolves to the exit code. */
  readonly action?: (context: Context, args: Arguments, command: Command) => Promise<number>;
}
