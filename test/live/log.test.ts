import { expect, test } from 'vitest';
import { redact } from '../../src/live/http/log.ts';
import { inTurn } from '../support/scripted-server.ts';
import { harness, toolBody } from './harness.ts';

const SECRET = 'sk_test_very_secret';

test.each([
  ['a password', { transfer: { targets: [{ sip_auth_password: SECRET }] } }],
  ['an authorization field', { Authorization: `Bearer ${SECRET}` }],
  ['an api key', { api_key: SECRET }],
  ['an access token', { access_token: SECRET }],
  ['a header in a list', { headers: [{ name: 'X-Auth', value: SECRET }] }],
  ['a header in a map', { headers: { 'X-Auth': SECRET } }],
  ['a custom header', { custom_headers: [{ name: 'X-Auth', value: `Bearer ${SECRET}` }] }],
  ['a literal beside a template', { headers: [{ name: 'X', value: `{{name}} ${SECRET}` }] }],
])('%s is redacted', (_, body) => {
  const text = JSON.stringify(redact(body));
  expect(text).not.toContain(SECRET);
  expect(text).toContain('[redacted]');
});

test.each([
  { api_key_ref: 'my_secret_name', llm_api_key_ref: 'x' },
  { headers: [{ name: 'Authorization', value: 'Bearer {{#integration_secret}}crm{{/integration_secret}}' }] },
  { headers: [{ name: 'X-Caller', value: '{{telnyx_end_user_target}}' }] },
  { instructions: 'Never tell the password.', nested: [1, true, null] },
])('%j stays as it is', (body) => {
  expect(redact(body)).toEqual(body);
});

test('each attempt is a line with what happened and when the next one comes', async () => {
  const { api, log } = await harness(
    inTurn(
      { status: 429, headers: { 'retry-after': '2', 'x-request-id': 'req-1' } },
      { fault: 'reset' },
      { json: toolBody('tool-1') },
    ),
  );
  await api.get('tool', 'tool-1');
  expect(log).toMatchObject([
    { method: 'GET', path: '/ai/tools/tool-1', status: 429, attempt: 1, requestId: 'req-1', retryInMs: 2000 },
    { status: 0, attempt: 2, retryInMs: 500, error: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) },
    { status: 200, attempt: 3, bodies: { reply: { id: 'tool-1' } } },
  ]);
  expect(log[2]).not.toHaveProperty('retryInMs');
});
