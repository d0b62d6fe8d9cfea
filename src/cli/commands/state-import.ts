import { bindLive } from '../../operations/state/import.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

/** Binds an address to a live resource that exists. */
export async function importState(context: Context, text: string, id: string): Promise<number> {
  context.print(await bindLive(context, text, id));
  return EXIT_DONE;
}
