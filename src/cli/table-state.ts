import { InvalidArgumentError, Option } from 'commander';
import type { Declared } from './declared.ts';
import { format } from './options.ts';

function wholeNumber(text: string): string {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It is not a whole number above 0.');
  return text;
}

/** What looks back in the state: former names, the history, and deleted resources. */
export const STATE_PAST_COMMANDS: readonly Declared[] = [
  {
    usage: 'claim <project/environment>',
    summary: 'keep a state after its project or environment was renamed',
    action: async (context, [from]) => (await import('./commands/state-claim.ts')).claimState(context, from),
  },
  {
    usage: 'history',
    summary: 'who applied what and when, and what can be restored',
    declare: (command) =>
      command.option('--last <n>', 'so many applies', wholeNumber, '20').addOption(format('text', 'json')),
    action: async (context, _args, command) =>
      (await import('./commands/state-history.ts')).showHistory(context, command.opts()),
  },
  {
    usage: 'migrate',
    summary: 'move bindings, records and copies between the state file and a Git ref',
    declare: (command) =>
      command
        .addOption(
          new Option('--to <backend>', 'where the state is to be')
            .choices(['git', 'file'])
            .makeOptionMandatory(),
        )
        .option('--ref <name>', 'full name of the Git ref; by default that of the project file')
        .addOption(format('text', 'json')),
    action: async (context, _args, command) =>
      (await import('./commands/state-migrate.ts')).migrate(context, command.opts()),
  },
  {
    usage: 'restore <address>',
    summary: 'create a deleted resource again from its copy in the state',
    declare: (command) =>
      command
        .option('--at <revision>', 'its last applied form at a serial or commit of the history')
        .option('--approve <env>', 'needed for a protected environment, unless a terminal asks')
        .option('-y, --yes', 'do not ask, even at a terminal')
        .addOption(format('text', 'json')),
    action: async (context, [address], command) =>
      (await import('./commands/state-restore.ts')).restoreState(context, address, command.opts()),
  },
];
