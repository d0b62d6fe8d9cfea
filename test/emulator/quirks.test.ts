import { describe, expect, test } from 'vitest';
import { DEFAULT_QUIRKS, decodeQuirks, type Quirks } from '../../src/emulator/contract/quirks.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { at, MINIMAL, serve, str } from './harness.ts';

/** A server with the quirks and one assistant on it. */
async function withAssistant(quirks: Partial<Quirks>, body: JsonObject = {}) {
  const server = await serve({ quirks });
  const made = await server.done('POST', '/ai/assistants', { ...MINIMAL, ...body });
  const path = `/ai/assistants/${str(made, 'id')}`;
  return { ...server, made, path };
}

const HANGUP = { type: 'hangup', display_name: 'Bye' };
const MCP = { name: 'crm', type: 'http', url: 'https://example.com', allowed_tools: ['a'] };
const TEST = {
  name: 't',
  destination: '+13125550100',
  instructions: 'i',
  rubric: [{ name: 'r', criteria: 'c' }],
};

describe('versions', () => {
  test.each([
    ['main', 'Be kind.'],
    ['newest', 'failed'],
  ] as const)('stagedBase %s', async (stagedBase, instructions) => {
    const { done, path } = await withAssistant({ stagedBase });
    await done('POST', path, { instructions: 'failed', promote_to_main: false });
    const next = await done('POST', path, { greeting: 'x', promote_to_main: false });
    expect(next.instructions).toBe(instructions);
  });

  test.each([
    ['reuse', 2],
    ['copy', 3],
  ] as const)('promoteVersionId %s', async (promoteVersionId, count) => {
    const { done, path } = await withAssistant({ promoteVersionId });
    const staged = await done('POST', path, { greeting: 'x', promote_to_main: false });
    const promoted = await done('POST', `${path}/versions/${str(staged, 'version_id')}/promote`);
    expect(promoted.version_id === staged.version_id).toBe(promoteVersionId === 'reuse');
    expect((await done('GET', path)).version_id).toBe(promoted.version_id);
    expect((await done('GET', `${path}/versions`)).data).toHaveLength(count);
  });

  test.each([true, false])('updateDropsCanary %s', async (updateDropsCanary) => {
    const { done, call, path, made } = await withAssistant({ updateDropsCanary });
    await done('POST', `${path}/canary-deploys`, {
      rules: [{ serve: { version_id: str(made, 'version_id') } }],
    });
    await done('POST', path, { greeting: 'staged', promote_to_main: false });
    expect((await call('GET', `${path}/canary-deploys`)).status).toBe(200);
    await done('POST', path, { greeting: 'x' });
    expect((await call('GET', `${path}/canary-deploys`)).status).toBe(updateDropsCanary ? 404 : 200);
  });

  test.each([true, false])('legacyCanaryBody %s', async (legacyCanaryBody) => {
    const { done, path, made } = await withAssistant({ legacyCanaryBody });
    const version_id = str(made, 'version_id');
    const canary = await done('POST', `${path}/canary-deploys`, {
      versions: [{ version_id, percentage: 25 }],
    });
    const mapped = [{ serve: { rollout: [{ version_id, weight: 25 }] } }];
    expect(canary.rules).toEqual(legacyCanaryBody ? mapped : []);
  });

  test.each([true, false])('attachMakesVersion %s', async (attachMakesVersion) => {
    const { done, path } = await withAssistant({ attachMakesVersion });
    const tool = str(await done('POST', '/ai/tools', HANGUP), 'id');
    await done('PUT', `${path}/tools/${tool}`);
    expect((await done('GET', path)).tools).toHaveLength(1);
    expect((await done('GET', `${path}/versions`)).data).toHaveLength(attachMakesVersion ? 2 : 1);
  });
});

describe('what a write does', () => {
  test.each([
    ['replace', undefined],
    ['merge', '+13125550100'],
  ] as const)('nested %s, for settings and for shared tools', async (nested, kept) => {
    const { done, path, made } = await withAssistant(
      { nested, nestedBlocks: {} },
      { enabled_features: ['telephony'], telephony_settings: { fallback_destination: '+13125550100' } },
    );
    expect(at(made, 'telephony_settings', 'default_texml_app_id')).toBeTypeOf('string');
    const next = await done('POST', path, { telephony_settings: { time_limit_secs: 60 } });
    expect(at(next, 'telephony_settings', 'time_limit_secs')).toBe(60);
    expect(at(next, 'telephony_settings', 'fallback_destination')).toBe(kept);
    expect(at(next, 'telephony_settings', 'default_texml_app_id') === undefined).toBe(nested === 'replace');
    const webhook = { name: 'n', description: 'd', url: 'https://example.com' };
    const tool = await done('POST', '/ai/tools', { type: 'webhook', display_name: 'W', webhook });
    const patched = await done('PATCH', `/ai/tools/${str(tool, 'id')}`, {
      webhook: { url: 'https://example.org' },
    });
    expect(at(patched, 'tool_definition', 'description')).toBe(nested === 'merge' ? 'd' : undefined);
  });

  test.each([
    ['clear', 200, ''],
    ['ignore', 200, 'old'],
    ['reject', 422, 'old'],
  ] as const)('nullHandling %s', async (nullHandling, status, description) => {
    const { call, done, path } = await withAssistant({ nullHandling }, { description: 'old' });
    expect((await call('POST', path, { description: null })).status).toBe(status);
    expect((await done('GET', path)).description).toBe(description);
    const listed = { interruption_settings: { interrupt_prediction_threshold: null } };
    const next = await done('POST', path, listed);
    expect(at(next, 'interruption_settings', 'interrupt_prediction_threshold')).toBeNull();
  });

  test.each([
    ['ignore', 200, undefined, undefined],
    ['store', 200, 1, true],
    ['reject', 422, undefined, undefined],
  ] as const)('unknownFields %s', async (unknownFields, status, top, inner) => {
    const { call, done, path } = await withAssistant({ unknownFields });
    const body = { new_field: 1, privacy_settings: { data_retention: true, pii_redaction: true } };
    expect((await call('POST', path, body)).status).toBe(status);
    const read = await done('GET', path);
    expect(read.new_field).toBe(top);
    expect(at(read, 'privacy_settings', 'pii_redaction')).toBe(inner);
  });

  test('unknownFields reject refuses read-only fields and echoed tools, too', async () => {
    const { call, path, made } = await withAssistant(
      { unknownFields: 'reject' },
      { tools: [{ type: 'hangup', hangup: {} }] },
    );
    expect((await call('POST', path, { id: str(made, 'id') })).status).toBe(422);
    expect((await call('POST', path, { tools: made.tools ?? [] })).status).toBe(422);
    const body = { version_name: 'v', promote_to_main: false, tools: [{ type: 'hangup', hangup: {} }] };
    expect((await call('POST', path, body)).status).toBe(200);
  });

  test.each([true, false])('trimStrings %s', async (trimStrings) => {
    const { made } = await withAssistant(
      { trimStrings },
      { instructions: ' a \n', greeting: 'b ', dynamic_variables: { name: ' c ' } },
    );
    expect(made.instructions).toBe(trimStrings ? 'a' : ' a \n');
    expect(made.greeting).toBe(trimStrings ? 'b' : 'b ');
    expect(at(made, 'dynamic_variables', 'name')).toBe(' c ');
  });

  test('secretsCheck refuses unknown secrets in references and headers', async () => {
    const { call, done, path } = await withAssistant({ secretsCheck: true });
    const header = {
      name: 'Authorization',
      value: 'Bearer {{#integration_secret}}crm{{/integration_secret}}',
    };
    const webhook = { name: 'n', description: 'd', url: 'u', headers: [header] };
    const bodies = [{ llm_api_key_ref: 'crm' }, { tools: [{ type: 'webhook', webhook }] }];
    for (const body of bodies) expect((await call('POST', path, body)).status).toBe(400);
    await done('POST', '/integration_secrets', { identifier: 'crm', type: 'bearer', token: 'TEST' });
    for (const body of bodies) expect((await call('POST', path, body)).status).toBe(200);
  });

  test('referenceCheck off accepts ids of nothing', async () => {
    const { call, path } = await withAssistant({ referenceCheck: false });
    expect((await call('POST', path, { mcp_servers: [{ id: 'x' }] })).status).toBe(200);
  });

  test.each([
    ['replace', null],
    ['merge', ['a']],
  ] as const)('mcpPut %s', async (mcpPut, allowed) => {
    const { done } = await serve({ quirks: { mcpPut } });
    const id = str(await done('POST', '/ai/mcp_servers', MCP), 'id');
    const changed = await done('PUT', `/ai/mcp_servers/${id}`, { name: 'new' });
    expect(changed).toMatchObject({ name: 'new', type: 'http', url: MCP.url });
    expect(changed.allowed_tools).toEqual(allowed);
  });

  test('testPut replace resets what is missing and demands the required fields', async () => {
    const { done, call } = await serve({ quirks: { testPut: 'replace' } });
    const path = `/ai/assistants/tests/${str(await done('POST', '/ai/assistants/tests', { ...TEST, description: 'd' }), 'test_id')}`;
    expect((await call('PUT', path, { name: 'x' })).status).toBe(422);
    expect(await done('PUT', path, TEST)).not.toHaveProperty('description');
  });

  test.each([true, false])('patchAlias %s', async (patchAlias) => {
    const { call, path } = await withAssistant({ patchAlias });
    expect((await call('PATCH', path, { greeting: 'x' })).status).toBe(patchAlias ? 200 : 405);
  });

  test('idempotencyIgnored makes two resources of one key', async () => {
    const { done, handle } = await serve({ quirks: { idempotencyIgnored: true } });
    const key = { 'idempotency-key': 'same' };
    const first = await done('POST', '/ai/tools', HANGUP, key);
    expect((await done('POST', '/ai/tools', HANGUP, key)).id).not.toBe(first.id);
    expect(handle.store.all('tools')).toHaveLength(2);
  });

  test.each([
    ['allow', [200, 200, 204]],
    ['conflict', [409, 409, 409]],
  ] as const)('deleteInUse %s', async (deleteInUse, statuses) => {
    const { done, call } = await serve({ quirks: { deleteInUse } });
    const tool = str(await done('POST', '/ai/tools', HANGUP), 'id');
    const server = str(await done('POST', '/ai/mcp_servers', MCP), 'id');
    const id = str(
      await done('POST', '/ai/assistants', { ...MINIMAL, tool_ids: [tool], mcp_servers: [{ id: server }] }),
      'id',
    );
    const path = `/ai/assistants/${id}`;
    const staged = str(await done('POST', path, { promote_to_main: false }), 'version_id');
    await done('POST', `${path}/canary-deploys`, { rules: [{ serve: { version_id: staged } }] });
    const deleted = [
      await call('DELETE', `/ai/tools/${tool}`),
      await call('DELETE', `/ai/mcp_servers/${server}`),
      await call('DELETE', `${path}/versions/${staged}`),
    ];
    expect(deleted.map(({ status }) => status)).toEqual(statuses);
    expect((await done('GET', path)).tools).toHaveLength(deleteInUse === 'allow' ? 0 : 1);
  });
});

describe('what a reply shows', () => {
  test.each([
    ['list', null],
    ['null', null],
    ['absent', undefined],
  ] as const)('toolIdsInResponse %s', async (toolIdsInResponse, none) => {
    const { done, path, made } = await withAssistant({ toolIdsInResponse });
    expect(made.tool_ids).toBe(none);
    const tool = str(await done('POST', '/ai/tools', HANGUP), 'id');
    const next = await done('POST', path, { tool_ids: [tool] });
    expect(next.tool_ids).toEqual(toolIdsInResponse === 'list' ? [tool] : none);
    expect(next.tools).toMatchObject([{ tool_id: tool, shared: true }]);
  });

  test('replyLacksFields leaves writes short, reads whole', async () => {
    const { done, path, made } = await withAssistant({ replyLacksFields: ['tools', 'voice_settings/voice'] });
    expect(made).not.toHaveProperty('tools');
    expect(at(made, 'voice_settings', 'voice')).toBeUndefined();
    const read = await done('GET', path);
    expect(read.tools).toEqual([]);
    expect(at(read, 'voice_settings', 'voice')).toBeTypeOf('string');
  });

  test('listLagMs: lists show the past, reads the present', async () => {
    const { done, call, clock } = await serve({ quirks: { listLagMs: 2000 } });
    const ids = async () => JSON.stringify((await done('GET', '/ai/assistants')).data);
    const made = await done('POST', '/ai/assistants', MINIMAL);
    const path = `/ai/assistants/${str(made, 'id')}`;
    expect(await ids()).toBe('[]');
    expect((await call('GET', path)).status).toBe(200);
    clock.advance(2001);
    expect(await ids()).toContain(str(made, 'id'));
    await done('POST', path, { name: 'Renamed' });
    expect(await ids()).toContain('Front desk');
    expect((await done('GET', `${path}/versions`)).data).toHaveLength(1);
    clock.advance(2001);
    expect(await ids()).toContain('Renamed');
    const tool = str(await done('POST', '/ai/tools', HANGUP), 'id');
    clock.advance(2001);
    await done('DELETE', `/ai/tools/${tool}`);
    expect((await done('GET', '/ai/tools')).data).toHaveLength(1);
    expect((await call('GET', `/ai/tools/${tool}`)).status).toBe(404);
    clock.advance(2001);
    expect((await done('GET', '/ai/tools')).data).toHaveLength(0);
  });

  test('texmlIdDelayMs: the application id appears later', async () => {
    const { done, clock, made, path } = await withAssistant(
      { texmlIdDelayMs: 5000 },
      { enabled_features: ['telephony'] },
    );
    expect(at(made, 'telephony_settings', 'default_texml_app_id')).toBeUndefined();
    clock.advance(5000);
    expect(at(await done('GET', path), 'telephony_settings', 'default_texml_app_id')).toMatch(/^\d{19}$/);
  });

  test('maskSipPassword', async () => {
    const refer = {
      targets: [{ name: 'a', sip_address: 'sip:a@example.com', sip_auth_password: 'TEST_PASSWORD' }],
    };
    const { made } = await withAssistant({ maskSipPassword: true }, { tools: [{ type: 'refer', refer }] });
    expect(JSON.stringify(made)).not.toContain('TEST_PASSWORD');
    expect(at(made, 'tools', '0', 'refer', 'targets', '0', 'sip_auth_password')).toBe('********');
  });

  test('defaultModel', async () => {
    const { made } = await withAssistant({ defaultModel: 'openai/gpt-4o' });
    expect(made.model).toBe('openai/gpt-4o');
  });

  test('extraFields reach the top and the inside, but not what belongs to the user', async () => {
    const parameters = { type: 'object', properties: { order: { type: 'string' } } };
    const client_side_tool = { name: 'n', description: 'd', parameters };
    const { made } = await withAssistant(
      { extraFields: true },
      { dynamic_variables: { a: 'b' }, tools: [{ type: 'client_side_tool', client_side_tool }] },
    );
    expect(made).toHaveProperty('x_server_note');
    expect(made.voice_settings).toHaveProperty('x_server_note');
    expect(at(made, 'tools', '0')).toHaveProperty('x_server_note');
    expect(made.dynamic_variables).toEqual({ a: 'b' });
    expect(at(made, 'tools', '0', 'client_side_tool', 'parameters')).toEqual(parameters);
  });

  test('reorder changes the order of keys and sets, not the content', async () => {
    const tags = ['a', 'b', 'c', 'd', 'e', 'f'];
    const { done, handle, made, path } = await withAssistant({}, { tags });
    handle.setQuirks({ reorder: true });
    const read = await done('GET', path);
    expect(read.tags).not.toEqual(tags);
    expect(Object.keys(read)).not.toEqual(Object.keys(made));
    expect({ ...read, tags: null }).toEqual({ ...made, tags: null });
    expect(JSON.stringify((await done('GET', '/ai/assistants/tags')).tags)).toHaveLength(
      JSON.stringify(tags).length,
    );
  });

  test('nullsForAbsent', async () => {
    const { made } = await withAssistant({ nullsForAbsent: true });
    expect(made).toMatchObject({ greeting: null, telephony_settings: null, name: 'Front desk' });
  });
});

describe('decodeQuirks', () => {
  test('accepts the defaults and what a command line may say', () => {
    expect(decodeQuirks({ ...DEFAULT_QUIRKS })).toEqual(DEFAULT_QUIRKS);
    expect(decodeQuirks({ nested: 'merge', listLagMs: 5 })).toEqual({ nested: 'merge', listLagMs: 5 });
  });

  test.each([
    [{ nested: 'both' }, 'quirk nested cannot have that value (one of replace, merge)'],
    [{ reorder: 1 }, 'quirk reorder cannot have that value'],
    [{ constructor: true }, 'unknown quirk constructor'],
  ])('refuses %j', (value, message) => {
    expect(() => decodeQuirks(value)).toThrow(message);
  });
});
