/** Prints the part of CHANGELOG.md that belongs to a version: `node scripts/release-notes.mjs v1.2.3`. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const version = (process.argv[2] ?? '').replace(/^v/, '');
const text = readFileSync(fileURLToPath(new URL('../CHANGELOG.md', import.meta.url)), 'utf8');
const part = text
  .split(/^## /m)
  .slice(1)
  .find((section) => section.split(/[\s\]]/)[0]?.replace(/^\[/, '') === version);
if (part === undefined) {
  process.stderr.write(`CHANGELOG.md has no section ${version}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`${part.slice(part.indexOf('\n') + 1).trim()}\n`);
}
