import type { Declared } from './declared.ts';
import { format } from './options.ts';

const VERSION_COMMANDS: readonly Declared[] = [
  {
    usage: 'list <address>',
    summary: 'every version with what it is needed for',
    declare: (command) => command.addOption(format('text', 'json')),
    action: async (context, [address], command) =>
      (await import('./commands/versions-read.ts')).listVersions(context, address, command.opts().format),
  },
  {
    usage: 'show <address> <id>',
    summary: 'one version whole; "main" and "waiting" are ids too',
    declare: (command) => command.addOption(format('text', 'json')),
    action: async (context, [address, id], command) =>
      (await import('./commands/versions-read.ts')).showVersion(context, address, id, command.opts().format),
  },
  {
    usage: 'diff <address> [from] [to]',
    summary: 'what differs between two versions, or between a version and "git"; by default main and git',
    declare: (command) => command.addOption(format('text', 'json')),
    action: async (context, [address, from = 'main', to], command) =>
      (await import('./commands/versions-read.ts')).diffVersions(
        context,
        address,
        from,
        to ?? (from === 'main' ? 'git' : 'main'),
        command.opts().format,
      ),
  },
  {
    usage: 'prune <address>',
    summary: 'delete old versions; never main, canary members, previews and what waits',
    declare: (command) =>
      command.requiredOption('--keep <n>', 'how many of the newest stay').addOption(format('text', 'json')),
    action: async (context, [address], command) =>
      (await import('./commands/versions-prune.ts')).pruneVersions(context, address, command.opts()),
  },
];

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
  {
    usage: 'versions',
    summary: 'look at the versions of an assistant and tidy them',
    subcommands: VERSION_COMMANDS,
  },
];
