/** A command as data: what completion scripts and the reference are made from. */
export interface CommandInfo {
  /** The words that call it, the program's name left out; empty for the program. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly arguments: readonly ArgumentInfo[];
  readonly options: readonly OptionInfo[];
  readonly subcommands: readonly CommandInfo[];
}

export interface ArgumentInfo {
  readonly name: string;
  readonly required: boolean;
  readonly variadic: boolean;
  readonly choices: readonly string[];
  readonly description: string;
}

export interface OptionInfo {
  /** As it is written in help: `-y, --yes`, `--format <format>`. */
  readonly flags: string;
  /** `--format`; undefined for an option that has only a letter. */
  readonly long: string | undefined;
  readonly short: string | undefined;
  /** Name of the value in help; undefined for a switch. */
  readonly value: string | undefined;
  readonly choices: readonly string[];
  readonly description: string;
  /** Undefined where nothing is assumed. */
  readonly defaultValue: string | undefined;
  /** Taken by every command. */
  readonly global: boolean;
}

/** The command and all below it, itself first. */
export function allCommands(info: CommandInfo): readonly CommandInfo[] {
  return [info, ...info.subcommands.flatMap(allCommands)];
}
