import type { Declared } from './declared.ts';
import { format } from './options.ts';

/** Commands that move main, and those that look at and tidy versions. */
export const RELEASE_COMMANDS: readonly Declared[] = [
  {
    usage: 'promote [addresses...]',
    summary: 'move main to the versions that wait for it, or to the one that is named',
    declare: (command) =>
      command
        .option('--version <id>', 'this version instead of the one that waits')
        .option('--rerun-tests', 'run also gate tests that this content passed before')
        .option('--approve <env>', 'needed for a protected environment')
        .option('-y, --yes', 'do not ask, even at a terminal')
        .addOption(format('text', 'json')),
    action: async (context, [addresses], command) =>
      (await import('./commands/promote.ts')).promote(context, addresses, command.opts()),
  },
  {
    usage: 'rollback <address>',
    summary: 'move main back to an earlier version, at once and without a gate',
    declare: (command) =>
      command
        .option('--to <id>', 'this version; by default the one that was main before')
        .option('--reason <text>', 'for the record')
        .option('-y, --yes', 'do not ask, even at a terminal')
        .addOption(format('text', 'json')),
    action: async (context, [address], command) =>
      (await import('./commands/rollback.ts')).rollback(context, address, command.opts()),
  },
];
