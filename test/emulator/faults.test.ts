import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/emulator/contract/contract.ts';
import { MINIMAL, serve } from './harness.ts';

/** A server whose first request goes wrong. */
const broken = (fault: Fault) => serve({ faults: (_request, index) => (index === 0 ? fault : undefined) });

/** How many assistants exist after the first request, which may fail in any way. */
async function effectOf(fault: Fault) {
  const server = await broken(fault);
  const answer = await server.call('POST', '/ai/assistants', MINIMAL).catch(() => undefined);
  return { answer, made: server.handle.store.all('assistants').length, server };
}

describe('faults', () => {
  test('reset-before: no reply, no effect', async () => {
    const { answer, made, server } = await effectOf({ kind: 'reset-before' });
    expect([answer, made]).toEqual([undefined, 0]);
    expect(server.handle.requests).toMatchObject([{ method: 'POST', status: 0 }]);
    expect((await server.call('GET', '/ai/assistants')).status).toBe(200);
  });

  test('reset-after: the effect is done and the reply is lost', async () => {
    const { answer, made } = await effectOf({ kind: 'reset-after' });
    expect([answer, made]).toEqual([undefined, 1]);
  });

  test('status before and after the effect', async () => {
    const body = { errors: [{ detail: 'later' }] };
    const before = await effectOf({ kind: 'status', status: 503, headers: { 'retry-after': '1' }, body });
    expect([before.answer?.status, before.answer?.headers.get('retry-after'), before.made]).toEqual([
      503,
      '1',
      0,
    ]);
    expect(before.answer?.json).toEqual(body);
    const after = await effectOf({ kind: 'status', status: 500, afterEffect: true });
    expect([after.answer?.status, after.made]).toEqual([500, 1]);
  });

  test('truncate: half a body', async () => {
    const { answer, made } = await effectOf({ kind: 'truncate' });
    expect([answer, made]).toEqual([undefined, 1]);
  });

  test('garbage: 200 with something that is no JSON', async () => {
    const server = await broken({ kind: 'garbage' });
    const answer = await fetch(`${server.handle.url}/ai/assistants`, {
      headers: { authorization: 'Bearer KEY_TEST_x' },
    });
    expect(answer.status).toBe(200);
    await expect(answer.json()).rejects.toThrow(SyntaxError);
  });

  test('delay: late but right', async () => {
    const started = performance.now();
    const { answer, made } = await effectOf({ kind: 'delay', ms: 120 });
    expect([answer?.status, made]).toEqual([200, 1]);
    expect(performance.now() - started).toBeGreaterThan(110);
  });

  test.each([
    [false, 0],
    [true, 1],
  ])('hang (after the effect: %s): no reply at all', async (afterEffect, expected) => {
    const server = await broken({ kind: 'hang', afterEffect });
    const hanging = fetch(`${server.handle.url}/ai/assistants`, {
      method: 'POST',
      body: JSON.stringify(MINIMAL),
      headers: { authorization: 'Bearer KEY_TEST_x' },
      signal: AbortSignal.timeout(150),
    });
    await expect(hanging).rejects.toThrow();
    expect(server.handle.store.all('assistants')).toHaveLength(expected);
  });

  test('a hook sees the request and can be changed while running', async () => {
    const server = await serve();
    server.handle.setFaults(({ path, idempotencyKey, body }) =>
      path === '/ai/tools' && idempotencyKey === 'k' && JSON.stringify(body).includes('Bye')
        ? { kind: 'status', status: 502 }
        : undefined,
    );
    const tool = { type: 'hangup', display_name: 'Bye' };
    expect((await server.call('POST', '/ai/tools', tool, { 'idempotency-key': 'k' })).status).toBe(502);
    expect((await server.call('POST', '/ai/tools', tool)).status).toBe(200);
    server.handle.setFaults(undefined);
    expect((await server.call('POST', '/ai/tools', tool, { 'idempotency-key': 'k' })).status).toBe(200);
  });

  test('close cuts hanging requests and can be called twice', async () => {
    const server = await broken({ kind: 'hang' });
    const hanging = server.call('GET', '/ai/assistants').then(
      () => 'answered',
      () => 'cut',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.all([server.handle.close(), server.handle.close()]);
    expect(await hanging).toBe('cut');
  });
});
