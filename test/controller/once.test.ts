import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { account, finished, inDashboard, liveId, spawnCli, writes } from '../e2e/harness.ts';
import { simulate } from './simulated.ts';
import { DESK, git, inEffect, KEY, PROJECT, start, team } from './support.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that keeps what it is sent, and answers as it is told. */
async function receiver(answer: (one: Received) => unknown = () => ({})) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const one = { method, path, headers, body: Buffer.concat(parts).toString() };
      received.push(one);
      response.writeHead(method === 'POST' ? 201 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer(one)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, received };
}

const GATED = `promotion:
  strategy: gated
  gate: { tests: [{ $ref: test/greets }] }
`;
const TEST = `kind: test
key: greets
spec:
  name: Greets
  instructions: You are a caller.
  destination: { $ref: assistant/desk }
  rubric: [{ name: Greeting, criteria: Greets }]
`;
const TRUST = '--trust-branch';
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const waits = (commit: string) => (one: { phase: string; tried_commit: string | null }) =>
  one.phase === 'waiting' && one.tried_commit === commit;

describe('what is done once', { timeout: 120_000 }, () => {
  it('a gate test for one content: not by the other replica, not after a start, not for other commits', async () => {
    const server = await account({ scripts: [{ test: 'Greets', outcome: 'failed' }] });
    const acme = await team(server.url);
    const one = start(acme, 'one', {}, TRUST);
    const two = start(acme, 'two', {}, TRUST);
    await acme.push({ 'assistants/greets.yaml': TEST });
    const first = git(acme.clone, 'rev-parse', 'HEAD').trim();
    await one.until(inEffect(first));
    const gated = await acme.push({ 'assistants/desk.yaml': DESK('Greet.', GATED) });
    const [left, right] = await Promise.all([one.until(waits(gated)), two.until(waits(gated))]);
    expect([left.exit_code, right.exit_code]).toEqual([9, 9]);
    const runs = () => writes(server).filter((write) => /\/runs$/.test(write)).length;
    const staged = () => writes(server).filter((write) => write.startsWith('POST /ai/assistants/')).length;
    await Promise.all([one.rounds(2), two.rounds(2)]);
    expect(runs()).toBe(1);
    const before = staged();
    two.child.kill('SIGKILL');
    await finished(two.child);
    const three = start(acme, 'two', {}, TRUST);
    await three.until(waits(gated));
    // Neither a commit that changes nothing of it, nor one that changes something else, runs it again.
    await acme.push({ 'README.md': 'More words.' });
    await Promise.all([one.rounds(2), three.rounds(2)]);
    expect([runs(), staged()]).toEqual([1, before]);
    const other = DESK('Other.').replace('key: desk', 'key: other').replace('name: Desk', 'name: Other');
    await acme.push({ 'assistants/other.yaml': other });
    await three.until(({ pending }) => pending.length === 1);
    await Promise.all([one.rounds(2), three.rounds(2)]);
    expect(runs()).toBe(1);
    expect(await liveId(server, 'Other')).toBeTruthy();
    // Other content does.
    await acme.push({ 'assistants/desk.yaml': DESK('Greet them.', GATED) });
    for (let tries = 0; tries < 200 && runs() < 2; tries += 1) await pause(100);
    expect(runs()).toBe(2);
  });

  it('a notification, whichever of two replicas comes to send it and whoever is killed', async () => {
    const server = await account();
    const { url, received } = await receiver();
    const acme = await team(server.url);
    const notify = `notify:
  - on: [applied, failed, waiting, drift, rolled_back]
    webhook: { url_env: ASSISTANTCTL_NOTIFY_URL, secret_env: ASSISTANTCTL_NOTIFY_SECRET }
`;
    await acme.push({ 'assistantctl.yaml': `${PROJECT(server.url)}${notify}` });
    const env = { ASSISTANTCTL_NOTIFY_URL: `${url}/hook`, ASSISTANTCTL_NOTIFY_SECRET: 'TEST_SECRET' };
    const one = start(acme, 'one', env, TRUST);
    const two = start(acme, 'two', env, TRUST);
    const first = git(acme.clone, 'rev-parse', 'HEAD').trim();
    await Promise.all([one.until(inEffect(first)), two.until(inEffect(first))]);
    const types = () => received.map(({ body }) => JSON.parse(body).type.replace('assistantctl.', ''));
    let replicas = [one, two];
    const told = async (count: number, type: string) => {
      for (let tries = 0; tries < 200 && types().filter((each) => each === type).length < count; tries += 1) {
        await pause(100);
      }
      await Promise.all(replicas.map((replica) => replica.rounds(2)));
      expect(types().filter((each) => each === type)).toHaveLength(count);
    };
    await told(1, 'applied');
    const broken = await acme.push({ 'assistants/desk.yaml': DESK('Help.', '  modell: x\n') });
    await Promise.all([one.until(waits(broken)), two.until(waits(broken))]);
    await told(1, 'failed');
    one.child.kill('SIGKILL');
    await finished(one.child);
    replicas = [two];
    const mended = await acme.push({ 'assistants/desk.yaml': DESK('Help well.') });
    await two.until(inEffect(mended));
    await told(2, 'applied');
    const live = await liveId(server, 'Desk');
    const edit = { instructions: 'Howdy.', promote_to_main: true };
    await inDashboard(server, 'POST', `/ai/assistants/${live}`, edit);
    await two.until(({ drift }) => drift.resources.length > 0);
    const three = start(acme, 'three', env, TRUST);
    replicas = [two, three];
    await three.until(({ drift }) => drift.resources.length > 0);
    await told(1, 'drift');
    expect(received.every(({ body }) => !body.includes('Howdy.') && !body.includes('Help well.'))).toBe(true);
    expect(received.every(({ headers }) => headers['x-assistantctl-signature'] !== undefined)).toBe(true);
    const ids = received.map(({ body }) => JSON.parse(body).id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([
    {
      forge: 'GitHub',
      env: (url: string) => ({
        GITHUB_TOKEN: 'TEST_TOKEN',
        GITHUB_REPOSITORY: 'acme/voice',
        GITHUB_API_URL: url,
      }),
      path: (commit: string) => `/repos/acme/voice/statuses/${commit}`,
      field: 'context',
      failure: 'failure',
    },
    {
      forge: 'GitLab',
      env: (url: string) => ({ GITLAB_TOKEN: 'TEST_TOKEN', CI_PROJECT_ID: '42', CI_API_V4_URL: url }),
      path: (commit: string) => `/projects/42/statuses/${commit}`,
      field: 'name',
      failure: 'failed',
    },
  ])('a commit status of $forge', async ({ env, path, field, failure }) => {
    const server = await account();
    const { url, received } = await receiver(({ path: asked }) =>
      asked.includes('/user') ? { login: 'bot', username: 'bot' } : [],
    );
    const acme = await team(server.url);
    const replicas = await Promise.all(
      [0, 1].map(() => simulate({ repository: acme.remote }, { env: env(url) })),
    );
    const rounds = () => Promise.all(replicas.map((replica) => replica.pass(3 * 60_000)));
    await rounds();
    const first = git(acme.clone, 'rev-parse', 'HEAD').trim();
    const broken = await acme.push({ 'assistants/desk.yaml': DESK('Help.', '  modell: x\n') });
    await rounds();
    const said = received
      .filter(({ path: asked }) => asked.includes('/statuses/'))
      .map(({ path: asked, body }) => ({ asked, ...JSON.parse(body) }));
    expect(said).toMatchObject([
      { asked: path(first), state: 'success', [field]: 'assistantctl/production' },
      { asked: path(broken), state: failure, [field]: 'assistantctl/production' },
    ]);
    expect(said[1].description).toContain('the specs have an error');
  });

  it('an approval, by the controller or by a pipeline, and it outlives an apply that broke off', async () => {
    const server = await account();
    const acme = await team(server.url);
    const other = DESK('Other.').replace('key: desk', 'key: other').replace('name: Desk', 'name: Other');
    await acme.push({ 'assistants/other.yaml': other });
    const run = (...words: readonly string[]) =>
      finished(spawnCli(acme.clone, words, { TELNYX_API_KEY: KEY }));
    const plan = JSON.parse((await run('plan', '--format', 'json')).stdout);
    const none = await run('apply', '--reviewed', '/dev/null', '--format', 'json');
    expect(none.code, none.stderr).toBe(6);
    expect((await run('approve', '--env', 'production', plan.plan_digest)).code).toBe(0);
    // The API is gone after the first create.
    let creates = 0;
    server.setFaults(({ method, path }) => {
      if (method !== 'POST' || !path.endsWith('/ai/assistants')) return undefined;
      creates += 1;
      return creates === 1 ? undefined : { kind: 'status', status: 503 };
    });
    const partial = await run('apply', '--reviewed', '/dev/null', '--format', 'json');
    expect([7, 8], partial.stderr).toContain(partial.code);
    expect(
      (await liveId(server, 'Desk').catch(() => undefined)) ?? (await liveId(server, 'Other')),
    ).toBeTruthy();
    server.setFaults(undefined);
    const again = await run('apply', '--reviewed', '/dev/null', '--format', 'json');
    expect(again.code, again.stderr).toBe(0);
    expect(git(acme.remote, 'show', 'refs/assistantctl/production-requests:requests.json')).toBe('');
    const more = await acme.push({ 'assistants/desk.yaml': DESK('Help well.') });
    const running = start(acme, 'one', {});
    const waiting = await running.until(waits(more));
    expect(waiting.plan_digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect((await run('approve', '--env', 'production', waiting.plan_digest ?? '')).code).toBe(0);
    await running.until(inEffect(more));
    expect(git(acme.remote, 'show', 'refs/assistantctl/production-requests:requests.json')).toBe('');
  });
});
