import { describe, expect, it } from 'vitest';
import { concealJson, concealText, credentialsIn, hideCredentials } from '../../src/model/credentials.ts';
import type { Json } from '../../src/model/json.ts';
import { diagnose } from '../specs/support.ts';

const hex = (length: number): string =>
  '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'.slice(0, length);
const mixed = (length: number): string =>
  'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE2fG4hJ6kL8nP0qR2tU4wX6z'.slice(0, length);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Headers that carry credentials, each with a literal that has no shape of its own. */
const HEADERS = [
  'Authorization',
  'authorization',
  'Proxy-Authorization',
  'X-Authorization',
  'Authentication',
  'X-Auth',
  'X-Sentry-Auth',
  'Cookie',
  'Set-Cookie',
  'X-Api-Key',
  'x_api_key',
  'api-key',
  'apikey',
  'X-ApiKey',
  'DD-API-KEY',
  'DD-APPLICATION-KEY',
  'X-Goog-Api-Key',
  'X-RapidAPI-Key',
  'X-N8N-API-KEY',
  'X-Parse-REST-API-Key',
  'X-Algolia-API-Key',
  'X-Redmine-API-Key',
  'Ocp-Apim-Subscription-Key',
  'X-Subscription-Key',
  'x-functions-key',
  'X-Master-Key',
  'X-License-Key',
  'X-Insert-Key',
  'X-Auth-Key',
  'X-Access-Key',
  'X-Secret-Key',
  'X-App-Key',
  'Fastly-Key',
  'AccessKey',
  'X-Auth-Token',
  'X-Access-Token',
  'X-Shopify-Access-Token',
  'X-Vault-Token',
  'X-Figma-Token',
  'X-Amz-Security-Token',
  'X-Rollbar-Access-Token',
  'Private-Token',
  'PRIVATE-TOKEN',
  'Job-Token',
  'Circle-Token',
  'X-CSRF-Token',
  'Token',
  'X-Session-Id-Token',
  'X-Session',
  'X-Webhook-Secret',
  'X-Client-Secret',
  'X-Hasura-Admin-Secret',
  'X-Secret',
  'X-Password',
  'X-Passphrase',
  'X-Credentials',
  'X-Signature',
  'X-Hub-Signature',
  'X-Hub-Signature-256',
  'Stripe-Signature',
  'X-JWT',
  'X-Honeycomb-Team',
  'X-Api-Key-Value',
];

/** Fields of free JSON: variables of an assistant, bodies and parameters of a tool. */
const FIELDS: readonly (readonly [string, string])[] = [
  ['password', 'hunter2pass'],
  ['db_password', 'correcthorse'],
  ['userPassword', 'correcthorse'],
  ['passwd', 'correcthorse'],
  ['smtp_pwd', 'correcthorse'],
  ['passphrase', 'correct-horse-battery'],
  ['secret', 'correcthorse'],
  ['client_secret', 'correcthorse'],
  ['clientSecret', 'correcthorse'],
  ['webhook_secret', 'correcthorse'],
  ['api_key', 'abcd1234'],
  ['apiKey', 'abcd1234'],
  ['crm_api_key', hex(32)],
  ['crmApiKey', 'NORTHWIND-PRODUCTION-KEY'],
  ['access_key', 'abcd1234'],
  ['private_key', mixed(30)],
  ['signing_key', mixed(30)],
  ['encryption_key', hex(32)],
  ['subscription_key', hex(32)],
  ['token', hex(32)],
  ['api_token', 'abcd1234'],
  ['accessToken', 'abcd1234efgh'],
  ['refresh_token', mixed(20)],
  ['bearer_token', mixed(20)],
  ['auth_token', 'abcd1234'],
  ['credentials', 'user1:pass2'],
  ['jwt', mixed(24)],
];

/** Shapes of issued keys, in the middle of a prompt. */
const SHAPES: readonly string[] = [
  `Bearer ${mixed(20)}`,
  `Basic ${base64('user:password')}`,
  `sk-proj-${mixed(30)}`,
  `sk-ant-api03-${mixed(30)}`,
  `sk_live_${mixed(24)}`,
  `rk_test_${mixed(24)}`,
  `whsec_${mixed(32)}`,
  `gsk_${mixed(40)}`,
  `KEY0123456789ABCDEF_${mixed(10)}`,
  'AKIAIOSFODNN7EXAMPLE',
  `ghp_${mixed(36)}`,
  `github_pat_${mixed(40)}`,
  `glpat-${mixed(20)}`,
  `xoxb-0123456789-${mixed(20)}`,
  `xapp-1-A012-${mixed(20)}`,
  `AIza${mixed(35)}`,
  `GOCSPX-${mixed(28)}`,
  `ya29.${mixed(40)}`,
  `eyJhbGciOiJIUzI1NiJ9.${base64('{"sub":"1234567890"}').replaceAll('=', '')}.${mixed(20)}`,
  `npm_${mixed(36)}`,
  `//registry.example/:_authToken=${hex(36)}`,
  `pypi-AgEIcHlwaS5vcmc${mixed(40)}`,
  `SG.${mixed(22)}.${mixed(43)}`,
  `SK${hex(32)}`,
  `key-${hex(32)}`,
  `${hex(32)}-us21`,
  `dop_v1_${hex(64)}`,
  `hf_${mixed(34)}`,
  `dapi${hex(32)}`,
  `shpat_${hex(32)}`,
  `sq0atp-${mixed(22)}`,
  `pat${mixed(14)}.${hex(64)}`,
  `ntn_${mixed(43)}`,
  `lin_api_${mixed(40)}`,
  `hvs.${mixed(30)}`,
  `glsa_${mixed(32)}`,
  `NRAK-${mixed(27)}`,
  `r8_${mixed(37)}`,
  `MTE${mixed(21)}.Gabc12.${mixed(30)}`,
  `123456789:AA${mixed(33)}`,
  `AccountName=x;AccountKey=${base64(mixed(40))}`,
  'Server=db;User Id=app;Password=correcthorse;',
  '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----',
  '-----BEGIN PGP PRIVATE KEY BLOCK-----\nabc\n-----END PGP PRIVATE KEY BLOCK-----',
  `password: ${mixed(16)}`,
  `api_key=${hex(24)}`,
];

/** Addresses; the secret is what follows the mark. */
const URLS: readonly string[] = [
  'https://user:§hunter2@api.example/x',
  'https://:§hunter2@api.example/x',
  'postgres://app:§correcthorse@db.example:5432/voice',
  `https://§${mixed(24)}@git.example/x.git`,
  `https://api.example/x?api_key=§${hex(16)}`,
  'https://api.example/x?apikey=§abcd1234',
  'https://api.example/x?key=§SECRETKEY12345',
  `https://api.example/x?a=1&access_token=§${mixed(20)}`,
  'https://api.example/x?token=§abcd1234',
  'https://api.example/x?password=§hunter2',
  'https://api.example/x?client_secret=§correcthorse',
  `https://fn.azurewebsites.example/api/x?code=§${mixed(30)}==`,
  `https://store.blob.example/c?sv=2022-11-02&sig=§${encodeURIComponent(`${mixed(20)}+/=`)}`,
  `https://api.example/x?subscription-key=§${hex(32)}`,
  `https://bucket.example/o?X-Amz-Signature=§${hex(64)}`,
  `https://api.example/x?session=§${mixed(20)}`,
  `https://api.example/x?appid=§${hex(32)}`,
  `https://hooks.slack.com/services/§T01ABCDEF/B01ABCDEF/${mixed(24)}`,
  `https://discord.com/api/webhooks/§123456789012345678/${mixed(40)}`,
  `https://discordapp.com/api/v10/webhooks/§123456789012345678/${mixed(40)}`,
  `https://acme.webhook.office.com/webhookb2/§${hex(32)}@${hex(32)}/IncomingWebhook/${hex(32)}`,
  `https://chat.googleapis.com/v1/spaces/AAA/messages?key=§${mixed(30)}`,
  `https://api.telegram.org/§bot123456789:AA${mixed(33)}/sendMessage`,
  `https://open.feishu.cn/open-apis/bot/v2/hook/§${hex(32)}`,
  `https://oapi.dingtalk.com/robot/send?access_token=§${hex(64)}`,
  `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=§${hex(32)}`,
];

function check(value: Json, secret: string): void {
  expect(credentialsIn(value), JSON.stringify(value)).not.toEqual([]);
  for (const safe of [hideCredentials(value, []), concealJson(value)]) {
    expect(JSON.stringify(safe)).not.toContain(JSON.stringify(secret).slice(1, -1));
  }
}

describe('every credential is found, hidden and concealed', () => {
  it.each(HEADERS)('a header %s', (name) => {
    for (const secret of ['correcthorse', hex(20)]) {
      check({ headers: [{ name, value: secret }] }, secret);
      check({ headers: { [name]: secret } }, secret);
      check({ headers: [{ name, value: `Bearer ${secret}` }] }, secret);
      check({ headers: [{ name, value: `{{scheme}} ${secret}` }] }, secret);
    }
  });

  it('a header that says nothing by its name, with a value like chance', () => {
    check({ headers: [{ name: 'X-Tenant', value: mixed(40) }] }, mixed(40));
  });

  it.each(FIELDS)('a field %s: %s', (name, secret) => {
    check({ dynamic_variables: { [name]: secret } }, secret);
    check({ body: [{ name, value: secret }] }, secret);
    check({ preset_body_fields: { deep: [{ [name]: secret }] } }, secret);
  });

  it.each(SHAPES)('a shape %s', (text) => {
    const secret = /\s|=|:/.test(text)
      ? (text.split(/Bearer |Basic |: |_authToken=|AccountKey=|Password=|api_key=/).at(-1) ?? text)
      : text;
    const found = secret.replace(/;$/, '');
    check({ instructions: `Say hello. ${text} and go on.` }, found);
    expect(concealText(`before ${text} after ${text} end`)).not.toContain(found);
    expect(concealText(`before ${text} after ${text} end`)).toMatch(/^before .*end$/s);
  });

  it.each(URLS)('an address %s', (marked) => {
    const secret = marked.slice(marked.indexOf('§') + 1).replace(/@(?:api|db|git)\..*$/, '');
    const url = marked.replace('§', '');
    check({ url }, secret);
    check({ instructions: `See ${url} for more.` }, secret);
  });

  it('makes a table of more than 110 combinations', () => {
    expect(HEADERS.length * 8 + FIELDS.length * 3 + SHAPES.length + URLS.length).toBeGreaterThan(500);
    expect(HEADERS.length + FIELDS.length + SHAPES.length + URLS.length).toBeGreaterThan(110);
  });
});

describe('no false alarm for', () => {
  it.each<Json>([
    { headers: [{ name: 'Authorization', value: 'Bearer {{token}}' }] },
    { headers: [{ name: 'Authorization', value: 'Basic {{user}}:{{password}}' }] },
    {
      headers: [
        { name: 'Authorization', value: 'GenieKey {{#integration_secret}}opsgenie{{/integration_secret}}' },
      ],
    },
    { headers: [{ name: 'Authorization', value: 'Token token={{token}}' }] },
    { headers: [{ name: 'Cookie', value: 'session={{session}}; lang={{lang}}' }] },
    { headers: [{ name: 'X-Api-Key', value: '' }] },
    { headers: [{ name: 'Content-Type', value: 'application/json; charset=utf-8' }] },
    { headers: [{ name: 'Idempotency-Key', value: 'order-2026-0001' }] },
    { headers: [{ name: 'X-Cache-Key', value: 'orders' }] },
    { headers: [{ name: 'X-Token-Limit', value: '100' }] },
    { headers: [{ name: 'X-Trace', value: '3f2504e0-4f89-11d3-9a0c-0305e82c3301' }] },
    { headers: [{ name: 'X-Build', value: hex(40) }] },
    { headers: { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9' } },
    { dynamic_variables: { token: '{{token}}', api_key: '', password: 'required', secret: 'none' } },
    { dynamic_variables: { max_tokens: '4096', token_type: 'bearer', secret_santa: 'Frau Holle' } },
    {
      dynamic_variables: {
        access_token: 'pending',
        key: 'front-desk-2026',
        public_key_url: 'https://x.example/k',
      },
    },
    { dynamic_variables: { password_hint: 'the name of your first pet', api_key_ref: 'crm-key' } },
    {
      parameters: {
        properties: { password: { type: 'string', description: 'Password of the guest portal' } },
      },
    },
    { url: 'https://api.example/orders?key=lookup-order-v2&code=US-2026-0001' },
    { url: 'https://api.example/orders?api_key={{api_key}}&token={{token}}' },
    { url: 'https://api.example:8443/users/@me?page=2&session=evening' },
    { url: 'https://hooks.zapier.com/hooks/catch/123456/abcdef/' },
    { url: 'https://docs.slack.dev/messaging/webhooks' },
    { url: 'https://maps.example/place?id=ChIJN1t_tDeuEmsRUsoyG83frY4' },
    { instructions: 'The Wi-Fi password: ask at the desk. Your secret: smile. Token = a coin.' },
    {
      instructions:
        'Basic arithmetic, Bearer authentication, KEY_PERFORMANCE_INDICATORS, sk-learn, key-value',
    },
    { instructions: 'Order 20261122T140311000000, version 1.2.3-rc.4+build.20261122, tel +13125550100' },
    { instructions: 'assistant-3f2504e0-4f89-11d3-9a0c-0305e82c3301 and 9f86d081884c7d659a2feaa0c55ad015' },
    {
      instructions: 'risk-assessment-questionnaire-2026, Donaudampfschifffahrtsgesellschaft, pat@example.com',
    },
    { instructions: 'password: northwind2026' },
    { llm_api_key_ref: 'openai-production_key.v2' },
    { voice: 'Telnyx.NaturalHD.astra', model: 'moonshotai/Kimi-K2.6' },
  ])('%j', (value) => {
    expect(credentialsIn(value)).toEqual([]);
    expect(concealJson(value)).toEqual(value);
  });

  it('long text that is all words', () => {
    const text = 'Northwind answers the phone, key by key, token by token: a secret is safe here. '.repeat(
      20_000,
    );
    const begun = performance.now();
    expect(concealText(text)).toBe(text);
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});

describe('validate', () => {
  it('finds what only its name gives away, and lets a variable of the project pass', async () => {
    const spec = `kind: assistant
spec:
  name: A
  model: openai/gpt-4o
  instructions: x
  dynamic_variables: { crm_api_key: ${hex(32)}, city: Chicago }
  tools:
    - type: webhook
      webhook:
        name: w
        description: d
        url: https://hooks.slack.com/services/T01ABCDEF/B01ABCDEF/${mixed(24)}
        headers:
          - { name: Ocp-Apim-Subscription-Key, value: correcthorse }
          - { name: X-Signature, value: "\${var.brand}" }
`;
    const found = await diagnose({ 'assistants/a.yaml': spec });
    const literal = found
      .filter(({ code }) => code === 'CREDENTIAL_LITERAL')
      .map(({ position }) => position?.line);
    expect(literal).toEqual([6, 12, 14]);
    expect(JSON.stringify(found)).not.toContain(hex(32));
  });
});
