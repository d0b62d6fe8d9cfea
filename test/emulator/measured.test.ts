import { describe, expect, test } from 'vitest';
import type { Quirks } from '../../src/emulator/contract/quirks.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { at, MINIMAL, serve, str, type TestServer } from './harness.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A server and a function that makes an assistant on it, answering the path. */
async function desk(quirks: Partial<Quirks> = {}) {
  const server = await serve({ quirks });
  const make = async (body: JsonObject = {}): Promise<string> =>
    str(await server.done('POST', '/ai/assistants', { ...MINIMAL, ...body }), 'id');
  return { ...server, make };
}

const path = (id: string): string => `/ai/assistants/${id}`;
const handoffTo = (id: string): JsonObject => ({
  type: 'handoff',
  handoff: { ai_assistants: [{ name: 'Other', id }] },
});
const edgeTo = (id: string): JsonObject => ({
  start_node_id: 'a',
  nodes: [{ id: 'a', instructions: 'i' }],
  edges: [
    {
      id: 'e',
      start_node_id: 'a',
      condition: { type: 'llm', prompt: 'p' },
      target: { type: 'assistant', assistant_id: id },
    },
  ],
});

describe('the list of assistants', () => {
  const FULL = { tools: [{ type: 'hangup', hangup: {} }], tags: ['t'] };

  test('an abbreviated entry has no tools, servers and flow; a read has', async () => {
    const { done, make } = await desk({ abbreviatedList: true });
    const id = await make(FULL);
    const [entry] = Array.isArray((await done('GET', '/ai/assistants')).data)
      ? [at((await done('GET', '/ai/assistants')).data, '0')]
      : [];
    expect(entry).toMatchObject({ id, tags: ['t'], tools: [], mcp_servers: [], conversation_flow: null });
    expect((await done('GET', path(id))).tools).toHaveLength(1);
  });

  test('pages hold 100 unless asked otherwise, and an empty list has no page', async () => {
    const { done, make } = await desk({ pagedAssistants: true });
    expect(await done('GET', '/ai/assistants')).toEqual({
      data: [],
      meta: { page_number: 1, page_size: 100, total_pages: 0, total_results: 0 },
    });
    for (let count = 0; count < 101; count += 1) await make();
    expect((await done('GET', '/ai/assistants')).data).toHaveLength(100);
    expect((await done('GET', '/ai/assistants?page[number]=2')).data).toHaveLength(1);
  });

  test.each([
    ['main', 0],
    ['newest', 1],
    ['absent', undefined],
  ] as const)('listVersionId %s', async (listVersionId, place) => {
    const { done, make } = await desk({ listVersionId });
    const id = await make();
    await done('POST', path(id), { greeting: 'x', promote_to_main: false });
    const { data } = await done('GET', `${path(id)}/versions`);
    const ids = Array.isArray(data) ? data.map((version) => str(version, 'version_id')).reverse() : [];
    const shown = at((await done('GET', '/ai/assistants')).data, '0', 'version_id');
    expect(shown).toBe(place === undefined ? undefined : ids[place]);
  });

  test('defaultPageSize and metaMissing', async () => {
    const { done, make } = await desk({ pagedAssistants: true, defaultPageSize: 2, metaMissing: true });
    for (let count = 0; count < 3; count += 1) await make();
    const list = await done('GET', '/ai/assistants');
    expect(list.data).toHaveLength(2);
    expect(list).not.toHaveProperty('meta');
  });
});

describe('MCP servers', () => {
  const CRM = { name: 'crm', type: 'http', url: 'https://example.com' };

  test.each([
    ['envelope', 'data'],
    ['array', undefined],
  ] as const)('mcpList %s', async (mcpList, member) => {
    const { done, call } = await desk({ mcpList });
    await done('POST', '/ai/mcp_servers', CRM);
    const list = (await call('GET', '/ai/mcp_servers')).json;
    expect(member === undefined ? list : at(list, member)).toHaveLength(1);
  });

  test('mcpWrapped wraps single ones', async () => {
    const { done } = await desk({ mcpWrapped: true });
    expect(at(await done('POST', '/ai/mcp_servers', CRM), 'data', 'name')).toBe('crm');
  });
});

describe('deleting', () => {
  const refusal = async ({ call }: TestServer, id: string): Promise<string> => {
    const answer = await call('DELETE', path(id));
    return answer.status === 400 ? str(answer.json, 'errors', '0', 'detail') : String(answer.status);
  };
  const WAYS: readonly (readonly [string, (id: string) => JsonObject])[] = [
    ['an inline handoff', (id) => ({ tools: [handoffTo(id)] })],
    ['a flow edge', (id) => ({ conversation_flow: edgeTo(id) })],
  ];

  test.each(WAYS)('is refused while %s leads there, and names who', async (_, reference) => {
    const server = await desk({ deleteReferenced: 'refuse' });
    const target = await server.make();
    const user = await server.make({ name: 'User', ...reference(target) });
    expect(await refusal(server, target)).toContain(`User (${user})`);
    await server.done('DELETE', path(user));
    expect(await refusal(server, target)).toBe('200');
  });

  test('an attached shared handoff tool counts, one that nobody uses does not', async () => {
    const server = await desk({ deleteReferenced: 'refuse' });
    const target = await server.make();
    const tool = str(
      await server.done('POST', '/ai/tools', { display_name: 'To it', ...handoffTo(target) }),
      'id',
    );
    const user = await server.make({ tool_ids: [tool] });
    expect(await refusal(server, target)).toContain(user);
    await server.done('POST', path(user), { tool_ids: [] });
    expect(await refusal(server, target)).toBe('200');
  });

  test.each([
    ['main', '200'],
    ['versions', 'cannot be deleted'],
  ] as const)('deleteCounts %s', async (deleteCounts, outcome) => {
    const server = await desk({ deleteReferenced: 'refuse', deleteCounts });
    const target = await server.make();
    const user = await server.make({ tools: [handoffTo(target)] });
    await server.done('POST', path(user), { tools: [] });
    expect(await refusal(server, target)).toContain(outcome);
  });

  test('is soft: listed as deleted, restored with its versions and application', async () => {
    const { done, call, make, clock } = await desk({ softDelete: true });
    const id = await make({ enabled_features: ['telephony'] });
    const before = await done('POST', path(id), { greeting: 'x' });
    expect(await done('DELETE', path(id))).toEqual({ id, object: 'assistant.deleted', deleted: true });
    expect((await call('GET', path(id))).status).toBe(404);
    expect((await done('GET', '/ai/assistants')).data).toEqual([]);
    const gone = await done('GET', `${path(id)}/deleted`);
    expect(gone).toMatchObject({ id, greeting: 'x' });
    expect(Date.parse(str(gone, 'permanently_deleted_at')) - Date.parse(str(gone, 'deleted_at'))).toBe(
      30 * DAY_MS,
    );
    expect(at((await done('GET', '/ai/assistants/deleted')).data, '0', 'id')).toBe(id);
    clock.advance(DAY_MS);
    expect(await done('POST', `${path(id)}/restore`)).toEqual(before);
    expect((await done('GET', `${path(id)}/versions`)).data).toHaveLength(2);
    expect((await call('GET', `${path(id)}/deleted`)).status).toBe(404);
  });

  test('after 30 days nothing can be restored', async () => {
    const { done, call, make, clock } = await desk({ softDelete: true });
    const id = await make();
    await done('DELETE', path(id));
    clock.advance(30 * DAY_MS);
    expect((await call('POST', `${path(id)}/restore`)).status).toBe(404);
    expect((await done('GET', '/ai/assistants/deleted')).data).toEqual([]);
  });

  test('hard_delete erases at once, with the application unless a number is assigned', async () => {
    const { done, call, make, handle } = await desk({ softDelete: true });
    const ids = [
      await make({ enabled_features: ['telephony'] }),
      await make({ enabled_features: ['telephony'] }),
    ];
    const [free = '', called = ''] = ids;
    const app = str(await done('GET', path(called)), 'telephony_settings', 'default_texml_app_id');
    handle.store.put('phone_numbers', '1', { id: '1', phone_number: '+13125550100', connection_id: app });
    for (const id of ids) await done('DELETE', `${path(id)}?hard_delete=true`);
    expect((await call('POST', `${path(free)}/restore`)).status).toBe(404);
    expect(handle.store.ids('texml_applications')).toEqual([app]);
    expect(handle.store.all('versions')).toEqual([]);
  });
});

describe('updates', () => {
  test('a stored value that the API refuses today blocks the update of another field', async () => {
    const results: number[] = [];
    for (const checkStored of [true, false]) {
      const { call, make, handle } = await desk({ checkStored });
      const id = await make();
      const [version = {}] = handle.store.all('versions');
      const config: Json = version.config ?? {};
      const broken = { ...version, config: { ...Object(config), dynamic_variables: { old: null } } };
      handle.store.put('versions', handle.store.ids('versions')[0] ?? '', broken);
      handle.store.commit();
      results.push((await call('POST', path(id), { greeting: 'x' })).status);
    }
    expect(results).toEqual([422, 200]);
  });

  test('a version that a canary routes to is locked', async () => {
    const { done, call, make } = await desk({ canaryLocks: true });
    const id = await make();
    const staged = str(await done('POST', path(id), { promote_to_main: false }), 'version_id');
    const version = `${path(id)}/versions/${staged}`;
    await done('POST', `${path(id)}/canary-deploys`, { rules: [{ serve: { version_id: staged } }] });
    const answer = await call('POST', version, { greeting: 'x' });
    expect([answer.status, at(answer.json, 'errors', '0', 'code')]).toEqual([400, '10015']);
    await done('DELETE', `${path(id)}/canary-deploys`);
    expect((await call('POST', version, { greeting: 'x' })).status).toBe(200);
  });

  test('unknown keys are dropped at every depth, and what a tool calls its own stays', async () => {
    const { done, make } = await desk();
    const id = await make();
    const parameters = { type: 'object', properties: { mine: { type: 'string', extra: 1 } } };
    const live = await done('POST', path(id), {
      voice_settings: { voice: 'a', nope: 1 },
      dynamic_variables: { anything: 'goes' },
      tools: [
        { type: 'client_side_tool', nope: 1, client_side_tool: { name: 'n', parameters, nope: 1 } },
        { type: 'new_fancy', new_fancy: { free: { form: true } } },
      ],
    });
    expect(JSON.stringify(live)).not.toContain('nope');
    expect(at(live, 'tools', '0', 'client_side_tool', 'parameters')).toEqual(parameters);
    expect(at(live, 'tools', '1', 'new_fancy')).toEqual({ free: { form: true } });
    expect(live.dynamic_variables).toEqual({ anything: 'goes' });
  });

  test('nestedBlocks says per block whether settings are merged', async () => {
    const { done, make } = await desk({ nested: 'replace', nestedBlocks: { telephony_settings: 'merge' } });
    const id = await make({
      telephony_settings: { time_limit_secs: 60, user_idle_timeout_secs: 30 },
      privacy_settings: { data_retention: true, in_transit_data_locality: true },
    });
    const live = await done('POST', path(id), {
      telephony_settings: { time_limit_secs: 90 },
      privacy_settings: { data_retention: true },
    });
    expect(live.telephony_settings).toMatchObject({ time_limit_secs: 90, user_idle_timeout_secs: 30 });
    expect(live.privacy_settings).toEqual({ data_retention: true });
  });

  test('pointers begin with /body', async () => {
    const { call } = await desk({ pointerPrefix: '/body' });
    const body = { ...MINIMAL, transcription: { settings: { keyterm: ['a'] } } };
    const answer = await call('POST', '/ai/assistants', body);
    expect(at(answer.json, 'errors', '0')).toMatchObject({
      code: '10026',
      source: { pointer: '/body/transcription/settings/keyterm' },
    });
  });
});

describe('a body', () => {
  test('with a raw key of a second model is refused', async () => {
    const { call } = await desk({});
    const delegation = { enabled: true, model: 'openai/gpt-4o', api_key: 'KEY_TEST_RAW' };
    const answer = await call('POST', '/ai/assistants', { ...MINIMAL, delegation_settings: delegation });
    expect(at(answer.json, 'errors', '0', 'source')).toEqual({
      pointer: '/body/delegation_settings/api_key',
    });
  });

  test('of a shared tool has no least time-out', async () => {
    const { call } = await desk({});
    const body = { type: 'hangup', display_name: 'End', hangup: {}, timeout_ms: 0 };
    expect((await call('POST', '/ai/tools', body)).json).toMatchObject({ timeout_ms: 0 });
  });
});

describe('the account', () => {
  test.each([true, false])('stockObjects %s', async (stockObjects) => {
    const { done } = await desk({ stockObjects });
    const lists = ['/ai/tools', '/ai/conversations/insights', '/ai/conversations/insight-groups'];
    const names: (Json | undefined)[] = [];
    for (const list of lists) {
      const first = at((await done('GET', list)).data, '0');
      names.push(at(first, 'display_name') ?? at(first, 'name'));
    }
    expect(names).toEqual(
      stockObjects ? ['Default hangup', 'Summary', 'Default'] : [undefined, undefined, undefined],
    );
  });

  test('a test that calls a number cannot run on a version', async () => {
    const { done, call, make } = await desk({ phoneTestsOnVersions: false });
    const id = await make();
    const test = await done('POST', '/ai/assistants/tests', {
      name: 't',
      destination: '+13125550100',
      instructions: 'i',
      rubric: [{ name: 'r', criteria: 'c' }],
      telnyx_conversation_channel: 'phone_call',
    });
    const version = str(await done('GET', path(id)), 'version_id');
    const runs = `/ai/assistants/tests/${str(test, 'test_id')}/runs`;
    expect((await call('POST', runs, { destination_version_id: version })).status).toBe(400);
    expect((await call('POST', runs, {})).status).toBe(201);
  });

  test('a conversation’s insights are read and counted', async () => {
    const { done, make } = await desk();
    const insight = str(
      await done('POST', '/ai/conversations/insights', { name: 'n', instructions: 'i' }),
      'data',
      'id',
    );
    const group = str(await done('POST', '/ai/conversations/insight-groups', { name: 'g' }), 'data', 'id');
    const link = `/ai/conversations/insight-groups/${group}/insights/${insight}/assign`;
    await done('POST', link);
    const id = await make({ insight_settings: { insight_group_id: group } });
    const test = await done('POST', '/ai/assistants/tests', {
      name: 't',
      destination: id,
      instructions: 'i',
      rubric: [{ name: 'r', criteria: 'c' }],
    });
    await done('POST', `/ai/assistants/tests/${str(test, 'test_id')}/runs`, {});
    const conversation = str((await done('GET', '/ai/conversations')).data, '0', 'id');
    const found = await done('GET', `/ai/conversations/${conversation}/conversations-insights`);
    expect(at(found.data, '0', 'conversation_insights', '0', 'insight_id')).toBe(insight);
    const grouped = '/ai/conversations/conversation-insights/aggregates?group_by=metadata.assistant_id';
    expect((await done('GET', grouped)).data).toEqual([{ 'metadata.assistant_id': id, record_count: 1 }]);
  });

  test('a WhatsApp message opens a conversation, without the platform’s own keys', async () => {
    const { done, call, make } = await desk();
    const target = `${path(await make())}/chat/whatsapp`;
    const body = { content: 'Hello', from: '+13125550100', to: '+13125550101' };
    expect(Object.keys(await done('POST', target, body))).toEqual(['conversation_id', 'message_id']);
    const reserved = { ...body, conversation_metadata: { telnyx_x: 'y' } };
    expect((await call('POST', target, reserved)).status).toBe(422);
  });
});
