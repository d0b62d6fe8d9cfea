import type { Declared } from './declared.ts';
import { format } from './options.ts';

const ID = '--id <id>';

/** Previews of a branch beside everything live. */
export const PREVIEW_COMMANDS: readonly Declared[] = [
  {
    usage: 'preview',
    summary: 'candidate versions of what a branch changes: tested, then removed without trace',
    subcommands: [
      {
        usage: 'up',
        summary: 'stage what the branch changes beside everything live, and test it',
        declare: (command) =>
          command
            .requiredOption(ID, 'name of the preview, for example pr-42')
            .option('--no-tests', 'stage only')
            .option(
              '--linked',
              'copy changed assistants that hand off to one another, so that tests cross it',
            )
            .option('--talk [file]', 'write a page from which the candidates can be called in a browser')
            .option('--remember', 'note green results in the state also where it is kept in Git')
            .option('--no-remember', 'write nothing into the state')
            .option('--timeout <duration>', 'longest wait for all tests; 15m unless given')
            .option('--junit <file>', 'write the results as JUnit XML too')
            .addOption(format('text', 'json', 'markdown')),
        action: async (context, _args, command) =>
          (await import('./commands/preview.ts')).up(context, command.opts()),
      },
      {
        usage: 'status',
        summary: 'what previews left in the account, or one of them',
        declare: (command) => command.option(ID, 'only this preview').addOption(format('text', 'json')),
        action: async (context, _args, command) =>
          (await import('./commands/preview-traces.ts')).previewStatus(context, command.opts()),
      },
      {
        usage: 'down',
        summary: 'remove every trace of a preview, from any machine',
        declare: (command) =>
          command.requiredOption(ID, 'name of the preview').addOption(format('text', 'json')),
        action: async (context, _args, command) =>
          (await import('./commands/preview-traces.ts')).down(context, command.opts()),
      },
      {
        usage: 'gc',
        summary: 'remove forgotten previews',
        declare: (command) =>
          command
            .requiredOption('--older-than <duration>', 'previews of which nothing is younger, for example 7d')
            .addOption(format('text', 'json')),
        action: async (context, _args, command) =>
          (await import('./commands/preview-traces.ts')).gc(context, command.opts()),
      },
    ],
  },
];
