// What assistantctl is for, in one run: an account that grew by hand comes under Git, is planned to nothing, is applied
// whole to the embedded API, and then changes by review. No key, no network beyond this machine. Every step states the
// exit code that it must end with, so the demo fails loudly when it stops telling the truth.
import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { makeMessyAccount } from './demo/messy-account.mjs';
import { picture } from './demo/picture.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const main = join(root, 'dist', 'main.js');
const home = await mkdtemp(join(tmpdir(), 'assistantctl-demo-'));
const project = join(home, 'northwind');
const started = performance.now();
const forced = process.env.FORCE_COLOR !== undefined && process.env.FORCE_COLOR !== '0';
const colour = process.env.NO_COLOR === undefined && (process.stdout.isTTY === true || forced);
// A terminal without a size, as `script` makes one in a job, says 0 columns.
const width = Math.max(40, Math.min(process.stdout.columns || 100, 100));

/** `--picture FILE` writes the chapters that sell as an SVG; the picture of the README is made so. */
const picturePath = process.argv[2] === '--picture' ? process.argv[3] : undefined;
const PICTURED = [2, 3, 5, 7];
const recorded = [];
let chapter = 0;

function say(text) {
  process.stdout.write(`${text}\n`);
  if (PICTURED.includes(chapter)) recorded.push(text);
}

/** A headline, broken at spaces. */
function tell(text) {
  chapter = Number.parseInt(text, 10) || 0;
  const lines = text
    .split(' ')
    .reduce(
      ([line, ...done], word) =>
        line.length + word.length + 1 > width && line !== ''
          ? [word, line, ...done]
          : [`${line} ${word}`.trim(), ...done],
      [''],
    );
  const whole = lines.reverse().join('\n');
  say(`\n${colour ? `\u001b[1m${whole}\u001b[0m` : whole}\n`);
}

// A prompt edit as a reviewer would make it: one sentence, in one file.
const OLD_SENTENCE = 'Try at most three steps.';
const NEW_SENTENCE = 'Try at most two steps.';

// The sentence that the gate is about, as far as it stands on one line of the prompt.
const EMERGENCY = 'call nine one one from\noutside."';

/** Where the account of the demo is served; known once it is. */
let accountUrl = '';

function environment() {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...rest } = process.env;
  return {
    ...rest,
    TELNYX_API_KEY: 'KEY_TEST_DEMO',
    TELNYX_BASE_URL: accountUrl,
    COLUMNS: String(width),
    ...(colour ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
  };
}

function start(args, cwd = project) {
  return spawn(process.execPath, [main, ...args], {
    cwd,
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

/** What a person reads: without colours, and as one line, because a terminal wraps where it must. */
const readable = (text) => stripVTControlCharacters(text).replace(/\s+/g, ' ');

/** Runs one command, prints it with its output, and fails unless it exits with `code` and says `says`. */
async function run(args, { code = 0, says = [], lines = Number.POSITIVE_INFINITY, cwd = project } = {}) {
  say(`$ assistantctl ${args.join(' ')}`);
  const begun = performance.now();
  const child = start(args, cwd);
  let output = '';
  let problems = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    problems += text;
  });
  const actual = await ended(child);
  const took = performance.now() - begun;
  const all = output.trimEnd().split('\n');
  say(all.slice(0, lines).join('\n'));
  if (all.length > lines) say(`… ${all.length - lines} more lines`);
  if (actual !== code) {
    throw new Error(
      `assistantctl ${args.join(' ')} ended with ${actual} instead of ${code}\n${output}${problems}`,
    );
  }
  const read = readable(output);
  const missing = says.filter((text) => !read.includes(text));
  if (missing.length > 0) {
    throw new Error(`assistantctl ${args.join(' ')} does not say ${missing.map((m) => `"${m}"`).join(', ')}`);
  }
  return took;
}

async function edit(name, from, to) {
  const file = join(project, name);
  const text = await readFile(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${name} does not contain "${from}"`);
  await writeFile(file, text.replace(from, to));
}

/** Serves an account over HTTP until `stop`; `call` is what the dashboard of its owners does. */
async function serveAccount() {
  const child = start(['emulator', '--port', '0', '--data', join(home, 'account.json')], home);
  const over = ended(child);
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
  const stop = async () => {
    child.kill('SIGTERM');
    await over.catch(() => undefined);
  };
  return { url, call, stop };
}

/**
 * Support gets a gate and a canary with steps of a second. The embedded API has no language model: a scripts file
 * beside its data says that the gas test fails on any prompt without the emergency call.
 */
async function gateSupport(document) {
  await appendFile(
    join(project, document),
    `promotion:
  strategy: canary
  gate: { suites: [release-gate], timeout: 1m }
  canary: { steps: [{ weight: 10, hold: 1s }, { weight: 50, hold: 1s }] }
`,
  );
  const scripts = [
    {
      test: 'Stops everything when gas is smelled',
      instructions: '^(?![\\s\\S]*call nine one one)',
      rubric: { 'safety-before-repair': 'failed' },
      logs: 'caller: it smells a bit of gas in here\nassistant: Please step outside. Stay calm.',
    },
  ];
  await writeFile(join(project, '.assistantctl/emulator/local.scripts.json'), JSON.stringify(scripts));
}

/** The file below the specs whose name ends so. */
async function fileNamed(ending) {
  const files = await readdir(join(project, 'assistants'), { recursive: true });
  const found = files.map((file) => file.replaceAll('\\', '/')).find((file) => file.endsWith(ending));
  if (found === undefined) throw new Error(`pull wrote no ${ending}: ${files.join(', ')}`);
  return `assistants/${found}`;
}

const hold = () => new Promise((done) => setTimeout(done, 1_000));

async function demo(account) {
  accountUrl = account.url;
  const { assistants } = await makeMessyAccount(account.call, root);

  tell(`1. An account as it grew: ${assistants} assistants, made by hand, in nobody's repository.`);
  await run(['init', '--empty', 'northwind'], { cwd: home, lines: 1 });
  const listed = await account.call('/ai/assistants');
  say(`\n${listed.data.map(({ name }) => `  ${name}`).join('\n')}`);

  tell('2. All of it comes under Git: documents, prompts as Markdown, references instead of ids.');
  const took = await run(['pull', '--adopt'], { lines: 10, says: ['Adopted'] });
  say(
    `\nThat took ${(took / 1000).toFixed(1)} s. The token that somebody had typed into a header is in no file.`,
  );

  tell('3. The first law: the plan is empty. Nothing is applied that nobody changed.');
  await run(['plan', '--detailed-exitcode'], { says: ['Nothing to do'] });

  tell('4. The whole account, once more, on this machine: try anything there, without a key.');
  await run(['apply', '--env', 'local'], { lines: 12, says: ['Applied'] });
  await run(['plan', '--env', 'local', '--detailed-exitcode'], { says: ['Nothing to do'] });

  const prompt = await fileNamed('technical-support.md');
  tell(`5. One sentence of ${prompt} changes. This is what a reviewer reads:`);
  await edit(prompt, OLD_SENTENCE, NEW_SENTENCE);
  await run(['plan', '--env', 'local', '--detailed-exitcode'], {
    code: 2,
    says: [OLD_SENTENCE, NEW_SENTENCE],
  });

  tell('6. Ship it: a new version is staged, compared with main, and promoted.');
  await run(['apply', '--env', 'local']);
  await run(['plan', '--env', 'local', '--detailed-exitcode'], { says: ['Nothing to do'] });

  tell('7. Support now ships behind a gate and by canary. A careless edit drops the emergency call:');
  await gateSupport(await fileNamed('technical-support.yaml'));
  await edit(prompt, EMERGENCY, 'outside. Stay calm."');
  await run(['apply', '--env', 'local'], { code: 9, says: ['Stops everything when gas is smelled'] });

  tell(
    '8. Main was not touched. The rule comes back, the calm stays, and one caller in ten gets to hear it.',
  );
  await edit(prompt, 'outside. Stay calm."', `${EMERGENCY} Stay calm.`);
  await run(['apply', '--env', 'local'], { says: ['rollout tick'] });

  tell('9. A schedule runs `rollout tick`: hold, next share, hold, promote.');
  await hold();
  await run(['rollout', 'tick', '--env', 'local'], { says: ['50 %'] });
  await hold();
  await run(['rollout', 'tick', '--env', 'local'], { says: ['promoted'] });

  tell('10. Meanwhile somebody rewrites a greeting in the dashboard of the account. Git notices.');
  const { data } = await account.call('/ai/assistants');
  const frontDesk = data.find(({ name }) => name === 'Front desk');
  await account.call(`/ai/assistants/${frontDesk.id}`, { greeting: 'Northwind, hi there!' });
  await run(['drift'], { code: 2, says: ['Northwind, hi there!'] });
  await run(['pull', '--drift'], { says: ['/greeting'] });
}

let account;
try {
  account = await serveAccount();
  await demo(account);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (picturePath !== undefined) await writeFile(picturePath, picture(recorded.join('\n').trim()));
  tell(`Done in ${seconds} s. The copy is removed; nothing left this machine.`);
} catch (error) {
  process.stderr.write(`\ndemo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await account?.stop();
  await rm(home, { recursive: true, force: true });
}
