import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { crashAt } from '../reliability/crash.ts';
import type { Specs } from '../support/specs.ts';
import { comesToRest, endWorlds, startWorld, type World } from '../support/world.ts';

/** An apply that is cut off where the API keeps values in a form of its own: the next one converges. */

const QUIRKS = { ownForm: ['urlSlash', 'hostCase', 'modelAlias', 'crlf'], stockObjects: false } as const;

const specs = (path: string, model: string): Specs => ({
  'tool/hook': {
    type: 'webhook',
    display_name: 'Hook',
    webhook: {
      name: 'hook',
      description: 'Finds\nthings.',
      url: `https://Crm.Example.com/${path}`,
      method: 'POST',
    },
  },
  'mcp_server/crm': { name: 'CRM', type: 'http', url: `https://Mcp.Example.com/${path}` },
  'assistant/a': {
    name: 'A',
    instructions: `You are\n${path}.`,
    model,
    tool_ids: [{ $ref: 'tool/hook' }],
    mcp_servers: [{ id: { $ref: 'mcp_server/crm' } }],
  },
});

async function converges(world: World, wanted: Specs): Promise<void> {
  const report = await world.apply(wanted);
  expect(report.results.filter(({ status }) => status !== 'applied')).toEqual([]);
  expect(await comesToRest(world, wanted)).toBe(true);
  for (const path of ['/ai/tools', '/ai/mcp_servers', '/ai/assistants']) {
    const reply: unknown = await world.dashboard('GET', path);
    const data = (Array.isArray(reply) ? reply : (reply as JsonObject).data) as readonly JsonObject[];
    // The platform's own tool is there in every account.
    const own = data.filter(({ display_name: name }) => name !== 'Default hangup');
    expect(own).toHaveLength(1);
  }
}

async function killedAt(world: World, instant: number, wanted: Specs): Promise<boolean> {
  const crash = crashAt(instant);
  const ended = world.apply(wanted, { wrap: crash.wrap }).then(
    () => true,
    () => true,
  );
  const done = await Promise.race([ended, crash.happened.then(() => false)]);
  if (!done) await world.store.unlock();
  await crash.bury();
  return !done;
}

describe('an apply that is killed at any instant', () => {
  it('while it creates', async () => {
    for (let instant = 0; ; instant += 2) {
      const world = await startWorld({ quirks: QUIRKS });
      const killed = await killedAt(world, instant, specs('one', 'openai/gpt-4o'));
      await converges(world, specs('one', 'openai/gpt-4o'));
      await endWorlds();
      if (!killed) break;
    }
  });

  it('while it updates', async () => {
    for (let instant = 0; ; instant += 2) {
      const world = await startWorld({ quirks: QUIRKS });
      await world.apply(specs('one', 'openai/gpt-4o'));
      const killed = await killedAt(world, instant, specs('two', 'openai/gpt-4.1'));
      await converges(world, specs('two', 'openai/gpt-4.1'));
      await endWorlds();
      if (!killed) break;
    }
  });

  it('while it updates, and Git goes back', async () => {
    for (let instant = 0; ; instant += 2) {
      const world = await startWorld({ quirks: QUIRKS });
      await world.apply(specs('one', 'openai/gpt-4o'));
      const killed = await killedAt(world, instant, specs('two', 'openai/gpt-4.1'));
      await converges(world, specs('one', 'openai/gpt-4o'));
      await endWorlds();
      if (!killed) break;
    }
  });
});

describe('a reply that is lost', () => {
  it.each([
    'POST /ai/tools',
    'PATCH /ai/tools',
    'POST /ai/mcp_servers',
    'PUT /ai/mcp_servers',
    'POST /ai/assistants',
  ])('%s', async (request) => {
    const world = await startWorld({ quirks: { ...QUIRKS, idempotencyIgnored: true } });
    const lost = new Set<string>();
    world.emulator.setFaults(({ method, path }) => {
      const line = `${method} ${path}`;
      if (!line.startsWith(request) || lost.has(line)) return undefined;
      lost.add(line);
      return { kind: 'reset-after' };
    });
    await converges(world, specs('one', 'openai/gpt-4o'));
    await converges(world, specs('two', 'openai/gpt-4.1'));
    expect(lost.size).toBeGreaterThan(0);
  });
});
