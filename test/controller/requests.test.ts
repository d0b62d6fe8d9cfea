import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { processName } from '../../src/operations/session/process-identity.ts';
import { nodeRuntime } from '../../src/runtime.ts';
import { account, finished, inDashboard, liveId, spawnCli, writes } from '../e2e/harness.ts';
import { simulate } from './simulated.ts';
import { DESK, git, inEffect, KEY, PROJECT, start, team } from './support.ts';

const MINUTE = 60_000;
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Server = Awaited<ReturnType<typeof account>>;
const instructions = async (server: Server): Promise<unknown> => {
  const live = await inDashboard(server, 'GET', `/ai/assistants/${await liveId(server, 'Desk')}`);
  return ((await live.json()) as { readonly instructions?: unknown }).instructions;
};
const promotions = (server: Server): number =>
  writes(server).filter((write) => write.endsWith('/promote')).length;

/** A team whose state is a file of the one replica, so that a test can lay requests beside it. */
async function single() {
  const server = await account();
  const acme = await team(server.url);
  const data = await mkdtemp(join(tmpdir(), 'assistantctl-requests-'));
  cleanups.push(() => rm(data, { recursive: true, force: true }));
  await acme.push({ 'assistantctl.yaml': PROJECT(server.url).replace(/^ {4}state:.*\n/m, '') });
  const running = await simulate({ repository: acme.remote, single: true, data });
  await running.pass(MINUTE);
  for (const text of ['Two.', 'Three.']) {
    await acme.push({ 'assistants/desk.yaml': DESK(text) });
    await running.pass(2 * MINUTE);
  }
  const state = join(data, '1', 'trees', 'all', '.assistantctl', 'state');
  const folder = join(state, 'production.requests');
  const main: unknown = JSON.parse(await readFile(join(state, 'production.json'), 'utf8')).resources[
    'assistant/desk'
  ].main_version_id;
  const leave = async (process: string): Promise<void> => {
    const [id, at] = [randomUUID(), '2026-01-01T00:00:00.000Z'];
    const taken = { by: 'somebody', process, at, main };
    const request = { id, kind: 'run', words: ['rollback', 'assistant/desk'], by: 'somebody', at, taken };
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${id}.json`), JSON.stringify(request));
  };
  const left = async (): Promise<readonly { readonly taken?: { readonly process: string } }[]> => {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    const files = names.filter((name) => name !== 'controller.json');
    return await Promise.all(
      files.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'))),
    );
  };
  return { server, running, leave, left };
}

describe('what is asked for beside the state', { timeout: 120_000 }, () => {
  it('is ended, and not done twice, after a kill that came when main had moved', async () => {
    const server = await account();
    const acme = await team(server.url);
    const one = start(acme, 'one', {}, '--trust-branch');
    await one.until(({ phase }) => phase === 'in-effect');
    let commit = '';
    for (const text of ['Two.', 'Three.', 'Four.']) {
      commit = await acme.push({ 'assistants/desk.yaml': DESK(text) });
      await one.until(inEffect(commit));
    }
    one.child.kill('SIGKILL');
    await finished(one.child);
    const words = ['request', '--env', 'production', '--', 'rollback', 'assistant/desk'];
    expect((await finished(spawnCli(acme.clone, words, {}))).code).toBe(0);
    let victim = true;
    server.setFaults(({ method }) => {
      if (method === 'GET' || !victim) return undefined;
      victim = false;
      two.child.kill('SIGKILL');
      return { kind: 'reset-after' };
    });
    const two = start(acme, 'one', {}, '--trust-branch');
    await finished(two.child);
    expect(await instructions(server)).toBe('Three.');
    const before = promotions(server);
    const three = start(acme, 'one', {}, '--trust-branch');
    // What was taken back is held: the commit is not in effect, and is not applied again.
    const held = await three.until(({ phase }) => phase === 'waiting');
    expect(held).toMatchObject({ exit_code: 5, reason: { code: 'HELD' }, applied_commit: commit });
    expect(three.events.filter(({ event }) => event === 'request')).toHaveLength(1);
    expect(promotions(server)).toBe(before);
    expect(await instructions(server)).toBe('Three.');
    const list = git(acme.remote, 'show', 'refs/assistantctl/production-requests:requests.json');
    expect(list).toBe('');
  });

  it('is done where this process took it and could not go on', async () => {
    const { server, running, leave, left } = await single();
    await leave(await processName(nodeRuntime(fileURLToPath(new URL('../..', import.meta.url)))));
    await running.pass(2 * MINUTE);
    expect(await instructions(server)).toBe('Two.');
    expect(await left()).toEqual([]);
  });

  it('is left to whoever began it where it cannot be taken over now, and is done once', async () => {
    const { server, running, leave, left } = await single();
    await leave('elsewhere/1');
    server.setFaults(() => ({ kind: 'status', status: 503 }));
    await running.pass(5 * MINUTE);
    expect(await left()).toMatchObject([{ taken: { process: 'elsewhere/1' } }]);
    server.setFaults(undefined);
    const before = promotions(server);
    await running.pass(5 * MINUTE);
    expect(await left()).toEqual([]);
    expect(await instructions(server)).toBe('Two.');
    expect(promotions(server)).toBe(before + 1);
  });

  it('typed again after a kill, a rollback goes back one version and not two', async () => {
    const server = await account();
    const acme = await team(server.url);
    const env = { TELNYX_API_KEY: KEY };
    const run = (...words: readonly string[]) => finished(spawnCli(acme.clone, words, env));
    for (const text of ['One.', 'Two.', 'Three.']) {
      await acme.push({ 'assistants/desk.yaml': DESK(text) });
      expect((await run('apply', '--approve', 'production')).code).toBe(0);
    }
    const back = ['rollback', 'assistant/desk', '--approve', 'production'];
    const killed = spawnCli(acme.clone, back, env);
    server.setFaults(({ method }) => {
      if (method === 'GET') return undefined;
      killed.kill('SIGKILL');
      server.setFaults(undefined);
      return { kind: 'reset-after' };
    });
    await finished(killed);
    expect(await instructions(server)).toBe('Two.');
    expect((await run(...back)).code).toBe(0);
    expect(await instructions(server)).toBe('Two.');
    const plan = JSON.parse((await run('plan', '--format', 'json')).stdout);
    expect(plan.changes).toEqual([]);
    expect(plan.holds).toHaveLength(1);
    // And after that, once more is one further.
    expect((await run(...back)).code).toBe(0);
    expect(await instructions(server)).toBe('One.');
  });
});
