import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { converted, fates, flowOf, only, specs, written } from './support.ts';

const node = (id: string, type: string, data: JsonObject): JsonObject => ({
  id,
  type,
  data: { name: id, ...data },
});
const edge = (source: string, target: string, label = ''): JsonObject => ({
  id: `${source}-${target}`,
  source,
  target,
  data: { label },
});
const pathway = (nodes: readonly JsonObject[], edges: readonly JsonObject[] = []) =>
  converted({ 'pathway.json': { name: 'Router', description: 'Routes.', nodes, edges } });
const START = node('start', 'Default', { isStart: true, prompt: 'Ask what it is about.' });

describe('nodes of a pathway', () => {
  it('Default: a prompt, a fixed text, a condition to stay and variables to keep', () => {
    const result = pathway(
      [
        node('start', 'Default', { isStart: true, text: 'Welcome.' }),
        node('ask', 'Default', {
          prompt: 'Ask the name.',
          condition: 'The name is known.',
          extractVars: [['name', 'string', 'The name.', true]],
        }),
        node('tell', 'Default', {
          text: 'One moment.',
          modelOptions: { skipUserResponse: true, temperature: 0.2 },
        }),
      ],
      [edge('start', 'ask', 'Any answer'), edge('ask', 'tell'), edge('tell', 'start')],
    );
    const flow = flowOf(result);
    expect(only(result, 'assistant')).toMatchObject({
      name: 'Router',
      description: 'Routes.',
      greeting: 'Welcome.',
    });
    expect(flow.node('start').instructions).toBe(
      'You have just said this. Listen to the answer:\n\nWelcome.',
    );
    expect(flow.node('ask')).toMatchObject({
      instructions: 'Ask the name.\n\nStay with this step until this holds: The name is known.',
      shared_tool_ids: [{ $ref: 'tool/extract-variables' }],
    });
    expect(flow.node('tell')).toMatchObject({ type: 'speak', message: 'One moment.' });
    expect(flow.edges).toEqual([
      'start → ask: Any answer',
      'ask → tell: This step is done.',
      'tell → start: default',
    ]);
    expect(fates(result).lost).toEqual(['sampling nodes[2].data.modelOptions.temperature']);
  });

  it('Transfer Call and End Call: their words first, then the tool', () => {
    const result = pathway(
      [
        START,
        node('sales', 'Transfer Call', { transferNumber: '+13125550100', prompt: 'Say: one moment.' }),
        node('bye', 'End Call', { prompt: 'Thank the caller.' }),
        node('out', 'End Call', { text: 'Bye.' }),
      ],
      [edge('start', 'sales', 'Sales'), edge('start', 'bye', 'Done'), edge('start', 'out', 'Gone')],
    );
    const flow = flowOf(result);
    expect(flow.node('sales')).toMatchObject({ type: 'speak', message: 'one moment.' });
    expect(flow.node('bye').instructions).toBe(
      'Thank the caller.\n\nThen end the call with the hang-up tool.',
    );
    expect(flow.node('out')).toMatchObject({ type: 'speak', message: 'Bye.' });
    expect(specs(result, 'tool').map(({ type }) => type)).toEqual(['transfer', 'hangup']);
  });

  it('Webhook: request, answer and where it goes on', () => {
    const result = pathway(
      [
        START,
        node('find', 'Webhook', {
          url: 'https://acme.example/find',
          method: 'POST',
          headers: [
            ['X-Api-Key', 'test-0123456789abcdef'],
            ['tenant', 'acme'],
          ],
          auth: { type: 'Bearer', token: 'abcdefghij0123456789' },
          body: '{"phone": {{from}}, "kind": "call"}',
          timeoutValue: 10,
          responseData: [{ name: 'tier', data: '$.customer.tier', context: 'The tier.' }],
          responsePathways: [
            ['tier', '==', 'gold', { id: 'gold', name: 'Gold' }],
            ['Default/Webhook Completion', '', '', { id: 'start', name: 'Start' }],
          ],
        }),
        node('gold', 'Default', { prompt: 'Thank them.' }),
      ],
      [edge('start', 'find', 'Known caller')],
    );
    expect(only(result, 'tool')).toEqual({
      type: 'webhook',
      display_name: 'find',
      timeout_ms: 10000,
      webhook: {
        name: 'find',
        description: 'Find.',
        url: 'https://acme.example/find',
        method: 'POST',
        headers: [
          { name: 'X-Api-Key', value: '{{#integration_secret}}find_x_api_key{{/integration_secret}}' },
          { name: 'tenant', value: 'acme' },
          {
            name: 'Authorization',
            value: 'Bearer {{#integration_secret}}find_authorization{{/integration_secret}}',
          },
        ],
        preset_body_fields: { phone: '{{telnyx_end_user_target}}', kind: 'call' },
        store_fields_as_variables: [{ name: 'tier', value_path: 'customer.tier' }],
      },
    });
    expect(flowOf(result).edges).toEqual([
      'start → find: Known caller',
      'find → gold: tier == "gold"',
      'find → start: default',
    ]);
    expect(written(result)).not.toContain('0123456789');
  });

  it('Webhook with a prompt: the model says what it asks for and calls the tool; failures and statuses in words', () => {
    const result = pathway([
      START,
      node('find', 'Webhook', {
        url: 'https://acme.example/find',
        prompt: 'Tell the caller what you look for.',
        extractVars: [{ name: 'id', type: 'string', description: 'The id.' }],
        responseData: [{ name: 'tier', path: '$.tier' }],
        responsePathways: [
          ['Default/Webhook Completion', '', '', { id: 'start' }],
          ['Default/Webhook Failure', '', '', { id: 'start' }],
          { type: 'BlandStatusCode', operator: '==', value: '409', nodeId: 'start' },
        ],
      }),
    ]);
    const flow = flowOf(result);
    expect(flow.node('find')).toMatchObject({
      type: 'prompt',
      instructions:
        'Tell the caller what you look for.\n\nThen set the variables with the tool extract_variables, then call the tool find.',
      shared_tool_ids: [{ $ref: 'tool/find' }, { $ref: 'tool/extract-variables' }],
    });
    expect(flow.edges).toEqual([
      'find → start: The service has answered.',
      'find → start: The request to the service failed.',
      'find → start: The service answered with a status == 409.',
    ]);
  });

  it('tools of a step: their body is a text with variables, their time limit in seconds', () => {
    const tool = {
      name: 'save',
      description: 'Saves.',
      type: 'webhook',
      config: {
        url: 'https://acme.example/save',
        method: 'POST',
        body: '{"name": "{{name}}", "api_key": "plain-secret-1"}',
        timeout: 10,
        retries: 1,
        response_data: ['id'],
      },
      speech: 'Saving.',
    };
    const result = pathway([node('start', 'Default', { isStart: true, prompt: 'Ask.', tools: [tool] })]);
    expect(only(result, 'tool')).toMatchObject({
      timeout_ms: 10000,
      webhook: {
        preset_body_fields: { name: '{{name}}' },
        store_fields_as_variables: [{ name: 'id', value_path: 'id' }],
      },
    });
  });

  it('Route: conditions on variables, folded into the edges before it', () => {
    const result = pathway(
      [
        START,
        node('r', 'Route', {
          routes: [{ conditions: [{ field: 'age', operator: '>=', value: '18' }], targetNodeId: 'adult' }],
          fallbackNodeId: 'start',
        }),
        node('adult', 'Default', { prompt: 'Go on.' }),
      ],
      [edge('start', 'r', 'Age is known')],
    );
    expect(flowOf(result).edges).toEqual(['start → adult: Age is known, and {{age}} is at least 18']);
  });

  it('Knowledge Base, Wait for Response, Press Button, SMS: the closest that Telnyx has', () => {
    const result = pathway([
      START,
      node('know', 'Knowledge Base', {
        kb: 'We are open from nine to five on every day of the week but Sunday.',
        prompt: 'Answer.',
      }),
      node('vector', 'Vector DB Knowledge Base', { kb: 'KB-123', prompt: 'Answer.' }),
      node('wait', 'Wait for Response', { prompt: 'Wait.' }),
      node('press', 'Press Button', { digit: '1', prompt: 'For sales.' }),
      node('text', 'SMS', { smsBody: 'See you.' }),
    ]);
    const flow = flowOf(result);
    expect(flow.node('know').instructions).toContain('What you know:\n\nWe are open');
    expect(flow.node('press')).toMatchObject({
      instructions: 'Press these keys with the key tool: 1. For sales.',
      shared_tool_ids: [{ $ref: 'tool/press-button' }],
    });
    expect(
      specs(result, 'tool')
        .map(({ type }) => type)
        .toSorted(),
    ).toEqual(['send_dtmf', 'send_message']);
    expect(fates(result).lost).toContain('knowledge nodes[2].data.kb');
  });

  it('Transfer Pathway: the other pathway of the import', () => {
    const result = converted({
      'a.json': {
        name: 'One',
        nodes: [START, node('go', 'Transfer Pathway', { transferPathway: 'p2' })],
        edges: [edge('start', 'go', 'Bills')],
      },
      'b.json': { id: 'p2', name: 'Two', nodes: [START], edges: [] },
    });
    expect(JSON.stringify(specs(result, 'assistant')[0])).toContain(
      '"assistant_id":{"$ref":"assistant/two"}',
    );
  });

  it('Custom Code and unknown types are named as lost', () => {
    const result = pathway(
      [
        START,
        node('c', 'Custom Code', { code: 'return 1' }),
        node('x', 'Scheduling', { prompt: 'Find a date.', calendarId: 'c1' }),
      ],
      [edge('start', 'c', 'Any'), edge('c', 'x')],
    );
    expect(fates(result).lost).toEqual(
      expect.arrayContaining(['code nodes[1].data.code', 'step-unknown nodes[2].type']),
    );
    expect(flowOf(result).edges).toEqual(['start → x: Any']);
  });

  it('global nodes and the global prompt', () => {
    const result = pathway([
      { globalConfig: { globalPrompt: 'Be kind.' } },
      START,
      node('help', 'Default', { isGlobal: true, globalLabel: 'Needs a person', prompt: 'Get help.' }),
    ]);
    expect(only(result, 'assistant').instructions).toBe('Be kind.');
    expect(flowOf(result).edges).toEqual(['start → help: Needs a person']);
  });
});

it('the settings of an inbound number: prompt, transfers, tools and limits', () => {
  const result = converted({
    'number.json': {
      phone_number: '+13125550199',
      prompt: 'Help {{from}}.',
      first_sentence: 'Hi.',
      language: 'en',
      max_duration: 10,
      record: true,
      interruption_threshold: 500,
      transfer_list: { sales: '+13125550100' },
      webhook: 'https://acme.example/results',
      tools: [
        {
          name: 'Book it',
          description: 'Books.',
          url: 'https://acme.example/book',
          method: 'POST',
          headers: { a: 'b' },
          input_schema: {
            type: 'object',
            properties: { day: { type: 'string' } },
            example: { day: 'Monday' },
          },
          speech: 'Booking.',
          response: { id: '$.id' },
        },
      ],
    },
  });
  expect(only(result, 'assistant')).toMatchObject({
    name: 'Number +13125550199',
    instructions: 'Help {{telnyx_end_user_target}}.',
    greeting: 'Hi.',
    telephony_settings: { time_limit_secs: 600, recording_settings: { enabled: true } },
    tools: [{ type: 'transfer', transfer: { targets: [{ name: 'sales', to: '+13125550100' }] } }],
    tool_ids: [{ $ref: 'tool/book-it' }],
  });
  expect(only(result, 'tool')).toMatchObject({
    webhook: {
      name: 'Book_it',
      body_parameters: { properties: { day: { type: 'string' } } },
      messages: [{ type: 'request_start', content: 'Booking.' }],
      store_fields_as_variables: [{ name: 'id', value_path: 'id' }],
    },
  });
});
