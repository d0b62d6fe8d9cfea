import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { at, MINIMAL, serve, str } from './harness.ts';

const TEST = {
  name: 't',
  destination: '+13125550100',
  instructions: 'i',
  rubric: [{ name: 'r', criteria: 'c' }],
};

describe('authentication', () => {
  test('a missing or wrong key is a 401 with code 10009', async () => {
    const { handle, call } = await serve({ apiKey: 'KEY_TEST_right' });
    const bare = await fetch(`${handle.url}/ai/assistants`);
    expect(bare.status).toBe(401);
    expect(await bare.json()).toMatchObject({ errors: [{ code: '10009' }] });
    expect((await call('GET', '/ai/assistants')).status).toBe(401);
    const right = await call('GET', '/ai/assistants', undefined, { authorization: 'Bearer KEY_TEST_right' });
    expect(right.status).toBe(200);
  });

  test('any bearer key is accepted when none is set, and it is not in the log', async () => {
    const { handle, call } = await serve();
    expect((await call('GET', '/ai/assistants')).status).toBe(200);
    expect(JSON.stringify(handle.requests)).not.toContain('KEY_TEST');
  });
});

describe('paths and methods', () => {
  test.each([
    ['GET', '/ai/nothing', 404],
    ['GET', '/ai/assistants/assistant-x', 404],
    ['PUT', '/ai/assistants/assistant-x', 405],
    ['PATCH', '/ai/assistants/assistant-x', 404],
    ['POST', '/ai/conversations/insights/x', 404],
    ['GET', '/ai/assistants/%E0%A4%A', 404],
  ])('%s %s is a %i', async (method, path, status) => {
    const { call } = await serve();
    expect((await call(method, path)).status).toBe(status);
  });

  test('a path outside the base is a 404', async () => {
    const { handle } = await serve();
    const answer = await fetch(handle.url.replace('/v2', '/v3/ai/assistants'), {
      headers: { authorization: 'Bearer KEY_TEST_x' },
    });
    expect(answer.status).toBe(404);
  });

  test('literals win over ids: tests, tags and import are no assistants', async () => {
    const { call } = await serve();
    expect((await call('GET', '/ai/assistants/tests')).json).toMatchObject({ data: [] });
    expect((await call('GET', '/ai/assistants/tags')).json).toEqual({ tags: [] });
    expect((await call('GET', '/ai/assistants/tests/test-suites')).json).toEqual({ data: [] });
    expect((await call('GET', '/ai/integrations/connections')).json).toMatchObject({ data: [{}, {}] });
  });
});

describe('bodies', () => {
  async function raw(url: string, body: string) {
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: { authorization: 'Bearer KEY_TEST_x' },
    });
    const json: Json = JSON.parse(await answer.text());
    return { status: answer.status, json };
  }

  test('broken JSON is a 422 at AI endpoints and a 400 elsewhere', async () => {
    const { handle } = await serve();
    const ai = await raw(`${handle.url}/ai/assistants`, '{"name":');
    expect([ai.status, at(ai.json, 'detail', '0', 'type')]).toEqual([422, 'json_invalid']);
    const core = await raw(`${handle.url}/integration_secrets`, '{"name":');
    expect([core.status, at(core.json, 'errors', '0', 'code')]).toEqual([400, '10015']);
    expect((await raw(`${handle.url}/ai/assistants`, '[]')).status).toBe(422);
  });

  test('more than 8 MB is a 413', async () => {
    const { call } = await serve();
    const answer = await call('POST', '/ai/assistants', {
      ...MINIMAL,
      instructions: 'x'.repeat(8 * 1024 * 1024),
    });
    expect(answer.status).toBe(413);
  });

  test('keys like __proto__ are data', async () => {
    const { handle } = await serve();
    const answer = await raw(
      `${handle.url}/ai/assistants`,
      '{"name":"n","instructions":"i","__proto__":{"x":1},"dynamic_variables":{"__proto__":"y"}}',
    );
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.json)).toContain('"dynamic_variables":{"__proto__":"y"}');
  });
});

describe('an injected validator', () => {
  test('adds to the built-in checks and is placed below the body', async () => {
    const asked: string[] = [];
    const { call, done } = await serve({
      validateBody: (operation, body) => {
        asked.push(operation);
        return body.greeting === 'bad' ? [{ loc: ['greeting'], msg: 'no', type: 'custom' }] : [];
      },
    });
    expect((await call('POST', '/ai/assistants', { name: 1 })).status).toBe(422);
    expect(asked).toEqual([]);
    const id = str(await done('POST', '/ai/assistants', MINIMAL), 'id');
    const refused = await call('POST', `/ai/assistants/${id}`, { greeting: 'bad' });
    expect(refused.json).toEqual({ detail: [{ type: 'custom', loc: ['body', 'greeting'], msg: 'no' }] });
    expect(asked).toEqual(['assistant.create', 'assistant.update']);
  });
});

describe('headers', () => {
  test('each answer has a request id and rate headers, failures too', async () => {
    const { call } = await serve();
    const ids = new Set<string | null>();
    for (const path of ['/ai/assistants', '/ai/assistants/none']) {
      const { headers } = await call('GET', path);
      ids.add(headers.get('x-request-id'));
      expect(headers.get('x-ratelimit-limit')).toMatch(/^\d+$/);
      expect(headers.get('x-ratelimit-remaining')).toMatch(/^\d+$/);
      expect(headers.get('x-ratelimit-reset')).toMatch(/^\d+$/);
    }
    expect(ids.size).toBe(2);
  });

  test('a rate limit answers 429 with Retry-After until the window is over', async () => {
    const { call, clock } = await serve({ rateLimit: { limit: 2, windowMs: 3000 } });
    await call('GET', '/ai/assistants');
    expect((await call('GET', '/ai/assistants')).headers.get('x-ratelimit-remaining')).toBe('0');
    const refused = await call('GET', '/ai/assistants');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3']);
    expect(at(refused.json, 'errors', '0', 'code')).toBe('10011');
    clock.advance(3000);
    expect((await call('GET', '/ai/assistants')).status).toBe(200);
  });
});

describe('paging', () => {
  test('data and meta, 1-based, at most 100', async () => {
    const { done, call } = await serve();
    for (let n = 0; n < 5; n += 1) await done('POST', '/ai/assistants/tests', { ...TEST, name: `t${n}` });
    const page = await done('GET', '/ai/assistants/tests?page%5Bnumber%5D=2&page%5Bsize%5D=2');
    expect(page.data).toMatchObject([{ name: 't2' }, { name: 't3' }]);
    expect(page.meta).toEqual({ page_number: 2, page_size: 2, total_pages: 3, total_results: 5 });
    expect((await done('GET', '/ai/assistants/tests?page%5Bnumber%5D=9')).data).toEqual([]);
    for (const query of ['page[size]=101', 'page[size]=0', 'page[number]=0', 'page[number]=x']) {
      expect((await call('GET', `/ai/assistants/tests?${query}`)).status).toBe(422);
    }
  });

  test('brackets on the wire may be raw', async () => {
    const { handle, done } = await serve();
    for (let n = 0; n < 3; n += 1) await done('POST', '/ai/assistants/tests', TEST);
    const path = '/v2/ai/assistants/tests?page[size]=2';
    const body = await new Promise<string>((resolve, reject) => {
      const sent = request(
        { port: handle.port, path, headers: { authorization: 'Bearer KEY_TEST_x' } },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (part: string) => {
            text += part;
          });
          answer.on('end', () => resolve(text));
        },
      );
      sent.on('error', reject).end();
    });
    expect(JSON.parse(body).data).toHaveLength(2);
  });

  test('MCP servers: a bare array without meta, empty past the end', async () => {
    const { done, call } = await serve({ quirks: { mcpList: 'array' } });
    for (let n = 0; n < 3; n += 1)
      await done('POST', '/ai/mcp_servers', { name: 'n', type: 'http', url: 'u' });
    expect((await call('GET', '/ai/mcp_servers?page%5Bsize%5D=2')).json).toHaveLength(2);
    expect((await call('GET', '/ai/mcp_servers?page%5Bsize%5D=2&page%5Bnumber%5D=3')).json).toEqual([]);
  });

  test('insights: the maximum of 100 is exclusive', async () => {
    const { call } = await serve();
    expect((await call('GET', '/ai/conversations/insights?page%5Bsize%5D=99')).status).toBe(200);
    expect((await call('GET', '/ai/conversations/insights?page%5Bsize%5D=100')).status).toBe(422);
  });

  test('integration secrets take pages of 250', async () => {
    const { done } = await serve();
    const page = await done('GET', '/integration_secrets?page%5Bsize%5D=250');
    expect(page).toEqual({
      data: [],
      meta: { page_number: 1, page_size: 250, total_pages: 0, total_results: 0 },
    });
  });

  test('tools filter by type and name', async () => {
    const { done } = await serve();
    await done('POST', '/ai/tools', { type: 'hangup', display_name: 'Bye' });
    await done('POST', '/ai/tools', { type: 'send_dtmf', display_name: 'Keys', send_dtmf: {} });
    const byType = await done('GET', '/ai/tools?filter%5Btype%5D=hangup');
    expect(byType.data).toMatchObject([{ display_name: 'Bye' }]);
    expect((await done('GET', '/ai/tools?filter%5Bname%5D=Keys')).data).toMatchObject([
      { type: 'send_dtmf' },
    ]);
  });
});

describe('status codes and empty bodies', () => {
  test('201 for tests, runs, suites, events and secrets', async () => {
    const { done, call } = await serve();
    const created = await call('POST', '/ai/assistants/tests', { ...TEST, test_suite: 's' });
    const testId = str(created.json, 'test_id');
    const assistant = str(await done('POST', '/ai/assistants', MINIMAL), 'id');
    const event = {
      scheduled_at_fixed_datetime: '2026-08-01T10:00:00Z',
      telnyx_agent_target: '+1',
      telnyx_conversation_channel: 'phone_call',
      telnyx_end_user_target: '+2',
    };
    const answers = [
      created,
      await call('POST', `/ai/assistants/tests/${testId}/runs`, {}),
      await call('POST', '/ai/assistants/tests/test-suites/s/runs'),
      await call('POST', `/ai/assistants/${assistant}/scheduled_events`, event),
      await call('POST', '/integration_secrets', { identifier: 'i', type: 'bearer', token: 'TEST' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    expect(answers[2]?.json).toHaveLength(1);
  });

  test('deleting a test or an MCP server answers 200 with nothing', async () => {
    const { done, call } = await serve();
    const testId = str(await done('POST', '/ai/assistants/tests', TEST), 'test_id');
    const server = str(await done('POST', '/ai/mcp_servers', { name: 'n', type: 'http', url: 'u' }), 'id');
    for (const path of [`/ai/assistants/tests/${testId}`, `/ai/mcp_servers/${server}`]) {
      const answer = await call('DELETE', path);
      expect([answer.status, answer.text, answer.headers.get('content-length')]).toEqual([200, '', '0']);
    }
  });

  test('a test that breaks a limit is refused', async () => {
    const { call } = await serve();
    const refused = [
      { ...TEST, name: '' },
      { ...TEST, name: 'x'.repeat(256) },
      { ...TEST, instructions: 'x'.repeat(5001) },
      { ...TEST, rubric: [] },
      { ...TEST, rubric: [{ name: 'r' }] },
      { ...TEST, max_duration_seconds: 0 },
      { ...TEST, telnyx_conversation_channel: 'fax' },
    ];
    for (const body of refused) expect((await call('POST', '/ai/assistants/tests', body)).status).toBe(422);
  });
});

describe('request log', () => {
  test('keeps order, bodies, keys and statuses; the listener hears of each', async () => {
    const heard: number[] = [];
    const { handle, call } = await serve({ onRequest: (entry) => heard.push(entry.status) });
    await call('POST', '/ai/assistants', MINIMAL, { 'idempotency-key': 'k-1' });
    await call('GET', '/ai/tools?page%5Bsize%5D=5');
    expect(handle.requests).toMatchObject([
      { index: 0, method: 'POST', path: '/ai/assistants', body: MINIMAL, idempotencyKey: 'k-1', status: 200 },
      { index: 1, method: 'GET', path: '/ai/tools', query: { 'page[size]': '5' }, status: 200 },
    ]);
    expect(heard).toEqual([200, 200]);
  });

  test('forgets the oldest beyond its size', async () => {
    const { handle, call } = await serve({ logSize: 2 });
    for (let n = 0; n < 4; n += 1) await call('GET', '/ai/assistants');
    expect(handle.requests.map(({ index }) => index)).toEqual([2, 3]);
  });
});
