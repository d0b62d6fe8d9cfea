import { readdirSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { account, finished, inDashboard, liveId, spawnCli, writes } from '../e2e/harness.ts';
import { simulate } from './simulated.ts';
import { DESK, git, KEY, team } from './support.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

describe('outages', { timeout: 120_000 }, () => {
  it('of the API for an hour: it is asked ever less often, nothing is written, and afterwards all is well', async () => {
    const server = await account();
    const acme = await team(server.url);
    const running = await simulate({ repository: acme.remote });
    await running.pass(MINUTE);
    expect(await running.environment()).toMatchObject({ phase: 'in-effect' });
    server.setFaults(() => ({ kind: 'status', status: 503 }));
    const next = await acme.push({ 'assistants/desk.yaml': DESK('Help well.') });
    const [asked, written] = [server.requests.length, writes(server).length];
    await running.pass(HOUR);
    const failing = await running.environment();
    expect(failing).toMatchObject({ phase: 'failing', exit_code: 8 });
    expect(Date.parse(failing.next_at ?? '')).toBeGreaterThan(0);
    expect(writes(server)).toHaveLength(written);
    // Two attempts of each request, each quarter of an hour at the end: not sixty rounds.
    expect(server.requests.length - asked).toBeLessThan(120);
    expect(await running.metrics()).toMatch(
      /since_last_good_reconcile\{environment="production"\} 3[56]\d\d/,
    );
    expect(await running.metrics()).toMatch(
      /api_requests_total\{environment="production",status="503"\} [1-9]/,
    );
    server.setFaults(undefined);
    await running.pass(16 * MINUTE);
    expect(await running.environment()).toMatchObject({ phase: 'in-effect', applied_commit: next });
  });

  it('of the remote for an hour, and of the branch: the last good commit stays in effect', async () => {
    const server = await account();
    const acme = await team(server.url);
    const running = await simulate({ repository: acme.remote });
    await running.pass(MINUTE);
    const first = git(acme.clone, 'rev-parse', 'HEAD').trim();
    const before = writes(server).length;
    await rename(acme.remote, `${acme.remote}.away`);
    await running.pass(HOUR);
    const gone = await running.status();
    expect(gone.repository.error).toContain('main cannot be fetched');
    expect(gone.environments[0]).toMatchObject({
      applied_commit: first,
      reason: { code: expect.any(String) },
    });
    await rename(`${acme.remote}.away`, acme.remote);
    await running.pass(20 * MINUTE);
    expect(await running.environment()).toMatchObject({ phase: 'in-effect', applied_commit: first });

    git(acme.remote, 'update-ref', '-d', 'refs/heads/main');
    await running.pass(5 * MINUTE);
    const deleted = await running.status();
    expect(deleted.repository.error).toContain("couldn't find remote ref");
    expect(deleted.environments[0]).toMatchObject({ phase: 'in-effect', applied_commit: first });
    expect(writes(server)).toHaveLength(before);
    const back = await acme.push({ 'assistants/desk.yaml': DESK('Back again.') });
    await running.pass(2 * MINUTE);
    expect(await running.environment()).toMatchObject({ phase: 'in-effect', applied_commit: back });
  });

  it.each([
    { name: 'two', offsets: [HOUR, 0] },
    { name: 'three', offsets: [0, -HOUR, HOUR] },
  ])('$name replicas whose clocks are an hour apart do each thing once', async ({ offsets }) => {
    const server = await account();
    const acme = await team(server.url);
    const replicas = await Promise.all(
      offsets.map((offsetMs) =>
        simulate({ repository: acme.remote }, { offsetMs, env: { ASSISTANTCTL_LEASE: '2s' } }),
      ),
    );
    const all = (ms: number) => Promise.all(replicas.map((replica) => replica.pass(ms)));
    await all(3 * MINUTE);
    for (const text of ['Help well.', 'Help better.']) {
      const commit = await acme.push({ 'assistants/desk.yaml': DESK(text) });
      await all(3 * MINUTE);
      for (const replica of replicas) {
        expect(await replica.environment()).toMatchObject({ phase: 'in-effect', applied_commit: commit });
      }
    }
    expect(writes(server).filter((write) => write === 'POST /ai/assistants')).toHaveLength(1);
    const staged = writes(server).filter((write) => /^POST \/ai\/assistants\/[^/]+$/.test(write));
    expect(staged).toHaveLength(2);
  });

  it('a start on a broken commit: a rollout goes on by the last applied one, which /status names', async () => {
    const server = await account();
    const acme = await team(server.url);
    const before = await simulate({ repository: acme.remote });
    await before.pass(2 * MINUTE);
    const steps = '{ steps: [{ weight: 10, hold: 5m }, { weight: 50, hold: 5m }] }';
    const canary = DESK('Help warmly.', `promotion: { strategy: canary, canary: ${steps} }\n`);
    const applied = await acme.push({ 'assistants/desk.yaml': canary });
    await before.pass(2 * MINUTE);
    expect((await before.environment()).rollouts).toHaveLength(1);
    await before.stop();
    const broken = await acme.push({ 'assistants/desk.yaml': DESK('Help.', '  modell: x\n') });
    const after = await simulate({ repository: acme.remote }, { offsetMs: 6 * MINUTE });
    await after.pass(15 * MINUTE);
    const status = await after.environment();
    expect(status).toMatchObject({
      exit_code: 3,
      tried_commit: broken,
      applied_commit: applied,
      rollouts: [],
    });
    expect(status.reason?.message).toMatch(
      /^the specs have an error: assistants\/desk\.yaml:\d+:\d+ [A-Z_]+$/,
    );
    const desk = `/ai/assistants/${await liveId(server, 'Desk')}`;
    expect(await (await inDashboard(server, 'GET', desk)).json()).toMatchObject({
      instructions: 'Help warmly.',
    });
  });

  it('a stop in the middle of a write: it ends, the state is saved, the lease is given back', async () => {
    const server = await account();
    const acme = await team(server.url);
    server.setFaults(({ method, path }) =>
      method === 'POST' && path === '/ai/assistants' ? { kind: 'delay', ms: 1_500 } : undefined,
    );
    const running = await simulate({ repository: acme.remote });
    for (let tries = 0; tries < 500 && !writes(server).includes('POST /ai/assistants'); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const asked = performance.now();
    expect(await running.stop()).toBe('SIGTERM');
    expect(performance.now() - asked).toBeLessThan(30_000);
    expect(git(acme.remote, 'for-each-ref', '--format=%(refname)')).not.toContain('lock');
    expect(git(acme.remote, 'for-each-ref', '--format=%(refname)')).not.toContain('lease');
    const state = JSON.parse(git(acme.remote, 'show', 'refs/assistantctl/production:state.json'));
    expect(state.resources['assistant/desk'].remote_id).toBe(await liveId(server, 'Desk'));
    server.setFaults(undefined);
    const plan = await finished(spawnCli(acme.clone, ['plan', '--format', 'json'], { TELNYX_API_KEY: KEY }));
    expect(JSON.parse(plan.stdout).changes).toEqual([]);
  });

  // Ten thousand in the nightly run.
  const rounds = Number(process.env.ASSISTANTCTL_ROUNDS ?? 40);
  const timeout = 120_000 + rounds * 1_000;
  it('many rounds make neither memory nor file handles grow', { timeout }, async () => {
    const server = await account({ logSize: 10 });
    const acme = await team(server.url);
    const running = await simulate({ repository: acme.remote });
    const handles = () => readdirSync('/proc/self/fd').length;
    await running.pass(10 * MINUTE);
    const [heap, open] = [collected(), handles()];
    await running.pass(rounds * MINUTE);
    expect(running.rounds()).toBeGreaterThan(rounds);
    expect(collected() - heap).toBeLessThan(8 * 1024 * 1024);
    expect(handles() - open).toBeLessThan(8);
    expect(await running.environment()).toMatchObject({ phase: 'in-effect' });
  });
});

function collected(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
