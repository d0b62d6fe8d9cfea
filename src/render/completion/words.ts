import type { ArgumentInfo, CommandInfo, OptionInfo } from '../../model/command-info.ts';
import { allCommands } from '../../model/command-info.ts';

/** What may stand at a place: fixed words, or what only the project or the disk knows. */
export type Values =
  | { readonly from: 'words'; readonly words: readonly string[] }
  | { readonly from: 'environments' | 'addresses' | 'files' | 'folders' | 'nothing' };

function valuesNamed(name: string, choices: readonly string[]): Values {
  if (choices.length > 0) return { from: 'words', words: choices };
  if (/address/.test(name)) return { from: 'addresses' };
  if (/^env/.test(name)) return { from: 'environments' };
  if (/file/.test(name)) return { from: 'files' };
  return { from: /^dir/.test(name) ? 'folders' : 'nothing' };
}

export function optionValues({ value, choices, long }: OptionInfo): Values {
  return valuesNamed(long === '--env' ? 'env' : (value ?? ''), choices);
}

/** The first argument stands for all: no command takes different kinds of them. */
export function argumentValues(argument: ArgumentInfo | undefined): Values {
  if (argument === undefined) return { from: 'nothing' };
  const moved = argument.name === 'from' || argument.name === 'to';
  return valuesNamed(moved ? 'address' : argument.name, argument.choices);
}

/** Every option that is followed by a value, whatever the command. */
export function valueOptions(root: CommandInfo): readonly string[] {
  const found = allCommands(root).flatMap(({ options }) =>
    options.filter(({ value }) => value !== undefined).flatMap(({ long, short }) => [long, short]),
  );
  return [...new Set(found)].filter((name) => name !== undefined).sort();
}

/** `plan` or `state mv`; empty for the program. */
export function commandPath({ path }: CommandInfo): string {
  return path.join(' ');
}

/** The words of an option, the long one first. */
export function optionWords({ long, short }: OptionInfo): readonly string[] {
  return [long, short].filter((name) => name !== undefined);
}

/** A text within single quotes of a POSIX shell, on one line. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll('\n', ' ').replaceAll("'", `'\\''`)}'`;
}
