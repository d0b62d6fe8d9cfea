import { describe, expect, test } from 'vitest';
import { assistant, brief, diagnose, findings, marked, PROJECT } from './support.ts';

const HEX = '0123456789ABCDEF0123456789ABCDEF';
const JWT = `eyJhbGciOiJIUzI1NiJ9.${'eyJzdWIiOiIxMjM0NTY3ODkwIn0'}.sig`;

function header(name: string, value: string): string {
  return assistant(`tools:
  - type: webhook
    webhook:
      name: w
      description: d
      url: https://example.com
      headers: [{ name: ${name}, value: ${value} }]`);
}

describe('literal credentials', () => {
  test.each([
    ['a bearer header', header('Authorization', '§Bearer abc')],
    ['a bare header', header('X-API-Key', '§"12345"')],
    ['a header with another spelling', header('x_auth_token', '§abc')],
    ['a test key in a header', header('authorization', 'Bearer §KEY_TEST_0123456789')],
    ['a Telnyx key in a prompt', assistant(`greeting: My key is §KEY${HEX}_abc`)],
    ['a secret key in a prompt', assistant('greeting: Use §sk-proj-abcdef0123456789abcdef please')],
    ['a bearer token in a prompt', assistant('greeting: Send Bearer §abcdef0123456789abcdef with it')],
    ['basic authentication', assistant('greeting: Send Basic §dXNlcjpwYXNzd29yZA== with it')],
    ['an AWS key', assistant('greeting: §AKIAIOSFODNN7EXAMPLE')],
    ['a GitHub token', assistant('greeting: token §ghp_abcdefghijklmnopqrst0123')],
    ['a Slack token', assistant('greeting: token §xoxb-0123456789-abcdef')],
    ['a JSON Web Token', assistant(`greeting: token §${JWT}`)],
    ['a private key in a block', assistant('greeting: |\n  Hi\n  §-----BEGIN RSA PRIVATE KEY-----\n  abc\n')],
    ['a password in a URL', assistant('dynamic_variables_webhook_url: https://user:§hunter2@example.com/x')],
    [
      'a key in a URL',
      assistant('dynamic_variables_webhook_url: https://example.com/x?api_key=§abcdef0123456789'),
    ],
    ['a key in a *_ref', assistant(`llm_api_key_ref: §KEY${HEX}_abc`)],
    ['a random text in a *_ref', assistant('llm_api_key_ref: §aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE')],
  ])('%s', async (_, withMark) => {
    const { text, places } = marked(withMark);
    const found = await diagnose({ 'assistants/a.yaml': text });
    expect(found.map(brief)).toEqual(
      places.map((place) => `assistants/a.yaml:${place} error CREDENTIAL_LITERAL`),
    );
    const secret = withMark
      .slice(withMark.indexOf('§') + 1)
      .replace(/^(Bearer |")/, '')
      .slice(0, 5);
    for (const { message } of found)
      expect(message).not.toContain(secret.length === 5 ? secret : 'no secret');
  });

  test('that come in through a variable are found too', async () => {
    const project = PROJECT.replaceAll('brand:', 'key: sk-abcdefghijklmnop0123, brand:');
    const found = await diagnose({
      'assistantctl.yaml': project,
      'assistants/a.yaml': header('Authorization', '"Bearer ${var.key}"'),
    });
    expect(found.map(brief)).toContain('assistants/a.yaml:11:49 error CREDENTIAL_LITERAL');
    expect(found.map(brief)).toContain('assistantctl.yaml:4:48 error CREDENTIAL_LITERAL');
  });

  test('that stand in an included prompt are told for that file', async () => {
    const found = await findings(assistant('greeting: { $file: a.md }'), {
      'assistants/a.md': 'Hi\nkey: AKIAIOSFODNN7EXAMPLE\n',
    });
    expect(found).toEqual(['assistants/a.md:2:6 error CREDENTIAL_LITERAL']);
  });

  test('a text that is no name of a secret', async () => {
    expect(await findings(assistant('llm_api_key_ref: my key'))).toEqual(['5:20 error SECRET_NAME_INVALID']);
  });
});

describe('no false alarm for', () => {
  test.each([
    [
      'an integration secret',
      header('Authorization', '"Bearer {{#integration_secret}}crm{{/integration_secret}}"'),
    ],
    ['a dynamic variable', header('X-Api-Key', '"{{telnyx_end_user_target}}"')],
    ['a project variable', header('Authorization', '"Bearer ${var.brand}"')],
    ['other headers', header('Content-Type', 'application/json')],
    ['a header about tokens', header('X-Token-Limit', '"100"')],
    ['an empty header', header('Authorization', '""')],
    [
      'long words',
      assistant('greeting: Donaudampfschifffahrtsgesellschaftskapitaen, risk-assessment-questionnaire-2026'),
    ],
    [
      'ids and numbers',
      assistant(
        'greeting: 3f2504e0-4f89-11d3-9a0c-0305e82c3301, +13125550100, assistant-3f2504e0-4f89-11d3-9a0c-0305e82c3301',
      ),
    ],
    [
      'talk about authentication',
      assistant(
        'greeting: Bearer authentication and basic arithmetic; ask for the keyword KEY_PERFORMANCE_INDICATORS',
      ),
    ],
    ['an e-mail in a URL', assistant('greeting: see https://example.com/@team and mail me@example.com')],
    [
      'a port in a URL',
      assistant('dynamic_variables_webhook_url: https://example.com:8443/users?token={{token}}'),
    ],
    ['usual names of secrets', assistant('llm_api_key_ref: openai-production_key.v2')],
    ['a UUID as name of a secret', assistant('llm_api_key_ref: 3f2504e0-4f89-11d3-9a0c-0305e82c3301')],
  ])('%s', async (_, text) => {
    expect(await findings(text)).toEqual([]);
  });
});
