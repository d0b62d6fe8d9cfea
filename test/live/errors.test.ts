import { expect, test } from 'vitest';
import { harness, rejection, TEST_KEY } from './harness.ts';

interface Case {
  readonly name: string;
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly message: string;
  readonly problems?: readonly unknown[];
}

const CASES: readonly Case[] = [
  {
    name: 'a FastAPI body',
    status: 422,
    json: {
      detail: [
        { loc: ['body', 'name'], msg: 'Field required', type: 'missing' },
        { loc: ['body', 'tools', 0, 'a/b'], msg: 'Bad', type: 'value_error' },
      ],
    },
    headers: { 'x-request-id': '1234' },
    message: 'POST /ai/tools: 422 name: Field required; tools.0.a/b: Bad (request id 1234)',
    problems: [
      { message: 'Field required', code: 'missing', pointer: '/name' },
      { message: 'Bad', code: 'value_error', pointer: '/tools/0/a~1b' },
    ],
  },
  {
    name: 'a Telnyx body',
    status: 400,
    json: {
      errors: [
        {
          code: '10015',
          title: 'Bad Request',
          detail: 'No such voice',
          source: { pointer: '/voice_settings/voice' },
        },
        { code: 10015, title: 'Bad Request' },
      ],
    },
    message: 'POST /ai/tools: 400 voice_settings.voice: No such voice; Bad Request',
    problems: [
      { message: 'No such voice', code: '10015', pointer: '/voice_settings/voice' },
      { message: 'Bad Request', code: '10015' },
    ],
  },
  {
    name: 'a Telnyx body that points at the whole',
    status: 400,
    json: { errors: [{ detail: 'Wrong', source: { pointer: '/' } }] },
    message: 'POST /ai/tools: 400 Wrong',
    problems: [{ message: 'Wrong' }],
  },
  {
    name: 'pointers that begin at the request',
    status: 400,
    json: {
      errors: [
        { detail: 'Wrong', source: { pointer: '/body/transcription/settings/keyterm' } },
        { detail: 'Worse', source: { pointer: '/body' } },
      ],
    },
    message: 'POST /ai/tools: 400 transcription.settings.keyterm: Wrong; Worse',
    problems: [{ message: 'Wrong', pointer: '/transcription/settings/keyterm' }, { message: 'Worse' }],
  },
  {
    name: 'a detail text',
    status: 404,
    json: { detail: 'Not Found' },
    message: 'POST /ai/tools: 404 Not Found',
  },
  { name: 'a message', status: 409, json: { message: 'Taken' }, message: 'POST /ai/tools: 409 Taken' },
  { name: 'an error text', status: 400, json: { error: 'No' }, message: 'POST /ai/tools: 400 No' },
  {
    name: 'a nested error',
    status: 400,
    json: { error: { message: 'No' } },
    message: 'POST /ai/tools: 400 No',
  },
  { name: 'HTML', status: 403, text: '<h1>nginx</h1>', message: 'POST /ai/tools: 403 Forbidden' },
  { name: 'no body', status: 401, message: 'POST /ai/tools: 401 Unauthorized' },
  {
    name: 'an empty list',
    status: 422,
    json: { errors: [] },
    message: 'POST /ai/tools: 422 Unprocessable Entity',
  },
  {
    name: 'a list of nonsense',
    status: 422,
    json: { detail: [1, null, 'x'] },
    message: 'POST /ai/tools: 422 x',
  },
  {
    name: 'terminal escapes',
    status: 400,
    json: { detail: 'a\u001b[31mred\r\nb' },
    message: 'POST /ai/tools: 400 a [31mred b',
  },
  {
    name: 'the key repeated by the server',
    status: 400,
    json: { detail: `Key ${TEST_KEY} is odd` },
    message: 'POST /ai/tools: 400 Key [redacted] is odd',
    problems: [{ message: 'Key [redacted] is odd' }],
  },
];

test.each(CASES)('$name becomes readable', async ({ status, json, text, headers, message, problems }) => {
  const reply = {
    status,
    ...(json === undefined ? {} : { json }),
    ...(text === undefined ? {} : { text }),
    ...(headers === undefined ? {} : { headers }),
  };
  const { api, log } = await harness(() => reply);
  const error = await rejection(api.create('tool', { type: 'x' }, 'key_1'));
  expect(error.message).toBe(message);
  expect(error).toMatchObject({ status, method: 'POST', path: '/ai/tools', effect: 'none' });
  expect(error.code).toBe(`API_${status}`);
  if (problems !== undefined) expect(error.problems).toEqual(problems);
  expect(JSON.stringify([error, log])).not.toContain(TEST_KEY);
});

test.each([
  [400, 'partial'],
  [401, 'auth'],
  [403, 'auth'],
  [404, 'partial'],
  [409, 'partial'],
  [422, 'partial'],
  [429, 'unavailable'],
  [500, 'unavailable'],
  [503, 'unavailable'],
] as const)('a write answered %d ends as %s', async (status, kind) => {
  const { api } = await harness(() => ({ status }), { retry: { attempts: 1, budgetMs: 1000 } });
  expect((await rejection(api.update('tool', 'tool-1', {}))).kind).toBe(kind);
});

test.each([
  [401, 'auth'],
  [400, 'unavailable'],
  [404, 'unavailable'],
  [500, 'unavailable'],
] as const)('a listing answered %d ends as %s', async (status, kind) => {
  const { api } = await harness(() => ({ status }), { retry: { attempts: 1, budgetMs: 1000 } });
  expect((await rejection(api.list('tool'))).kind).toBe(kind);
});

test('a very long text is cut', async () => {
  const { api } = await harness(() => ({ status: 400, json: { detail: 'x'.repeat(5000) } }));
  expect((await rejection(api.create('tool', {}, 'k'))).message.length).toBeLessThan(600);
});

test.each([500, 502, 503])('a list that answers %i says what to do next', async (status) => {
  const { api } = await harness(() => ({ status }), { retry: { attempts: 1, budgetMs: 1000 } });
  expect((await rejection(api.list('tool'))).hint).toContain('run the command again');
});
