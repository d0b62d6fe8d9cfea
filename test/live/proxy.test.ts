import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { harness } from './harness.ts';

/** A forward proxy that opens tunnels and sends every one of them to the given server. */
async function startProxy(target: URL): Promise<{ url: string; tunnels: string[] }> {
  const tunnels: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, client) => {
    tunnels.push(request.url ?? '');
    const upstream = connect(Number(target.port), target.hostname, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close());
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, tunnels };
}

test('requests go through a proxy when one is given, but never those to loopback', async () => {
  const origin = await harness(() => ({ json: { data: [] } }));
  const proxy = await startProxy(new URL(origin.server.url));
  const through = await harness(() => ({}), {
    baseUrl: 'http://api.test.invalid/v2',
    proxy: { http: proxy.url },
  });
  expect(await through.api.list('assistant')).toEqual([]);
  expect(proxy.tunnels).toEqual(['api.test.invalid:80']);
  const direct = await harness(() => ({}), {
    baseUrl: origin.server.url,
    proxy: { http: proxy.url },
  });
  expect(await direct.api.list('assistant')).toEqual([]);
  expect(proxy.tunnels).toHaveLength(1);
});

test('a proxy that is no URL is refused without being shown', async () => {
  const open = harness(() => ({}), {
    baseUrl: 'http://api.test.invalid/v2',
    proxy: { http: 'user:test-password@::' },
  });
  await expect(open).rejects.toMatchObject({ kind: 'usage', code: 'PROXY' });
  await expect(open).rejects.not.toThrow(/test-password/);
});
