import { setTimeout } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { Responder, SeenRequest } from '../support/scripted-server.ts';
import { harness, rejection, toolBody } from './harness.ts';

interface PageScript {
  readonly ids: readonly string[];
  readonly pages?: number;
  readonly results?: number;
  readonly number?: number;
}

function range(count: number, from = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => `tool-${from + index}`);
}

function numberOf({ query }: SeenRequest): number {
  return Number(new URLSearchParams(query).get('page[number]') ?? '0');
}

/** Pages of tools with totals; `edit` changes what one page says, per round of the listing. */
function tools(total: number, edit: (page: number, round: number) => Partial<PageScript> = () => ({})) {
  let round = 0;
  const responder: Responder = (request) => {
    const page = numberOf(request);
    if (page === 1) round += 1;
    const pages = Math.ceil(total / 100);
    const script: PageScript = {
      ids: range(total).slice((page - 1) * 100, page * 100),
      pages,
      results: total,
      number: page,
      ...edit(page, round),
    };
    return {
      json: {
        data: script.ids.map(toolBody),
        meta: {
          total_pages: script.pages,
          total_results: script.results,
          page_number: script.number,
          page_size: 100,
        },
      },
    };
  };
  return responder;
}

test('a thousand tools are exactly ten requests, with encoded brackets, in order', async () => {
  const { api, server } = await harness(tools(1000));
  const found = await api.list('tool');
  expect(found.map(({ id }) => id)).toEqual(range(1000));
  expect(server.requests).toHaveLength(10);
  expect(server.requests.map(({ query }) => query).sort()[0]).toBe('page%5Bnumber%5D=1&page%5Bsize%5D=100');
});

test.each([0, 1, 99, 100, 101, 200])('%d tools', async (total) => {
  const { api, server } = await harness(tools(total));
  expect(await api.list('tool')).toHaveLength(total);
  expect(server.requests).toHaveLength(Math.max(1, Math.ceil(total / 100)));
});

test('a server that caps the page size below what was asked is followed', async () => {
  const { api } = await harness((request) => {
    const page = numberOf(request);
    const data = range(50)
      .slice((page - 1) * 20, page * 20)
      .map(toolBody);
    return { json: { data, meta: { total_pages: 3, total_results: 50, page_number: page, page_size: 20 } } };
  });
  expect(await api.list('tool')).toHaveLength(50);
});

test('later pages are fetched at the same time', async () => {
  const { api, server } = await harness(async (request, index) => ({
    ...(await tools(900)(request, index)),
    delayMs: 30,
  }));
  await api.list('tool');
  expect(server.mostInFlight()).toBe(8);
});

test.each([
  [0, 1],
  [100, 1],
  [101, 2],
  [1000, 3],
])(
  'of %d tools that are expected %d pages are asked for before the first has come',
  async (expected, together) => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { api, server } = await harness(async (request, index) => {
      if (numberOf(request) === 1) await held;
      return tools(1000)(request, index);
    });
    const listing = api.list('tool', expected);
    await vi.waitFor(() => expect(server.requests).toHaveLength(together), { timeout: 20_000 });
    // Time for a request too many.
    await setTimeout(20);
    expect(server.requests).toHaveLength(together);
    release();
    expect((await listing).map(({ id }) => id)).toEqual(range(1000));
    expect(server.requests).toHaveLength(10);
  },
);

test.each([0, 1, 100, 150])('%d tools where a thousand are expected', async (total) => {
  const { api } = await harness((request, index) =>
    numberOf(request) > Math.max(1, Math.ceil(total / 100))
      ? { status: 404, json: { errors: [{ title: 'no such page' }] } }
      : tools(total)(request, index),
  );
  expect(await api.list('tool', 1000)).toHaveLength(total);
});

test('a list that does not say how long it is does not end later for what was expected', async () => {
  const { api, server } = await harness((request) => ({
    json: {
      data: range(250)
        .slice((numberOf(request) - 1) * 100, numberOf(request) * 100)
        .map(toolBody),
    },
  }));
  expect(await api.list('tool', 1000)).toHaveLength(250);
  expect(server.requests).toHaveLength(4);
});

test('a server that does not page may be asked for more than there is', async () => {
  const { api, server } = await harness(() => ({ json: { data: range(300).map(toolBody) } }));
  expect(await api.list('tool', 1000)).toHaveLength(300);
  expect(server.requests.length).toBeLessThanOrEqual(3);
});

const HOLES: readonly [string, (page: number) => Partial<PageScript>][] = [
  ['a page in the middle is short', (page) => (page === 2 ? { ids: range(99, 100) } : {})],
  ['a page comes empty', (page) => (page === 3 ? { ids: [] } : {})],
  ['a page repeats ids of another', (page) => (page === 2 ? { ids: range(100) } : {})],
  ['the totals change on the way', (page) => (page === 2 ? { results: 251 } : {})],
  ['the pages change on the way', (page) => (page === 2 ? { pages: 4 } : {})],
  ['the total is higher than what comes', () => ({ results: 260 })],
  ['the total is lower than what comes', () => ({ results: 240 })],
  ['too few pages are claimed', () => ({ pages: 2 })],
  ['another page comes than was asked for', (page) => (page === 2 ? { number: 1 } : {})],
  ['there are no totals', () => ({ pages: -1 })],
];

test.each(HOLES)('a listing restarts once when %s', async (_, edit) => {
  const { api } = await harness(tools(250, (page, round) => (round === 1 ? edit(page) : {})));
  expect(await api.list('tool')).toHaveLength(250);
});

test.each(HOLES)('a listing fails when %s again', async (_, edit) => {
  const { api } = await harness(tools(250, edit));
  const error = await rejection(api.list('tool'));
  expect(error).toMatchObject({ kind: 'unavailable', code: 'LISTING_INCOMPLETE', effect: 'none' });
  expect(error.message).toContain('GET /ai/tools');
});

test('an absurd number of pages is not asked for', async () => {
  const { api, server } = await harness(tools(250, () => ({ pages: 1e9, results: 1e11 })));
  expect(await rejection(api.list('tool'))).toMatchObject({ code: 'LISTING_INCOMPLETE' });
  expect(server.requests.length).toBeLessThan(5);
});

test('a page that fails for good fails the listing', async () => {
  const { api } = await harness((request, index) =>
    numberOf(request) === 3 ? { status: 500 } : tools(500)(request, index),
  );
  expect(await rejection(api.list('tool'))).toMatchObject({ kind: 'unavailable', code: 'API_500' });
});

test.each([
  ['no list', { fine: true }],
  ['a list under another name', { items: [] }],
  ['null', null],
  ['an entry without an id', { data: [{ type: 'webhook' }], meta: { total_pages: 1, total_results: 1 } }],
  ['an entry that is no object', { data: ['x'], meta: { total_pages: 1, total_results: 1 } }],
])('a body with %s fails the listing', async (_, json) => {
  const { api } = await harness(() => ({ json }));
  expect(await rejection(api.list('tool'))).toMatchObject({ kind: 'unavailable', code: 'BAD_REPLY' });
});

function servers(total: number, cap = 100): Responder {
  return (request) => {
    const page = numberOf(request);
    const size = Math.min(cap, Number(new URLSearchParams(request.query).get('page[size]')));
    return {
      json: range(total)
        .slice((page - 1) * size, page * size)
        .map((id) => ({ id, name: id, type: 'http', url: 'https://example.com' })),
    };
  };
}

test.each([
  [0, 1],
  [3, 1],
  [99, 1],
  [100, 2],
  [150, 2],
  [200, 3],
])('%d MCP servers in bare arrays are %d requests', async (total, requests) => {
  const { api, server } = await harness(servers(total));
  expect(await api.list('mcp_server')).toHaveLength(total);
  expect(server.requests).toHaveLength(requests);
});

test('a bare list capped below the size asked for is still complete', async () => {
  const { api } = await harness(servers(47, 20));
  expect(await api.list('mcp_server')).toHaveLength(47);
});

test('a bare list that ignores paging is not repeated for ever', async () => {
  const json = range(100).map((id) => ({ id, name: id }));
  const { api, server } = await harness(() => ({ json }));
  expect(await api.list('mcp_server')).toHaveLength(100);
  expect(server.requests).toHaveLength(2);
});

test('an entry met twice counts once when it is the same, and restarts the list when not', async () => {
  const same = await harness((request) => ({
    json: (numberOf(request) === 1 ? range(100) : range(5, 99)).map((id) => ({ id, name: id })),
  }));
  expect(await same.api.list('mcp_server')).toHaveLength(104);
  const changed = await harness((request) => ({
    json: (numberOf(request) === 1 ? range(100) : range(5, 99)).map((id) => ({
      id,
      name: `${id} ${numberOf(request)}`,
    })),
  }));
  expect(await rejection(changed.api.list('mcp_server'))).toMatchObject({ code: 'LISTING_INCOMPLETE' });
  expect(changed.server.requests).toHaveLength(4);
});

test('assistants are one request where the server does not page', async () => {
  const data = range(1000).map((id) => ({ id, name: id, version_id: 'v' }));
  const { api, server } = await harness(() => ({ json: { data } }));
  expect(await api.list('assistant')).toHaveLength(1000);
  expect(server.requests).toHaveLength(1);
});

test('an unpaged list that turns out to be paged is followed to its end', async () => {
  const { api } = await harness((request) => {
    const page = Math.max(1, numberOf(request));
    const data = range(150)
      .slice((page - 1) * 100, page * 100)
      .map((id) => ({ id, name: id }));
    return { json: { data, meta: { total_pages: 2, total_results: 150, page_number: page } } };
  });
  expect(await api.list('assistant')).toHaveLength(150);
});

test('versions of one assistant share its id and are all listed', async () => {
  const data = ['v3', 'v2', 'v1'].map((version_id) => ({ id: 'assistant-1', name: 'A', version_id }));
  const { api } = await harness(() => ({ json: { data } }));
  expect((await api.listVersions('assistant-1')).map(({ versionId }) => versionId)).toEqual([
    'v3',
    'v2',
    'v1',
  ]);
});
