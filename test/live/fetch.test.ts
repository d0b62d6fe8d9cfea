import { expect, test } from 'vitest';
import { confirm, type FetchProgress, fetchAccount } from '../../src/live/telnyx/fetch.ts';
import type { Responder } from '../support/scripted-server.ts';
import { harness, rejection, toolBody } from './harness.ts';

const ACCOUNT: Responder = ({ path }) => {
  const meta = { total_pages: 1, total_results: 1, page_number: 1, page_size: 100 };
  if (path === '/v2/ai/assistants')
    return { json: { data: [{ id: 'a-1', name: 'A', version_id: 'v' }] }, delayMs: 30 };
  if (path === '/v2/ai/tools') return { json: { data: [toolBody('tool-1')], meta }, delayMs: 30 };
  if (path === '/v2/ai/mcp_servers') return { json: [{ id: 'm-1', name: 'M' }], delayMs: 30 };
  if (path === '/v2/ai/assistants/tests')
    return { json: { data: [{ test_id: 't-1', name: 'T' }], meta }, delayMs: 30 };
  if (path === '/v2/ai/integrations')
    return { json: { data: [{ id: 'i-1', name: 'hubspot' }] }, delayMs: 30 };
  return path.endsWith('/gone') ? { status: 404 } : { json: toolBody('tool-1') };
};

test('all lists are fetched at once, one request each', async () => {
  const { api, server } = await harness(ACCOUNT);
  const progress: FetchProgress[] = [];
  const account = await fetchAccount(api, {
    kinds: ['assistant', 'tool', 'mcp_server', 'test'],
    integrations: true,
    onProgress: (step) => progress.push(step),
  });
  expect(account.resources.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
    'assistant a-1',
    'tool tool-1',
    'mcp_server m-1',
    'test t-1',
  ]);
  expect(account.integrations).toEqual([{ id: 'i-1', name: 'hubspot' }]);
  expect(server.requests).toHaveLength(5);
  expect(server.mostInFlight()).toBe(5);
  expect(progress.map(({ list, count }) => `${list} ${count}`).sort()).toEqual([
    'assistant 1',
    'integration 1',
    'mcp_server 1',
    'test 1',
    'tool 1',
  ]);
});

test('only what is asked for is fetched', async () => {
  const { api, server } = await harness(ACCOUNT);
  const account = await fetchAccount(api, { kinds: ['tool'], integrations: false });
  expect(account.integrations).toBeUndefined();
  expect(server.requests.map(({ path }) => path)).toEqual(['/v2/ai/tools']);
});

test('one list that fails fails the account', async () => {
  const { api } = await harness((request, index) =>
    request.path.endsWith('/mcp_servers') ? { status: 500 } : ACCOUNT(request, index),
  );
  const call = fetchAccount(api, { kinds: ['tool', 'mcp_server'], integrations: false });
  expect(await rejection(call)).toMatchObject({ kind: 'unavailable', path: '/ai/mcp_servers' });
});

test('suspicious entries are read by id, and what is gone is not found', async () => {
  const { api } = await harness(ACCOUNT);
  const items = [
    { kind: 'tool', id: 'gone' },
    { kind: 'tool', id: 'tool-1' },
  ] as const;
  const answer = await confirm(api, items);
  expect(answer).toMatchObject({ items, found: [{ id: 'tool-1', name: 'Tool tool-1' }] });
});
