import { Argument } from 'commander';
import type { Declared } from './declared.ts';
import { format } from './options.ts';

/** What `completion` prints; the last two are what the scripts ask for while somebody types. */
const COMPLETIONS = ['bash', 'zsh', 'fish', 'environments', 'addresses'];

/** Commands that show and explain and change nothing. */
export const VIEW_COMMANDS: readonly Declared[] = [
  {
    usage: 'status',
    summary: 'where an environment stands, in ten lines: account, state, what waits, what to type next',
    declare: (command) => command.addOption(format('text', 'json')),
    action: async (context, _args, command) =>
      (await import('./commands/status.ts')).status(context, command.opts().format),
  },
  {
    usage: 'doctor',
    summary: 'look for what is wrong between project, state, account and pipeline',
    declare: (command) =>
      command
        .option('--probe', 'find out how the API behaves, by experiments in an account that nobody calls')
        .option('--account <fingerprint>', 'the account in which experiments may be made')
        .addOption(format('text', 'json')),
    action: async (context, _args, command) =>
      (await import('./commands/doctor.ts')).doctor(context, command.opts()),
  },
  {
    usage: 'show [file]',
    summary: 'print a saved plan',
    declare: (command) => command.addOption(format('text', 'json', 'markdown', 'html')),
    action: async (context, [file], command) =>
      (await import('./commands/show.ts')).show(context, file, command.opts().format),
  },
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
