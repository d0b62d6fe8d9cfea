import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

export async function importAssistants(_context: Context, _flags: object): Promise<number> {
  return EXIT_DONE;
}
