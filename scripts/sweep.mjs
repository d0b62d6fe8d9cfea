/**
 * The long form of the reliability tests: thousands of random stories in slices of one seed each, every kill at
 * both latencies and with both backends, every fault within and beyond the retries. Prints the figures.
 *
 *   npm run sweep                     10,000 stories and everything else (hours)
 *   npm run sweep -- --stories 1000 --first-seed 7 --only random
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const SLICE = 100;

const { values } = parseArgs({
  options: {
    stories: { type: 'string', default: '10000' },
    'first-seed': { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'assistantctl-sweep-'));
const figures = join(folder, 'figures.jsonl');
writeFileSync(figures, '');

function run(file, env) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--reporter=dot', file], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, SWEEP_FIGURES: figures, ...env },
  });
  return status === 0;
}

function told() {
  return readFileSync(figures, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function summary() {
  const lines = told();
  const sum = (test, name) =>
    lines.filter((line) => line.test === test).reduce((total, line) => total + line[name], 0);
  return [
    `stories ${sum('random', 'stories')}: rounds ${sum('random', 'rounds')}, requests ${sum('random', 'requests')}, crashes ${sum('random', 'crashes')}, faults met ${sum('random', 'faults')}`,
    `kills ${sum('kills', 'kills')}`,
    `fault and request pairs ${sum('faults', 'pairs')}`,
  ];
}

let good = true;
const wanted = (name) => values.only === undefined || values.only === name;
if (wanted('kills')) good = run('test/reliability/kill.test.ts', { SWEEP_KILLS: 'all' }) && good;
if (wanted('faults')) good = run('test/reliability/faults.test.ts', { SWEEP_FAULTS: 'all' }) && good;
if (wanted('random')) {
  const first = Number(values['first-seed']);
  const slices = Math.ceil(Number(values.stories) / SLICE);
  for (let slice = 0; slice < slices && good; slice += 1) {
    const stories = Math.min(SLICE, Number(values.stories) - slice * SLICE);
    good = run('test/reliability/random.test.ts', {
      SWEEP_STORIES: String(stories),
      SWEEP_SEED: String(first + slice),
    });
    process.stdout.write(`${summary()[0]}\n`);
  }
}
process.stdout.write(`${summary().join('\n')}\n`);
rmSync(folder, { recursive: true, force: true });
process.exitCode = good ? 0 : 1;
