import { describe, expect, it } from 'vitest';
import type { Quirks } from '../../src/emulator/contract/quirks.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Specs } from '../support/specs.ts';
import { actions, isEmpty, startWorld, type World } from '../support/world.ts';

/** The list of assistants shows tools, servers and flow empty: agreeing with that proves nothing. */

const A: JsonObject = { name: 'A', instructions: 'You are A.' };
const B: JsonObject = { name: 'B', instructions: 'You are B.' };

const OTHERS: Specs = {
  'assistant/b': B,
  'tool/hook': {
    type: 'webhook',
    display_name: 'Hook',
    webhook: { name: 'hook', description: 'Finds.', url: 'https://a.example/', method: 'POST' },
  },
  'mcp_server/crm': { name: 'CRM', type: 'http', url: 'https://crm.example/mcp' },
};

const HANDOFF: JsonObject = {
  type: 'handoff',
  handoff: { ai_assistants: [{ name: 'B', id: { $ref: 'assistant/b' } }] },
};

const FLOW = {
  start_node_id: 'one',
  nodes: [
    { id: 'one', type: 'prompt', instructions: 'Greet.' },
    { id: 'two', type: 'prompt', instructions: 'Ask.' },
  ],
};

/** A field with its last element, and what a spec writes when it is taken away. */
const LAST: readonly (readonly [string, JsonObject, JsonObject, unknown])[] = [
  ['shared tool', { tool_ids: [{ $ref: 'tool/hook' }] }, { tool_ids: [] }, { tools: [] }],
  ['hand-off', { tools: [HANDOFF] }, { tools: [] }, { tools: [] }],
  [
    'MCP server',
    { mcp_servers: [{ id: { $ref: 'mcp_server/crm' } }] },
    { mcp_servers: [] },
    { mcp_servers: [] },
  ],
];

async function assistant(world: World, address = 'assistant/a'): Promise<JsonObject> {
  return world.dashboard('GET', `/ai/assistants/${await world.bound(address)}`);
}

describe('an account whose list of assistants is abbreviated', () => {
  for (const toolIdsInResponse of ['list', 'absent'] as const) {
    for (const [what, present, taken, live] of LAST) {
      it(`the last ${what} is taken away (tool_ids ${toolIdsInResponse})`, async () => {
        const world = await startWorld({ quirks: { abbreviatedList: true, toolIdsInResponse } });
        await world.apply({ ...OTHERS, 'assistant/a': { ...A, ...present } });
        expect(isEmpty(await world.plan({ ...OTHERS, 'assistant/a': { ...A, ...present } }))).toBe(true);
        const specs = { ...OTHERS, 'assistant/a': { ...A, ...taken } };
        expect(actions(await world.plan(specs))).toEqual(['update assistant/a']);
        expect((await world.apply(specs)).outcome).toBe('applied');
        expect(await assistant(world)).toMatchObject(live as JsonObject);
        expect(isEmpty(await world.plan(specs))).toBe(true);
      });

      it(`the last ${what} is taken away beside another change (tool_ids ${toolIdsInResponse})`, async () => {
        const world = await startWorld({ quirks: { abbreviatedList: true, toolIdsInResponse } });
        await world.apply({ ...OTHERS, 'assistant/a': { ...A, ...present } });
        const specs = { ...OTHERS, 'assistant/a': { ...A, ...taken, greeting: 'Hello.' } };
        expect((await world.apply(specs)).outcome).toBe('applied');
        expect(await assistant(world)).toMatchObject({ ...(live as JsonObject), greeting: 'Hello.' });
        expect(isEmpty(await world.plan(specs))).toBe(true);
      });
    }
  }

  it('a node is taken out of a flow', async () => {
    const world = await startWorld({ quirks: { abbreviatedList: true } });
    await world.apply({ 'assistant/a': { ...A, conversation_flow: FLOW } });
    const specs = { 'assistant/a': { ...A, conversation_flow: { ...FLOW, nodes: FLOW.nodes.slice(0, 1) } } };
    expect((await world.apply(specs)).outcome).toBe('applied');
    expect(await assistant(world)).toMatchObject({ conversation_flow: { nodes: [{ id: 'one' }] } });
    expect(isEmpty(await world.plan(specs))).toBe(true);
  });

  it('an adoption sees the tools that the account has', async () => {
    const world = await startWorld({ quirks: { abbreviatedList: true } });
    const hangup = { type: 'hangup', hangup: { description: 'Ends the call.' } };
    await world.dashboard('POST', '/ai/assistants', { ...A, tools: [hangup] });
    const planned = await world.plan({ 'assistant/a': { ...A, tools: [] } });
    expect(actions(planned)).toEqual(['adopt assistant/a']);
    const kept = await world.apply({ 'assistant/a': { ...A, tools: [hangup] } });
    expect(kept.outcome).toBe('applied');
    expect(world.writes()).toEqual([]);
  });

  it('an orphan is deleted, and kept as it was', async () => {
    const world = await startWorld({ quirks: { abbreviatedList: true } });
    await world.apply({ ...OTHERS, 'assistant/a': { ...A, tools: [HANDOFF] } });
    expect((await world.apply(OTHERS, { prune: true })).outcome).toBe('applied');
    const state = await world.store.load();
    expect(state?.deleted[0]?.config).toMatchObject({ tools: [{ type: 'handoff' }] });
  });

  it('what somebody else changed in what the list leaves out is drift', async () => {
    const world = await startWorld({ quirks: { abbreviatedList: true } });
    const specs = { ...OTHERS, 'assistant/a': { ...A, tools: [HANDOFF] } };
    await world.apply(specs);
    await world.dashboard('POST', `/ai/assistants/${await world.bound('assistant/a')}`, { tools: [] });
    const { plan } = await world.plan(specs);
    expect(plan.drift.map(({ address }) => address)).toEqual(['assistant/a']);
  });
});

describe('requests of a plan', () => {
  const MANY = 130;
  const many = (change: (index: number) => JsonObject = () => ({})): Specs => ({
    ...OTHERS,
    ...Object.fromEntries(
      Array.from({ length: MANY }, (_, index) => [
        `assistant/a${index}`,
        {
          name: `A ${index}`,
          instructions: 'You are one of many.',
          tools: [HANDOFF],
          tool_ids: [{ $ref: 'tool/hook' }],
          mcp_servers: [{ id: { $ref: 'mcp_server/crm' } }],
          conversation_flow: FLOW,
          ...change(index),
        },
      ]),
    ),
  });

  async function requests(world: World, specs: Specs, whole = false): Promise<readonly string[]> {
    const before = world.emulator.requests.length;
    await world.plan(specs, { whole });
    return world.emulator.requests.slice(before).map(({ method, path }) => `${method} ${path.split('?')[0]}`);
  }

  const byId = (sent: readonly string[]) =>
    sent.filter((line) => /^GET \/ai\/assistants\/assistant-/.test(line) || /^GET \/ai\/tools\/./.test(line));

  async function settled(quirks: Partial<Quirks> = {}) {
    const world = await startWorld({ quirks: { stockObjects: false, ...quirks } });
    await world.apply(many());
    return world;
  }

  it('nothing moved: the pages alone', async () => {
    const world = await settled();
    expect(byId(await requests(world, many()))).toEqual([]);
  });

  it('three changed in Git and two were edited: five more', async () => {
    const world = await settled();
    for (const address of ['assistant/a100', 'assistant/a101'])
      await world.dashboard('POST', `/ai/assistants/${await world.bound(address)}`, { tools: [] });
    const specs = many((index) => (index < 3 ? { tools: [] } : {}));
    expect(byId(await requests(world, specs))).toHaveLength(5);
    const { plan } = await world.plan(specs);
    expect(plan.changes).toHaveLength(3);
    expect(plan.drift.map(({ address }) => address)).toEqual(['assistant/a100', 'assistant/a101']);
  });

  it('drift that an apply leaves is told by every plan, also after the assistant was written again', async () => {
    const world = await settled();
    await world.dashboard('POST', `/ai/assistants/${await world.bound('assistant/a1')}`, { tools: [] });
    const specs = many((index) => (index === 1 ? { greeting: 'Hello.' } : {}));
    await world.apply(specs);
    for (let round = 0; round < 2; round += 1) {
      const { plan } = await world.plan(specs);
      expect(plan.drift.map(({ address }) => address)).toEqual(['assistant/a1']);
    }
  });

  it('an edit that was taken back is read once and no more after the next apply', async () => {
    const world = await settled();
    const path = `/ai/assistants/${await world.bound('assistant/a1')}`;
    await world.dashboard('POST', path, { greeting: 'Yo.' });
    await world.dashboard('POST', path, { greeting: '' });
    expect(byId(await requests(world, many()))).toHaveLength(1);
    expect((await world.apply(many())).outcome).toBe('nothing');
    expect(world.writes()).toEqual([]);
    expect(byId(await requests(world, many()))).toEqual([]);
  });

  it('a shared tool that is bound to another id: who uses it is read', async () => {
    const world = await settled();
    const other = await world.dashboard('POST', '/ai/tools', OTHERS['tool/hook']);
    const session = await world.store.open('test');
    const binding = session.current()?.resources['tool/hook'];
    if (binding === undefined) throw new Error('not bound');
    await session.record({
      op: 'bind',
      address: 'tool/hook',
      binding: { ...binding, remote_id: String(other.id) },
    });
    await session.close();
    expect(actions(await world.plan(many()))).toHaveLength(MANY);
  });

  it('whole: every assistant', async () => {
    const world = await settled();
    expect(byId(await requests(world, many(), true))).toHaveLength(MANY + 1);
  });

  it('a list without version ids, or with others than those of main, is not believed', async () => {
    const world = await startWorld({ quirks: { abbreviatedList: true, listVersionId: 'absent' } });
    const few = { ...OTHERS, 'assistant/a': { ...A, tools: [HANDOFF] } };
    await world.apply(few);
    await world.dashboard('POST', `/ai/assistants/${await world.bound('assistant/a')}`, { tools: [] });
    const { plan } = await world.plan(few);
    expect(plan.drift.map(({ address }) => address)).toEqual(['assistant/a']);
  });
});

describe('lists of many pages', () => {
  const MANY = 230;
  const SPECS: Specs = Object.fromEntries(
    Array.from({ length: MANY }, (_, index) => [
      index % 2 === 0 ? `assistant/a${index}` : `tool/t${index}`,
      index % 2 === 0
        ? { name: `A ${index}`, instructions: 'You are one of many.' }
        : { type: 'hangup', display_name: `T ${index}`, hangup: { description: `Ends ${index}.` } },
    ]),
  );

  it.each([
    {},
    { pagedAssistants: true },
    { pagedAssistants: true, defaultPageSize: 20 },
    { pagedAssistants: true, metaMissing: true },
    { pagedAssistants: true, metaMissing: true, defaultPageSize: 7 },
  ] as const)('are complete: %j', async (quirks) => {
    const world = await startWorld({ quirks: { stockObjects: false, ...quirks } });
    expect((await world.apply(SPECS)).exitKind).toBeNull();
    expect(isEmpty(await world.plan(SPECS))).toBe(true);
    await world.loseState();
    const { plan } = await world.plan(SPECS);
    expect(plan.summary).toMatchObject({ adopt: MANY, create: 0, unmanaged: 0 });
  });
});
