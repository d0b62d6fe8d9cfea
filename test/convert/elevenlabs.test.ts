import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { converted, fates, flowOf, only, refOf, specs, written } from './support.ts';

const agent = (prompt: JsonObject, more: JsonObject = {}, config: JsonObject = {}): JsonObject => ({
  name: 'Ana',
  conversation_config: {
    agent: {
      first_message: 'Hola.',
      language: 'es',
      prompt: { prompt: 'Ayuda. {{system__time_utc}}', llm: 'gpt-4o-mini', ...prompt },
    },
    ...config,
  },
  ...more,
});

describe('tools of ElevenLabs', () => {
  it('webhook: parameters of the model, fixed values and variables; secrets by name', () => {
    const result = converted({
      'ana.json': agent({
        tools: [
          {
            type: 'webhook',
            name: 'book',
            description: 'Books.',
            response_timeout_secs: 10,
            api_schema: {
              url: 'https://acme.example/{tenant}/book/{id}',
              method: 'PUT',
              request_headers: {
                Authorization: 'Bearer abcdefghij0123456789',
                'X-Key': { secret_id: 's1' },
                'X-Call': { variable_name: 'system__call_sid' },
              },
              path_params_schema: {
                tenant: { type: 'string', constant_value: 'acme' },
                id: { type: 'string', description: 'Id.' },
              },
              query_params_schema: {
                properties: { verbose: { type: 'boolean', constant_value: true } },
                required: [],
              },
              request_body_schema: {
                type: 'object',
                properties: {
                  who: { type: 'string', description: 'Who.' },
                  phone: { type: 'string', dynamic_variable: 'system__caller_id' },
                  kind: { type: 'string', constant_value: 'phone' },
                },
                required: ['who', 'phone'],
              },
            },
            assignments: [{ source: 'response', dynamic_variable: 'booking', value_path: 'data.id' }],
          },
        ],
      }),
    });
    expect(only(result, 'tool')).toEqual({
      type: 'webhook',
      display_name: 'book',
      timeout_ms: 10000,
      webhook: {
        name: 'book',
        description: 'Books.',
        url: 'https://acme.example/acme/book/{id}',
        method: 'PUT',
        headers: [
          {
            name: 'Authorization',
            value: 'Bearer {{#integration_secret}}book_authorization{{/integration_secret}}',
          },
          { name: 'X-Key', value: '{{#integration_secret}}book_x_key{{/integration_secret}}' },
          { name: 'X-Call', value: '{{call_control_id}}' },
        ],
        path_parameters: { type: 'object', properties: { id: { type: 'string', description: 'Id.' } } },
        body_parameters: {
          type: 'object',
          properties: { who: { type: 'string', description: 'Who.' } },
          required: ['who'],
        },
        preset_body_fields: { phone: '{{telnyx_end_user_target}}', kind: 'phone' },
        preset_query_params: { verbose: true },
        store_fields_as_variables: [{ name: 'booking', value_path: 'data.id' }],
      },
    });
    expect(written(result)).not.toContain('0123456789');
    expect(fates(result).lost).toEqual([]);
  });

  it('webhook of the dashboard: parameters as a list', () => {
    const result = converted({
      'ana.json': agent({
        tools: [
          {
            type: 'webhook',
            name: 'book',
            description: 'Books.',
            api_schema: {
              url: 'https://acme.example',
              method: 'POST',
              request_headers: [
                { type: 'value', name: 'X-Tenant', value: 'acme' },
                { type: 'secret', name: 'X-Key', secret_id: 's1' },
              ],
              query_params_schema: [],
              path_params_schema: [],
              request_body_schema: {
                id: 'body',
                type: 'object',
                description: '',
                properties: [
                  {
                    id: 'who',
                    type: 'string',
                    description: 'Who.',
                    value_type: 'llm_prompt',
                    required: true,
                  },
                  {
                    id: 'kind',
                    type: 'string',
                    value_type: 'constant',
                    constant_value: 'phone',
                    required: false,
                  },
                  {
                    id: 'api_key',
                    type: 'string',
                    value_type: 'constant',
                    constant_value: 'plain-secret',
                    required: false,
                  },
                ],
              },
            },
          },
        ],
      }),
    });
    expect(only(result, 'tool')).toMatchObject({
      webhook: {
        body_parameters: {
          type: 'object',
          properties: { who: { type: 'string', description: 'Who.' } },
          required: ['who'],
        },
        preset_body_fields: {
          kind: 'phone',
          api_key: '{{#integration_secret}}body_api_key{{/integration_secret}}',
        },
        headers: [
          { name: 'X-Tenant', value: 'acme' },
          { name: 'X-Key', value: '{{#integration_secret}}book_x_key{{/integration_secret}}' },
        ],
      },
    });
  });

  it('client: a client-side tool', () => {
    const result = converted({
      'ana.json': agent({
        tools: [
          {
            type: 'client',
            name: 'show',
            description: 'Shows.',
            parameters: { type: 'object', properties: { page: { type: 'string' } } },
            expects_response: true,
          },
        ],
      }),
    });
    expect(only(result, 'tool')).toMatchObject({
      type: 'client_side_tool',
      client_side_tool: { parameters: { properties: { page: { type: 'string' } } } },
    });
  });

  it('system tools, in the list, as a map and as names', () => {
    const result = converted({
      'ana.json': agent({
        tools: [
          { type: 'system', name: 'end_call', description: 'When done.' },
          {
            type: 'system',
            name: 'move',
            params: {
              system_tool_type: 'transfer_to_number',
              transfers: [
                {
                  transfer_destination: { type: 'phone', phone_number: '+13125550100' },
                  condition: 'Wants sales',
                  transfer_type: 'conference',
                },
              ],
            },
          },
        ],
        built_in_tools: {
          skip_turn: { name: 'skip_turn', description: '', params: { system_tool_type: 'skip_turn' } },
          play_keypad_touch_tone: { name: 'play_keypad_touch_tone' },
          language_detection: { name: 'language_detection' },
          transfer_to_agent: null,
        },
      }),
    });
    expect(only(result, 'assistant').tools).toEqual([
      { type: 'hangup', hangup: { description: 'When done.' } },
      {
        type: 'transfer',
        transfer: {
          from: '{{telnyx_agent_target}}',
          targets: [{ name: 'Wants sales', to: '+13125550100' }],
          description: 'Wants sales',
        },
      },
      { type: 'skip_turn', skip_turn: {} },
      { type: 'send_dtmf', send_dtmf: {} },
    ]);
    expect(fates(result).lost).toContain(
      'tool-unknown conversation_config.agent.prompt.built_in_tools.language_detection.name',
    );
    const named = converted({ 'ana.json': agent({ built_in_tools: ['end_call', 'skip_turn'] }) });
    expect(only(named, 'assistant').tools).toEqual([
      { type: 'hangup', hangup: {} },
      { type: 'skip_turn', skip_turn: {} },
    ]);
  });
});

it('a project of the command line tool: agents, tools and tests by id and file, transfers as handoffs', () => {
  const result = converted({
    'agents.json': {
      agents: [
        { name: 'Ana', config: 'agent_configs/ana.json', id: 'agent_1' },
        { name: 'Bea', config: 'agent_configs/bea.json', id: 'agent_2' },
      ],
    },
    'agent_configs/ana.json': agent({
      tool_ids: ['tool_1'],
      built_in_tools: {
        transfer_to_agent: {
          name: 'transfer_to_agent',
          params: { transfers: [{ agent_id: 'agent_2', condition: 'Bills.' }] },
        },
      },
    }),
    'agent_configs/bea.json': agent({ prompt: 'Bills.' }, { name: 'Bea' }),
    'tools.json': {
      tools: [{ name: 'find', type: 'webhook', config: 'tool_configs/find.json', id: 'tool_1' }],
    },
    'tool_configs/find.json': {
      type: 'webhook',
      name: 'find',
      description: 'Finds.',
      api_schema: { url: 'https://acme.example/find', method: 'GET' },
    },
    'test_configs/asks.json': {
      name: 'Asks',
      chat_history: [{ role: 'user', message: 'Hours?' }],
      success_condition: 'Tells the hours.',
      type: 'llm',
    },
  });
  const ana = specs(result, 'assistant')[0];
  expect(ana).toMatchObject({
    tool_ids: [{ $ref: 'tool/find' }],
    tools: [
      {
        type: 'handoff',
        handoff: { voice_mode: 'distinct', ai_assistants: [{ id: { $ref: 'assistant/bea' }, name: 'Bea' }] },
      },
    ],
  });
  const test = only(result, 'test');
  expect([refOf(test.destination), test.instructions]).toEqual(['assistant/ana', 'Say in turn:\nHours?']);
});

it('settings of an agent become those of Telnyx', () => {
  const result = converted({
    'ana.json': agent(
      {
        custom_llm: { url: 'https://llm.acme.example/v1', model_id: 'acme', api_key: { secret_id: 's' } },
        llm: 'custom-llm',
        temperature: 0.2,
      },
      {
        platform_settings: {
          evaluation: {
            criteria: [{ id: 'c1', name: 'Kind', type: 'prompt', conversation_goal_prompt: 'Was kind.' }],
          },
          data_collection: { city: { type: 'string', description: 'The city.' } },
          workspace_overrides: {
            conversation_initiation_client_data_webhook: {
              url: 'https://acme.example/init',
              request_headers: {},
            },
          },
          privacy: { record_voice: false },
          call_limits: { daily_limit: 10 },
        },
      },
      {
        tts: { voice_id: 'abcdefghij0123456789', model_id: 'eleven_turbo_v2_5', stability: 0.5, speed: 1.1 },
        asr: { keywords: ['Acme'], quality: 'high' },
        turn: { turn_timeout: 7, silence_end_call_timeout: -1, turn_eagerness: 'patient' },
        conversation: { max_duration_seconds: 600 },
      },
    ),
  });
  expect(only(result, 'assistant')).toMatchObject({
    instructions: 'Ayuda. {{telnyx_current_time}}',
    greeting: 'Hola.',
    external_llm: {
      base_url: 'https://llm.acme.example/v1',
      model: 'acme',
      llm_api_key_ref: 'custom_llm_api_key',
    },
    voice_settings: {
      voice: 'ElevenLabs.eleven_turbo_v2_5.abcdefghij0123456789',
      speed: 1.1,
      temperature: 0.5,
    },
    transcription: { model: 'deepgram/nova-3', language: 'es', settings: { keyterm: 'Acme' } },
    telephony_settings: {
      time_limit_secs: 600,
      user_idle_reply_secs: 7,
      recording_settings: { enabled: false },
    },
    interruption_settings: { start_speaking_plan: { wait_seconds: 1 } },
    dynamic_variables_webhook_url: 'https://acme.example/init',
  });
  expect(specs(result, 'insight').map(({ name }) => name)).toEqual(['Kind', 'city']);
  expect(fates(result).lost).toEqual(
    expect.arrayContaining([
      'sampling conversation_config.agent.prompt.temperature',
      'environment-only platform_settings.call_limits.daily_limit',
    ]),
  );
});

it('a workflow: every type of node and of edge', () => {
  const edge = (
    source: string,
    target: string,
    forward: JsonObject | null,
    backward: JsonObject | null = null,
  ): JsonObject => ({ source, target, forward_condition: forward, backward_condition: backward });
  const is = (value: string): JsonObject => ({
    type: 'expression',
    expression: {
      type: 'eq_operator',
      left: { type: 'dynamic_variable', name: 'intent' },
      right: { type: 'string_literal', value },
    },
  });
  const result = converted({
    'ana.json': agent(
      {},
      {
        workflow: {
          nodes: {
            s: { type: 'start', edge_order: ['e1'] },
            help: {
              type: 'override_agent',
              label: 'Help',
              additional_prompt: 'Help more.',
              additional_tool_ids: ['t1'],
              position: { x: 1, y: 2 },
            },
            own: {
              type: 'override_agent',
              label: 'Own',
              conversation_config: { agent: { prompt: { prompt: 'All new.', llm: 'gpt-4o' } } },
            },
            hello: { type: 'say', message: { type: 'literal', text: 'One moment.' } },
            run: { type: 'tool', tools: [{ tool_id: 't1' }] },
            call: {
              type: 'phone_number',
              label: 'Sales',
              transfer_destination: { type: 'phone', phone_number: '+13125550100' },
              transfer_type: 'blind',
            },
            other: { type: 'standalone_agent', agent_id: 'agent_9' },
            bye: { type: 'end' },
            odd: { type: 'hologram' },
          },
          edges: {
            e1: edge('s', 'help', { type: 'unconditional' }),
            e2: edge(
              'help',
              'own',
              { type: 'llm', condition: 'Is new.' },
              { type: 'llm', condition: 'Back.' },
            ),
            e3: edge('help', 'hello', is('book')),
            e4: edge('hello', 'run', { type: 'unconditional' }),
            e5: edge('run', 'bye', { type: 'result', successful: true }),
            e6: edge('run', 'call', { type: 'result', successful: false }),
            e7: edge('own', 'other', { type: 'llm', condition: 'Else.' }),
          },
        },
      },
    ),
    'tool_configs/t1.json': {
      type: 'webhook',
      name: 't1',
      description: 'T.',
      api_schema: { url: 'https://acme.example', method: 'POST' },
    },
  });
  const { edges, node } = flowOf(result);
  expect(edges).toEqual(
    expect.arrayContaining([
      'help → own: Is new.',
      'help → hello: intent == "book"',
      'own → help: Back.',
      'hello → run: default',
      'run → bye: default',
      'run → call: The tool failed, or the transfer did.',
      'own → other: Else.',
    ]),
  );
  expect(node('help')).toMatchObject({
    instructions: 'Help more.',
    instructions_mode: 'append',
    shared_tool_ids: [{ $ref: 'tool/t1' }],
    position: { x: 1, y: 2 },
  });
  expect(node('own')).toMatchObject({
    instructions: 'All new.',
    instructions_mode: 'replace',
    model: 'openai/gpt-4o',
  });
  expect(node('hello')).toMatchObject({ type: 'speak', message: 'One moment.' });
  expect([node('run').type, node('call').type, node('bye').type]).toEqual(['tool', 'tool', 'tool']);
  const { lost } = fates(result);
  expect(lost.some((line) => line.startsWith('agent-missing workflow.nodes.other.agent_id'))).toBe(true);
  expect(lost).toContain('step-unknown workflow.nodes.odd.type');
});
