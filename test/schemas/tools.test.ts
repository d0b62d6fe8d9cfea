// The fourteen tool types: what is accepted and refused, with the place and the keyword of each violation.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { assistantBody, toolBody } from '../../src/specs/generated/validators.ts';
import { assistant, violations } from './support.ts';

const parameters = {
  type: 'object',
  properties: { id: { $ref: '#/$defs/Id' } },
  required: ['id'],
  $defs: { Id: { type: 'string' } },
};
const TOOLS: readonly (readonly [string, JsonObject, JsonObject])[] = [
  [
    'webhook',
    {
      name: 'w',
      description: 'd',
      url: 'https://example.com/{id}',
      path_parameters: parameters,
      headers: [{ name: 'x', value: 'y' }],
      messages: [{ type: 'request_start', content: 'One moment.' }],
      timeout_ms: 500,
    },
    { name: 'w', description: 'd', url: 'u', bogus: 1 },
  ],
  ['function', { name: 'f', parameters }, { name: 'f', bogus: 1 }],
  [
    'client_side_tool',
    { name: 'c', description: 'd', parameters },
    { name: 'c', description: 'd', parameters, bogus: 1 },
  ],
  ['retrieval', { bucket_ids: ['b'], max_num_results: 3 }, { bucket_ids: ['b'], bogus: 1 }],
  [
    'handoff',
    { ai_assistants: [{ name: 'Billing', id: { $ref: 'assistant/billing' } }], voice_mode: 'unified' },
    { ai_assistants: [], bogus: 1 },
  ],
  ['hangup', { description: 'Bye.' }, { bogus: 1 }],
  [
    'transfer',
    {
      from: '+13125550100',
      targets: [{ to: '+13125550101', extension: '200#', message: 'm' }],
      warm_transfer_acceptance: { enabled: true },
    },
    { from: 'f', targets: '{{ targets }}', bogus: 1 },
  ],
  ['invite', { from: '+13125550100', targets: null }, { from: 'f', bogus: 1 }],
  [
    'refer',
    {
      targets: [{ name: 'n', sip_address: 'sip:a@example.com', sip_auth_password: 'KEY_TEST_sip' }],
      sip_headers: [{ name: 'Diversion', value: 'x' }],
    },
    { targets: [], bogus: 1 },
  ],
  ['send_dtmf', {}, {}],
  ['send_message', { message_template: null }, {}],
  ['skip_turn', {}, { bogus: 1 }],
  ['pay', { connector_name: 'stripe', description: null }, { connector_name: 'stripe', bogus: 1 }],
  [
    'update_dynamic_variables',
    { name: 'u', description: 'd', updatable_variables: [{ name: 'tier' }] },
    { name: 'u', description: 'd', updatable_variables: [{ name: 'tier' }], bogus: 1 },
  ],
];

describe('tools', () => {
  test.each(TOOLS)(
    '%s is accepted inline and shared, and a problem is told for this type alone',
    (type, good, bad) => {
      expect(violations(assistantBody, assistant({ tools: [{ type, [type]: good }] }))).toEqual([]);
      expect(violations(toolBody, { type, display_name: 'D', timeout_ms: 7000, [type]: good })).toEqual([]);
      const expected = 'bogus' in bad ? [`/${type} additionalProperties`] : [];
      expect(violations(toolBody, { type, display_name: 'D', [type]: bad })).toEqual(expected);
      const bare = type === 'hangup' || type === 'skip_turn' ? [] : ['/tools/0 required'];
      expect(violations(assistantBody, assistant({ tools: [{ type }] }))).toEqual(bare);
    },
  );

  test.each([
    ['an unknown type', { type: 'nope' }, ['/tools/0/type openEnum']],
    ['no type', { hangup: {} }, ['/tools/0 required']],
    ['settings of another type', { type: 'hangup', hangup: {}, pay: {} }, ['/tools/0 additionalProperties']],
    [
      'what only replies carry',
      { type: 'hangup', hangup: {}, shared: false, tool_id: 't' },
      ['/tools/0 additionalProperties', '/tools/0 additionalProperties'],
    ],
    [
      'a delayed message without a delay',
      {
        type: 'webhook',
        webhook: {
          name: 'w',
          description: 'd',
          url: 'u',
          messages: [{ type: 'request_response_delayed', content: 'x' }],
        },
      },
      ['/tools/0/webhook/messages/0 required'],
    ],
    [
      'an extension with letters',
      { type: 'transfer', transfer: { from: 'f', targets: [{ to: 't', extension: '12x' }] } },
      ['/tools/0/transfer/targets/0/extension pattern'],
    ],
    [
      'targets as a number',
      { type: 'transfer', transfer: { from: 'f', targets: 5 } },
      ['/tools/0/transfer/targets type'],
    ],
    [
      'a reserved variable',
      {
        type: 'update_dynamic_variables',
        update_dynamic_variables: {
          name: 'u',
          description: 'd',
          updatable_variables: [{ name: 'telnyx_x' }],
        },
      },
      ['/tools/0/update_dynamic_variables/updatable_variables/0/name pattern'],
    ],
  ])('inline: %s', (_, tool, expected) => {
    expect(violations(assistantBody, assistant({ tools: [tool] }))).toEqual(expected);
  });
});
