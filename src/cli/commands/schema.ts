import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../model/errors.ts';
import { renewSchemas } from '../../operations/init/renew-schemas.ts';
import type { Context } from '../context.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { oneOf } from '../options.ts';
import { SCHEMA_NAMES } from '../schema-names.ts';

/** Prints the JSON Schema of one document as it is shipped, or renews those that `init` copied into the project. */
export const schema = defineCommand({
  usage: 'schema [kind]',
  options: (command) =>
    oneOf(command, 'which document', SCHEMA_NAMES).option(
      '--write',
      'write the schemas of this version into schemas/ of the project',
    ),
  run: async (context, [name], flags) => {
    if (flags.write === true) return writeSchemas(context, name);
    if (name === undefined || !SCHEMA_NAMES.includes(name)) {
      const problem = name === undefined ? 'name a document' : `there is no schema ${JSON.stringify(name)}`;
      throw new Failure('usage', problem, {
        code: name === undefined ? 'USAGE_MISSING_ARGUMENT' : 'SCHEMA_UNKNOWN',
        hint: `known: ${SCHEMA_NAMES.join(', ')}`,
      });
    }
    context.printCommands(
      await readFile(join(context.runtime.packageRoot, 'schemas', `${name}.schema.json`), 'utf8'),
    );
    return EXIT_DONE;
  },
});

/** Writes the files that differ; the folder is the one that the comment lines of documents name. */
async function writeSchemas(context: Context, name: string | undefined): Promise<number> {
  if (name !== undefined) {
    throw new Failure('usage', 'schema --write renews all schemas of the project; leave the name out', {
      code: 'USAGE_EXCESS_ARGUMENTS',
    });
  }
  const written = await renewSchemas(context);
  const lines = written.map((file) => `wrote ${file}\n`);
  context.print(lines.length === 0 ? 'The schemas are those of this version.\n' : lines.join(''));
  return EXIT_DONE;
}
