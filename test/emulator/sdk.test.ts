import Telnyx from 'telnyx';
import { describe, expect, test } from 'vitest';
import { serve } from './harness.ts';

async function client() {
  const server = await serve({ apiKey: 'KEY_TEST_sdk', quirks: { mcpList: 'array' } });
  const telnyx = new Telnyx({ apiKey: 'KEY_TEST_sdk', baseURL: server.handle.url, maxRetries: 0 });
  return { ...server, telnyx, ai: telnyx.ai };
}

const WEBHOOK = { name: 'lookup', description: 'Looks up.', url: 'https://example.com/lookup' };

describe('assistants', () => {
  test('create, read, list, update, delete', async () => {
    const { ai } = await client();
    const made = await ai.assistants.create({ name: 'Desk', instructions: 'Be kind.' });
    expect(made.id).toMatch(/^assistant-/);
    expect(made.model).toBe('moonshotai/Kimi-K2.6');
    expect(made.version_id).toMatch(/^\d{8}T\d{12}$/);
    expect((await ai.assistants.list()).data.map((item) => item.name)).toEqual(['Desk']);
    const updated = await ai.assistants.update(made.id, { greeting: 'Hello', version_name: 'second' });
    expect(updated.version_name).toBe('second');
    expect(updated.version_id).not.toBe(made.version_id);
    const read = await ai.assistants.retrieve(made.id);
    expect(read).toEqual(updated);
    expect(await ai.assistants.delete(made.id)).toEqual({
      id: made.id,
      object: 'assistant.deleted',
      deleted: true,
    });
    await expect(ai.assistants.retrieve(made.id)).rejects.toMatchObject({ status: 404 });
  });

  test('a key makes a repeated create the same resource, and a conversation flow is decoded', async () => {
    const { ai } = await client();
    const tool = await ai.tools.create({ type: 'hangup', display_name: 'Bye', 'Idempotency-Key': 'tool-1' });
    const again = await ai.tools.create({ type: 'hangup', display_name: 'Bye', 'Idempotency-Key': 'tool-1' });
    expect(again).toEqual(tool);
    const made = await ai.assistants.create({
      name: 'Desk',
      instructions: 'Be kind.',
      conversation_flow: {
        start_node_id: 'ask',
        nodes: [
          { id: 'ask', instructions: 'Ask.', shared_tool_ids: [tool.id] },
          { id: 'bye', type: 'tool', shared_tool_id: tool.id },
        ],
      },
    });
    const [ask, bye] = made.conversation_flow?.nodes ?? [];
    expect(ask && 'tools' in ask ? ask.tools?.[0]?.[0]?.shared : undefined).toBe(true);
    expect(bye && 'tool' in bye ? bye.tool?.[0]?.type : undefined).toBe('hangup');
    expect(made.conversation_flow?.edges).toEqual([]);
  });

  test('errors decode with status, code and headers', async () => {
    const { ai } = await client();
    const failure = await ai.assistants.retrieve('assistant-none').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Telnyx.NotFoundError);
    expect(failure).toMatchObject({ error: { errors: [{ code: '10005' }] } });
    const invalid = ai.assistants.create({ name: '', instructions: '', model: 'x', tool_ids: ['nope'] });
    await expect(invalid).rejects.toBeInstanceOf(Telnyx.BadRequestError);
  });

  test('clone, import, texml, chat, sms, enhance', async () => {
    const { ai } = await client();
    const made = await ai.assistants.create({
      name: 'Desk',
      instructions: 'Be kind.',
      enabled_features: ['telephony'],
    });
    expect(made.telephony_settings?.default_texml_app_id).toMatch(/^\d{19}$/);
    const clone = await ai.assistants.clone(made.id);
    expect(clone.instructions).toBe('Be kind.');
    expect(clone.telephony_settings).toBeUndefined();
    const imported = await ai.assistants.imports({
      provider: 'vapi',
      api_key_ref: 'vapi-key',
      import_ids: ['a', 'b'],
    });
    expect(imported.data.map((item) => item.import_metadata?.import_id)).toEqual(['a', 'b']);
    const again = await ai.assistants.imports({
      provider: 'vapi',
      api_key_ref: 'vapi-key',
      import_ids: ['a'],
    });
    expect(again.data[0]?.id).toBe(imported.data[0]?.id);
    expect(await ai.assistants.getTexml(made.id)).toContain(made.id);
    const said = await ai.assistants.chat(made.id, { content: 'hi', conversation_id: 'c-1' });
    expect(said.content).toContain('hi');
    const sms = await ai.assistants.sendSMS(made.id, { from: '+13125550100', to: '+13125550101' });
    expect(sms.conversation_id).toBeTypeOf('string');
    const better = await ai.assistants.instructions.enhance(made.id, { instructions: 'Short.' });
    expect(better).toContain('Short.');
  });

  test('tags', async () => {
    const { ai } = await client();
    const { id } = await ai.assistants.create({ name: 'Desk', instructions: 'Be kind.', tags: ['x'] });
    expect(await ai.assistants.tags.add(id, { tag: 'team/a b' })).toEqual({ tags: ['x', 'team/a b'] });
    expect(await ai.assistants.tags.list()).toEqual({ tags: ['x', 'team/a b'] });
    expect(await ai.assistants.tags.remove('team/a b', { assistant_id: id })).toEqual({ tags: ['x'] });
  });
});

describe('versions and canary', () => {
  test('stage, edit, list, promote, delete', async () => {
    const { ai } = await client();
    const main = await ai.assistants.create({ name: 'Desk', instructions: 'one' });
    const staged = await ai.assistants.update(main.id, { instructions: 'two', promote_to_main: false });
    expect((await ai.assistants.retrieve(main.id)).instructions).toBe('one');
    const versionId = staged.version_id ?? '';
    expect(versionId > (main.version_id ?? '')).toBe(true);
    const edited = await ai.assistants.versions.update(versionId, {
      assistant_id: main.id,
      instructions: 'three',
    });
    expect(edited.version_id).toBe(versionId);
    const listed = await ai.assistants.versions.list(main.id);
    expect(listed.data.map((item) => item.instructions)).toEqual(['three', 'one']);
    const promoted = await ai.assistants.versions.promote(versionId, { assistant_id: main.id });
    expect(promoted.version_id).toBe(versionId);
    expect((await ai.assistants.retrieve(main.id)).instructions).toBe('three');
    await ai.assistants.versions.delete(main.version_id ?? '', { assistant_id: main.id });
    const left = await ai.assistants.versions.list(main.id);
    expect(left.data).toHaveLength(1);
    const one = await ai.assistants.versions.retrieve(versionId, {
      assistant_id: main.id,
      include_mcp_servers: true,
    });
    expect(one.instructions).toBe('three');
    await expect(ai.assistants.versions.delete(versionId, { assistant_id: main.id })).rejects.toMatchObject({
      status: 400,
    });
  });

  test('canary life', async () => {
    const { ai } = await client();
    const { id } = await ai.assistants.create({ name: 'Desk', instructions: 'one' });
    const { version_id: candidate = '' } = await ai.assistants.update(id, {
      greeting: 'x',
      promote_to_main: false,
    });
    await expect(ai.assistants.canaryDeploys.retrieve(id)).rejects.toMatchObject({ status: 404 });
    const rules = [{ serve: { rollout: [{ version_id: candidate, weight: 10 }] } }];
    expect((await ai.assistants.canaryDeploys.create(id, { rules })).rules).toEqual(rules);
    const wider = [{ serve: { rollout: [{ version_id: candidate, weight: 50 }] } }];
    expect((await ai.assistants.canaryDeploys.update(id, { rules: wider })).rules).toEqual(wider);
    expect((await ai.assistants.canaryDeploys.retrieve(id)).assistant_id).toBe(id);
    await ai.assistants.canaryDeploys.delete(id);
    await expect(ai.assistants.canaryDeploys.delete(id)).rejects.toMatchObject({ status: 404 });
  });
});

describe('tools, tests and MCP servers', () => {
  test('shared tools and attachment', async () => {
    const { ai } = await client();
    const tool = await ai.tools.create({ type: 'webhook', display_name: 'Look up', webhook: WEBHOOK });
    expect(tool.tool_definition).toMatchObject({ ...WEBHOOK, method: 'POST' });
    expect((await ai.tools.retrieve(tool.id)).timeout_ms).toBe(5000);
    expect((await ai.tools.update(tool.id, { timeout_ms: 9000 })).timeout_ms).toBe(9000);
    const names: (string | undefined)[] = [];
    for (let n = 0; n < 24; n += 1) {
      await ai.tools.create({ type: 'hangup', display_name: `bye ${n}` });
    }
    for await (const item of ai.tools.list({ 'page[size]': 10 })) names.push(item.display_name);
    expect(names).toHaveLength(25);
    const { id } = await ai.assistants.create({ name: 'Desk', instructions: 'x' });
    await ai.assistants.tools.add(tool.id, { assistant_id: id });
    expect((await ai.assistants.retrieve(id)).tools).toMatchObject([{ type: 'webhook', shared: true }]);
    const tried = await ai.assistants.tools.test(tool.id, { assistant_id: id, arguments: { order: 1 } });
    expect(tried.data).toMatchObject({ success: true, status_code: 200 });
    await ai.assistants.tools.remove(tool.id, { assistant_id: id });
    expect((await ai.assistants.retrieve(id)).tools).toEqual([]);
    await ai.tools.delete(tool.id);
    await expect(ai.tools.retrieve(tool.id)).rejects.toMatchObject({ status: 404 });
  });

  test('tests, suites and runs', async () => {
    const { ai, clock } = await client();
    const assistant = await ai.assistants.create({ name: 'Desk', instructions: 'x' });
    const made = await ai.assistants.tests.create({
      name: 'Greets',
      destination: assistant.id,
      instructions: 'Say hello.',
      rubric: [{ name: 'polite', criteria: 'It is polite.' }],
      test_suite: 'release-gate',
    });
    expect(made.telnyx_conversation_channel).toBe('web_chat');
    expect((await ai.assistants.tests.update(made.test_id, { description: 'd' })).name).toBe('Greets');
    const listed = await ai.assistants.tests.list({ test_suite: 'release-gate' });
    expect(listed.data.map((item) => item.test_id)).toEqual([made.test_id]);
    expect((await ai.assistants.tests.testSuites.list()).data).toEqual(['release-gate']);
    const run = await ai.assistants.tests.runs.trigger(made.test_id, {});
    expect(run.status).toBe('pending');
    clock.advance(60_000);
    const ended = await ai.assistants.tests.runs.retrieve(run.run_id, { test_id: made.test_id });
    expect(ended).toMatchObject({ status: 'passed', detail_status: [{ name: 'polite', status: 'passed' }] });
    const suite = await ai.assistants.tests.testSuites.runs.trigger('release-gate', {});
    const suiteRunId = suite[0]?.test_suite_run_id ?? '';
    const ofSuite = await ai.assistants.tests.testSuites.runs.list('release-gate', {
      test_suite_run_id: suiteRunId,
    });
    expect(ofSuite.data.map((item) => item.run_id)).toEqual(suite.map((item) => item.run_id));
    expect((await ai.assistants.tests.runs.list(made.test_id)).data).toHaveLength(2);
    await ai.assistants.tests.delete(made.test_id);
    await expect(ai.assistants.tests.retrieve(made.test_id)).rejects.toMatchObject({ status: 404 });
  });

  test('MCP servers page as bare arrays', async () => {
    const { ai } = await client();
    for (let n = 0; n < 23; n += 1) {
      await ai.mcpServers.create({ name: `crm ${n}`, type: 'http', url: `https://example.com/${n}` });
    }
    const ids: string[] = [];
    for await (const server of ai.mcpServers.list()) ids.push(server.id);
    expect(new Set(ids).size).toBe(23);
    const id = ids[0] ?? '';
    expect(
      (await ai.mcpServers.update(id, { name: 'new', type: 'sse', url: 'https://example.com' })).type,
    ).toBe('sse');
    expect((await ai.mcpServers.retrieve(id)).name).toBe('new');
    await ai.mcpServers.delete(id);
    await expect(ai.mcpServers.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });
});

describe('neighbours', () => {
  test('scheduled events', async () => {
    const { ai } = await client();
    const { id } = await ai.assistants.create({ name: 'Desk', instructions: 'x' });
    const event = await ai.assistants.scheduledEvents.create(id, {
      scheduled_at_fixed_datetime: '2026-08-01T10:00:00Z',
      telnyx_agent_target: '+13125550100',
      telnyx_conversation_channel: 'sms_chat',
      telnyx_end_user_target: '+13125550101',
      text: 'Hello',
    });
    const eventId = event.scheduled_event_id ?? '';
    expect(event.status).toBe('pending');
    expect(await ai.assistants.scheduledEvents.retrieve(eventId, { assistant_id: id })).toEqual(event);
    expect((await ai.assistants.scheduledEvents.list(id, { conversation_channel: 'sms_chat' })).data).toEqual(
      [event],
    );
    await ai.assistants.scheduledEvents.delete(eventId, { assistant_id: id });
    expect((await ai.assistants.scheduledEvents.list(id)).data).toEqual([]);
  });

  test('insights and groups', async () => {
    const { ai } = await client();
    const { data: insight } = await ai.conversations.insights.create({
      name: 'Mood',
      instructions: 'How was it?',
    });
    expect(insight).toMatchObject({ insight_type: 'custom', webhook: '' });
    const changed = await ai.conversations.insights.update(insight.id, { name: 'Tone' });
    expect(changed.data).toMatchObject({ name: 'Tone', instructions: 'How was it?' });
    const { data: group } = await ai.conversations.insightGroups.insightGroups({ name: 'All' });
    await ai.conversations.insightGroups.insights.assign(insight.id, { group_id: group.id });
    const read = await ai.conversations.insightGroups.retrieve(group.id);
    expect(read.data.insights?.map((item) => item.name)).toEqual(['Tone']);
    await ai.conversations.insightGroups.insights.deleteUnassign(insight.id, { group_id: group.id });
    const renamed = await ai.conversations.insightGroups.update(group.id, { description: 'd' });
    expect(renamed.data).toMatchObject({ name: 'All', description: 'd', insights: [] });
    expect((await ai.conversations.insightGroups.retrieveInsightGroups()).data).toHaveLength(1);
    await ai.conversations.insightGroups.delete(group.id);
    expect((await ai.conversations.insights.list()).data).toHaveLength(1);
    expect((await ai.conversations.insights.retrieve(insight.id)).data.name).toBe('Tone');
    await ai.conversations.insights.delete(insight.id);
    await expect(ai.conversations.insights.retrieve(insight.id)).rejects.toMatchObject({ status: 404 });
  });

  test('integrations and connections', async () => {
    const { ai } = await client();
    const { data: catalogue } = await ai.integrations.list();
    const hubspot = catalogue.find((item) => item.name === 'hubspot');
    expect((await ai.integrations.retrieve(hubspot?.id ?? '')).display_name).toBe('HubSpot');
    const { data: connections } = await ai.integrations.connections.list();
    const connection = connections.find((item) => item.integration_id === hubspot?.id);
    const read = await ai.integrations.connections.retrieve(connection?.id ?? '');
    expect(read.data.allowed_tools).toEqual(hubspot?.available_tools);
    await ai.integrations.connections.delete(connection?.id ?? '');
    expect((await ai.integrations.connections.list()).data).toHaveLength(connections.length - 1);
  });

  test('integration secrets, conversations, TeXML applications', async () => {
    const { ai, telnyx } = await client();
    const { data: secret } = await telnyx.integrationSecrets.create({
      identifier: 'crm',
      type: 'bearer',
      token: 'TEST_TOKEN',
    });
    expect(Object.keys(secret).sort()).toEqual([
      'created_at',
      'id',
      'identifier',
      'record_type',
      'updated_at',
    ]);
    expect((await telnyx.integrationSecrets.list()).data.map((item) => item.identifier)).toEqual(['crm']);
    await telnyx.integrationSecrets.delete(secret.id);
    expect((await telnyx.integrationSecrets.list()).data).toEqual([]);
    const conversation = await ai.conversations.create({ name: 'n', metadata: { a: 'b' } });
    await ai.conversations.addMessage(conversation.id, { role: 'user', content: 'hi' });
    expect((await ai.conversations.messages.list(conversation.id)).data).toHaveLength(1);
    expect((await ai.conversations.update(conversation.id, { metadata: { c: 'd' } })).data?.metadata).toEqual(
      {
        a: 'b',
        c: 'd',
      },
    );
    expect((await ai.conversations.list()).data).toHaveLength(1);
    await ai.conversations.delete(conversation.id);
    await expect(ai.conversations.retrieve(conversation.id)).rejects.toMatchObject({ status: 404 });
    const made = await ai.assistants.create({
      name: 'D',
      instructions: 'x',
      enabled_features: ['telephony'],
    });
    const appId = made.telephony_settings?.default_texml_app_id ?? '';
    const app = await telnyx.texmlApplications.retrieve(appId);
    expect(app.data?.friendly_name).toBe(`ai-${made.id}`);
    expect((await telnyx.texmlApplications.list()).data).toHaveLength(1);
  });
});
