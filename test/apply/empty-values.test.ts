import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Specs } from '../support/specs.ts';
import { actions, isEmpty, startWorld, type World } from '../support/world.ts';

/** Where the API tells an empty list from none, so do plan, drift, adoption and payload. */

const SHARED: Specs = {
  'mcp_server/crm': { name: 'CRM', type: 'http', url: 'https://crm.example/mcp' },
  'tool/hook': { type: 'hangup', display_name: 'Hook', hangup: { description: 'Ends.' } },
};

const NODE = (own: JsonObject): JsonObject => ({
  conversation_flow: {
    start_node_id: 'n',
    nodes: [{ id: 'n', type: 'prompt', instructions: 'Ask.', tools_mode: 'replace', ...own }],
  },
});

const SERVER = (own: JsonObject): JsonObject => ({
  mcp_servers: [{ id: { $ref: 'mcp_server/crm' }, ...own }],
});

const FIELDS: readonly (readonly [string, (own: JsonObject) => JsonObject, string])[] = [
  ['shared_tool_ids of a node', NODE, 'shared_tool_ids'],
  ['allowed_tools of a server on an assistant', SERVER, 'allowed_tools'],
];

function specs(more: JsonObject): Specs {
  return { ...SHARED, 'assistant/a': { name: 'A', instructions: 'You are A.', ...more } };
}

async function liveValue(world: World, name: string): Promise<Json | undefined> {
  const live = await world.dashboard('GET', `/ai/assistants/${await world.bound('assistant/a')}`);
  const flow = live.conversation_flow as JsonObject | null | undefined;
  const [element] = (flow?.nodes ?? live.mcp_servers ?? []) as readonly JsonObject[];
  return element?.[name];
}

describe.each(FIELDS)('%s', (_, field, name) => {
  const empty = specs(field({ [name]: [] }));
  const none = specs(field({ [name]: null }));
  const unwritten = specs(field({}));

  it('is created empty, becomes none, and empty again', async () => {
    const world = await startWorld();
    await world.apply(empty);
    expect(await liveValue(world, name)).toEqual([]);
    expect(isEmpty(await world.plan(empty))).toBe(true);
    expect(actions(await world.plan(none))).toEqual(['update assistant/a']);
    expect((await world.apply(none)).exitKind).toBeNull();
    expect((await liveValue(world, name)) ?? null).toBeNull();
    expect(isEmpty(await world.plan(none))).toBe(true);
    expect((await world.apply(empty)).exitKind).toBeNull();
    expect(await liveValue(world, name)).toEqual([]);
    expect(isEmpty(await world.plan(empty))).toBe(true);
  });

  it('is written empty where nothing was written before', async () => {
    const world = await startWorld();
    await world.apply(unwritten);
    expect(actions(await world.plan(empty))).toEqual(['update assistant/a']);
    await world.apply(empty);
    expect(await liveValue(world, name)).toEqual([]);
  });

  it('was opened in the dashboard: drift', async () => {
    const world = await startWorld();
    await world.apply(empty);
    const path = `/ai/assistants/${await world.bound('assistant/a')}`;
    const live = await world.dashboard('GET', path);
    const flow = live.conversation_flow as JsonObject | null | undefined;
    const without = (element: JsonObject) =>
      Object.fromEntries(Object.entries(element).filter(([key]) => key !== name));
    const elements = ((flow?.nodes ?? live.mcp_servers) as readonly JsonObject[]).map(without);
    const body = flow ? { conversation_flow: { ...flow, nodes: elements } } : { mcp_servers: elements };
    await world.dashboard('POST', path, body);
    const { plan } = await world.plan(empty);
    expect(plan.drift.map(({ address }) => address)).toEqual(['assistant/a']);
    expect((await world.apply(empty, { drift: 'revert' })).exitKind).toBeNull();
    expect(await liveValue(world, name)).toEqual([]);
  });

  it('is told when it is adopted', async () => {
    const world = await startWorld();
    await world.apply(unwritten);
    await world.loseState();
    const { plan } = await world.plan(empty);
    const change = plan.changes.find(({ address }) => address === 'assistant/a');
    expect(change?.fields.length).toBe(1);
  });
});

describe('a server itself', () => {
  it('allows none, everything, and none again', async () => {
    const world = await startWorld();
    const server = (own: JsonObject): Specs => ({
      'mcp_server/crm': { ...SHARED['mcp_server/crm'], ...own },
    });
    for (const allowed of [[], null, [], ['search'], []]) {
      const wanted = server({ allowed_tools: allowed });
      expect((await world.apply(wanted)).exitKind).toBeNull();
      const live = await world.dashboard('GET', `/ai/mcp_servers/${await world.bound('mcp_server/crm')}`);
      expect(live.allowed_tools ?? null).toEqual(allowed);
      expect(isEmpty(await world.plan(wanted))).toBe(true);
    }
  });
});
