import { describe, expect, test } from 'vitest';
import { ROUTES } from '../../src/emulator/server/routes.ts';
import { at, MINIMAL, serve } from './harness.ts';

const KEY = { 'idempotency-key': '0f9d1c1e-6f6a-4a57-9f43-2c9d3f1c0001' };

describe('Idempotency-Key', () => {
  test('the same request again is the same resource, byte for byte', async () => {
    const { call, handle } = await serve();
    const first = await call('POST', '/ai/assistants', MINIMAL, KEY);
    const again = await call('POST', '/ai/assistants', MINIMAL, KEY);
    expect(again.text).toBe(first.text);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(handle.store.all('assistants')).toHaveLength(1);
  });

  test('another body or query under the same key is a 422', async () => {
    const { call } = await serve();
    await call('POST', '/ai/assistants', MINIMAL, KEY);
    expect((await call('POST', '/ai/assistants', { ...MINIMAL, name: 'x' }, KEY)).status).toBe(422);
    expect((await call('POST', '/ai/assistants?a=1', MINIMAL, KEY)).status).toBe(422);
  });

  test('the same key at another path is another request', async () => {
    const { call } = await serve();
    await call('POST', '/ai/assistants', MINIMAL, KEY);
    const tool = await call('POST', '/ai/tools', { type: 'hangup', display_name: 'Bye' }, KEY);
    expect([tool.status, tool.headers.get('idempotent-replayed')]).toEqual([200, null]);
  });

  test.each(['', 'a b', 'ä', 'x'.repeat(256), 'a,b'])('%j is malformed', async (key) => {
    const { call } = await serve();
    const answer = await call('POST', '/ai/assistants', MINIMAL, { 'idempotency-key': key }).catch(
      () => undefined,
    );
    // A header value outside Latin-1 does not leave the client at all.
    if (answer !== undefined)
      expect([answer.status, at(answer.json, 'errors', '0', 'code')]).toEqual([400, '10015']);
    expect(answer === undefined).toBe(false);
  });

  test('only successes are replayed', async () => {
    const { call, done } = await serve();
    const body = { ...MINIMAL, tool_ids: ['tool-later'] };
    expect((await call('POST', '/ai/assistants', body, KEY)).status).toBe(400);
    expect((await call('POST', '/ai/assistants', MINIMAL, KEY)).status).toBe(200);
    expect((await done('GET', '/ai/assistants')).data).toHaveLength(1);
  });

  test('a request that is still running is a 409 with code 10036', async () => {
    const { call } = await serve({ latencyMs: 150 });
    const first = call('POST', '/ai/assistants', MINIMAL, KEY);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = await call('POST', '/ai/assistants', MINIMAL, KEY);
    expect([second.status, at(second.json, 'errors', '0', 'code')]).toEqual([409, '10036']);
    expect((await first).status).toBe(200);
  });

  test('a key is forgotten after 24 hours', async () => {
    const { call, clock } = await serve();
    await call('POST', '/ai/assistants', MINIMAL, KEY);
    clock.advance(24 * 60 * 60 * 1000);
    const late = await call('POST', '/ai/assistants', MINIMAL, KEY);
    expect(late.headers.get('idempotent-replayed')).toBeNull();
  });

  test('updates, promotes, PUT, PATCH, DELETE and secrets do not take keys', () => {
    const keyed = ROUTES.filter((route) => route.keyed === true).map(
      ({ method, path }) => `${method} ${path}`,
    );
    expect(keyed.sort()).toEqual([
      'POST /ai/assistants',
      'POST /ai/assistants/import',
      'POST /ai/assistants/tests',
      'POST /ai/assistants/tests/test-suites/{suite_name}/runs',
      'POST /ai/assistants/tests/{test_id}/runs',
      'POST /ai/assistants/{assistant_id}/canary-deploys',
      'POST /ai/assistants/{assistant_id}/chat/sms',
      'POST /ai/assistants/{assistant_id}/chat/whatsapp',
      'POST /ai/assistants/{assistant_id}/clone',
      'POST /ai/assistants/{assistant_id}/scheduled_events',
      'POST /ai/conversations',
      'POST /ai/conversations/insight-groups',
      'POST /ai/conversations/insights',
      'POST /ai/conversations/{conversation_id}/message',
      'POST /ai/mcp_servers',
      'POST /ai/tools',
    ]);
  });
});
