// The floor of `validate`: read every document and parse it, nothing else.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

let documents = 0;
for (const name of readdirSync(process.argv[2], { recursive: true })) {
  if (!name.endsWith('.yaml')) continue;
  if (parse(readFileSync(join(process.argv[2], name), 'utf8')) !== null) documents += 1;
}
process.stdout.write(`${documents}\n`);
