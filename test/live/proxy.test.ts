import { expect, test } from 'vitest';
import { startProxy } from '../support/proxy.ts';
import { harness } from './harness.ts';

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
