import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { converted, fates, flowOf, only, refOf, specs, written } from './support.ts';

const say = (text: string): JsonObject => ({ type: 'prompt', text });
const fixed = (text: string): JsonObject => ({ type: 'static_text', text });
const when = (prompt: string, to: string, id = `e-${to}`): JsonObject => ({
  id,
  destination_node_id: to,
  transition_condition: { type: 'prompt', prompt },
});
const mark = (prompt: string, to: string): JsonObject => when(prompt, to, `m-${to}`);
const compare = (left: string, operator: string, right: string, to: string): JsonObject => ({
  id: `q-${to}`,
  destination_node_id: to,
  transition_condition: { type: 'equation', operator: '&&', equations: [{ left, operator, right }] },
});
const ENDING = { id: 'done', type: 'conversation', instruction: say('Say goodbye.'), edges: [] };

/** An agent whose flow begins with `first`, followed by `done`. */
function flowAgent(nodes: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return {
    agent_id: 'agent_1',
    agent_name: 'Front Desk',
    voice_id: '11labs-Test',
    response_engine: { type: 'conversation-flow', conversation_flow_id: 'flow_1' },
    conversationFlow: {
      conversation_flow_id: 'flow_1',
      global_prompt: 'You answer for Acme.',
      start_speaker: 'agent',
      start_node_id: String(nodes[0]?.id),
      nodes: [...nodes, ENDING],
      ...more,
    },
  };
}

const flow = (nodes: readonly JsonObject[], more: JsonObject = {}) =>
  converted({ 'agent.json': flowAgent(nodes, more) });

describe('nodes of a Retell flow', () => {
  it('conversation: a prompt node behind the instructions of the agent', () => {
    const result = flow([
      {
        id: 'a',
        type: 'conversation',
        name: 'Hello',
        instruction: say('Greet.'),
        edges: [when('Caller is done', 'done')],
      },
    ]);
    const { start, node, edges } = flowOf(result);
    expect(start).toBe('a');
    expect(node('a')).toEqual({
      type: 'prompt',
      id: 'a',
      name: 'Hello',
      instructions: 'Greet.',
      instructions_mode: 'append',
    });
    expect(edges).toEqual(['a → done: Caller is done']);
    expect(only(result, 'assistant')).toMatchObject({
      name: 'Front Desk',
      instructions: 'You answer for Acme.',
      greeting: '<assistant-speaks-first-with-model-generated-message>',
    });
  });

  it('conversation with a fixed text: the greeting at the start, later an instruction, a speak node where it goes on', () => {
    const result = flow([
      {
        id: 'a',
        type: 'conversation',
        instruction: fixed('Welcome to Acme.'),
        edges: [when('Any answer', 'b')],
      },
      {
        id: 'b',
        type: 'conversation',
        instruction: fixed('One moment.'),
        edges: [],
        skip_response_edge: mark('Skip response', 'c'),
      },
      { id: 'c', type: 'conversation', instruction: fixed('Is it urgent?'), edges: [when('Yes', 'done')] },
    ]);
    const { node, edges } = flowOf(result);
    expect(only(result, 'assistant').greeting).toBe('Welcome to Acme.');
    expect(node('a').instructions).toBe('You have just said this. Listen to the answer:\n\nWelcome to Acme.');
    expect(node('b')).toEqual({ type: 'speak', id: 'b', message: 'One moment.' });
    expect(node('c').instructions).toBe('Say this word for word, then listen:\n\nIs it urgent?');
    expect(edges).toContain('b → c: default');
  });

  it('subagent: a prompt node with its tools, those of the flow and its own', () => {
    const result = flow(
      [
        {
          id: 'a',
          type: 'subagent',
          instruction: say('Book.'),
          tool_ids: ['t1'],
          tools: [{ type: 'end_call', name: 'end_call', description: 'When done.' }],
          edges: [],
        },
      ],
      {
        tools: [
          {
            tool_id: 't1',
            type: 'custom',
            name: 'book',
            description: 'Books.',
            url: 'https://acme.example/book',
          },
        ],
      },
    );
    expect(flowOf(result).node('a')).toMatchObject({
      shared_tool_ids: [{ $ref: 'tool/book' }, { $ref: 'tool/end-call' }],
      tools_mode: 'append',
    });
    expect(specs(result, 'tool')).toMatchObject([
      { type: 'webhook', display_name: 'book' },
      { type: 'hangup', hangup: { description: 'When done.' } },
    ]);
  });

  it('function: a tool node; edges on its result, one of them taken otherwise', () => {
    const result = flow(
      [
        {
          id: 'a',
          type: 'function',
          tool_id: 't1',
          tool_type: 'local',
          wait_for_result: true,
          speak_during_execution: true,
          instruction: fixed('Let me see.'),
          edges: [compare('{{found}}', '==', 'yes', 'done')],
          else_edge: mark('Else', 'b'),
        },
        { id: 'b', type: 'conversation', instruction: say('Sorry.'), edges: [] },
      ],
      {
        tools: [
          {
            tool_id: 't1',
            type: 'custom',
            name: 'find',
            description: 'Finds.',
            url: 'https://acme.example/find',
          },
        ],
      },
    );
    const { node, edges } = flowOf(result);
    expect(node('a')).toEqual({ type: 'speak', id: 'a', message: 'Let me see.' });
    expect(node('a-run')).toEqual({ type: 'tool', id: 'a-run', shared_tool_id: { $ref: 'tool/find' } });
    expect(edges).toEqual(['a → a-run: default', 'a-run → done: found == "yes"', 'a-run → b: default']);
  });

  it('end: hangs up, after its fixed text, or after what the model says', () => {
    const result = flow([
      {
        id: 'a',
        type: 'conversation',
        instruction: say('Ask.'),
        edges: [when('Bye', 'b'), when('Thanks', 'c'), when('Go', 'd')],
      },
      { id: 'b', type: 'end' },
      { id: 'c', type: 'end', instruction: fixed('Goodbye.') },
      { id: 'd', type: 'end', instruction: say('Thank the caller.') },
    ]);
    const { node, edges } = flowOf(result);
    expect(node('b')).toEqual({ type: 'tool', id: 'b', shared_tool_id: { $ref: 'tool/end-call' } });
    expect([node('c').message, node('c-hangup').shared_tool_id]).toEqual([
      'Goodbye.',
      { $ref: 'tool/end-call' },
    ]);
    expect(edges).toContain('c → c-hangup: default');
    expect(node('d')).toMatchObject({
      instructions: 'Thank the caller.\n\nThen end the call with the hang-up tool.',
      shared_tool_ids: [{ $ref: 'tool/end-call' }],
    });
  });

  it('transfer_call: a transfer tool with its number; the edge is for a failure', () => {
    const result = flow([
      {
        id: 'a',
        type: 'transfer_call',
        name: 'Payroll',
        transfer_destination: { type: 'predefined', number: '+13125550100', extension: '12' },
        transfer_option: {
          type: 'warm_transfer',
          private_handoff_option: { type: 'prompt', prompt: 'Name the caller.' },
        },
        instruction: fixed('I connect you.'),
        edge: mark('Transfer failed', 'done'),
      },
    ]);
    expect(flowOf(result).edges).toEqual(['a → a-run: default', 'a-run → done: default']);
    expect(specs(result, 'tool')).toEqual([
      {
        type: 'transfer',
        display_name: 'Payroll',
        transfer: {
          from: '{{telnyx_agent_target}}',
          targets: [{ name: 'Payroll', to: '+13125550100', extension: '12' }],
          warm_transfer_instructions: 'Name the caller.',
        },
      },
    ]);
  });

  it('press_digit, sms, extract_dynamic_variables: the tools of Telnyx that do this', () => {
    const result = flow([
      {
        id: 'a',
        type: 'press_digit',
        instruction: say('Press 1.'),
        delay_ms: 100,
        edges: [when('Connected', 'b')],
      },
      {
        id: 'b',
        type: 'sms',
        instruction: fixed('Your code is {{code}}.'),
        success_edge: mark('Sent', 'c'),
        failed_edge: mark('Failed', 'done'),
      },
      {
        id: 'c',
        type: 'extract_dynamic_variables',
        variables: [{ name: 'tier', type: 'enum', description: 'The tier.', choices: ['gold', 'blue'] }],
        edges: [compare('{{tier}}', '==', 'gold', 'done')],
        else_edge: mark('Else', 'a'),
      },
    ]);
    const { node, edges } = flowOf(result);
    expect(node('a')).toMatchObject({
      instructions: 'Press 1.',
      shared_tool_ids: [{ $ref: 'tool/press-digit' }],
    });
    expect(edges).toEqual(
      expect.arrayContaining(['b → c: default', 'c → done: tier == "gold"', 'c → a: not(tier == "gold")']),
    );
    expect(specs(result, 'tool').map(({ type }) => type)).toEqual([
      'send_dtmf',
      'send_message',
      'update_dynamic_variables',
    ]);
    expect(specs(result, 'tool')[2]).toMatchObject({
      update_dynamic_variables: {
        updatable_variables: [{ name: 'tier', description: 'The tier. One of: gold, blue.', type: 'string' }],
      },
    });
  });

  it('branch: its conditions go onto the edges that lead to it', () => {
    const result = flow([
      {
        id: 'a',
        type: 'conversation',
        instruction: say('Ask.'),
        edges: [when('Caller cancels.', 'x'), compare('{{vip}}', '==', 'yes', 'x')],
      },
      {
        id: 'x',
        type: 'branch',
        edges: [compare('{{hours}}', '<', '24', 'b')],
        else_edge: mark('Else', 'done'),
      },
      { id: 'b', type: 'conversation', instruction: say('Too late.'), edges: [] },
    ]);
    expect(flowOf(result).edges).toEqual([
      'a → b: Caller cancels, and {{hours}} is less than 24',
      'a → done: Caller cancels, and none of this holds: {{hours}} is less than 24',
      'a → b: (vip == "yes" and hours < 24)',
      'a → done: (vip == "yes" and not(hours < 24))',
    ]);
    expect(flowOf(result).node('x')).toEqual({});
    expect(fates(result).near).toContain('branch-folded conversationFlow.nodes[1].type');
  });

  it('code: is named as lost and passed through', () => {
    const result = flow([
      { id: 'a', type: 'conversation', instruction: say('Ask.'), edges: [when('Any', 'x')] },
      {
        id: 'x',
        type: 'code',
        code: 'return { a: 1 };',
        wait_for_result: true,
        edges: [],
        else_edge: mark('Else', 'done'),
      },
    ]);
    expect(flowOf(result).edges).toEqual(['a → done: Any']);
    expect(fates(result).lost).toContain('code conversationFlow.nodes[1].code');
  });

  it('agent_swap: an edge to the other agent of the import, or a word that it is missing', () => {
    const swap = (id: string): JsonObject => ({
      id: 'x',
      type: 'agent_swap',
      agent_id: id,
      keep_current_voice: false,
      edge: mark('Transfer failed', 'done'),
    });
    const talk = {
      id: 'a',
      type: 'conversation',
      instruction: say('Ask.'),
      edges: [when('Wants billing', 'x')],
    };
    const other = {
      agent_id: 'agent_2',
      agent_name: 'Billing',
      voice_id: 'x',
      retellLlmData: { general_prompt: 'Bill.' },
    };
    const both = converted({ 'a.json': flowAgent([talk, swap('agent_2')]), 'b.json': other });
    const desk = specs(both, 'assistant')[0]?.conversation_flow as JsonObject;
    expect((desk.edges as JsonObject[]).map(({ target }) => target)).toEqual([
      { type: 'assistant', assistant_id: { $ref: 'assistant/billing' }, voice_mode: 'distinct' },
    ]);
    const alone = converted({ 'a.json': flowAgent([talk, swap('agent_9')]) });
    expect(fates(alone).lost).toContain('agent-missing conversationFlow.nodes[1].agent_id');
    expect(flowOf(alone).node('x').type).toBe('prompt');
  });

  it('mcp and component: an instruction to call the tool; the steps of the component', () => {
    const result = flow(
      [
        {
          id: 'a',
          type: 'mcp',
          mcp_id: 'm',
          mcp_tool_name: 'lookup',
          wait_for_result: true,
          edges: [when('Found', 'c')],
        },
        {
          id: 'c',
          type: 'component',
          component_id: 'k',
          component_type: 'local',
          edges: [],
          else_edge: mark('Else', 'done'),
        },
      ],
      {
        mcps: [
          {
            name: 'crm',
            url: 'https://mcp.acme.example',
            headers: { Authorization: 'Bearer secret-0123456789' },
          },
        ],
        components: [
          {
            component_id: 'k',
            name: 'Verify',
            start_node_id: 'v',
            nodes: [{ id: 'v', type: 'conversation', instruction: say('Verify.'), edges: [] }],
          },
        ],
      },
    );
    const { node, edges } = flowOf(result);
    expect(node('a').instructions).toContain('Call the tool lookup');
    expect(node('c--v').instructions).toBe('Verify.');
    expect(edges).toEqual(expect.arrayContaining(['a → c--v: Found']));
    expect(only(result, 'mcp_server')).toEqual({
      type: 'http',
      name: 'crm',
      url: 'https://mcp.acme.example',
      api_key_ref: 'crm_key',
    });
    expect(written(result)).not.toContain('0123456789');
  });

  it('global nodes: an edge from every step that talks, examples and the way back in words', () => {
    const result = flow([
      { id: 'a', type: 'conversation', instruction: say('Ask.'), edges: [when('Any', 'done')] },
      {
        id: 'g',
        type: 'conversation',
        instruction: say('Get help.'),
        edges: [],
        global_node_setting: {
          condition: 'An emergency.',
          positive_finetune_examples: [{ transcript: [{ role: 'user', content: 'I cannot breathe' }] }],
          go_back_conditions: [{ id: 'b', transition_condition: { type: 'prompt', prompt: 'It is over.' } }],
        },
      },
    ]);
    const words = 'An emergency.\nIt holds for example for: I cannot breathe';
    expect(flowOf(result).edges).toEqual(['a → done: Any', `a → g: ${words}`, `done → g: ${words}`]);
    expect(flowOf(result).node('g').instructions).toContain(
      'Return to what was talked about before when this holds:\n- It is over.',
    );
  });

  it('an unknown type is named and keeps its place', () => {
    const result = flow([
      { id: 'a', type: 'conversation', instruction: say('Ask.'), edges: [when('Any', 'x')] },
      { id: 'x', type: 'hologram', instruction: say('Shine.'), edges: [when('Seen', 'done')] },
    ]);
    expect(flowOf(result).node('x').instructions).toBe('Shine.');
    expect(fates(result).lost).toContain('step-unknown conversationFlow.nodes[1].type');
  });
});

describe('edges of a Retell flow', () => {
  it.each<readonly [string, Json, string]>([
    ['exists', { left: '{{a}}', operator: 'exists' }, 'a != ""'],
    ['not_exist', { left: '{{a}}', operator: 'not_exist' }, 'a == ""'],
    ['contains', { left: '{{a}}', operator: 'contains', right: 'x' }, 'a contains "x"'],
    ['>=', { left: '{{a}}', operator: '>=', right: '3' }, 'a >= 3'],
    ['a variable on both sides', { left: '{{a}}', operator: '==', right: '{{b}}' }, 'a == b'],
    [
      'a system variable',
      { left: '{{user_number}}', operator: '==', right: '1' },
      'telnyx_end_user_target == "1"',
    ],
  ])('equation %s', (_name, equation, expected) => {
    const edge = {
      id: 'q',
      destination_node_id: 'done',
      transition_condition: { type: 'equation', operator: '||', equations: [equation] },
    };
    const result = flow([{ id: 'a', type: 'conversation', instruction: say('Ask.'), edges: [edge] }]);
    expect(flowOf(result).edges).toEqual([`a → done: ${expected}`]);
  });

  it('always, else and skip edges after a step that talks become conditions in words', () => {
    const result = flow([
      {
        id: 'a',
        type: 'conversation',
        instruction: say('Ask.'),
        edges: [],
        always_edge: mark('Always', 'b'),
      },
      {
        id: 'b',
        type: 'conversation',
        instruction: say('Tell.'),
        edges: [],
        skip_response_edge: mark('Skip response', 'c'),
      },
      {
        id: 'c',
        type: 'conversation',
        instruction: say('Ask again.'),
        edges: [when('Yes', 'a')],
        else_edge: mark('Else', 'done'),
      },
    ]);
    expect(flowOf(result).edges).toEqual([
      'a → b: The caller has answered, or this step is done.',
      'b → c: The assistant has said what this step asks for.',
      'c → a: Yes',
      'c → done: None of the other conditions of this step holds.',
    ]);
  });

  it('open ends, unknown targets, loops and circles of branches are told and do no harm', () => {
    const result = flow([
      {
        id: 'a',
        type: 'conversation',
        instruction: say('Ask.'),
        edges: [
          when('Self', 'a'),
          when('Gone', 'nowhere'),
          when('Round', 'x'),
          { id: 'open', transition_condition: { type: 'prompt', prompt: '' } },
        ],
      },
      { id: 'x', type: 'branch', edges: [], else_edge: mark('Else', 'y') },
      { id: 'y', type: 'branch', edges: [], else_edge: mark('Else', 'x') },
    ]);
    expect(flowOf(result).edges).toEqual([]);
    const { lost, near } = fates(result);
    expect(lost.some((line) => line.startsWith('edge-circle'))).toBe(true);
    expect(near.some((line) => line.startsWith('edge-open'))).toBe(true);
  });
});

const llm = (tools: readonly JsonObject[], more: JsonObject = {}) =>
  converted({
    'llm.json': {
      agent_name: 'Ada',
      voice_id: 'openai-Test',
      response_engine: { type: 'retell-llm', llm_id: 'llm_1' },
      retellLlmData: {
        llm_id: 'llm_1',
        general_prompt: 'Help {{user_number}}.',
        begin_message: 'Hi.',
        general_tools: tools,
        ...more,
      },
    },
  });

describe('tools of a Retell LLM', () => {
  it('custom: a webhook with everything that it sends, says and keeps', () => {
    const result = llm([
      {
        type: 'custom',
        name: 'find_contact',
        description: 'Finds a contact.',
        method: 'POST',
        url: 'https://acme.example/find',
        headers: { 'X-Api-Key': 'test-0123456789abcdef', tool: 'find' },
        query_params: { v: '2' },
        timeout_ms: 120000,
        args_at_root: true,
        parameter_type: 'json',
        speak_during_execution: true,
        execution_message_type: 'static_text',
        execution_message_description: 'One moment.',
        parameters: { type: 'object', properties: { phone: { type: 'string' } }, required: ['phone'] },
        response_variables: { contact_id: '$.contact.id', first: '$.list[0].name' },
      },
    ]);
    expect(only(result, 'assistant')).toMatchObject({
      instructions: 'Help {{telnyx_end_user_target}}.',
      greeting: 'Hi.',
      tool_ids: [{ $ref: 'tool/find-contact' }],
    });
    expect(only(result, 'tool')).toEqual({
      type: 'webhook',
      display_name: 'find_contact',
      timeout_ms: 30000,
      webhook: {
        name: 'find_contact',
        description: 'Finds a contact.',
        url: 'https://acme.example/find',
        method: 'POST',
        headers: [
          {
            name: 'X-Api-Key',
            value: '{{#integration_secret}}find_contact_x_api_key{{/integration_secret}}',
          },
          { name: 'tool', value: 'find' },
        ],
        body_parameters: { type: 'object', properties: { phone: { type: 'string' } }, required: ['phone'] },
        preset_query_params: { v: '2' },
        messages: [{ type: 'request_start', content: 'One moment.' }],
        store_fields_as_variables: [
          { name: 'contact_id', value_path: 'contact.id' },
          { name: 'first', value_path: 'list.0.name' },
        ],
      },
    });
  });

  it('end_call, transfer_call, press_digit, send_sms, extract and agent_swap: one inline tool of each type', () => {
    const result = llm([
      { type: 'end_call', name: 'end_call', description: 'When the caller says goodbye.' },
      {
        type: 'transfer_call',
        name: 'to_sales',
        transfer_destination: { type: 'predefined', number: '+13125550101' },
        transfer_option: { type: 'cold_transfer' },
      },
      {
        type: 'transfer_call',
        name: 'to_care',
        transfer_destination: { type: 'predefined', number: '+13125550102' },
      },
      { type: 'press_digit', name: 'press' },
      { type: 'send_sms', name: 'text', sms_content: { type: 'predefined', content: 'See you.' } },
      {
        type: 'extract_dynamic_variable',
        name: 'keep',
        description: 'Keeps.',
        variables: [{ name: 'mood', type: 'string', description: 'Mood.' }],
      },
      { type: 'agent_swap', name: 'swap', agent_id: 'agent_unknown', description: 'When it is about bills.' },
    ]);
    expect(only(result, 'assistant').tools).toEqual([
      { type: 'hangup', hangup: { description: 'When the caller says goodbye.' } },
      {
        type: 'transfer',
        transfer: {
          from: '{{telnyx_agent_target}}',
          targets: [
            { name: 'to sales', to: '+13125550101' },
            { name: 'to care', to: '+13125550102' },
          ],
        },
      },
      { type: 'send_dtmf', send_dtmf: {} },
      { type: 'send_message', send_message: { message_template: 'See you.' } },
      {
        type: 'update_dynamic_variables',
        update_dynamic_variables: {
          name: 'keep',
          description: 'Keeps.',
          updatable_variables: [{ name: 'mood', description: 'Mood.', type: 'string' }],
        },
      },
    ]);
    expect(fates(result).lost).toContain('agent-missing retellLlmData.general_tools[6].agent_id');
  });

  it.each(['check_availability_cal', 'book_appointment_cal', 'code', 'bridge_transfer', 'something_new'])(
    '%s: is named as lost, and its key is nowhere',
    (type) => {
      const result = llm([{ type, name: 'x', cal_api_key: 'cal_test_0123456789', code: 'return 1' }]);
      expect(only(result, 'assistant').tools).toBeUndefined();
      expect(fates(result).lost.some((line) => line.includes('general_tools[0]'))).toBe(true);
      expect(written(result)).not.toContain('cal_test');
    },
  );

  it('states: a flow of steps with the tools of each', () => {
    const result = llm([], {
      begin_message: '',
      starting_state: 'greet',
      states: [
        {
          name: 'greet',
          state_prompt: 'Greet.',
          edges: [{ destination_state_name: 'book', description: 'Wants to book.' }],
        },
        { name: 'book', state_prompt: 'Book.', tools: [{ type: 'end_call', name: 'end_call' }] },
      ],
    });
    expect(flowOf(result).edges).toEqual(['greet → book: Wants to book.']);
    expect(flowOf(result).node('book').shared_tool_ids).toEqual([{ $ref: 'tool/end-call' }]);
  });
});

it('settings of a Retell agent become those of Telnyx, and what has no counterpart is told', () => {
  const result = converted({
    'agent.json': {
      agent_name: 'Ada',
      voice_id: '11labs-abcdefghij0123456789',
      voice_model: 'eleven_turbo_v2_5',
      voice_speed: 0.9,
      language: 'de-DE',
      max_call_duration_ms: 600000,
      end_call_after_silence_ms: 5000,
      reminder_trigger_ms: 8000,
      boosted_keywords: ['Acme', 'Ada'],
      interruption_sensitivity: 0,
      denoising_mode: 'no-denoise',
      allow_user_dtmf: false,
      data_storage_setting: 'basic_attributes_only',
      voicemail_option: { action: { type: 'static_text', text: 'Call us.' } },
      handbook_config: { high_empathy: true, ai_disclosure: false },
      enable_backchannel: true,
      backchannel_words: ['mhm'],
      ring_duration_ms: 30000,
      webhook_url: 'https://acme.example/results',
      post_call_analysis_data: [
        { name: 'mood', type: 'enum', choices: ['good', 'bad'], description: 'The mood.' },
        { name: 'call_summary', type: 'system-presets' },
      ],
      response_engine: { type: 'retell-llm', llm_id: 'l' },
      retellLlmData: {
        general_prompt: 'Help.',
        model: 'claude-4.6-sonnet',
        default_dynamic_variables: { city: 'Bonn' },
        start_speaker: 'user',
      },
    },
  });
  expect(only(result, 'assistant')).toMatchObject({
    model: 'anthropic/claude-4.6-sonnet',
    greeting: '',
    voice_settings: {
      voice: 'ElevenLabs.eleven_turbo_v2_5.abcdefghij0123456789',
      api_key_ref: 'elevenlabs_api_key',
      speed: 0.9,
    },
    transcription: { model: 'deepgram/nova-3', language: 'de', settings: { keyterm: 'Acme,Ada' } },
    telephony_settings: {
      time_limit_secs: 600,
      user_idle_timeout_secs: 10,
      user_idle_reply_secs: 8,
      noise_suppression: 'disabled',
      disable_dtmf: true,
      voicemail_detection: {
        on_voicemail_detected: {
          action: 'leave_message_and_stop_assistant',
          voicemail_message: { type: 'message', message: 'Call us.' },
        },
      },
    },
    interruption_settings: { enable: false },
    privacy_settings: { data_retention: false },
    dynamic_variables: { city: 'Bonn' },
  });
  expect(only(result, 'assistant').instructions).toBe(
    'Help.\n\n# Manner\n\n- Show that you understand how the caller feels before you go on.\n- Show that you are listening with a short word now and then such as: mhm.',
  );
  expect(only(result, 'insight_group')).toMatchObject({
    webhook: 'https://acme.example/results',
    insights: [{ $ref: 'insight/mood' }, { $ref: 'insight/call-summary' }],
  });
  expect(specs(result, 'insight')[0]).toEqual({
    name: 'mood',
    instructions: 'The mood.',
    json_schema: {
      type: 'object',
      properties: { mood: { type: 'string', enum: ['good', 'bad'] } },
      required: ['mood'],
      additionalProperties: false,
    },
  });
  expect(fates(result).lost).toContain('call-setting ring_duration_ms');
});

it('a webhook for results is lost where the agent has no analysis to send to it', () => {
  const result = converted({
    'agent.json': {
      agent_name: 'Ada',
      webhook_url: 'https://acme.example/results',
      response_engine: { type: 'retell-llm', llm_id: 'l' },
      retellLlmData: { general_prompt: 'Help.' },
    },
  });
  expect(specs(result, 'insight_group')).toEqual([]);
  expect(fates(result).lost).toContain('events-webhook webhook_url');
});

it('agent, engine and tests may lie in files of their own, in lists, and in camel case', () => {
  const result = converted({
    'agents.json': [
      { agentId: 'a', agentName: 'Ada', voice_id: 'x', response_engine: { type: 'retell-llm', llmId: 'l1' } },
    ],
    'llms.json': { items: [{ llm_id: 'l1', generalPrompt: 'Help.', general_prompt: 'Help.' }] },
    'tests.json': [
      {
        name: 'Asks',
        user_prompt: 'Ask for help.',
        metrics: ['Was helped.'],
        dynamic_variables: { a: '1' },
        tool_mocks: [],
      },
    ],
  });
  expect(only(result, 'assistant')).toMatchObject({ name: 'Ada', instructions: 'Help.' });
  const test = only(result, 'test');
  expect([refOf(test.destination), test.instructions, test.rubric]).toEqual([
    'assistant/ada',
    'Ask for help.',
    [{ name: 'Criterion 1', criteria: 'Was helped.' }],
  ]);
  expect(fates(result).lost).toContain('test-variables [0].dynamic_variables.a');
});
