import { InvalidArgumentError, Option } from 'commander';
import type { Declared } from './declared.ts';
import { format } from './options.ts';

/** Commands that meet the place where changes are reviewed. */
export const FORGE_COMMANDS: readonly Declared[] = [
  {
    usage: 'comment [file]',
    summary:
      'put a plan or another document on the pull or merge request, in one comment that is kept up to date',
    declare: (command) =>
      command
        .option('--plan <file>', 'the saved plan that the document shows; without FILE it is rendered')
        .option('--log <file>', 'what the command wrote on stderr, shown when it printed nothing')
        .option('--exit-code <n>', 'how the command ended that wrote the document', wholeNumber)
        .option(
          '--topic <name>',
          'what the comment is about: one comment per topic and environment',
          topicName,
        )
        .addOption(
          new Option('--clean <how>', 'what a plan without changes leaves: all, one line, or nothing new')
            .choices(['full', 'line', 'skip'])
            .default('full'),
        )
        .option('--issue', 'keep one open issue instead of a comment, and close it when all is well')
        .option('--request <branch>', 'open one request from this branch instead, or bring it up to date')
        .option('--check <name>', 'say the verdict in the list of checks too, where the token may')
        .option('--title <text>', 'title of the issue or the request')
        .option('--print-digest', 'print the digest of the plan that was reviewed, for apply --expect-digest')
        .option(
          '--print-reviewed',
          'print what was reviewed, a marker a request merged since the last completed apply, for apply --reviewed',
        )
        .option(
          '--report <file>',
          'tell change requests what became of them: JSON of apply, rollback, rollout …',
        )
        .option('--no-summary', 'leave the summary of the job alone')
        .addOption(new Option('--forge <name>', 'where changes are reviewed').choices(['github', 'gitlab']))
        .option('--repo <name>', 'OWNER/NAME of the repository')
        .option('--change <n>', 'number of the pull or merge request', wholeNumber)
        .option('--commit <sha>', 'commit that the document is about')
        .option('--branch <name>', 'branch that requests were merged into')
        .option('--author <login>', 'account whose comments count')
        .option('--api-url <url>', "address of the forge's REST API")
        .addOption(format('text', 'json')),
    action: async (context, [file], command) =>
      (await import('./commands/comment.ts')).comment(context, file, command.opts()),
  },
];

function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('give a whole number');
  return Number(text);
}

function topicName(text: string): string {
  if (!/^[a-z][a-z-]{0,39}$/.test(text)) throw new InvalidArgumentError('use small letters and dashes');
  return text;
}
