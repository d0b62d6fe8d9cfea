import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpSide, serveHttp } from '../../src/controller/http.ts';
import { createMetrics } from '../../src/controller/metrics.ts';
import { unknownEnvironment } from '../../src/model/controller-status.ts';

const SECRET = 'TEST_WEBHOOK_SECRET';
const open: HttpSide[] = [];
afterEach(async () => {
  for (const side of open.splice(0)) await side.close();
});

async function serve(webhookSecret: string | undefined = SECRET) {
  let woken = 0;
  let ready = false;
  const metrics = createMetrics(() => 1_000);
  metrics.begin('production');
  const side = await serveHttp({
    listen: '127.0.0.1:0',
    status: () => ({
      format_version: '1.0',
      version: '0.1.0',
      started_at: '2026-01-01T00:00:00.000Z',
      branch: 'main',
      repository: { commit: null, fetched_at: null, error: null },
      schedule: { fetch_seconds: 60, drift_seconds: 3600 },
      environments: [unknownEnvironment('production')],
    }),
    metrics,
    ready: () => ready,
    webhookSecret,
    wake: () => {
      woken += 1;
    },
  });
  open.push(side);
  const { url } = side;
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/webhook`, { method: 'POST', body, headers });
  return { url, metrics, post, woken: () => woken, makeReady: () => (ready = true) };
}

/** Sends some text and waits until the other side ends the connection; in milliseconds. */
function untilCutOff(url: string, text: string, more?: () => string): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
    const timer = setInterval(() => more !== undefined && socket.writable && socket.write(more()), 200);
    socket.on('data', () => undefined);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve(performance.now() - begun);
    });
  });
}

describe('the HTTP side of the controller', () => {
  it('is alive at once, and ready after the first fetch', async () => {
    const { url, makeReady } = await serve();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    makeReady();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('is changed by nothing', async () => {
    const { url } = await serve();
    for (const path of ['/', '/status', '/metrics', '/healthz', '/readyz']) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        expect((await fetch(`${url}${path}`, { method })).status, `${method} ${path}`).toBe(405);
      }
      expect((await fetch(`${url}${path}`)).headers.get('content-security-policy')).toContain("'none'");
    }
    expect((await fetch(`${url}/../../etc/passwd`)).status).toBe(404);
    expect((await fetch(`${url}/status?env=%00`)).status).toBe(200);
  });

  it('takes webhooks that are signed, and none without a secret', async () => {
    const { post, woken, url } = await serve();
    const signature = (body: string) => `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
    expect((await post('{}', { 'x-hub-signature-256': signature('{}') })).status).toBe(202);
    expect((await post('{}', { 'x-gitlab-token': SECRET })).status).toBe(202);
    expect(woken()).toBe(2);
    const wrong: readonly Record<string, string>[] = [
      {},
      { 'x-hub-signature-256': signature('{ }') },
      { 'x-hub-signature-256': '' },
      { 'x-hub-signature': signature('{}') },
      { 'x-gitlab-token': `${SECRET}x` },
      { 'x-gitlab-token': '' },
      { 'x-hub-signature-256': 'sha256=', 'x-gitlab-token': SECRET },
    ];
    for (const headers of wrong) expect((await post('{}', headers)).status).toBe(401);
    expect((await fetch(`${url}/webhook`)).status).toBe(405);
    expect(woken()).toBe(2);
    expect((await (await serve('')).post('{}', { 'x-gitlab-token': '' })).status).toBe(404);
  });

  it('cuts off whoever sends too much, or too slowly', async () => {
    const { url, post, woken } = await serve();
    expect((await post('x'.repeat(5 * 1024 * 1024), { 'x-gitlab-token': SECRET })).status).toBe(413);
    const head = 'POST /webhook HTTP/1.1\r\nHost: x\r\n';
    const [slowHead, slowBody, bigHead] = await Promise.all([
      untilCutOff(url, head, () => 'X-Slow: 1\r\n'),
      untilCutOff(url, `${head}Content-Length: 100000\r\n\r\n`, () => 'x'),
      untilCutOff(url, `${head}X-Big: ${'x'.repeat(64 * 1024)}\r\n\r\n`),
    ]);
    expect(slowHead).toBeLessThan(15_000);
    expect(slowBody).toBeLessThan(20_000);
    expect(bigHead).toBeLessThan(5_000);
    expect(woken()).toBe(0);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('counts under the names that the page of the controller lists', async () => {
    const { url, metrics } = await serve();
    metrics.requested('production', 200);
    metrics.applied('production', 'applied');
    const text = await (await fetch(`${url}/metrics`)).text();
    const names = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    expect(names.sort()).toEqual([
      'assistantctl_api_requests_total counter',
      'assistantctl_applies_total counter',
      'assistantctl_drifted_resources gauge',
      'assistantctl_fetches_total counter',
      'assistantctl_holds gauge',
      'assistantctl_lease_held gauge',
      'assistantctl_open_rollouts gauge',
      'assistantctl_seconds_since_last_good_reconcile gauge',
      'assistantctl_waiting gauge',
    ]);
    expect(text).toContain('assistantctl_api_requests_total{environment="production",status="200"} 1');
    metrics.end('production');
    expect(await metrics.text()).not.toMatch(/lease_held\{/);
  });
});
