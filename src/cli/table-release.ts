import type { Declared } from './declared.ts';
import { format } from './options.ts';
import { TEST_SUITES } from './table-account.ts';

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
    summary:
      'delete old versions; never main, the last former mains, canary members, previews and what waits',
    declare: (command) =>
      command
        .requiredOption('--keep <n>', 'how many of the newest stay')
        .option('--mains <n>', 'how many former mains stay as targets of a rollback', '3')
        .option('--dry-run', 'say what would be deleted, and delete nothing')
        .option('--approve <env>', 'needed for a protected environment, unless a terminal asks')
        .option('-y, --yes', 'do not ask, even at a terminal')
        .addOption(format('text', 'json')),
    action: async (context, [address], command) =>
      (await import('./commands/versions-prune.ts')).pruneVersions(context, address, command.opts()),
  },
];

const TEST_COMMANDS: readonly Declared[] = [
  {
    usage: 'run [addresses...]',
    summary: 'run tests, or all tests of assistants, on the platform; exit 9 unless all pass',
    declare: (command) =>
      command
        .option('--suite <name>', 'only tests of this suite')
        .option('--version <id>', 'talk to this version of the assistant instead of main')
        .option('--junit <file>', 'write the results as JUnit XML too')
        .option('--timeout <duration>', 'for all of them together; 15m by default')
        .addOption(format('text', 'json', 'markdown')),
    action: async (context, [addresses], command) =>
      (await import('./commands/test-run.ts')).testRun(context, addresses, command.opts()),
  },
  {
    usage: 'history [addresses...]',
    summary: 'how tests did in their last runs, and which are flaky',
    declare: (command) =>
      command
        .option('--last <n>', 'how many runs count', '20')
        .option('--suite <name>', 'only tests of this suite')
        .addOption(format('text', 'json')),
    action: async (context, [addresses], command) =>
      (await import('./commands/test-history.ts')).testHistory(context, addresses, command.opts()),
  },
  TEST_SUITES,
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
        .option('--approve <env>', 'needed for a protected environment, unless a terminal asks')
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
  { usage: 'test', summary: 'run tests and look at their history', subcommands: TEST_COMMANDS },
];
