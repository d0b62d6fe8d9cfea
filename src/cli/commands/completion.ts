import type { CommandInfo } from '../../model/command-info.ts';
import type { Project } from '../../model/project.ts';
import { gather, gatherProject } from '../../operations/session/inputs.ts';
import { bashCompletion } from '../../render/completion/bash.ts';
import { fishCompletion } from '../../render/completion/fish.ts';
import { zshCompletion } from '../../render/completion/zsh.ts';
import type { Context } from '../context.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { oneOf } from '../options.ts';

/** The last two are what the scripts ask for while somebody types. */
const COMPLETIONS = ['bash', 'zsh', 'fish', 'environments', 'addresses'] as const;

/** Prints a completion script, or the words that the scripts ask for while somebody types. */
export const completion = defineCommand({
  usage: 'completion <shell>',
  options: (command) => oneOf(command, 'the shell, or a list the scripts need', COMPLETIONS),
  run: async (context, [shell], _flags, reference) => {
    const word = COMPLETIONS.find((each) => each === shell) ?? 'bash';
    context.printCommands(await textFor(context, word, reference));
    return EXIT_DONE;
  },
});

async function textFor(
  context: Context,
  word: (typeof COMPLETIONS)[number],
  reference: () => Promise<CommandInfo>,
): Promise<string> {
  switch (word) {
    case 'bash':
      return bashCompletion(await reference());
    case 'zsh':
      return zshCompletion(await reference());
    case 'fish':
      return fishCompletion(await reference());
    case 'environments':
      return lines(environmentWords(await gatherProject(context)));
    case 'addresses':
      return lines([...(await gather(context)).desired.resources.keys()].sort());
    default:
      return word satisfies never;
  }
}

/** Environments, then the groups that they belong to. */
function environmentWords({ environments, groups }: Project): readonly string[] {
  return [...new Set([...environments, ...Object.values(groups).flat()])];
}

function lines(words: readonly string[]): string {
  return words.map((word) => `${word}\n`).join('');
}
