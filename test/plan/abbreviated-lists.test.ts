import { describe, expect, it } from 'vitest';
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
