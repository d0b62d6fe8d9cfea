/**
 * The long form of the reliability tests: thousands of random stories in slices of one seed each, every kill at
 * both latencies and with both backends, every fault within and beyond the retries. Prints the figures.
 *
 *   npm run sweep                     10,000 stories and everything else (hours)
 *   npm run sweep -- --stories 1000 --first-seed 7 --only random --workers 4
 *
 * A story mostly waits for files and answers, so that slices run side by side: two to a core unless --workers says
 * otherwise. A slice that fails is named by its seed and the others go on.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const SLICE = 100;

const { values } = parseArgs({
  options: {
    stories: { type: 'string', default: '10000' },
    'first-seed': { type: 'string', default: '1' },
    only: { type: 'string' },
    workers: { type: 'string', default: String(2 * availableParallelism()) },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'assistantctl-sweep-'));
const figures = join(folder, 'figures.jsonl');
writeFileSync(figures, '');

/** Whether the file's tests passed. */
function run(file, env) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--reporter=dot', file], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, SWEEP_FIGURES: figures, ...env },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0));
  });
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

/** Runs the slices, `workers` at a time; the seeds of those that failed. */
async function randomStories(first, stories, workers) {
  const slices = Array.from({ length: Math.ceil(stories / SLICE) }, (_, index) => index);
  const failed = [];
  async function work() {
    for (let slice = slices.shift(); slice !== undefined; slice = slices.shift()) {
      const seed = first + slice;
      const passed = await run('test/reliability/random.test.ts', {
        SWEEP_STORIES: String(Math.min(SLICE, stories - slice * SLICE)),
        SWEEP_SEED: String(seed),
      });
      if (!passed) failed.push(seed);
      process.stdout.write(`${summary()[0]}\n`);
    }
  }
  await Promise.all(Array.from({ length: workers }, work));
  return failed;
}

const failures = [];
const wanted = (name) => values.only === undefined || values.only === name;
if (wanted('kills') && !(await run('test/reliability/kill.test.ts', { SWEEP_KILLS: 'all' })))
  failures.push('kills');
if (wanted('faults') && !(await run('test/reliability/faults.test.ts', { SWEEP_FAULTS: 'all' })))
  failures.push('faults');
if (wanted('random')) {
  const seeds = await randomStories(
    Number(values['first-seed']),
    Number(values.stories),
    Number(values.workers),
  );
  failures.push(...seeds.map((seed) => `random stories of seed ${seed}`));
}
process.stdout.write(`${summary().join('\n')}\n`);
for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
rmSync(folder, { recursive: true, force: true });
process.exitCode = failures.length === 0 ? 0 : 1;
