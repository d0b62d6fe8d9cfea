// Writes docs/reference and docs/codes.md: the commands from the command table, the fields from the JSON Schemas, the
// codes from their tables. Needs a build.
// With --check it writes nothing and fails when a committed page is not what would be written.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandReference } from '../dist/cli/program.js';
import { FAILURE_CODES } from '../dist/model/failure-codes.js';
import { PLAN_CODES } from '../dist/model/plan-codes.js';
import { SPEC_CODES } from '../dist/model/spec-codes.js';
import { codesPage } from './docs/codes.mjs';
import { commandsPage } from './docs/commands.mjs';
import { DOCUMENTS, fieldsPage } from './docs/fields.mjs';
import { asMeant } from './generate/bundle.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const schemas = {};
for (const name of DOCUMENTS) {
  const text = await readFile(join(root, 'schemas', `${name}.schema.json`), 'utf8');
  schemas[name] = asMeant(JSON.parse(text));
}
const pages = {
  'docs/reference/commands.md': commandsPage(await commandReference()),
  'docs/reference/fields.md': fieldsPage(schemas),
  'docs/codes.md': codesPage({ SPEC_CODES, PLAN_CODES, FAILURE_CODES }),
};

let stale = 0;
for (const [file, text] of Object.entries(pages)) {
  const path = join(root, file);
  const present = await readFile(path, 'utf8').catch(() => '');
  if (present === text) continue;
  if (process.argv.includes('--check')) {
    process.stdout.write(`${file} is not what npm run docs would write\n`);
    stale += 1;
  } else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    process.stdout.write(`${file}\n`);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
