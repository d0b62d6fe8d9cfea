import { Failure } from '../../model/errors.ts';
import { pruneOldVersions } from '../../operations/release/prune-versions.ts';
import { renderPrune } from '../../render/terminal/versions-text.ts';
import { willAsk } from '../announce.ts';
import type { Context } from '../context.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { APPROVE_UNLESS_ASKED, format, YES } from '../options.ts';
import { questioner } from '../terminal.ts';

/** Deletes old versions that nothing needs, beyond the newest ones and the last former mains. */
export const pruneVersions = defineCommand({
  usage: 'prune <address>',
  options: (command) =>
    command
      .option('--keep <n>', 'how many of the newest stay', '1')
      .option('--mains <n>', 'how many former mains stay as targets of a rollback', '3')
      .option('--dry-run', 'say what would be deleted, and delete nothing')
      .option(...APPROVE_UNLESS_ASKED)
      .option(...YES)
      .addOption(format('text', 'json')),
  run: async (context, [text], flags) => {
    const { format, approve } = flags;
    const dryRun = flags.dryRun === true;
    const { interrupted, address, ...pruned } = await pruneOldVersions(context, text, {
      keep: wholeNumber('--keep', flags.keep),
      mains: wholeNumber('--mains', flags.mains),
      dryRun,
      ...(approve !== undefined && { approve }),
      asksPerson: willAsk(context, flags),
      confirm: async (versions) => {
        if (willAsk(context, flags)) await confirmDeletion(context, versions);
      },
    });
    if (format === 'json') context.printJson({ address, ...pruned, ...(dryRun && { dry_run: true }) });
    else context.print(renderPrune(address, { ...pruned, dryRun }, context.style));
    if (!interrupted) return EXIT_DONE;
    throw new Failure('interrupted', 'interrupted before everything was deleted', { code: 'INTERRUPTED' });
  },
});

async function confirmDeletion(context: Context, versions: readonly string[]): Promise<void> {
  const ask = questioner(context.runtime);
  if (ask === undefined) return;
  context.note(`To delete for good:\n${versions.map((id) => `  ${id}\n`).join('')}`);
  const answer = await ask('Delete these versions? Only "yes" is taken for an answer: ');
  if (answer.trim().toLowerCase() === 'yes') return;
  throw new Failure('refused', 'nothing was deleted: the answer was not "yes"', { code: 'DECLINED' });
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new Failure('usage', `${option} must be a whole number`, { code: 'OPTION_INVALID' });
}
