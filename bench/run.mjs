// `npm run bench`: each figure is a ratio against a bare floor measured in the same run, medians of alternating
// runs, because machines differ and drift while ratios of neighbours do not. Exits 1 when a bound is broken.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmulator } from '../dist/emulator/server.js';
import { idleController } from './controller.mjs';
import { writeProject } from './project.mjs';

const LATENCY_MS = 30;
const COUNT = Number(process.env.BENCH_COUNT ?? 1000);
const RUNS = Number(process.env.BENCH_RUNS ?? 5);
/** Each takes a quarter of a minute. */
const APPLIES = Math.min(3, RUNS);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const MAIN = here('../dist/main.js');

function run(args, env = {}) {
  const begun = process.hrtime.bigint();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TELNYX_BENCH_KEY: 'KEY_TEST_BENCH', ...env },
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output.stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const ms = Number(process.hrtime.bigint() - begun) / 1e6;
      if (code === 0) resolve({ ms, ...output });
      else reject(new Error(`${args.join(' ')} ended with ${code}\n${output.stderr}`));
    });
  });
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Medians of commands that take turns, so that a slow minute hits them all. */
async function inTurn(runs, commands) {
  const times = commands.map(() => []);
  for (let round = 0; round <= runs; round += 1) {
    for (const [index, command] of commands.entries()) {
      const { ms } = await command();
      if (round > 0) times[index].push(ms);
    }
  }
  return times.map(median);
}

const rows = [];
function report(measure, value, bound, unit = '') {
  const ok = value <= bound;
  rows.push({
    measure,
    value: `${Number(value.toFixed(2))}${unit}`,
    bound: `≤ ${bound}${unit}`,
    ok: ok ? 'yes' : 'NO',
  });
  process.stdout.write(
    `${measure}: ${value.toFixed(2)}${unit} (bound ${bound}${unit}) ${ok ? 'ok' : 'BROKEN'}\n`,
  );
}

/** An empty account, and a project to be applied to it. */
async function world() {
  const folder = mkdtempSync(join(tmpdir(), 'assistantctl-bench-'));
  const emulator = await startEmulator({
    clock: () => new Date(),
    randomUuid: randomUUID,
    latencyMs: LATENCY_MS,
    logSize: 100_000,
    quirks: { abbreviatedList: true, pagedAssistants: true },
  });
  writeProject(folder, COUNT, { url: emulator.url });
  return {
    folder,
    emulator,
    cli: (...args) => run([MAIN, ...args, '--project', folder]),
    writes: () => emulator.requests.filter(({ method }) => method !== 'GET').length,
    async end() {
      await emulator.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const first = await world();
const { folder, emulator, cli, writes } = first;
try {
  const [version, bare] = await inTurn(15, [() => run([MAIN, '--version']), () => run(['-e', '0'])]);
  report('--version / node -e 0', version / bare, 1.5);

  const parse = () => run([here('floors/parse.mjs'), join(folder, 'assistants')]);
  const [validate, parsing] = await inTurn(RUNS, [() => cli('validate'), parse]);
  report(`validate ${3 * COUNT} documents / read + parse`, validate / parsing, 1.4);

  const { ms: firstApply } = await cli('apply', '--override-limits');
  const written = writes();
  const applies = [firstApply];
  while (applies.length < APPLIES) {
    const another = await world();
    const { ms } = await another.cli('apply', '--override-limits').finally(another.end);
    applies.push(ms);
  }
  const applying = median(applies);
  report(
    `apply creating ${written} with concurrency 8 / writes × latency ÷ 8`,
    applying / ((written * LATENCY_MS) / 8),
    1.3,
  );

  const { ms: nothing } = await cli('apply');
  report('apply with nothing to do, writes', writes() - written, 0);

  const requestsBefore = emulator.requests.length;
  await cli('plan', '--detailed-exitcode');
  const pages = 1 + 3 * Math.ceil(COUNT / 100);
  report(`plan, requests beyond ${pages} pages`, emulator.requests.length - requestsBefore - pages, 3);

  const idle = await idleController({ main: MAIN, folder, emulator, environment: 'bench' });
  report(
    `controller with nothing to do, requests of a round beyond ${pages} pages`,
    idle.requests - pages,
    0,
  );
  report('peak memory of that controller', idle.megabytes, 200, ' MB');

  const fetching = () => run([here('floors/fetch.mjs'), emulator.url]);
  const [plan, fetched, validated] = await inTurn(RUNS, [() => cli('plan'), fetching, () => cli('validate')]);
  report(`plan of ${3 * COUNT} / bare fetch + validate`, plan / (fetched + validated), 1.2);

  // The list of assistants leaves out what is not read by id.
  for (const index of [0, COUNT - 1]) {
    const file = join(folder, 'assistants', 'desks', `desk-${index}.yaml`);
    writeFileSync(file, readFileSync(file, 'utf8').replace('Thanks for calling', 'Welcome to'));
  }
  const unchanged = emulator.requests.length;
  await cli('plan');
  report(
    `plan with 2 changed, requests beyond ${pages} pages + 2`,
    emulator.requests.length - unchanged - pages - 2,
    3,
  );
  const [changed, again, checked] = await inTurn(RUNS, [() => cli('plan'), fetching, () => cli('validate')]);
  report(`plan of ${3 * COUNT} with 2 changed / bare fetch + validate`, changed / (again + checked), 1.25);

  const peakFile = join(folder, 'peak');
  await run(['--import', here('peak-memory.mjs'), MAIN, 'plan', '--project', folder], {
    BENCH_PEAK: peakFile,
  });
  report('peak memory of that plan', Number(readFileSync(peakFile, 'utf8')) / 1024, 300, ' MB');

  const agency = mkdtempSync(join(tmpdir(), 'assistantctl-agency-'));
  cpSync(here('../examples/agency'), agency, { recursive: true });
  const ofAgency =
    (...args) =>
    () =>
      run([MAIN, ...args, '--project', agency]);
  const [validAgency, planAgency] = await inTurn(RUNS, [
    ofAgency('validate'),
    ofAgency('plan', '--env', '*', '--offline', '--format', 'json'),
  ]);
  rmSync(agency, { recursive: true, force: true });
  report('validate of 15 environments', validAgency / 1000, 0.5, ' s');
  report('plan --offline of 15 environments, one process', planAgency / 1000, 1, ' s');

  const { ms: demo } = await run([here('../scripts/demo.mjs')]);
  report('the demo, from the built program', demo / 1000, 20, ' s');

  process.stdout.write(
    `\nmedians: --version ${version.toFixed(0)} ms, node -e 0 ${bare.toFixed(0)} ms, validate ${validate.toFixed(0)} ms, parse ${parsing.toFixed(0)} ms, plan ${plan.toFixed(0)} ms, fetch ${fetched.toFixed(0)} ms, apply ${applying.toFixed(0)} ms, apply again ${nothing.toFixed(0)} ms\n\n`,
  );
  const widths = ['measure', 'value', 'bound', 'ok'].map((name) =>
    Math.max(name.length, ...rows.map((row) => row[name].length)),
  );
  for (const row of [{ measure: 'measure', value: 'value', bound: 'bound', ok: 'ok' }, ...rows]) {
    process.stdout.write(
      `${[row.measure, row.value, row.bound, row.ok]
        .map((cell, index) => cell.padEnd(widths[index]))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
  process.exitCode = rows.every((row) => row.ok === 'yes') ? 0 : 1;
} finally {
  await first.end();
}
