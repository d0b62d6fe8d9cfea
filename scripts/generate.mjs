// Writes everything that is derived from schemas/src: the published JSON Schemas, the TypeScript types, the
// shapes that normalisation works with, and the validators of documents and of what is kept between applies. With --check it writes nothing and fails when a
// committed file is not what would be written.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './generate/bundle.mjs';
import { recordValidators } from './generate/records.mjs';
import { shapesModule } from './generate/shapes.mjs';
import { loadSources } from './generate/sources.mjs';
import { typesModule } from './generate/types.mjs';
import { validatorsModule } from './generate/validators.mjs';

const LINE_WIDTH = 110;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

async function outputs() {
  const sources = await loadSources(join(root, 'schemas/src'));
  const files = new Map();
  for (const name of Object.keys(sources.documents)) {
    files.set(`schemas/${name}.schema.json`, `${json(bundle(sources, name))}\n`);
  }
  files.set('src/model/generated/types.ts', await typesModule(sources));
  files.set('src/model/generated/shapes.ts', shapesModule(sources));
  files.set('src/specs/generated/validators.ts', validatorsModule(sources));
  files.set(
    'src/state/generated/validators.ts',
    await recordValidators(join(root, 'schemas/src/records/state.yaml')),
  );
  return files;
}

// The layout that Biome gives to JSON: an array stands on one line when it fits.
function json(value, indent = '', column = 0) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const flat = `[${value.map((each) => JSON.stringify(each)).join(', ')}]`;
    const scalars = value.every((each) => each === null || typeof each !== 'object');
    if (scalars && column + flat.length < LINE_WIDTH) return flat;
    return `[\n${value.map((each) => deeper + json(each, deeper, deeper.length)).join(',\n')}\n${indent}]`;
  }
  const lines = Object.entries(value).map(([key, each]) => {
    const start = `${deeper}${JSON.stringify(key)}: `;
    return start + json(each, deeper, start.length);
  });
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
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
