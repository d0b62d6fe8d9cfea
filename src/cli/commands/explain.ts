import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

export async function explain(
  _context: Context,
  _address: string,
  _pointer: string | undefined,
  _format: string,
): Promise<number> {
  return EXIT_DONE;
}
