import { Failure } from '../../model/errors.ts';
import { pruneOldVersions } from '../../operations/release/prune-versions.ts';
import { renderPrune } from '../../render/terminal/versions-text.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

export interface PruneFlags {
  readonly keep: string;
  readonly format: string;
}

/** Deletes old versions that nothing needs, beyond the newest ones. */
export async function pruneVersions(context: Context, text: string, flags: PruneFlags): Promise<number> {
  if (!/^\d{1,6}$/.test(flags.keep)) {
    throw new Failure('usage', '--keep must be a whole number', { code: 'OPTION_INVALID' });
  }
  const { interrupted, address, ...pruned } = await pruneOldVersions(context, text, Number(flags.keep));
  if (flags.format === 'json') context.printJson({ address, ...pruned });
  else context.print(renderPrune(address, pruned, context.style));
  if (!interrupted) return EXIT_DONE;
  throw new Failure('interrupted', 'interrupted before everything was deleted', { code: 'INTERRUPTED' });
}
