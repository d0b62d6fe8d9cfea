import { expect, test } from 'vitest';
import { createApi } from '../../src/live/telnyx/api.ts';
import { Failure } from '../../src/model/errors.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { harness, rejection, TEST_KEY, toolBody } from './harness.ts';

const assistant = { id: 'assistant-1', name: 'Front desk', instructions: 'Hello', version_id: '20260115T1' };

test('a create sends sorted JSON, the bearer key, the user agent and the idempotency key', async () => {
  const { api, server } = await harness(() => ({ json: toolBody('tool-1') }));
  const body = { type: 'webhook', display_name: 'Tool tool-1', webhook: { url: 'u', name: 'n' } };
  const { resource, replayed } = await api.create('tool', body, 'key_1');
  expect(resource.id).toBe('tool-1');
  expect(replayed).toBe(false);
  const [seen] = server.requests;
  expect(seen).toMatchObject({ method: 'POST', path: '/v2/ai/tools', query: '' });
  expect(seen?.body).toBe('{"display_name":"Tool tool-1","type":"webhook","webhook":{"name":"n","url":"u"}}');
  expect(seen?.headers).toMatchObject({
    authorization: `Bearer ${TEST_KEY}`,
    'user-agent': 'assistantctl/0.0.0-test',
    'idempotency-key': 'key_1',
    'content-type': 'application/json',
  });
});

test('without a key no authorization header is sent', async () => {
  const { api, server } = await harness(() => ({ json: { data: [] } }), { apiKey: undefined });
  await api.list('assistant');
  expect(server.requests[0]?.headers.authorization).toBeUndefined();
});

test('a replayed create is told apart', async () => {
  const { api } = await harness(() => ({
    json: toolBody('tool-1'),
    headers: { 'Idempotent-Replayed': 'true' },
  }));
  const written = await api.create('tool', { type: 'webhook', display_name: 'x' }, 'key_1');
  expect(written.replayed).toBe(true);
});

test('an update that the API takes by PATCH alone is sent so, and the next ones at once', async () => {
  const { api, server } = await harness(({ method }) =>
    method === 'POST' ? { status: 405, json: { errors: [{ detail: 'no' }] } } : { json: assistant },
  );
  await api.stageVersion('assistant-1', { greeting: 'Hi' }, 'abc 123');
  await api.updateVersion('assistant-1', 'v1', { greeting: 'Hi' });
  expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /v2/ai/assistants/assistant-1',
    'PATCH /v2/ai/assistants/assistant-1',
    'PATCH /v2/ai/assistants/assistant-1/versions/v1',
  ]);
});

test('each method uses its verb and path, ids percent-encoded', async () => {
  const { api, server } = await harness(({ path }) => {
    if (path.endsWith('/canary-deploys')) return { json: { assistant_id: 'assistant-1', rules: [] } };
    if (path.endsWith('/versions')) return { json: { data: [assistant] } };
    if (path.includes('/ai/tools')) return { json: toolBody('tool-1') };
    if (path.includes('/ai/integrations')) return { json: { data: [{ id: 'i1', name: 'hubspot' }] } };
    return { json: { ...assistant, test_id: 'test-1' } };
  });
  await api.get('assistant', 'a/b c');
  await api.get('tool', '..');
  await api.update('tool', 'tool-1', { display_name: 'x' });
  await api.update('test', 'test-1', { name: 'x' });
  await api.update('mcp_server', 'mcp-1', { name: 'x' });
  await api.delete('mcp_server', 'mcp-1');
  await api.stageVersion('assistant-1', { greeting: 'Hi' }, 'abc 123');
  await api.listVersions('assistant-1');
  await api.getVersion('assistant-1', 'v1');
  await api.updateVersion('assistant-1', 'v1', { greeting: 'Hi' });
  await api.promoteVersion('assistant-1', 'v1');
  await api.deleteVersion('assistant-1', 'v1');
  await api.canary('assistant-1');
  expect(await api.integrations()).toEqual([{ id: 'i1', name: 'hubspot' }]);
  expect(server.requests.map(({ method, path }) => `${method} ${path.replace('/v2/ai', '')}`)).toEqual([
    'GET /assistants/a%2Fb%20c',
    'GET /tools/%2E%2E',
    'PATCH /tools/tool-1',
    'PUT /assistants/tests/test-1',
    'PUT /mcp_servers/mcp-1',
    'DELETE /mcp_servers/mcp-1',
    'POST /assistants/assistant-1',
    'GET /assistants/assistant-1/versions',
    'GET /assistants/assistant-1/versions/v1',
    'POST /assistants/assistant-1/versions/v1',
    'POST /assistants/assistant-1/versions/v1/promote',
    'DELETE /assistants/assistant-1/versions/v1',
    'GET /assistants/assistant-1/canary-deploys',
    'GET /integrations',
  ]);
  expect(server.requests[6]?.body).toBe('{"greeting":"Hi","promote_to_main":false,"version_name":"abc 123"}');
  expect(server.requests[10]?.body).toBe('');
  expect(api.requestCount()).toBe(14);
});

test('404 means gone for get and delete, none for a canary, and a refusal for an update', async () => {
  const { api } = await harness(() => ({ status: 404, json: { errors: [{ code: '10005', title: 'No' }] } }));
  expect(await api.get('tool', 'tool-1')).toBeUndefined();
  expect(await api.getVersion('assistant-1', 'v1')).toBeUndefined();
  expect(await api.canary('assistant-1')).toBeUndefined();
  await expect(api.delete('tool', 'tool-1')).resolves.toBeUndefined();
  await expect(api.deleteVersion('assistant-1', 'v1')).resolves.toBeUndefined();
  const error = await rejection(api.update('tool', 'tool-1', {}));
  expect(error).toMatchObject({ kind: 'partial', code: 'API_404', effect: 'none', status: 404 });
});

test('204 and empty bodies are fine for delete and promote', async () => {
  const { api } = await harness(() => ({ status: 204 }));
  await expect(api.deleteVersion('assistant-1', 'v1')).resolves.toBeUndefined();
  await expect(api.promoteVersion('assistant-1', 'v1')).resolves.toBeUndefined();
});

test.each([
  ['rules', { rules: [{ serve: { version_id: 'v2' } }] }, [{ serve: { version_id: 'v2' } }]],
  ['no rules', { rules: [] }, undefined],
  ['null rules', { rules: null }, undefined],
  [
    'the older form',
    { versions: [{ version_id: 'v2', percentage: 10 }] },
    [{ serve: { rollout: [{ version_id: 'v2', weight: 10 }] } }],
  ],
  ['an envelope', { data: { rules: [{ serve: {} }] } }, [{ serve: {} }]],
])('a canary with %s', async (_, json, rules) => {
  const { api } = await harness(() => ({ json }));
  expect((await api.canary('assistant-1'))?.rules).toEqual(rules);
});

test('an id that is empty never addresses the collection', async () => {
  const { api, server } = await harness(() => ({ status: 204 }));
  await expect(api.delete('tool', '')).rejects.toMatchObject({ kind: 'internal', code: 'EMPTY_ID' });
  await expect(api.update('assistant', 'a', {})).rejects.toMatchObject({ code: 'UPDATE_WITHOUT_VERSION' });
  expect(server.requests).toEqual([]);
});

test.each(['ftp://x/', 'nonsense', 'https://user:pw@api.telnyx.com/v2', 'https://api.telnyx.com/v2?x=1'])(
  'the base URL %s is refused',
  (baseUrl) => {
    expect(() => createWith({ baseUrl })).toThrow(Failure);
  },
);

test('a key with a line break is refused without being shown', () => {
  expect(() => createWith({ apiKey: 'KEY_TEST_1\nx' })).toThrow(/API key/);
  expect(() => createWith({ apiKey: 'KEY_TEST_1\nx' })).not.toThrow(/KEY_TEST_1/);
});

test('redirects are never followed', async () => {
  const elsewhere = await harness(() => ({ json: { data: [] } }));
  const { api } = await harness(() => ({
    status: 307,
    headers: { location: `${elsewhere.server.url}/ai/assistants` },
  }));
  const error = await rejection(api.list('assistant'));
  expect(error).toMatchObject({ kind: 'unavailable', code: 'API_307', effect: 'none' });
  expect(error.hint).toContain(elsewhere.server.url);
  expect(elsewhere.server.requests).toEqual([]);
});

test('connections are reused and bounded by the concurrency', async () => {
  const alone = await harness(() => ({ json: toolBody('tool-1') }), { concurrency: 1 });
  for (let turn = 0; turn < 10; turn += 1) await alone.api.get('tool', 'tool-1');
  expect(alone.server.connections()).toBe(1);
  const many = await harness(() => ({ json: toolBody('tool-1'), delayMs: 3 }), { concurrency: 4 });
  await Promise.all(Array.from({ length: 60 }, () => many.api.get('tool', 'tool-1')));
  expect(many.server.mostInFlight()).toBe(4);
  expect(many.server.connections()).toBe(4);
});

test('a trailing slash of the base URL does not double', async () => {
  const first = await harness(() => ({ json: { data: [] } }));
  const { api } = await harness(() => ({}), { baseUrl: `${first.server.url}/` });
  await api.list('assistant');
  expect(first.server.requests[0]?.path).toBe('/v2/ai/assistants');
});

function createWith(options: { baseUrl?: string; apiKey?: string }) {
  return createApi({
    baseUrl: 'http://127.0.0.1:1/v2',
    apiKey: TEST_KEY,
    retry: { attempts: 1, budgetMs: 1 },
    concurrency: 1,
    clock: fakeClock(),
    random: () => 0,
    userAgent: 'test',
    ...options,
  });
}
