import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KIND_NAMES } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

/** Documents that `schemas/` describes: the spec kinds, the project file and what the tool writes. */
export const SCHEMA_NAMES: readonly string[] = [...KIND_NAMES, 'project', 'plan', 'report'];

/** Prints the JSON Schema of one document as it is shipped. */
export async function schema(context: Context, name: string): Promise<number> {
  if (!SCHEMA_NAMES.includes(name)) {
    throw new Failure('usage', `there is no schema ${JSON.stringify(name)}`, {
      code: 'SCHEMA_UNKNOWN',
      hint: `known: ${SCHEMA_NAMES.join(', ')}`,
    });
  }
  context.print(await readFile(join(context.runtime.packageRoot, 'schemas', `${name}.schema.json`), 'utf8'));
  return EXIT_DONE;
}
