// The controller in a minute, without key or network: a push is applied, a gate fails, somebody edits in the dashboard, a
// canary moves by itself, and the second replica takes over when the first is killed. Every step waits for what it
// says, so the demo fails loudly when it stops telling the truth.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const main = join(root, 'dist', 'main.js');
const home = mkdtempSync(join(tmpdir(), 'assistantctl-controller-demo-'));
const started = performance.now();
const colour = process.env.NO_COLOR === undefined && process.stdout.isTTY === true;
const children = [];
/** `--hold MS`: leave the page up for a while, for a browser to look at. */
const hold = process.argv[2] === '--hold' ? Number(process.argv[3]) : 0;

const bold = (text) => (colour ? `\u001b[1m${text}\u001b[0m` : text);
const tell = (text) => process.stdout.write(`\n${bold(text)}\n`);
const say = (text) => process.stdout.write(`${wrapped(text)}\n`);

/** No terminal breaks inside a word; in a pipe, and in a terminal without a size (0 columns), each line stays one. */
function wrapped(text) {
  const width = (process.stdout.columns || Number.POSITIVE_INFINITY) - 1;
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.pop();
    const longer = line === '' ? `  ${word}` : `${line} ${word}`;
    if (line !== '' && longer.length > width) lines.push(line, `  ${word}`);
    else lines.push(longer);
  }
  return lines.join('\n');
}

const remote = join(home, 'voice.git');
const clone = join(home, 'voice');
const git = (...args) =>
  execFileSync('git', ['-c', 'user.name=Demo', '-c', 'user.email=demo@example.com', ...args], {
    cwd: clone,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

function start(name, args, env = {}) {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: clone,
    env: { ...process.env, TELNYX_API_KEY: 'KEY_TEST_DEMO', ASSISTANTCTL_LEASE: '2s', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream
      .setEncoding('utf8')
      .on('data', (text) => lines.push(...text.split('\n').filter((line) => line !== '')));
  }
  children.push(child);
  return { name, child, lines };
}

async function until(what, look) {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = await look();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`this did not come about: ${what}`);
}

const urlOf = (replica) =>
  until(`${replica.name} listens`, () => {
    const line = replica.lines.find((text) => text.includes('"listening"'));
    return line === undefined ? undefined : JSON.parse(line).url;
  });

async function environmentOf(replica) {
  const url = await urlOf(replica);
  const status = await (await fetch(`${url}/status`)).json();
  return status.environments[0];
}

const untilSo = (replica, what, look) =>
  until(what, async () => {
    const one = await environmentOf(replica);
    return one !== undefined && look(one) ? one : undefined;
  });

const inEffect = (commit) => (one) => one.phase === 'in-effect' && one.applied_commit === commit;

function push(message, files) {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    writeFileSync(join(clone, file), text);
  }
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
  git('push', '--quiet', 'origin', 'HEAD:main');
  const commit = git('rev-parse', 'HEAD');
  say(`$ git push    # ${message} (${commit.slice(0, 7)})`);
  return commit;
}

const desk = (instructions, promotion) => `kind: assistant
key: desk
spec:
  name: Front desk
  model: openai/gpt-4o
  instructions: ${instructions}
  greeting: Hello.
promotion: ${promotion}
`;
const GATED = '{ strategy: gated, gate: { tests: [{ $ref: test/greets }] } }';
const CANARY =
  '{ strategy: canary, canary: { steps: [{ weight: 10, hold: 1s }, { weight: 50, hold: 1s }] } }';
const TEST = `kind: test
key: greets
spec:
  name: Greets the caller
  destination: { $ref: assistant/desk }
  instructions: Call and say hello.
  rubric: [{ name: greets, criteria: The assistant greets. }]
`;

async function run() {
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch', 'main', remote]);
  execFileSync('git', ['clone', '--quiet', remote, clone], { stdio: 'ignore' });
  const scripts = join(home, 'scripts.json');
  // The embedded API has no language model: this says how the test of step 7 ends.
  writeFileSync(
    scripts,
    JSON.stringify([{ test: 'Greets the caller', instructions: 'Say nothing', outcome: 'failed' }]),
  );
  const api = start('account', ['emulator', '--scripts', scripts]);
  const base = await until('the account listens', () => api.lines.find((line) => line.startsWith('http')));
  const live = async (path, init) => {
    const reply = await fetch(`${base}${path}`, {
      ...init,
      headers: { authorization: 'Bearer KEY_TEST_DEMO', 'content-type': 'application/json' },
    });
    return await reply.json();
  };

  tell('1. Two replicas follow main. Nothing is pushed but the first assistant.');
  const project = `project: northwind
environments:
  production:
    protected: true
    base_url: ${base}
    state: { backend: git, remote: origin, ref: refs/assistantctl/production }
`;
  const first = push('Front desk', {
    'assistantctl.yaml': project,
    '.gitignore': '.assistantctl/\n',
    'assistants/desk.yaml': desk('Greet the caller.', '{ strategy: immediate }'),
  });
  const flags = ['controller', '--interval', '1s', '--listen', '127.0.0.1:0', '--trust-branch'];
  const one = start('one', [...flags, '--data', join(home, 'one')]);
  const two = start('two', [...flags, '--data', join(home, 'two')]);
  await untilSo(one, 'the first commit is in effect', inEffect(first));
  await untilSo(two, 'both replicas see it', inEffect(first));
  say(`in effect, applied once; its page: ${await urlOf(one)}/`);

  tell('2. A commit that cannot be valid waits for a person. What is live stays.');
  const broken = push('A slip of the keyboard', {
    'assistants/desk.yaml': desk('Greet the caller.', '{ strategy: immediate }').replace('model:', 'modell:'),
  });
  const waits = await untilSo(one, 'the broken commit waits', (status) => status.tried_commit === broken);
  say(
    `${waits.phase}: ${waits.reason.code}, exit code ${waits.exit_code}; applied is still ${first.slice(0, 7)}`,
  );

  tell('3. Mended, it is in effect a second later.');
  const mended = push('Mended', {
    'assistants/desk.yaml': desk('Greet the caller by name.', '{ strategy: immediate }'),
  });
  await untilSo(one, 'the mended commit is in effect', inEffect(mended));
  say('in effect');

  tell('4. A canary takes its steps by itself.');
  push('Greet warmly, for one caller in ten first', {
    'assistants/desk.yaml': desk('Greet the caller warmly.', CANARY),
  });
  await until(
    'a rollout opens',
    async () =>
      (await environmentOf(one)).rollouts.length > 0 || (await environmentOf(two)).rollouts.length > 0,
  );
  say('10 % of the callers hear it; the next steps come by the clock');
  await until('the rollout reaches everybody', async () => {
    const { data } = await live('/ai/assistants');
    const whole = await live(`/ai/assistants/${data[0].id}`);
    return whole.instructions === 'Greet the caller warmly.';
  });
  say('promoted: everybody hears it');

  tell('5. Somebody edits in the dashboard. It is seen, and left alone.');
  const { data } = await live('/ai/assistants');
  await live(`/ai/assistants/${data[0].id}`, {
    method: 'POST',
    body: JSON.stringify({ greeting: 'Edited by hand.', promote_to_main: true }),
  });
  const drifted = await until('drift is seen', async () => {
    const seen = [await environmentOf(one), await environmentOf(two)];
    return seen.find((status) => status.drift.resources.length > 0);
  });
  say(
    `drift: ${drifted.drift.resources.map(({ address, paths }) => `${address} ${paths.join(' ')}`).join(', ')}`,
  );

  tell('6. The first replica is killed. The second takes over.');
  one.child.kill('SIGKILL');
  const next = push('A test for the front desk', { 'assistants/greets.yaml': TEST });
  await untilSo(two, 'the second replica applies it', (status) => status.applied_commit === next);
  say(`in effect, by the second replica; its page: ${await urlOf(two)}/`);

  tell('7. A gate fails: main stays as it is, and the test is not run again by itself.');
  const gated = push('Say nothing', {
    'assistants/desk.yaml': desk('Say nothing at all.', GATED),
  });
  const ended = await untilSo(
    two,
    'the gate ends',
    (status) => status.tried_commit === gated && status.phase !== 'applying',
  );
  if (ended.exit_code !== 9)
    throw new Error(`the gate should have failed, and ended with ${ended.exit_code}`);
  say(`${ended.phase}: ${ended.reason.message}`);
  if (hold > 0) {
    process.stdout.write(`\nPAGE ${await urlOf(two)}/\n`);
    await new Promise((done) => setTimeout(done, hold));
  }
}

let failed = false;
try {
  await run();
} catch (error) {
  failed = true;
  process.stderr.write(`\ndemo failed: ${error instanceof Error ? error.message : error}\n`);
} finally {
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(
    children.map((child) =>
      child.exitCode !== null || child.signalCode !== null
        ? undefined
        : new Promise((done) => child.once('exit', done)),
    ),
  );
  rmSync(home, { recursive: true, force: true });
}
if (failed) process.exitCode = 1;
else tell(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
