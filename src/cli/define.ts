import type {
  Command,
  CommandUnknownOpts,
  InferCommandArguments,
  OptionValues,
} from '@commander-js/extra-typings';
import type { CommandInfo } from '../model/command-info.ts';
import type { Context } from './context.ts';

type ArgumentsOf<Usage extends string> = [...InferCommandArguments<Usage>];

/** What a file in commands/ says of a command: what it takes and what it does. The types of both are inferred. */
interface Definition<Usage extends string, Flags extends OptionValues> {
  /** Name and arguments in commander's notation, the same as in the table of commands. */
  readonly usage: Usage;
  /** Adds the command's own options. Those of every command are added by the program. */
  readonly options: (command: Command<ArgumentsOf<Usage>>) => Command<ArgumentsOf<Usage>, Flags>;
  /** Absent for a command that takes one environment. */
  readonly several?: Several<keyof Flags & string>;
  /** Resolves to the exit code. */
  readonly run: (
    context: Context,
    args: ArgumentsOf<Usage>,
    flags: Flags,
    reference: Reference,
  ) => Promise<number>;
}

/** The whole command line as data: what every command takes. */
type Reference = () => Promise<CommandInfo>;

/** How a command takes more than one environment. */
export interface Several<Flag extends string = string> {
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
  readonly singleOptions: readonly Flag[];
  /** Values of `--format` that make sense for one environment alone. */
  readonly singleFormats?: readonly string[];
}

/** A command whose options stand on the command line, ready to be parsed and run. */
export interface Prepared {
  readonly several: Several | undefined;
  readonly run: (context: Context, reference: Reference) => Promise<number>;
}

/** A command whose own types are its own business. */
export interface Defined<Usage extends string> {
  readonly usage: Usage;
  readonly prepare: (command: Command<ArgumentsOf<Usage>>) => Prepared;
}

export function defineCommand<const Usage extends string, Flags extends OptionValues>({
  usage,
  options,
  several,
  run,
}: Definition<Usage, Flags>): Defined<Usage> {
  return {
    usage,
    prepare: (command) => {
      const typed = options(command);
      return {
        several,
        run: (context, reference) => run(context, typed.processedArgs, typed.opts(), reference),
      };
    },
  };
}

/** A line of the table of commands. What is in its file is loaded when the command is called. */
export interface Row {
  readonly usage: string;
  readonly summary: string;
  readonly subcommands: readonly Row[];
  /** Absent for a command that only has others below it. */
  readonly addTo?: (parent: CommandUnknownOpts) => Added;
}

/** A command whose options are not on the command line yet. */
interface Added {
  readonly command: CommandUnknownOpts;
  readonly load: () => Promise<Prepared>;
}

export function row<const Usage extends string>(
  usage: Usage,
  summary: string,
  load: () => Promise<Defined<NoInfer<Usage>>>,
): Row {
  return {
    usage,
    summary,
    subcommands: [],
    addTo: (parent) => {
      const command = parent.command(usage).description(summary);
      return { command, load: async () => (await load()).prepare(command) };
    },
  };
}

/** A command that only has others below it. */
export function group(name: string, summary: string, subcommands: readonly Row[]): Row {
  return { usage: name, summary, subcommands };
}
