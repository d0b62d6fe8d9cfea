import type { Declared } from './declared.ts';
import { format } from './options.ts';

/** Canary rollouts: begun by apply, carried on by these. */
export const ROLLOUT_COMMANDS: readonly Declared[] = [
  {
    usage: 'rollout',
    summary: 'canary rollouts: look, move on by one step, end',
    subcommands: [
      {
        usage: 'status [addresses...]',
        summary: 'open rollouts, how far they are and what stands in their way',
        declare: (command) => command.addOption(format('text', 'json')),
        action: async (context, [addresses], command) =>
          (await import('./commands/rollout.ts')).rolloutStatus(context, addresses, command.opts()),
      },
      {
        usage: 'tick [addresses...]',
        summary: 'move each open rollout on by at most one step; for a schedule',
        declare: (command) => command.addOption(format('text', 'json')),
        action: async (context, [addresses], command) =>
          (await import('./commands/rollout.ts')).tick(context, addresses, command.opts()),
      },
      {
        usage: 'abort <address>',
        summary: 'remove the canary; the version stays. Exits 9',
        declare: (command) =>
          command
            .option('--reason <text>', 'for the record')
            .option('--approve <env>', 'needed for a protected environment')
            .addOption(format('text', 'json')),
        action: async (context, [address], command) =>
          (await import('./commands/rollout.ts')).abort(context, address, command.opts()),
      },
      {
        usage: 'promote <address>',
        summary: 'end the rollout now by making its version main',
        declare: (command) =>
          command
            .option('--approve <env>', 'needed for a protected environment')
            .addOption(format('text', 'json')),
        action: async (context, [address], command) =>
          (await import('./commands/rollout.ts')).finishRollout(context, address, command.opts()),
      },
    ],
  },
];
