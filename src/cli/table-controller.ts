import type { Declared } from './declared.ts';
import { format } from './options.ts';

/** The reconciler that runs by itself, and what people tell it. */
export const CONTROLLER_COMMANDS: readonly Declared[] = [
  {
    usage: 'controller',
    summary:
      'follow a branch: apply what was reviewed, take the steps of rollouts, look for drift, until stopped',
    declare: (command) =>
      command
        .option('--repo <url>', 'repository to follow; . is the origin of this one', '.')
        .option('--branch <name>', 'branch to follow', 'main')
        .option('--interval <duration>', 'between two fetches', '60s')
        .option('--drift-interval <duration>', 'between two looks at everything that is live', '1h')
        .option('--data <dir>', 'folder for its own clone', '.assistantctl/controller')
        .option('--listen <address>', 'health, metrics and status', '127.0.0.1:9464')
        .option('--trust-branch', 'every commit of the branch counts as reviewed and approved')
        .option('--single', 'there is one replica, so that a state in a file will do'),
    action: async (context, _args, command) =>
      (await import('./commands/controller.ts')).controller(context, command.opts()),
  },
  {
    usage: 'approve <digests...>',
    summary: 'approve plans by their digest, for the controller to apply; needs no API key',
    declare: (command) => command.addOption(format('text', 'json')),
    action: async (context, [digests], command) =>
      (await import('./commands/request.ts')).approve(context, digests, command.opts()),
  },
  {
    usage: 'request <words...>',
    summary: 'ask the controller for a command, after --: rollback, promote, rollout promote, rollout abort',
    declare: (command) => command.addOption(format('text', 'json')),
    action: async (context, [words], command) =>
      (await import('./commands/request.ts')).request(context, words, command.opts()),
  },
];
