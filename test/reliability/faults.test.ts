import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/emulator/contract/contract.ts';
import { DEFAULT_QUIRKS } from '../../src/emulator/contract/quirks.ts';
import type { Specs } from '../support/specs.ts';
import { endWorlds, isEmpty, startWorld, type World } from '../support/world.ts';
import { tellFigures } from './figures.ts';
import { accountOf } from './live.ts';

/** The smallest company with every sort of write: create with a link, stage and promote, PATCH, PUT, delete. */
const COMPANY: Specs = {
  'tool/lookup': {
    type: 'webhook',
    display_name: 'Lookup',
    webhook: { name: 'lookup', description: 'Finds.', url: 'https://a.example/', method: 'POST' },
  },
  'assistant/desk': {
    name: 'Desk',
    instructions: 'You answer.',
    tool_ids: [{ $ref: 'tool/lookup' }],
    tools: [
      { type: 'handoff', handoff: { ai_assistants: [{ name: 'Me', id: { $ref: 'assistant/desk' } }] } },
    ],
  },
  'test/hello': {
    name: 'Hello',
    destination: { $ref: 'assistant/desk' },
    instructions: 'Say hello.',
    rubric: [{ name: 'greets', criteria: 'Greets.' }],
  },
  'mcp_server/crm': { name: 'CRM', type: 'http', url: 'https://crm.example/mcp' },
};

const { 'mcp_server/crm': _dropped, ...REST } = COMPANY;

/** Every kind of resource changes, and one goes. */
const EDITED: Specs = {
  ...REST,
  'tool/lookup': {
    type: 'webhook',
    display_name: 'Lookup',
    webhook: { name: 'lookup', description: 'Finds.', url: 'https://b.example/', method: 'POST' },
  },
  'assistant/desk': { ...COMPANY['assistant/desk'], instructions: 'You answer at once.' },
  'test/hello': { ...COMPANY['test/hello'], instructions: 'Say hello twice.' },
};

const limited = (headers: Readonly<Record<string, string>>): Fault => ({
  kind: 'status',
  status: 429,
  headers,
  body: { errors: [{ code: '10011', title: 'Too many requests', detail: 'Slow down.' }] },
});

const FAULTS: { readonly [name: string]: Fault } = {
  'reset before the effect': { kind: 'reset-before' },
  'reset after the effect': { kind: 'reset-after' },
  '500 before the effect': { kind: 'status', status: 500 },
  '500 after the effect': { kind: 'status', status: 500, afterEffect: true },
  '502 with HTML': { kind: 'status', status: 502, body: '<html><h1>Bad Gateway</h1></html>' },
  '502 after the effect': { kind: 'status', status: 502, afterEffect: true, body: '<html>' },
  '503 that names a time': { kind: 'status', status: 503, headers: { 'retry-after': '0' } },
  '503 bare': { kind: 'status', status: 503 },
  '429 bare': limited({}),
  '429 with seconds': limited({ 'retry-after': '1' }),
  '429 with a date': limited({ 'retry-after': new Date(Date.now() + 1_000).toUTCString() }),
  '429 with milliseconds': limited({ 'retry-after-ms': '20' }),
  '429 with a rate window': limited({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }),
  '429 for longer than the budget': limited({ 'retry-after': '600' }),
  'no reply, before the effect': { kind: 'hang' },
  'no reply, after the effect': { kind: 'hang', afterEffect: true },
  garbage: { kind: 'garbage' },
  'a body cut in half': { kind: 'truncate' },
};

const CLIENT = { timeouts: { headersMs: 250, totalMs: 500 }, retry: { attempts: 2, budgetMs: 1_500 } };

/** Faults that outlast the retries, all of them: `npm run sweep`. */
const WHOLE = process.env.SWEEP_FAULTS === 'all';

/** How many requests in a row are hit: one, which retries may mend, and more than they can. */
const ONCE = 1;
const LASTING = 3;

async function liveNames(world: World): Promise<readonly string[]> {
  const records = await accountOf(world, DEFAULT_QUIRKS).all();
  return [...records.values()].map(({ name }) => name).sort();
}

interface Hit {
  readonly fault: Fault;
  readonly at: number;
  readonly times: number;
}

/** Applies with requests number `at` and after it hit; false when there is no such request any more. */
async function applyHit(world: World, specs: Specs, { fault, at, times }: Hit): Promise<boolean> {
  const start = (world.emulator.requests.at(-1)?.index ?? -1) + 1;
  let hit = false;
  world.emulator.setFaults((_, index) => {
    const number = index - start;
    if (number < at || number >= at + times) return undefined;
    hit = true;
    return fault;
  });
  const report = await world.apply(specs, { prune: true }).catch(() => undefined);
  world.emulator.setFaults(undefined);
  const live = await liveNames(world);
  // The report told the truth: what it calls applied is so, and what it calls failed left nothing behind unnamed.
  const planned = await world.plan(specs, { prune: true });
  for (const result of report?.results ?? []) {
    if (result.status === 'applied') {
      expect(planned.plan.changes.map(({ address }) => address)).not.toContain(result.address);
    }
    if (result.status === 'failed' && result.action === 'create' && result.remote_id === null) {
      const spec = specs[result.address];
      expect(live).not.toContain(spec?.name ?? spec?.display_name);
    }
  }
  return hit;
}

async function converges(world: World, specs: Specs): Promise<void> {
  const clean = await world.apply(specs, { prune: true });
  expect(clean.results.filter(({ status }) => status !== 'applied')).toEqual([]);
  expect(isEmpty(await world.plan(specs, { prune: true }))).toBe(true);
  const names = Object.values(specs).map((spec) => String(spec.name ?? spec.display_name));
  expect(await liveNames(world)).toEqual(names.sort());
}

const LASTING_FAULTS = ['reset after the effect', '500 after the effect', '429 bare', 'garbage'];

interface Case {
  readonly before: Specs | undefined;
  readonly specs: Specs;
  readonly fault: Fault;
  readonly times: number;
}

/** Hits one request after the other, each in an account of its own, until there is none left to hit. */
async function hitEach({ before, specs, fault, times }: Case): Promise<void> {
  let at = 0;
  for (let hit = true; hit; at += 1) {
    const world = await startWorld({}, CLIENT);
    if (before !== undefined) await world.apply(before);
    hit = await applyHit(world, specs, { fault, at, times });
    await converges(world, specs);
    await endWorlds();
  }
  expect(at).toBeGreaterThan(8);
  await tellFigures({ test: 'faults', pairs: at - 1 });
}

describe.each(Object.entries(FAULTS))('%s, at every request', (name, fault) => {
  it('of a first apply, once', async () => {
    await hitEach({ before: undefined, specs: COMPANY, fault, times: ONCE });
  }, 120_000);

  it('of an update with a prune, once', async () => {
    await hitEach({ before: COMPANY, specs: EDITED, fault, times: ONCE });
  }, 120_000);

  it.runIf(WHOLE || LASTING_FAULTS.includes(name))(
    'of a first apply, beyond the retries',
    async () => {
      await hitEach({ before: undefined, specs: COMPANY, fault, times: LASTING });
    },
    120_000,
  );

  it.runIf(WHOLE)(
    'of an update with a prune, beyond the retries',
    async () => {
      await hitEach({ before: COMPANY, specs: EDITED, fault, times: LASTING });
    },
    120_000,
  );
});
