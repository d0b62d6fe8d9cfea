import type { Command } from 'commander';
import type { Project } from '../../model/project.ts';
import { gather, gatherProject } from '../../operations/session/inputs.ts';
import { bashCompletion } from '../../render/completion/bash.ts';
import { fishCompletion } from '../../render/completion/fish.ts';
import { zshCompletion } from '../../render/completion/zsh.ts';
import { describeCommand } from '../command-info.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

type CompletionWord = 'bash' | 'zsh' | 'fish' | 'environments' | 'addresses';

/** Prints a completion script, or the words that the scripts ask for while somebody types. */
export async function completion(context: Context, word: CompletionWord, command: Command): Promise<number> {
  context.printCommands(await textFor(context, word, command));
  return EXIT_DONE;
}

async function textFor(context: Context, word: CompletionWord, command: Command): Promise<string> {
  const root = command.parent ?? command;
  switch (word) {
    case 'bash':
      return bashCompletion(describeCommand(root));
    case 'zsh':
      return zshCompletion(describeCommand(root));
    case 'fish':
      return fishCompletion(describeCommand(root));
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
