import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { converted, fates, flowOf, only, refOf, specs, written } from './support.ts';

const assistant = (model: JsonObject, more: JsonObject = {}): JsonObject => ({
  name: 'Reception',
  firstMessage: 'Hello {{customer.number}}.',
  model: {
    provider: 'openai',
    model: 'gpt-4.1',
    messages: [{ role: 'system', content: 'You help.' }],
    ...model,
  },
  ...more,
});

const withTools = (tools: readonly JsonObject[], more: JsonObject = {}) =>
  converted({ 'assistant.json': assistant({ tools }, more) });

describe('tools of Vapi', () => {
  it('function: a webhook of its own server, with secret, messages and variables', () => {
    const result = withTools([
      {
        type: 'function',
        async: false,
        function: {
          name: 'find',
          description: 'Finds.',
          parameters: { type: 'object', properties: { id: { type: 'string' } } },
        },
        server: {
          url: 'https://acme.example/vapi',
          secret: 'test-secret-0123456789',
          timeoutSeconds: 20,
          headers: { tenant: 'a' },
        },
        messages: [
          { type: 'request-start', content: 'One moment.' },
          { type: 'request-response-delayed', content: 'Still looking.', timingMilliseconds: 4000 },
          { type: 'request-failed', content: 'Sorry.' },
        ],
        variableExtractionPlan: { aliases: [{ key: 'tier', value: '{{$.customer.tier}}' }] },
      },
    ]);
    expect(only(result, 'tool')).toEqual({
      type: 'webhook',
      display_name: 'find',
      timeout_ms: 20000,
      webhook: {
        name: 'find',
        description: 'Finds.',
        url: 'https://acme.example/vapi',
        method: 'POST',
        headers: [
          { name: 'tenant', value: 'a' },
          {
            name: 'X-Vapi-Secret',
            value: '{{#integration_secret}}find_x_vapi_secret{{/integration_secret}}',
          },
        ],
        body_parameters: { type: 'object', properties: { id: { type: 'string' } } },
        messages: [
          { type: 'request_start', content: 'One moment.' },
          { type: 'request_response_delayed', content: 'Still looking.', timing_ms: 4000 },
        ],
        store_fields_as_variables: [{ name: 'tier', value_path: 'customer.tier' }],
      },
    });
    expect(written(result)).not.toContain('0123456789');
    expect(fates(result).lost).toContain('tool-message model.tools[0].messages[2].content');
    expect(fates(result).near).toContain('tool-body model.tools[0].server.url');
  });

  it('function without a server: that of the assistant, else a client-side tool', () => {
    const tool = { type: 'function', function: { name: 'find', description: 'Finds.' } };
    const served = withTools([tool], { server: { url: 'https://acme.example/all' } });
    expect(only(served, 'tool')).toMatchObject({
      type: 'webhook',
      webhook: { url: 'https://acme.example/all' },
    });
    expect(only(withTools([tool]), 'tool')).toMatchObject({
      type: 'client_side_tool',
      client_side_tool: { name: 'find' },
    });
  });

  it('apiRequest: a webhook with query, fixed fields and headers', () => {
    const result = withTools([
      {
        type: 'apiRequest',
        name: 'get_user',
        method: 'GET',
        url: 'https://acme.example/users',
        headers: {
          type: 'object',
          properties: { Authorization: { type: 'string', value: 'Bearer abcdefghij0123456789' } },
        },
        body: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
        parameters: [{ key: 'source', value: 'phone' }],
        timeoutSeconds: 45,
      },
    ]);
    expect(only(result, 'tool')).toMatchObject({
      timeout_ms: 30000,
      webhook: {
        method: 'GET',
        headers: [
          {
            name: 'Authorization',
            value: 'Bearer {{#integration_secret}}get_user_authorization{{/integration_secret}}',
          },
        ],
        query_parameters: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
        preset_body_fields: { source: 'phone' },
      },
    });
  });

  it('transferCall, endCall, dtmf, sms and handoff: inline tools; a transfer to an assistant is a handoff', () => {
    const other = { id: 'a2', ...assistant({}), name: 'Billing' };
    const first = assistant({
      tools: [
        {
          type: 'transferCall',
          destinations: [
            {
              type: 'number',
              number: '+13125550100',
              extension: '9',
              description: 'Sales',
              transferPlan: { mode: 'warm-transfer-with-message', message: 'A lead.' },
            },
            { type: 'sip', sipUri: 'sip:care@acme.example' },
            { type: 'assistant', assistantName: 'Billing' },
          ],
        },
        { type: 'endCall', function: { name: 'bye', description: 'When done.' } },
        { type: 'dtmf' },
        { type: 'sms' },
        {
          type: 'handoff',
          destinations: [
            { type: 'assistant', assistantId: 'a2', description: 'Bills.' },
            { type: 'assistant', assistantId: 'a9' },
          ],
        },
      ],
    });
    const result = converted({ 'list.json': [first, other] });
    expect(specs(result, 'assistant')[0]?.tools).toEqual([
      {
        type: 'transfer',
        transfer: {
          from: '{{telnyx_agent_target}}',
          targets: [
            { name: 'Sales', to: '+13125550100', extension: '9' },
            { name: 'transfer call 2', to: 'sip:care@acme.example' },
          ],
          warm_transfer_instructions: 'A lead.',
        },
      },
      {
        type: 'handoff',
        handoff: { ai_assistants: [{ id: { $ref: 'assistant/billing' }, name: 'Billing' }] },
      },
      { type: 'hangup', hangup: { description: 'When done.' } },
      { type: 'send_dtmf', send_dtmf: {} },
      { type: 'send_message', send_message: {} },
    ]);
    expect(fates(result).lost).toContain('agent-missing [0].model.tools[4].destinations[1].assistantId');
  });

  it('mcp: a document of its own, its key a secret', () => {
    const result = withTools([
      {
        type: 'mcp',
        name: 'crm',
        server: {
          url: 'https://mcp.acme.example',
          headers: { Authorization: 'Bearer test-0123456789abcdef' },
        },
        metadata: { protocol: 'sse' },
      },
    ]);
    expect(only(result, 'mcp_server')).toEqual({
      type: 'sse',
      name: 'crm',
      url: 'https://mcp.acme.example',
      api_key_ref: 'crm_key',
    });
    expect(only(result, 'assistant').mcp_servers).toEqual([{ id: { $ref: 'mcp_server/crm' } }]);
    expect(written(result)).not.toContain('0123456789');
  });

  it.each(['query', 'code', 'bash', 'google.calendar.event.create', 'ghl', 'voicemail', 'brand-new'])(
    '%s: is named as lost',
    (type) => {
      const result = withTools([{ type, function: { name: 'x' }, server: { url: 'https://acme.example' } }]);
      expect(specs(result, 'tool')).toEqual([]);
      expect(fates(result).lost.some((line) => line.includes('model.tools[0]'))).toBe(true);
    },
  );
});

it('settings of a Vapi assistant become those of Telnyx', () => {
  const result = withTools([], {
    firstMessageMode: 'assistant-speaks-first',
    firstMessageInterruptionsEnabled: false,
    voice: {
      provider: '11labs',
      voiceId: 'sarah',
      model: 'eleven_flash_v2',
      stability: 0.4,
      similarityBoost: 0.8,
      useSpeakerBoost: true,
    },
    transcriber: { provider: 'deepgram', model: 'nova-3', language: 'en', keyterm: ['Acme'] },
    maxDurationSeconds: 900,
    silenceTimeoutSeconds: 30,
    startSpeakingPlan: {
      waitSeconds: 0.6,
      transcriptionEndpointingPlan: {
        onPunctuationSeconds: 0.2,
        onNoPunctuationSeconds: 1,
        onNumberSeconds: 0.3,
      },
    },
    backgroundDenoisingEnabled: true,
    artifactPlan: { recordingEnabled: false },
    voicemailMessage: 'Call us.',
    endCallMessage: 'Goodbye.',
    endCallPhrases: ['bye bye'],
    endCallFunctionEnabled: true,
    compliancePlan: { hipaaEnabled: true },
    hooks: [
      {
        on: 'customer.speech.timeout',
        options: { timeoutSeconds: 12 },
        do: [{ type: 'say', exact: 'Still there?' }],
      },
    ],
    analysisPlan: {
      summaryPlan: { messages: [{ role: 'system', content: 'Summarise.' }] },
      structuredDataSchema: { type: 'object', properties: { city: { type: 'string' } } },
      successEvaluationRubric: 'PassFail',
    },
  });
  expect(only(result, 'assistant')).toMatchObject({
    name: 'Reception',
    model: 'openai/gpt-4.1',
    instructions: 'You help.',
    greeting: 'Hello {{telnyx_end_user_target}}.',
    voice_settings: {
      voice: 'ElevenLabs.eleven_flash_v2.EXAVITQu4vr4xnSDxMaL',
      api_key_ref: 'elevenlabs_api_key',
      temperature: 0.4,
      similarity_boost: 0.8,
      use_speaker_boost: true,
    },
    transcription: { model: 'deepgram/nova-3', language: 'en', settings: { keyterm: 'Acme' } },
    telephony_settings: {
      time_limit_secs: 900,
      user_idle_timeout_secs: 30,
      user_idle_reply_secs: 12,
      noise_suppression: 'krisp',
      recording_settings: { enabled: false },
    },
    interruption_settings: {
      disable_greeting_interruption: true,
      start_speaking_plan: {
        wait_seconds: 0.6,
        transcription_endpointing_plan: {
          on_punctuation_seconds: 0.2,
          on_no_punctuation_seconds: 1,
          on_number_seconds: 0.3,
        },
      },
    },
    privacy_settings: { data_retention: false },
    tools: [
      {
        type: 'hangup',
        hangup: {
          description: 'Before you hang up, say: Goodbye. Hang up after you have said one of these: bye bye.',
        },
      },
    ],
  });
  expect(specs(result, 'insight').map(({ name }) => name)).toEqual([
    'Summary of the call',
    'Success of the call',
    'Data of the call',
  ]);
  expect(fates(result).lost).toContain('hooks hooks[0].do[0].exact');
});

it('custom models, waiting for the caller, and prompts in several places', () => {
  const result = converted({
    'a.json': {
      name: 'Own',
      firstMessageMode: 'assistant-waits-for-user',
      firstMessage: 'never said',
      model: {
        provider: 'custom-llm',
        url: 'https://llm.acme.example/v1',
        model: 'acme-1',
        systemPrompt: 'Be brief.',
      },
    },
  });
  expect(only(result, 'assistant')).toMatchObject({
    greeting: '',
    instructions: 'Be brief.',
    external_llm: { base_url: 'https://llm.acme.example/v1', model: 'acme-1' },
  });
});

describe('a gitops folder', () => {
  const files = {
    'resources/dev/assistants/desk.md':
      '---\nname: Desk\nmodel:\n  provider: openai\n  model: gpt-4.1\n  toolIds:\n    - look-up\n    - crm/send\nfirstMessage: Hello.\nartifactPlan:\n  structuredOutputIds: [mood]\n---\n\n# Role\n\nHelp {{customer.name}}.\n',
    'resources/dev/assistants/care.yml':
      'name: Care\nmodel:\n  provider: anthropic\n  model: claude-x\n  messages:\n    - role: system\n      content: |-\n        Care.\n',
    'resources/dev/tools/look-up.yml':
      'type: function\nfunction:\n  name: look_up\n  description: Looks up.\nserver:\n  url: https://acme.example/look\n',
    'resources/dev/tools/crm/send.yml':
      'type: apiRequest\nname: send\nurl: https://acme.example/send\nmethod: POST\n',
    'resources/dev/tools/unused.yml':
      'type: apiRequest\nname: spare\nurl: https://acme.example/spare\nmethod: GET\n',
    'resources/dev/structuredOutputs/mood.yml':
      'name: Mood\ntype: ai\ndescription: The mood.\nschema:\n  type: string\n  enum: [good, bad]\nassistant_ids: [care]\n',
    'resources/dev/squads/front.yml':
      'name: Front\nmembers:\n  - assistantId: desk\n    assistantDestinations:\n      - type: assistant\n        assistantName: Care\n        description: Needs care.\n  - assistantId: care\n',
    'resources/dev/simulations/personalities/calm.yml':
      'name: Calm\nassistant:\n  model:\n    messages:\n      - role: system\n        content: You are calm.\n',
    'resources/dev/simulations/scenarios/ask.yml':
      'name: Ask\ninstructions: Ask for the time.\nevaluations:\n  - structuredOutputId: mood\n    comparator: "="\n    value: good\ntoolMocks:\n  - toolName: look_up\n    result: "{}"\n',
    'resources/dev/simulations/tests/calm-ask.yml': 'name: Calm asks\npersonalityId: calm\nscenarioId: ask\n',
    'resources/dev/simulations/suites/core.yml': 'name: Core\nsimulationIds: [calm-ask]\n',
  };

  it('assistants of Markdown and YAML, tools and outputs by file name, squads as handoffs, simulations as tests', () => {
    const result = converted(files);
    const desk = specs(result, 'assistant').find(({ name }) => name === 'Desk');
    expect(desk).toMatchObject({
      instructions: '# Role\n\nHelp {{customer.name}}.',
      greeting: 'Hello.',
      tool_ids: [{ $ref: 'tool/look-up' }, { $ref: 'tool/send' }],
      tools: [
        { type: 'handoff', handoff: { ai_assistants: [{ id: { $ref: 'assistant/care' }, name: 'Care' }] } },
      ],
    });
    expect(
      specs(result, 'tool')
        .map(({ display_name }) => display_name)
        .toSorted(),
    ).toEqual(['look_up', 'send', 'spare']);
    expect(specs(result, 'insight')).toHaveLength(1);
    expect(specs(result, 'insight_group')).toHaveLength(2);
    const test = only(result, 'test');
    expect(refOf(test.destination)).toBe('assistant/desk');
    expect(test).toMatchObject({
      name: 'Calm asks',
      test_suite: 'Core',
      description: 'Answers that the tools are to give:\nlook_up: {}',
      instructions: 'You are calm.\n\nAsk for the time.',
      rubric: [{ name: 'Mood', criteria: 'The mood.\nExpected: = "good"' }],
    });
  });

  it('the same files in one list, as `{ type, id, data }`', () => {
    const list = [
      {
        type: 'tools',
        id: 'look-up',
        data: {
          type: 'function',
          function: { name: 'look_up', description: 'Looks up.' },
          server: { url: 'https://acme.example' },
        },
      },
      { type: 'assistants', id: 'desk', data: assistant({ toolIds: ['look-up', 'nowhere'] }) },
    ];
    const result = converted({ 'starter.json': list });
    expect(only(result, 'assistant').tool_ids).toEqual([{ $ref: 'tool/look-up' }]);
    expect(fates(result).lost).toContain('tool-missing [1].data.model.toolIds[1]');
  });
});

it('a squad with its members inside, and handoffs in a circle', () => {
  const member = (name: string, to: string): JsonObject => ({
    assistant: {
      ...assistant({
        tools: [{ type: 'handoff', destinations: [{ type: 'assistant', assistantName: to }] }],
      }),
      name,
    },
  });
  const result = converted({
    'squad.json': { name: 'Two', members: [member('One', 'Two'), member('Two', 'One')] },
  });
  const targets = specs(result, 'assistant').map(({ tools }) => JSON.stringify(tools));
  expect(targets[0]).toContain('assistant/two');
  expect(targets[1]).toContain('assistant/one');
});

it('a workflow: conversation and tool nodes by name', () => {
  const result = converted({
    'workflow.json': {
      name: 'Flow',
      globalPrompt: 'You help.',
      nodes: [
        {
          name: 'start',
          type: 'conversation',
          isStart: true,
          prompt: 'Ask.',
          messagePlan: { firstMessage: 'Hi.' },
          metadata: { position: { x: 1, y: 2 } },
        },
        {
          name: 'send',
          type: 'tool',
          tool: { type: 'apiRequest', name: 'send', url: 'https://acme.example', method: 'POST' },
        },
        { name: 'bye', type: 'tool', tool: { type: 'endCall' } },
      ],
      edges: [
        { from: 'start', to: 'send', condition: { type: 'ai', prompt: 'Wants it sent.' } },
        { from: 'send', to: 'bye' },
      ],
    },
  });
  expect(flowOf(result).edges).toEqual(['start → send: Wants it sent.', 'send → bye: default']);
  expect(flowOf(result).nodes.map(({ type }) => type)).toEqual(['prompt', 'tool', 'tool']);
  expect(only(result, 'assistant')).toMatchObject({ instructions: 'You help.', greeting: 'Hi.' });
});
