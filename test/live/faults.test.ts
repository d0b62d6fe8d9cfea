import { expect, onTestFinished, test } from 'vitest';
import { closedPort, inTurn } from '../support/scripted-server.ts';
import { harness, rejection, toolBody } from './harness.ts';

const OK = { json: toolBody('tool-1') };
const BODY = { type: 'webhook', display_name: 'Tool' };

test.each([
  ['a reset', { fault: 'reset' }],
  ['a truncated body', { ...OK, fault: 'truncate' }],
  ['a body that is not JSON', { text: '<html>busy</html>' }],
  ['408', { status: 408 }],
  ['429', { status: 429 }],
  ['500', { status: 500, text: 'oops' }],
  ['503', { status: 503 }],
] as const)('a read goes on after %s', async (_, reply) => {
  const { api, server, log } = await harness(inTurn(reply, reply, OK));
  expect((await api.get('tool', 'tool-1'))?.id).toBe('tool-1');
  expect(server.requests).toHaveLength(3);
  expect(log.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
});

test.each([
  ['a reset', { fault: 'reset' }],
  ['500', { status: 500 }],
] as const)('a write by id is repeated with the same bytes after %s', async (_, reply) => {
  const { api, server } = await harness(inTurn(reply, OK));
  await api.update('tool', 'tool-1', { b: 1, a: { d: 1, c: 2 } });
  expect(server.requests.map(({ body }) => body)).toEqual(Array(2).fill('{"a":{"c":2,"d":1},"b":1}'));
});

test.each([
  ['a reset', { fault: 'reset' }, 'API_CONNECTION', 0],
  ['a truncated success', { ...OK, fault: 'truncate' }, 'API_CONNECTION', 0],
  ['a success that is not JSON', { text: 'ok?' }, 'BAD_REPLY', 200],
  ['a success of the wrong shape', { json: { fine: true } }, 'BAD_REPLY', 200],
  ['500', { status: 500 }, 'API_500', 500],
  ['503', { status: 503 }, 'API_503', 503],
  ['408', { status: 408 }, 'API_408', 408],
] as const)('the outcome of a create is unknown after %s', async (_, reply, code, status) => {
  const { api, server } = await harness(inTurn(reply, OK));
  const error = await rejection(api.create('tool', BODY, 'key_1'));
  expect(error).toMatchObject({ kind: 'unavailable', effect: 'unknown', code, status });
  expect(server.requests).toHaveLength(1);
});

test('a create reset before its body was read is unknown as well', async () => {
  const { api, server } = await harness(() => OK, {}, { resetBeforeBody: (index) => index === 0 });
  expect(await rejection(api.create('tool', BODY, 'key_1'))).toMatchObject({ effect: 'unknown' });
  expect(server.requests).toHaveLength(1);
});

test.each([
  ['429', { status: 429 }],
  ['503 with Retry-After', { status: 503, headers: { 'retry-after': '1' } }],
  ['409 still processing', { status: 409, json: { errors: [{ code: '10036', title: 'Busy' }] } }],
])('a create is repeated with the same key and bytes after %s', async (_, reply) => {
  const { api, server } = await harness(inTurn(reply, OK));
  await api.create('tool', BODY, 'key_1');
  expect(server.requests).toHaveLength(2);
  expect(new Set(server.requests.map(({ body }) => body)).size).toBe(1);
  expect(server.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['key_1', 'key_1']);
});

test('a create still being processed at the end has an unknown outcome', async () => {
  const busy = { status: 409, json: { errors: [{ code: '10036', title: 'Busy' }] } };
  const { api } = await harness(inTurn(busy));
  expect(await rejection(api.create('tool', BODY, 'key_1'))).toMatchObject({
    effect: 'unknown',
    status: 409,
  });
});

test.each(['stageVersion', 'promoteVersion'] as const)('%s is repeated only when certain', async (method) => {
  const version = { json: { id: 'a', name: 'A', version_id: 'v' } };
  const call = (api: Awaited<ReturnType<typeof harness>>['api']) =>
    method === 'stageVersion' ? api.stageVersion('a', {}, 'v') : api.promoteVersion('a', 'v');
  const certain = await harness(inTurn({ status: 429 }, version));
  await call(certain.api);
  expect(certain.server.requests).toHaveLength(2);
  const uncertain = await harness(inTurn({ fault: 'reset' }, version));
  expect(await rejection(call(uncertain.api))).toMatchObject({ effect: 'unknown' });
  expect(uncertain.server.requests).toHaveLength(1);
});

test('a refused connection is retried for every class and has no effect', async () => {
  const baseUrl = `http://127.0.0.1:${await closedPort()}`;
  const { api, clock } = await harness(() => OK, { baseUrl });
  const error = await rejection(api.create('tool', BODY, 'key_1'));
  expect(error).toMatchObject({ kind: 'unavailable', code: 'API_UNREACHABLE', effect: 'none', status: 0 });
  expect(error.message).toBe(`POST /ai/tools: connection refused, ${baseUrl} after 4 attempts`);
  expect(clock.sleeps).toEqual([250, 500, 1000]);
});

test('a write by id that was lost once stays unknown when it is then turned away', async () => {
  const { api } = await harness(inTurn({ fault: 'reset' }, { status: 403 }));
  expect(await rejection(api.update('tool', 'tool-1', {}))).toMatchObject({
    kind: 'auth',
    effect: 'unknown',
  });
  const judged = await harness(inTurn({ fault: 'reset' }, { status: 422 }));
  expect(await rejection(judged.api.update('tool', 'tool-1', {}))).toMatchObject({ effect: 'none' });
});

test('a delete lost halfway and then answered 404 is done', async () => {
  const { api, server } = await harness(inTurn({ fault: 'reset' }, { status: 404 }));
  await api.delete('tool', 'tool-1');
  expect(server.requests).toHaveLength(2);
});

test('a refusal whose body is cut short keeps its status', async () => {
  const { api } = await harness(inTurn({ status: 422, json: { detail: 'long text' }, fault: 'truncate' }));
  expect(await rejection(api.create('tool', BODY, 'key_1'))).toMatchObject({ status: 422, effect: 'none' });
});

test('delays the server asks for are kept to the millisecond', async () => {
  const { api, clock } = await harness(
    inTurn(
      { status: 429, headers: { 'retry-after-ms': '1234' } },
      { status: 503, headers: { 'retry-after': '2' } },
      { status: 500 },
      OK,
    ),
  );
  await api.get('tool', 'tool-1');
  expect(clock.sleeps).toEqual([1234, 2000, 1000]);
});

test('the attempts and the budget end a request', async () => {
  const tired = await harness(inTurn({ status: 500 }));
  const error = await rejection(tired.api.get('tool', 'tool-1'));
  expect(error.message).toBe('GET /ai/tools/tool-1: 500 Internal Server Error after 4 attempts');
  expect(tired.server.requests).toHaveLength(4);
  const broke = await harness(inTurn({ status: 429, headers: { 'retry-after': '3600' } }));
  expect(await rejection(broke.api.get('tool', 'tool-1'))).toMatchObject({ code: 'API_429', effect: 'none' });
  expect(broke.server.requests).toHaveLength(1);
  expect(broke.clock.sleeps).toEqual([]);
});

test.each([
  ['no headers', { fault: 'hang' }, { headersMs: 80 }],
  ['half a body', { ...OK, fault: 'stall' }, { totalMs: 120 }],
  ['no reply in total', { fault: 'hang' }, { totalMs: 80 }],
] as const)('a server that gives %s runs into a timeout', async (_, reply, timeouts) => {
  const { api } = await harness(inTurn(reply, OK), { timeouts });
  expect((await api.get('tool', 'tool-1'))?.id).toBe('tool-1');
  const again = await harness(inTurn(reply, OK), { timeouts });
  const error = await rejection(again.api.create('tool', BODY, 'key_1'));
  expect(error).toMatchObject({ kind: 'unavailable', code: 'API_TIMEOUT', effect: 'unknown' });
});

test('the budget also bounds the wait for a hanging server', async () => {
  const { api } = await harness(inTurn({ fault: 'hang' }), { retry: { attempts: 1, budgetMs: 100 } });
  const started = performance.now();
  expect(await rejection(api.get('tool', 'tool-1'))).toMatchObject({ code: 'API_TIMEOUT' });
  expect(performance.now() - started).toBeLessThan(5_000);
});

test('an interruption ends what is in flight and what waits', async () => {
  const interrupt = new AbortController();
  const { api, server } = await harness(inTurn({ fault: 'hang' }), {
    signal: interrupt.signal,
    concurrency: 1,
  });
  const calls = [api.create('tool', BODY, 'key_1'), api.create('tool', BODY, 'key_2')].map(rejection);
  while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  interrupt.abort();
  const [first, second] = await Promise.all(calls);
  expect(first).toMatchObject({ kind: 'interrupted', code: 'INTERRUPTED', effect: 'unknown' });
  expect(second).toMatchObject({ kind: 'interrupted', code: 'INTERRUPTED', effect: 'none' });
  expect(server.requests).toHaveLength(1);
});

test('closing ends what is in flight', async () => {
  const { api, server } = await harness(inTurn({ fault: 'hang' }));
  const call = rejection(api.create('tool', BODY, 'key_1'));
  while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await api.close();
  expect(await call).toMatchObject({ effect: 'unknown' });
});

test('many requests listening to one signal raise no warning', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  const { signal } = new AbortController();
  const { api } = await harness(() => ({ ...OK, delayMs: 20 }), { signal, concurrency: 20 });
  await Promise.all(Array.from({ length: 20 }, () => api.get('tool', 'tool-1')));
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
});
