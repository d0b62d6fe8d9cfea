import type { Declared } from './declared.ts';
import { format } from './options.ts';

/** Commands that show and explain and change nothing. */
export const VIEW_COMMANDS: readonly Declared[] = [
  {
    usage: 'graph',
    summary: 'draw assistants, tools, MCP servers, handoffs and tests from the specs alone',
    declare: (command) => command.addOption(format('mermaid', 'dot', 'svg', 'json')),
    action: async (context, _args, command) =>
      (await import('./commands/graph.ts')).graph(context, command.opts().format),
  },
];
