import { Argument } from 'commander';
import type { Declared } from './declared.ts';
import { format } from './options.ts';

/** What `completion` prints; the last two are what the scripts ask for while somebody types. */
const COMPLETIONS = ['bash', 'zsh', 'fish', 'environments', 'addresses'];

/** Commands that show and explain and change nothing. */
export const VIEW_COMMANDS: readonly Declared[] = [
  {
    usage: 'graph',
    summary: 'draw assistants, tools, MCP servers, handoffs and tests from the specs alone',
    declare: (command) => command.addOption(format('mermaid', 'dot', 'svg', 'json')),
    action: async (context, _args, command) =>
      (await import('./commands/graph.ts')).graph(context, command.opts().format),
  },
  {
    usage: 'completion',
    summary: 'print the completion script of a shell',
    declare: (command) =>
      command.addArgument(
        new Argument('<shell>', 'the shell, or a list the scripts need').choices(COMPLETIONS),
      ),
    action: async (context, [word], command) =>
      (await import('./commands/completion.ts')).completion(context, word, command),
  },
];
