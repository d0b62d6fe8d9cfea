import { describe, expect, it } from 'vitest';
import { account, finished, inDashboard, liveId, spawnCli, writes } from '../e2e/harness.ts';
import { DESK, git, inEffect, KEY, start, team } from './support.ts';

const TRUST = '--trust-branch';
const OTHER = DESK('Other.', '').replace('key: desk', 'key: other').replace('name: Desk', 'name: Other');
const TOOL = `kind: tool
key: lookup
spec:
  type: webhook
  display_name: Lookup
  webhook: { name: lookup, description: Finds an order., url: "https://acme.example/orders", method: GET }
`;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function planOf(folder: string): Promise<{ readonly changes: readonly unknown[] }> {
  const plan = await finished(spawnCli(folder, ['plan', '--format', 'json'], { TELNYX_API_KEY: KEY }));
  return JSON.parse(plan.stdout);
}

async function assistants(server: Parameters<typeof inDashboard>[0]): Promise<readonly unknown[]> {
  const found = (await (await inDashboard(server, 'GET', '/ai/assistants')).json()) as {
    readonly data: readonly unknown[];
  };
  return found.data;
}

describe('a controller that is killed', { timeout: 180_000 }, () => {
  it('at each of its writes, before or after it took effect, is followed by one that ends its work', async () => {
    const server = await account();
    const acme = await team(server.url);
    const spec = DESK('Help.', '  tool_ids: [{ $ref: tool/lookup }]\n');
    const commit = await acme.push({
      'assistants/desk.yaml': spec,
      'assistants/other.yaml': OTHER,
      'assistants/lookup.yaml': TOOL,
    });
    let victim: { kill(signal: 'SIGKILL'): boolean } | undefined;
    let seen = 0;
    server.setFaults(({ method }) => {
      if (method === 'GET' || victim === undefined) return undefined;
      seen += 1;
      victim.kill('SIGKILL');
      victim = undefined;
      // Killed with the request on its way, and with the reply on its way back.
      return { kind: seen % 2 === 1 ? 'reset-before' : 'reset-after' };
    });
    let kills = 0;
    for (;;) {
      const running = start(acme, 'data', {}, TRUST);
      victim = running.child;
      const ended = await Promise.race([
        finished(running.child).then(() => 'killed' as const),
        running.until(inEffect(commit)).then(
          () => 'done' as const,
          () => 'killed' as const,
        ),
      ]);
      if (ended === 'done') break;
      kills += 1;
      expect(kills).toBeLessThan(20);
    }
    victim = undefined;
    expect(kills).toBeGreaterThanOrEqual(4);
    for (const name of ['Desk', 'Other']) expect(await liveId(server, name)).toBeTruthy();
    expect(await assistants(server)).toHaveLength(2);
    expect((await planOf(acme.clone)).changes).toEqual([]);
  });

  it('between two steps, at any moment, likewise', async () => {
    const server = await account();
    const acme = await team(server.url);
    let commit = '';
    // Spread over a round: in a fetch, a checkout, a plan, a write, a push of the state.
    for (const [number, ms] of [250, 500, 700, 900, 1_100, 1_400, 1_800].entries()) {
      commit = await acme.push({ 'assistants/desk.yaml': DESK(`Help, take ${number}.`) });
      const running = start(acme, 'data', {}, TRUST);
      await pause(ms);
      running.child.kill('SIGKILL');
      await finished(running.child);
    }
    const last = start(acme, 'data', {}, TRUST);
    await last.until(inEffect(commit));
    expect(await assistants(server)).toHaveLength(1);
    expect((await planOf(acme.clone)).changes).toEqual([]);
  });

  it('or suspended past its lease, does not write when it goes on', async () => {
    const server = await account();
    const acme = await team(server.url);
    await acme.push({ 'assistants/other.yaml': OTHER });
    const lease = { ASSISTANTCTL_LEASE: '2s' };
    const one = start(acme, 'one', lease, TRUST);
    let stopped = false;
    server.setFaults(({ method }) => {
      if (method !== 'POST' || stopped) return undefined;
      stopped = true;
      one.child.kill('SIGSTOP');
      return undefined;
    });
    for (let tries = 0; tries < 300 && !stopped; tries += 1) await pause(50);
    const two = start(acme, 'two', lease, TRUST);
    const next = await acme.push({ 'assistants/desk.yaml': DESK('Said by the second.') });
    await two.until(inEffect(next));
    const before = writes(server).length;
    one.child.kill('SIGCONT');
    await one.until(inEffect(next));
    expect(writes(server)).toHaveLength(before);
    const desk = `/ai/assistants/${await liveId(server, 'Desk')}`;
    expect(await (await inDashboard(server, 'GET', desk)).json()).toMatchObject({
      instructions: 'Said by the second.',
    });
    expect(await assistants(server)).toHaveLength(2);
    expect((await planOf(acme.clone)).changes).toEqual([]);
    expect(git(acme.clone, 'rev-parse', 'HEAD').trim()).toBe(next);
  });
});
