import { describe, expect, test } from 'vitest';
import { at, MINIMAL, serve, str } from './harness.ts';

const WEBHOOK = {
  type: 'webhook',
  webhook: { name: 'lookup', description: 'd', url: 'https://example.com' },
};

describe('what the server fills in', () => {
  test('published defaults come back in the reply', async () => {
    const { done } = await serve();
    const made = await done('POST', '/ai/assistants', {
      ...MINIMAL,
      voice_settings: { voice: 'AWS.Polly.Joanna' },
    });
    expect(made).toMatchObject({
      dynamic_variables_webhook_timeout_ms: 1500,
      tags: [],
      mcp_servers: [],
      integrations: [],
      related_mission_ids: [],
      version_name: 'New assistant',
      version_id: '20260728T225813827000',
      voice_settings: { voice: 'AWS.Polly.Joanna', voice_speed: 1, language_boost: null },
      observability_settings: { status: 'disabled', prompt_sync: 'disabled' },
    });
    expect(made).not.toHaveProperty('telephony_settings');
    expect(made).not.toHaveProperty('data');
  });

  test('background audio of another type does not inherit a volume', async () => {
    const { done } = await serve();
    const background_audio = { type: 'media_url', value: 'https://example.com/a.mp3' };
    const made = await done('POST', '/ai/assistants', {
      ...MINIMAL,
      voice_settings: { voice: 'AWS.Polly.Joanna', background_audio },
    });
    expect(at(made, 'voice_settings', 'background_audio')).toEqual(background_audio);
  });

  test('inline and shared tools are echoed together, with ids, flags and timeouts', async () => {
    const { done } = await serve();
    const shared = await done('POST', '/ai/tools', { type: 'hangup', display_name: 'Bye' });
    const made = await done('POST', '/ai/assistants', {
      ...MINIMAL,
      tools: [WEBHOOK],
      tool_ids: [str(shared, 'id')],
    });
    expect(made.tools).toMatchObject([
      { type: 'webhook', shared: false, timeout_ms: 5000, webhook: { method: 'POST' } },
      { type: 'hangup', shared: true, tool_id: str(shared, 'id'), timeout_ms: 5000 },
    ]);
    expect(at(made, 'tools', '1', 'hangup', 'description')).toContain('hang up');
    expect(made).not.toHaveProperty('tool_ids');
  });

  test('sent tools replace the inline ones only; tool_ids the shared ones only', async () => {
    const { done } = await serve();
    const shared = await done('POST', '/ai/tools', { type: 'hangup', display_name: 'Bye' });
    const id = str(
      await done('POST', '/ai/assistants', { ...MINIMAL, tools: [WEBHOOK], tool_ids: [str(shared, 'id')] }),
      'id',
    );
    const inlineGone = await done('POST', `/ai/assistants/${id}`, { tools: [] });
    expect(inlineGone.tools).toMatchObject([{ type: 'hangup', shared: true }]);
    const sharedGone = await done('POST', `/ai/assistants/${id}`, { tool_ids: [] });
    expect(sharedGone.tools).toEqual([]);
  });

  test('flow nodes come back with their tools resolved', async () => {
    const { done } = await serve();
    const tool = str(await done('POST', '/ai/tools', { type: 'hangup', display_name: 'Bye' }), 'id');
    const made = await done('POST', '/ai/assistants', {
      ...MINIMAL,
      conversation_flow: {
        start_node_id: 'a',
        nodes: [
          { id: 'a', instructions: 'Ask.', shared_tool_ids: [tool] },
          { id: 'b', type: 'tool', shared_tool_id: tool },
        ],
        edges: [
          {
            id: 'e',
            start_node_id: 'a',
            condition: { type: 'llm', prompt: 'Always.' },
            target: { type: 'node', node_id: 'b' },
          },
        ],
      },
    });
    expect(at(made, 'conversation_flow', 'nodes')).toMatchObject([
      { id: 'a', type: 'prompt', tools_mode: 'replace', tools: [[{ tool_id: tool }]] },
      { id: 'b', type: 'tool', tool: [{ tool_id: tool }] },
    ]);
  });

  test('prompt synchronisation writes the prompt version back', async () => {
    const { done } = await serve();
    const made = await done('POST', '/ai/assistants', {
      ...MINIMAL,
      observability_settings: { status: 'enabled', prompt_sync: 'enabled', prompt_name: 'p' },
    });
    expect(at(made, 'observability_settings', 'prompt_version')).toBe(1);
  });
});

describe('refusals', () => {
  const PAY = { type: 'pay', pay: { connector_name: 'c' } };
  const edge = (id: string, from: string, to: string, type = 'default') => ({
    id,
    start_node_id: from,
    condition: { type },
    target: { type: 'node', node_id: to },
  });

  test('all problems of a body are listed at once, in the FastAPI form', async () => {
    const { call } = await serve();
    const answer = await call('POST', '/ai/assistants', {
      name: 3,
      dynamic_variables_webhook_timeout_ms: 20_000,
      telephony_settings: { time_limit_secs: 1 },
    });
    expect(answer.status).toBe(422);
    expect(answer.json).toEqual({
      detail: [
        { type: 'string_type', loc: ['body', 'name'], msg: 'Input should be a valid string' },
        { type: 'missing', loc: ['body', 'instructions'], msg: 'Field required' },
        {
          type: 'too_small',
          loc: ['body', 'telephony_settings', 'time_limit_secs'],
          msg: 'Input should be at least 30',
        },
        {
          type: 'too_large',
          loc: ['body', 'dynamic_variables_webhook_timeout_ms'],
          msg: 'Input should be at most 10000',
        },
      ],
    });
  });

  test.each([
    [
      'two single-instance tools',
      {
        tools: [
          { type: 'hangup', hangup: {} },
          { type: 'hangup', hangup: {} },
        ],
      },
    ],
    ['two tools of one name', { tools: [WEBHOOK, WEBHOOK] }],
    ['pay with DTMF', { tools: [PAY] }],
    ['an unknown shared tool', { tool_ids: ['tool-nope'] }],
    ['an unknown MCP server', { mcp_servers: [{ id: 'nope' }] }],
    [
      'a handoff to nobody',
      { tools: [{ type: 'handoff', handoff: { ai_assistants: [{ name: 'x', id: 'assistant-x' }] } }] },
    ],
    ['a voice without its speaker', { voice_settings: { voice: 'Telnyx.KokoroTTS.af' } }],
    [
      'an eager threshold above the final one',
      { transcription: { settings: { eager_eot_threshold: 0.9, eot_threshold: 0.6 } } },
    ],
    [
      'warm acceptance without a message',
      {
        tools: [
          {
            type: 'transfer',
            transfer: { from: '+1', targets: [{ to: '+2' }], warm_transfer_acceptance: { enabled: true } },
          },
        ],
      },
    ],
    [
      'a flow that starts nowhere',
      { conversation_flow: { start_node_id: 'x', nodes: [{ id: 'a', instructions: 'i' }] } },
    ],
    [
      'a flow with a double node',
      { conversation_flow: { start_node_id: 'a', nodes: [{ id: 'a' }, { id: 'a' }] } },
    ],
    [
      'an edge to an unknown node',
      { conversation_flow: { start_node_id: 'a', nodes: [{ id: 'a' }], edges: [edge('e', 'a', 'b')] } },
    ],
    [
      'a speak node without a default edge',
      {
        conversation_flow: {
          start_node_id: 'a',
          nodes: [{ id: 'a', type: 'speak', message: 'm' }, { id: 'b' }],
          edges: [edge('e', 'a', 'b', 'llm')],
        },
      },
    ],
    [
      'a prompt node with a default edge',
      {
        conversation_flow: {
          start_node_id: 'a',
          nodes: [{ id: 'a' }, { id: 'b' }],
          edges: [edge('e', 'a', 'b')],
        },
      },
    ],
    [
      'an edge to its own node',
      {
        conversation_flow: { start_node_id: 'a', nodes: [{ id: 'a' }], edges: [edge('e', 'a', 'a', 'llm')] },
      },
    ],
    [
      'recording without data retention',
      {
        telephony_settings: { recording_settings: { enabled: true } },
        privacy_settings: { data_retention: false },
      },
    ],
    ['a GPT-Live model with another voice', { model: 'openai/gpt-live-1' }],
    ['an OpenAILive voice with another model', { voice_settings: { voice: 'OpenAILive.marin' } }],
    ['delegation without a model', { delegation_settings: { enabled: true } }],
    ['a websocket without an address', { websocket_settings: { enabled: true } }],
    ['a websocket on this machine', { websocket_settings: { url: 'ws://localhost:9000' } }],
    [
      'a websocket secret that does not exist',
      { websocket_settings: { url: 'wss://events.example.com', auth_ref: 'nope' } },
    ],
  ])('%s is a 400 with code 10015', async (_name, body) => {
    const { call, handle } = await serve();
    const answer = await call('POST', '/ai/assistants', { ...MINIMAL, ...body });
    expect([answer.status, at(answer.json, 'errors', '0', 'code')]).toEqual([400, '10015']);
    expect(handle.store.all('assistants')).toEqual([]);
    expect(handle.store.all('texml_applications')).toEqual([]);
  });

  test('pay is accepted once DTMF is off', async () => {
    const { call } = await serve();
    const body = { ...MINIMAL, tools: [PAY], telephony_settings: { disable_dtmf: true } };
    expect((await call('POST', '/ai/assistants', body)).status).toBe(200);
  });

  test('the single-instance rule counts inline and shared tools together, also on attach', async () => {
    const { done, call } = await serve();
    const tool = str(await done('POST', '/ai/tools', { type: 'hangup', display_name: 'Bye' }), 'id');
    const id = str(
      await done('POST', '/ai/assistants', { ...MINIMAL, tools: [{ type: 'hangup', hangup: {} }] }),
      'id',
    );
    expect((await call('PUT', `/ai/assistants/${id}/tools/${tool}`)).status).toBe(400);
    expect((await call('POST', `/ai/assistants/${id}`, { tool_ids: [tool] })).status).toBe(400);
    expect((await done('GET', `/ai/assistants/${id}`)).tools).toHaveLength(1);
  });
});

describe('versions', () => {
  test('ids are timestamps with microseconds that always grow, even on a standing clock', async () => {
    const { done } = await serve();
    const id = str(await done('POST', '/ai/assistants', MINIMAL), 'id');
    await done('POST', `/ai/assistants/${id}`, {});
    await done('POST', `/ai/assistants/${id}`, {});
    const { data } = await done('GET', `/ai/assistants/${id}/versions`);
    expect(data).toMatchObject([
      { version_id: '20260728T225813827002' },
      { version_id: '20260728T225813827001' },
      { version_id: '20260728T225813827000' },
    ]);
  });

  test('main can be neither edited in place nor deleted, and a long name is refused', async () => {
    const { done, call } = await serve();
    const made = await done('POST', '/ai/assistants', MINIMAL);
    const main = `/ai/assistants/${str(made, 'id')}/versions/${str(made, 'version_id')}`;
    expect((await call('POST', main, { name: 'x' })).status).toBe(400);
    expect((await call('DELETE', main)).status).toBe(400);
    expect((await call('GET', `${main}9`)).status).toBe(404);
    const long = { version_name: 'x'.repeat(51) };
    expect((await call('POST', `/ai/assistants/${str(made, 'id')}`, long)).status).toBe(422);
  });

  test('deleting a version answers 204 and promoting ends the canary', async () => {
    const { done, call } = await serve();
    const id = str(await done('POST', '/ai/assistants', MINIMAL), 'id');
    const staged = str(await done('POST', `/ai/assistants/${id}`, { promote_to_main: false }), 'version_id');
    await done('POST', `/ai/assistants/${id}/canary-deploys`, { rules: [{ serve: { version_id: staged } }] });
    await done('POST', `/ai/assistants/${id}/versions/${staged}/promote`);
    expect((await call('GET', `/ai/assistants/${id}/canary-deploys`)).status).toBe(404);
    const other = str(await done('POST', `/ai/assistants/${id}`, { promote_to_main: false }), 'version_id');
    const gone = await call('DELETE', `/ai/assistants/${id}/versions/${other}`);
    expect([gone.status, gone.text]).toEqual([204, '']);
  });
});

describe('canary rules', () => {
  test.each([
    [422, { rules: [{ serve: {} }] }],
    [422, { rules: [{ serve: { version_id: 'V', rollout: [] } }] }],
    [422, { rules: [{ serve: { rollout: [{ version_id: 'V', weight: 101 }] } }] }],
    [
      422,
      { rules: [{ match: [{ attribute: 'a', operator: 'is', values: ['x'] }], serve: { version_id: 'V' } }] },
    ],
    [
      422,
      { rules: [{ match: [{ attribute: 'a', operator: 'in', values: [] }], serve: { version_id: 'V' } }] },
    ],
    [
      400,
      {
        rules: [
          {
            serve: {
              rollout: [
                { version_id: 'V', weight: 50 },
                { version_id: 'V', weight: 50 },
              ],
            },
          },
        ],
      },
    ],
    [400, { rules: [{ serve: { version_id: '20200101T000000000000' } }] }],
  ])('%i for %j', async (status, body) => {
    const { done, call } = await serve();
    const made = await done('POST', '/ai/assistants', MINIMAL);
    const concrete = JSON.parse(JSON.stringify(body).replaceAll('"V"', `"${str(made, 'version_id')}"`));
    const answer = await call('POST', `/ai/assistants/${str(made, 'id')}/canary-deploys`, concrete);
    expect(answer.status).toBe(status);
  });

  test('it is a singleton: a second POST conflicts, PUT without one is a 404', async () => {
    const { done, call } = await serve();
    const made = await done('POST', '/ai/assistants', MINIMAL);
    const path = `/ai/assistants/${str(made, 'id')}/canary-deploys`;
    expect((await call('PUT', path, { rules: [] })).status).toBe(404);
    expect((await call('POST', path, { rules: [] })).status).toBe(200);
    expect((await call('POST', path, { rules: [] })).status).toBe(409);
  });
});

describe('chat', () => {
  test('streams server-sent events', async () => {
    const { done, call } = await serve();
    const id = str(await done('POST', '/ai/assistants', MINIMAL), 'id');
    const answer = await call('POST', `/ai/assistants/${id}/chat`, {
      content: 'hi',
      conversation_id: 'c',
      stream: true,
    });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const events = answer.text
      .trim()
      .split('\n\n')
      .map((line) => line.replace(/^data: /, ''));
    expect(events.at(-1)).toBe('[DONE]');
    expect(
      events
        .slice(0, -1)
        .map((event) => JSON.parse(event).content)
        .join(''),
    ).toContain('hi');
  });

  test('enhance is plain text and texml is a JSON string', async () => {
    const { done, call } = await serve();
    const id = str(await done('POST', '/ai/assistants', MINIMAL), 'id');
    const enhanced = await call('POST', `/ai/assistants/${id}/instructions/enhance`, {});
    expect(enhanced.headers.get('content-type')).toContain('text/plain');
    expect(enhanced.text).toContain('Be kind.');
    expect((await call('GET', `/ai/assistants/${id}/texml`)).json).toContain('<Response>');
  });
});
