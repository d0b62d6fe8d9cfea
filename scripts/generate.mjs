// Writes everything that is derived from schemas/src: the published JSON Schemas, the TypeScript types, the
// shapes that normalisation works with, and the validators. With --check it writes nothing and fails when a
// committed file is not what would be written.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './generate/bundle.mjs';
import { shapesModule } from './generate/shapes.mjs';
import { loadSources } from './generate/sources.mjs';
import { typesModule } from './generate/types.mjs';
import { validatorsModule } from './generate/validators.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

async function outputs() {
  const sources = await loadSources(join(root, 'schemas/src'));
  const files = new Map();
  for (const name of Object.keys(sources.documents)) {
    files.set(`schemas/${name}.schema.json`, `${JSON.stringify(bundle(sources, name), null, 2)}\n`);
  }
  files.set('src/model/generated/types.ts', await typesModule(sources));
  files.set('src/model/generated/shapes.ts', shapesModule(sources));
  files.set('src/specs/generated/validators.ts', validatorsModule(sources));
  return files;
}

const check = process.argv.includes('--check');
const stale = [];
for (const [path, text] of await outputs()) {
  const committed = await readFile(join(root, path), 'utf8').catch(() => undefined);
  if (committed === text) continue;
  stale.push(path);
  if (!check) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}
for (const path of stale) process.stdout.write(`${check ? 'stale' : 'wrote'} ${path}\n`);
if (check && stale.length > 0) {
  process.stderr.write(
    'Generated files do not match schemas/src: run `npm run generate` and commit the result.\n',
  );
  process.exitCode = 1;
}
