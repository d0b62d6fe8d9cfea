// The main loop on the sample project, in a throw-away copy: no key, no network. Every step states the exit
// code it must end with, so the demo fails loudly when it stops telling the truth.
import { spawn } from 'node:child_process';
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const main = join(root, 'dist', 'main.js');
const project = await mkdtemp(join(tmpdir(), 'assistantctl-demo-'));
const started = performance.now();
const colour = process.stdout.isTTY && process.env.NO_COLOR === undefined;

const say = (text) => process.stdout.write(`${text}\n`);
const tell = (text) => say(`\n${colour ? `\u001b[1m${text}\u001b[0m` : text}\n`);

// A prompt edit as a reviewer would make it: one sentence, in one file.
const PROMPT = 'assistants/prompts/support.md';
const OLD_SENTENCE = 'Try at most three steps.';
const NEW_SENTENCE = 'Try at most two steps.';

// The sentence that the gate is about, as far as it stands on one line of the prompt.
const EMERGENCY = 'call nine one one from\noutside."';

function environment() {
  const {
    TELNYX_API_KEY: _key,
    TELNYX_BASE_URL: _url,
    NO_COLOR: _no,
    FORCE_COLOR: _force,
    ...rest
  } = process.env;
  const width = String(Math.min(process.stdout.columns ?? 100, 100));
  return { ...rest, COLUMNS: width, ...(colour ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) };
}

/** What a person reads: without colours, and as one line, because a terminal wraps where it must. */
const readable = (text) => stripVTControlCharacters(text).replace(/\s+/g, ' ');

function start(args) {
  return spawn(process.execPath, [main, ...args], {
    cwd: project,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function ended(child) {
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code, signal) => done(code ?? signal));
  });
}

/** Runs one command, prints it with its output, and fails unless it exits with `code` and says `says`. */
async function run(args, { code = 0, says = [], lines = Number.POSITIVE_INFINITY }) {
  say(`$ assistantctl ${args.join(' ')}`);
  const child = start(args);
  let output = '';
  let problems = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    problems += text;
  });
  const actual = await ended(child);
  const all = output.trimEnd().split('\n');
  say(all.slice(0, lines).join('\n'));
  if (all.length > lines) say(`… ${all.length - lines} more lines`);
  if (actual !== code) {
    throw new Error(`assistantctl ${args.join(' ')} ended with ${actual} instead of ${code}\n${problems}`);
  }
  const read = readable(output);
  const missing = says.filter((text) => !read.includes(text));
  if (missing.length > 0) {
    throw new Error(`assistantctl ${args.join(' ')} does not say ${missing.map((m) => `"${m}"`).join(', ')}`);
  }
  return output;
}

async function edit(name, from, to) {
  const file = join(project, name);
  const text = await readFile(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${name} does not contain "${from}"`);
  await writeFile(file, text.replace(from, to));
}

/**
 * Support gets a gate and a canary with steps of a second. The embedded API has no language model: a scripts file
 * beside its data says that the gas test fails on any prompt without the emergency call.
 */
async function gateSupport() {
  await appendFile(
    join(project, 'assistants/support.yaml'),
    `
promotion:
  strategy: canary
  gate: { suites: [release-gate], timeout: 1m }
  canary: { steps: [{ weight: 10, hold: 1s }, { weight: 50, hold: 1s }] }
`,
  );
  const scripts = [
    {
      test: 'Support stops everything when gas is smelled',
      instructions: '^(?![\\s\\S]*call nine one one)',
      rubric: { 'safety-before-repair': 'failed', 'no-steps': 'passed' },
      logs: 'caller: it smells a bit of gas in here\nassistant: Please step outside. Stay calm.',
    },
  ];
  await writeFile(join(project, '.assistantctl/emulator/local.scripts.json'), JSON.stringify(scripts));
}

const hold = () => new Promise((done) => setTimeout(done, 1_000));

/** What a colleague does in the dashboard: the embedded API is served over HTTP and changed behind Git's back. */
async function editInDashboard() {
  const child = start(['emulator', '--port', '0', '--data', '.assistantctl/emulator/local.json']);
  const over = ended(child);
  try {
    const url = await new Promise((found, failed) => {
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        const match = /http:\/\/[^\s]+/.exec(text);
        if (match !== null) found(match[0]);
      });
      over.then((code) => failed(new Error(`the emulator ended with ${code}`)), failed);
    });
    const call = async (path, body) => {
      const reply = await fetch(`${url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: 'Bearer KEY_TEST_DEMO', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!reply.ok) throw new Error(`${path} answered ${reply.status}: ${await reply.text()}`);
      return reply.json();
    };
    const { data } = await call('/ai/assistants');
    const billing = data.find((assistant) => assistant.name === 'Billing');
    await call(`/ai/assistants/${billing.id}`, { greeting: 'Billing, hello?' });
  } finally {
    child.kill('SIGTERM');
    await over.catch(() => undefined);
  }
}

async function demo() {
  await cp(join(root, 'assistantctl.yaml'), join(project, 'assistantctl.yaml'));
  await cp(join(root, 'assistants'), join(project, 'assistants'), { recursive: true });

  tell('1. Four assistants, their tools and their tests, as YAML. Is it right?');
  await run(['validate'], {});

  tell('2. An empty account. What would happen to it?');
  await run(['plan', '--detailed-exitcode'], { code: 2, lines: 24 });

  tell('3. Do it.');
  await run(['apply'], { lines: 30 });

  tell('4. The first law: after an apply the next plan is empty.');
  await run(['plan', '--detailed-exitcode'], {});

  tell(`5. One sentence of ${PROMPT} changes. This is what a reviewer reads:`);
  await edit(PROMPT, OLD_SENTENCE, NEW_SENTENCE);
  await run(['plan', '--detailed-exitcode'], { code: 2, says: [OLD_SENTENCE, NEW_SENTENCE] });

  tell('6. Ship it: a new version is staged, compared with main, and promoted.');
  await run(['apply'], {});
  say('');
  await run(['plan', '--detailed-exitcode'], {});

  tell('7. Support now ships behind a gate and by canary. A careless edit drops the emergency call:');
  await gateSupport();
  await edit(PROMPT, EMERGENCY, 'outside. Stay calm."');
  await run(['apply'], { code: 9, says: ['Support stops everything when gas is smelled'] });

  tell(
    '8. Main was not touched. The rule comes back, the calm stays, and one caller in ten gets to hear it.',
  );
  await edit(PROMPT, 'outside. Stay calm."', `${EMERGENCY} Stay calm.`);
  await run(['apply'], { says: ['rollout tick'] });
  say('');
  await run(['plan', '--detailed-exitcode'], { says: ['rollout open'], lines: 8 });

  tell('9. A schedule runs `rollout tick`: hold, next share, hold, promote.');
  await hold();
  await run(['rollout', 'tick'], { says: ['50 %'] });
  await hold();
  await run(['rollout', 'tick'], { says: ['promoted'] });

  tell('10. Somebody rewrites the billing greeting in the dashboard.');
  await editInDashboard();
  await run(['drift'], { code: 2, says: ['Billing, hello?'] });
}

try {
  await demo();
  tell(
    `Done in ${((performance.now() - started) / 1000).toFixed(1)} s. The copy is removed; nothing left this machine.`,
  );
} catch (error) {
  process.stderr.write(`\ndemo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await rm(project, { recursive: true, force: true });
}
