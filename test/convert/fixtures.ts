/** One export of each platform with a bit of everything, of true shape; names, hosts and numbers are made up. */
import type { Json, JsonObject } from '../../src/model/json.ts';

const prompt = (text: string): JsonObject => ({ type: 'prompt', text });
const edge = (id: string, to: string, words: string): JsonObject => ({
  id,
  destination_node_id: to,
  transition_condition: { type: 'prompt', prompt: words },
});

export const RETELL: JsonObject = {
  agent_id: 'agent_1',
  agent_name: 'Front Desk',
  voice_id: '11labs-abcdefghij0123456789',
  voice_speed: 1.1,
  language: 'en-US',
  max_call_duration_ms: 900000,
  interruption_sensitivity: 0.8,
  responsiveness: 0.7,
  denoising_mode: 'noise-cancellation',
  boosted_keywords: ['Acme'],
  webhook_url: 'https://acme.example/results',
  handbook_config: { high_empathy: true },
  voicemail_option: { action: { type: 'static_text', text: 'Please call back.' } },
  post_call_analysis_data: [
    { name: 'intent', type: 'enum', choices: ['book', 'cancel'], description: 'What the caller wanted.' },
    { name: 'call_summary', type: 'system-presets' },
  ],
  response_engine: { type: 'conversation-flow', conversation_flow_id: 'flow_1' },
  conversationFlow: {
    conversation_flow_id: 'flow_1',
    global_prompt: 'You answer for Acme. Caller: {{user_number}}, time: {{current_time_America/New_York}}.',
    start_speaker: 'agent',
    start_node_id: 'start',
    model_choice: { type: 'cascading', model: 'gpt-4.1' },
    model_temperature: 0.3,
    default_dynamic_variables: { brand: 'Acme' },
    tools: [
      {
        tool_id: 't_find',
        type: 'custom',
        name: 'find_booking',
        description: 'Finds a booking for {{brand}}.',
        method: 'POST',
        url: 'https://acme.example/find',
        headers: { Authorization: 'Bearer abcdefghij0123456789' },
        timeout_ms: 60000,
        args_at_root: false,
        speak_during_execution: true,
        execution_message_type: 'static_text',
        execution_message_description: 'One moment.',
        parameters: { type: 'object', properties: { phone: { type: 'string' } }, required: ['phone'] },
        response_variables: { booking_id: '$.booking.id' },
      },
    ],
    nodes: [
      {
        id: 'start',
        type: 'conversation',
        name: 'Hello',
        instruction: { type: 'static_text', text: 'Welcome to {{brand}}.' },
        edges: [edge('e1', 'find', 'Has a booking'), edge('e2', 'route', 'Anything else')],
        display_position: { x: 10, y: 20 },
      },
      {
        id: 'find',
        type: 'function',
        tool_id: 't_find',
        tool_type: 'local',
        wait_for_result: true,
        edges: [
          {
            id: 'e3',
            destination_node_id: 'book',
            transition_condition: {
              type: 'equation',
              operator: '&&',
              equations: [{ left: '{{booking_id}}', operator: 'exists' }],
            },
          },
        ],
        else_edge: edge('e4', 'transfer', 'Else'),
      },
      {
        id: 'route',
        type: 'branch',
        edges: [
          {
            id: 'e5',
            destination_node_id: 'transfer',
            transition_condition: {
              type: 'equation',
              operator: '||',
              equations: [{ left: '{{vip}}', operator: '==', right: 'yes' }],
            },
          },
        ],
        else_edge: edge('e6', 'keep', 'Else'),
      },
      {
        id: 'keep',
        type: 'extract_dynamic_variables',
        variables: [{ name: 'topic', type: 'string', description: 'The topic.' }],
        edges: [],
        else_edge: edge('e7', 'book', 'Else'),
      },
      {
        id: 'book',
        type: 'subagent',
        instruction: prompt('Change the booking.'),
        tool_ids: ['t_find'],
        tools: [{ type: 'end_call', name: 'end_call' }],
        edges: [edge('e8', 'bye', 'Done')],
      },
      {
        id: 'transfer',
        type: 'transfer_call',
        name: 'Team',
        transfer_destination: { type: 'predefined', number: '+13125550100' },
        transfer_option: { type: 'cold_transfer' },
        instruction: prompt('Tell them to hold.'),
        edge: edge('e9', 'bye', 'Transfer failed'),
      },
      {
        id: 'human',
        type: 'conversation',
        instruction: prompt('Get a person.'),
        edges: [edge('e10', 'transfer', 'Agreed')],
        global_node_setting: { condition: 'Asks for a person' },
      },
      { id: 'bye', type: 'end', instruction: { type: 'static_text', text: 'Goodbye.' } },
    ],
  },
};

export const VAPI: Json = [
  {
    id: 'a1',
    name: 'Reception',
    firstMessage: 'Hello.',
    model: {
      provider: 'openai',
      model: 'gpt-4.1',
      temperature: 0.2,
      messages: [{ role: 'system', content: 'You help {{customer.number}}.' }],
      tools: [
        {
          type: 'function',
          function: {
            name: 'find',
            description: 'Finds.',
            parameters: { type: 'object', properties: { id: { type: 'string' } } },
          },
          server: { url: 'https://acme.example/vapi', secret: 'test-secret-0123456789' },
        },
        {
          type: 'handoff',
          destinations: [{ type: 'assistant', assistantName: 'Billing', description: 'Bills.' }],
        },
        { type: 'transferCall', destinations: [{ type: 'number', number: '+13125550100' }] },
        { type: 'endCall' },
      ],
    },
    voice: { provider: '11labs', voiceId: 'abcdefghij0123456789' },
    transcriber: { provider: 'deepgram', model: 'nova-2', language: 'en' },
    silenceTimeoutSeconds: 30,
    analysisPlan: { summaryPlan: { messages: [{ role: 'system', content: 'Summarise.' }] } },
  },
  {
    id: 'a2',
    name: 'Billing',
    model: {
      provider: 'anthropic',
      model: 'claude-x',
      messages: [{ role: 'system', content: 'Bills.' }],
      tools: [{ type: 'handoff', destinations: [{ type: 'assistant', assistantId: 'a1' }] }],
    },
  },
  {
    name: 'Front',
    members: [
      { assistantId: 'a1', assistantDestinations: [{ type: 'assistant', assistantName: 'Billing' }] },
      { assistantId: 'a2' },
    ],
  },
  {
    name: 'Calm asks',
    personality: {
      name: 'Calm',
      assistant: { model: { messages: [{ role: 'system', content: 'You are calm.' }] } },
    },
    scenario: {
      name: 'Ask',
      instructions: 'Ask for the time.',
      evaluations: [
        {
          structuredOutput: { name: 'told', description: 'Was told.', schema: { type: 'boolean' } },
          comparator: '=',
          value: true,
        },
      ],
    },
  },
];

export const ELEVENLABS: JsonObject = {
  agent_id: 'agent_1',
  name: 'Ana',
  conversation_config: {
    agent: {
      first_message: 'Hola.',
      language: 'es',
      dynamic_variables: { dynamic_variable_placeholders: { brand: 'Acme' } },
      prompt: {
        prompt: 'Ayuda. {{system__time_utc}} {{brand}}',
        llm: 'gemini-2.0-flash',
        temperature: 0.2,
        tools: [
          {
            type: 'webhook',
            name: 'book',
            description: 'Books.',
            api_schema: {
              url: 'https://acme.example/book',
              method: 'POST',
              request_headers: { 'X-Secret': 'test-0123456789abcdef' },
              request_body_schema: {
                type: 'object',
                properties: {
                  who: { type: 'string', description: 'Who.' },
                  kind: { type: 'string', constant_value: 'phone' },
                },
                required: ['who'],
              },
            },
          },
        ],
        built_in_tools: { end_call: { name: 'end_call', description: 'When done.' } },
      },
    },
    tts: { voice_id: 'abcdefghij0123456789', model_id: 'eleven_flash_v2_5', stability: 0.5 },
    turn: { turn_timeout: 7, silence_end_call_timeout: 30 },
  },
  platform_settings: {
    evaluation: { criteria: [{ id: 'c', name: 'Kind', conversation_goal_prompt: 'Was kind.' }] },
    data_collection: { city: { type: 'string', description: 'The city.' } },
  },
  workflow: {
    nodes: {
      s: { type: 'start' },
      help: {
        type: 'override_agent',
        label: 'Help',
        additional_prompt: 'Help more.',
        position: { x: 1, y: 2 },
      },
      say: { type: 'say', message: { type: 'literal', text: 'One moment.' } },
      call: { type: 'phone_number', transfer_destination: { type: 'phone', phone_number: '+13125550100' } },
      bye: { type: 'end' },
    },
    edges: {
      e1: { source: 's', target: 'help', forward_condition: { type: 'unconditional' } },
      e2: { source: 'help', target: 'say', forward_condition: { type: 'llm', condition: 'Wants a person.' } },
      e3: { source: 'say', target: 'call', forward_condition: { type: 'unconditional' } },
      e4: {
        source: 'help',
        target: 'bye',
        forward_condition: {
          type: 'expression',
          expression: {
            type: 'eq_operator',
            left: { type: 'dynamic_variable', name: 'done' },
            right: { type: 'boolean_literal', value: true },
          },
        },
      },
    },
  },
};

export const BLAND: JsonObject = {
  name: 'Router',
  nodes: [
    { globalConfig: { globalPrompt: 'Be kind to {{from}}.' } },
    {
      id: '1',
      type: 'Default',
      position: { x: 0, y: 0 },
      data: { name: 'Start', isStart: true, text: 'Welcome.' },
    },
    {
      id: '2',
      type: 'Webhook',
      data: {
        name: 'Find',
        url: 'https://acme.example/find',
        method: 'POST',
        headers: [['X-Api-Key', 'test-0123456789abcdef']],
        body: '{"phone": "{{from}}"}',
        responseData: [{ name: 'tier', data: '$.tier' }],
        responsePathways: [
          ['tier', '==', 'gold', { id: '3' }],
          ['Default/Webhook Completion', '', '', { id: '4' }],
        ],
      },
    },
    {
      id: '3',
      type: 'Transfer Call',
      data: { name: 'Team', transferNumber: '+13125550100', prompt: 'Say: one moment.' },
    },
    {
      id: '4',
      type: 'Default',
      data: {
        name: 'Ask',
        prompt: 'Ask the name.',
        condition: 'The name is known.',
        extractVars: [['name', 'string', 'The name.']],
      },
    },
    {
      id: '5',
      type: 'Route',
      data: {
        name: 'Split',
        routes: [{ conditions: [{ field: 'name', operator: '==', value: 'Ada' }], targetNodeId: '3' }],
        fallbackNodeId: '6',
      },
    },
    { id: '6', type: 'End Call', data: { name: 'Bye', text: 'Goodbye.' } },
    {
      id: '7',
      type: 'Default',
      data: { name: 'Help', isGlobal: true, globalLabel: 'Needs help', prompt: 'Help.' },
    },
  ],
  edges: [
    { id: 'e1', source: '1', target: '2', data: { label: 'Any answer' } },
    { id: 'e2', source: '4', target: '5', data: { label: 'Has a name' } },
    { id: 'e3', source: '7', target: '3', data: { label: 'Wants a person', description: 'More about it.' } },
  ],
};

export const EXPORTS: { readonly [platform: string]: Json } = {
  retell: RETELL,
  vapi: VAPI,
  elevenlabs: ELEVENLABS,
  bland: BLAND,
};
