// Compiles src/ to dist/. The output is made in a temporary folder and then moved over file by file, so that
// programs which run from dist/ meanwhile (tests, a demo) never see a half-written or missing module.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const cache = join(root, 'node_modules', '.cache');

mkdirSync(cache, { recursive: true });
const fresh = mkdtempSync(join(cache, 'build-'));
try {
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json', '--outDir', fresh], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const made = filesBelow(fresh);
  for (const file of made) moveWhenDifferent(join(fresh, file), join(dist, file));
  for (const file of existsSync(dist) ? filesBelow(dist) : []) {
    if (!made.includes(file)) rmSync(join(dist, file));
  }
  const main = join(dist, 'main.js');
  if (existsSync(main)) chmodSync(main, 0o755);
  process.exitCode = status ?? 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

/** @param {string} folder @returns {string[]} */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** @param {string} from @param {string} to */
function moveWhenDifferent(from, to) {
  if (existsSync(to) && readFileSync(to).equals(readFileSync(from))) return;
  mkdirSync(dirname(to), { recursive: true });
  const beside = `${to}.${process.pid}.tmp`;
  cpSync(from, beside);
  renameSync(beside, to);
}
