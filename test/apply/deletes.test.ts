import { describe, expect, it } from 'vitest';
import { DEFAULT_QUIRKS } from '../../src/emulator/contract/quirks.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { crashAt } from '../reliability/crash.ts';
import type { Specs } from '../support/specs.ts';
import { endWorlds, isEmpty, startWorld, type World } from '../support/world.ts';

/** The API refuses to delete an assistant while another one leads to it, and keeps the deleted ones for a while. */

const handoff = (...targets: readonly string[]): JsonObject => ({
  type: 'handoff',
  handoff: { ai_assistants: targets.map((target) => ({ name: target.slice(-1), id: { $ref: target } })) },
});

const assistant = (name: string, ...targets: readonly string[]): JsonObject => ({
  name,
  instructions: `You are ${name}.`,
  tools: targets.length === 0 ? [] : [handoff(...targets)],
});

const byEdge = (name: string, target: string): JsonObject => ({
  name,
  instructions: `You are ${name}.`,
  conversation_flow: {
    start_node_id: 'n',
    nodes: [{ id: 'n', type: 'prompt', instructions: 'Ask.' }],
    edges: [
      {
        id: 'e',
        start_node_id: 'n',
        target: { type: 'assistant', assistant_id: { $ref: target } },
        condition: { type: 'llm', prompt: 'The caller asks for the other.' },
      },
    ],
  },
});

const KEEP = { 'assistant/keep': assistant('Keep') };

const GOING: readonly (readonly [string, Specs])[] = [
  [
    'a circle of two',
    { 'assistant/a': assistant('A', 'assistant/b'), 'assistant/b': assistant('B', 'assistant/a') },
  ],
  [
    'a circle of three and one that leads in',
    {
      'assistant/a': assistant('A', 'assistant/b'),
      'assistant/b': assistant('B', 'assistant/c'),
      'assistant/c': assistant('C', 'assistant/a'),
      'assistant/d': assistant('D', 'assistant/a', 'assistant/c'),
    },
  ],
  [
    'a circle of edges',
    { 'assistant/a': byEdge('A', 'assistant/b'), 'assistant/b': byEdge('B', 'assistant/a') },
  ],
  [
    'a circle by a shared tool',
    {
      'tool/over': { display_name: 'Over', ...handoff('assistant/b') },
      'assistant/a': { ...assistant('A'), tool_ids: [{ $ref: 'tool/over' }] },
      'assistant/b': assistant('B', 'assistant/a'),
    },
  ],
  [
    'a chain',
    {
      'assistant/a': assistant('A', 'assistant/b'),
      'assistant/b': assistant('B', 'assistant/c'),
      'assistant/c': assistant('C'),
    },
  ],
];

const REFUSE = { deleteReferenced: 'refuse', softDelete: true } as const;

describe.each(['main', 'versions'] as const)('where references of %s count', (deleteCounts) => {
  it.each(GOING)('%s is deleted by one apply', async (_, going) => {
    const world = await startWorld({ quirks: { ...REFUSE, deleteCounts } });
    await world.apply({ ...KEEP, ...going });
    const report = await world.apply(KEEP, { prune: true });
    expect(report.results.map(({ status, error }) => [status, error])).toEqual(
      Object.keys(going).map(() => ['applied', null]),
    );
    expect(isEmpty(await world.plan(KEEP))).toBe(true);
    const state = await world.store.load();
    for (const [address, spec] of Object.entries(going)) {
      const kept = state?.deleted.find((copy) => copy.address === address)?.config;
      expect((kept?.tools as readonly Json[] | undefined)?.length ?? 0).toBe(
        (spec.tools as readonly Json[] | undefined)?.length ?? 0,
      );
    }
  });
});

type Json = JsonObject[string];

it.each([
  ['a reply does not say which version it made', {}],
  ['a reply does not say it and lists are behind', { listLagMs: 3 }],
])('a circle of two is deleted where %s', async (_, behind) => {
  const world = await startWorld({ quirks: { ...REFUSE, replyLacksFields: ['version_id'], ...behind } });
  const [, circle] = GOING[0] ?? ['', {}];
  await world.apply({ ...KEEP, ...circle });
  const report = await world.apply(KEEP, { prune: true });
  expect(report.results.map(({ status }) => status)).toEqual(['applied', 'applied']);
  expect(isEmpty(await world.plan(KEEP))).toBe(true);
});

describe('one that stays and leads to what goes', () => {
  it('is left alone: the delete fails alone and names it', async () => {
    const world = await startWorld({ quirks: { ...REFUSE, deleteCounts: 'versions' } });
    await world.apply({ 'assistant/a': assistant('A', 'assistant/b'), 'assistant/b': assistant('B') });
    const id = await world.bound('assistant/a');
    const specs = { 'assistant/a': assistant('A') };
    const report = await world.apply(specs, { prune: true });
    expect(report.exitKind).toBe('partial');
    expect(report.results.map(({ address, status }) => [address, status])).toEqual([
      ['assistant/a', 'applied'],
      ['assistant/b', 'failed'],
    ]);
    const error = report.results[1]?.error;
    expect(error).toMatchObject({ code: 'STILL_REFERENCED' });
    expect(error?.hint).toContain('assistant/a');
    const versions = await world.api.listVersions(id);
    expect(versions.length).toBeGreaterThanOrEqual(2);
  });
});

describe('an assistant that somebody deleted', () => {
  async function deleted(quirks = {}): Promise<readonly [World, Specs, string]> {
    const world = await startWorld({ quirks: { softDelete: true, ...quirks } });
    const specs = { 'assistant/a': { ...assistant('A'), greeting: 'Hello.' }, 'test/t': test };
    await world.apply(specs);
    const id = await world.bound('assistant/a');
    await world.dashboard('DELETE', `/ai/assistants/${id}`);
    return [world, specs, id];
  }

  const test = {
    name: 'Greets',
    destination: { $ref: 'assistant/a' },
    instructions: 'Say hello.',
    rubric: [{ name: 'r', criteria: 'c' }],
  };

  it('is restored by --recreate, with its id and versions, and brought to what Git says', async () => {
    const [world, specs, id] = await deleted();
    const next = { ...specs, 'assistant/a': { ...specs['assistant/a'], greeting: 'Welcome.' } };
    expect((await world.apply(next, { recreate: true })).exitKind).toBeNull();
    expect(await world.bound('assistant/a')).toBe(id);
    expect(isEmpty(await world.plan(next))).toBe(true);
    expect(await world.dashboard('GET', `/ai/assistants/${id}`)).toMatchObject({ greeting: 'Welcome.' });
    expect((await world.api.listVersions(id)).length).toBe(2);
  });

  const DROPPED: readonly (readonly [string, Specs[string]])[] = [
    ['drops its hand-off', assistant('A')],
    ['hands off to another one', assistant('A', 'assistant/keep')],
    [
      'drops it and changes a part of a setting',
      { ...assistant('A'), telephony_settings: { time_limit_secs: 900 } },
    ],
  ];

  it.each(DROPPED)('%s when it is restored, so that the former target can go', async (_, next) => {
    // Whole, and cut off at the restore, at the staging and at the promotion.
    for (const failing of [undefined, /\/restore$/, /\/assistants\/[^/]+$/, /\/promote$/]) {
      const world = await startWorld({ quirks: REFUSE });
      const before = {
        ...KEEP,
        'assistant/a': {
          ...assistant('A', 'assistant/b'),
          telephony_settings: { time_limit_secs: 600, user_idle_timeout_secs: 45 },
        },
        'assistant/b': assistant('B'),
      };
      await world.apply(before);
      const id = await world.bound('assistant/a');
      await world.dashboard('DELETE', `/ai/assistants/${id}`);
      const specs = { ...KEEP, 'assistant/a': next };
      const choices = { recreate: true, prune: true };
      if (failing !== undefined) {
        world.emulator.setFaults(({ method, path }) =>
          method === 'POST' && failing.test(path) ? { kind: 'status', status: 500 } : undefined,
        );
        expect((await world.apply(specs, choices)).exitKind).not.toBeNull();
        world.emulator.setFaults(undefined);
      }
      const report = await world.apply(specs, choices);
      expect(report.results.map(({ status, error }) => [status, error])).toEqual(
        report.results.map(() => ['applied', null]),
      );
      expect(await world.bound('assistant/a')).toBe(id);
      expect((await world.store.load())?.resources['assistant/b']).toBeUndefined();
      expect(await world.dashboard('GET', `/ai/assistants/${id}`)).toMatchObject({
        telephony_settings: { user_idle_timeout_secs: 45 },
      });
      expect(isEmpty(await world.plan(specs))).toBe(true);
    }
  });

  /** What a person changed before the assistant was deleted, and what Git says when it is restored. */
  const KILLED: readonly (readonly [string, JsonObject, JsonObject])[] = [
    ['what Git says as before', { greeting: 'By hand.' }, {}],
    ['what Git changed as well', { greeting: 'By hand.' }, { greeting: 'Welcome.' }],
    ['what Git changed beside it', { greeting: 'By hand.' }, { description: 'New.' }],
  ];

  it.each(KILLED)(
    'comes out right when its restore is killed at any instant: %s',
    async (_, edit, change) => {
      let crashed = true;
      // The restore and the record of it are the first ten instants; other kills have tests of their own.
      for (let instant = 0; crashed && instant < 10; instant += 1) {
        const world = await startWorld({ quirks: REFUSE });
        const spec = { ...assistant('A', 'assistant/keep'), greeting: 'Hello.' };
        await world.apply({ ...KEEP, 'assistant/a': spec });
        const id = await world.bound('assistant/a');
        await world.dashboard('POST', `/ai/assistants/${id}`, { ...edit, promote_to_main: true });
        await world.dashboard('DELETE', `/ai/assistants/${id}`);
        const specs = { ...KEEP, 'assistant/a': { ...spec, ...change } };
        const crash = crashAt(instant);
        const running = world.apply(specs, { recreate: true, wrap: crash.wrap });
        crashed = await Promise.race([
          running.then(() => false),
          crash.happened.then(() => world.store.unlock()).then(() => true),
        ]);
        await crash.bury();
        const report = await world.apply(specs, { recreate: true });
        expect([instant, report.results.map(({ status, error }) => [status, error?.code])]).toEqual([
          instant,
          report.results.map(() => ['applied', undefined]),
        ]);
        const after = await world.plan(specs, { recreate: true, whole: true });
        expect([instant, isEmpty(after), after.stateEdits]).toEqual([instant, true, []]);
        expect(await world.bound('assistant/a')).toBe(id);
        expect(await world.dashboard('GET', `/ai/assistants/${id}`)).toMatchObject({
          greeting: 'Hello.',
          ...change,
        });
        await endWorlds();
      }
    },
  );

  it('keeps what was there before its first apply when it is restored', async () => {
    const world = await startWorld({ quirks: REFUSE });
    const hangup = { type: 'hangup', hangup: { description: 'Ends the call.' } };
    const { id } = await world.dashboard('POST', '/ai/assistants', { ...assistant('A'), tools: [hangup] });
    const specs = { ...KEEP, 'assistant/a': assistant('A', 'assistant/keep') };
    await world.apply(specs);
    expect(await world.bound('assistant/a')).toBe(id);
    await world.dashboard('DELETE', `/ai/assistants/${id}`);
    const next = { ...KEEP, 'assistant/a': { ...assistant('A'), greeting: 'Hello.' } };
    expect((await world.apply(next, { recreate: true })).exitKind).toBeNull();
    expect(await world.dashboard('GET', `/ai/assistants/${id}`)).toMatchObject({
      greeting: 'Hello.',
      tools: [hangup],
    });
    expect(isEmpty(await world.plan(next))).toBe(true);
  });

  it('drops a hand-off to itself when it is restored', async () => {
    const world = await startWorld({ quirks: REFUSE });
    await world.apply({ ...KEEP, 'assistant/a': assistant('A', 'assistant/a') });
    await world.dashboard('DELETE', `/ai/assistants/${await world.bound('assistant/a')}`);
    const next = { ...KEEP, 'assistant/a': assistant('A') };
    expect((await world.apply(next, { recreate: true })).results).toMatchObject([{ error: null }]);
    expect(isEmpty(await world.plan(next))).toBe(true);
  });

  it('keeps a circle of hand-offs that is restored with more than it had', async () => {
    const world = await startWorld({ quirks: REFUSE });
    const circle = {
      'assistant/a': assistant('A', 'assistant/b'),
      'assistant/b': assistant('B', 'assistant/a'),
    };
    await world.apply({ ...KEEP, ...circle });
    for (const address of Object.keys(circle)) {
      world.emulator.setQuirks({ ...DEFAULT_QUIRKS, softDelete: true, deleteReferenced: 'allow' });
      await world.dashboard('DELETE', `/ai/assistants/${await world.bound(address)}`);
      world.emulator.setQuirks({ ...DEFAULT_QUIRKS, ...REFUSE });
    }
    const next = {
      ...KEEP,
      'assistant/a': { ...assistant('A', 'assistant/b', 'assistant/keep'), greeting: 'Hello.' },
      'assistant/b': assistant('B', 'assistant/a', 'assistant/keep'),
    };
    expect((await world.apply(next, { recreate: true })).results.map(({ error }) => error)).toEqual([
      null,
      null,
    ]);
    expect(isEmpty(await world.plan(next))).toBe(true);
  });

  it('is created again where it was deleted for good', async () => {
    const [world, specs, id] = await deleted();
    await world.dashboard('DELETE', `/ai/assistants/${id}?hard_delete=true`);
    expect((await world.apply(specs, { recreate: true })).exitKind).toBeNull();
    expect(await world.bound('assistant/a')).not.toBe(id);
    expect(isEmpty(await world.plan(specs))).toBe(true);
  });

  it('is created again where the API knows no restore', async () => {
    const [world, specs, id] = await deleted({ softDelete: false });
    expect((await world.apply(specs, { recreate: true })).exitKind).toBeNull();
    expect(await world.bound('assistant/a')).not.toBe(id);
    expect(isEmpty(await world.plan(specs))).toBe(true);
  });

  it('is restored once where the reply to the restore is lost', async () => {
    const [world, specs, id] = await deleted();
    let lost = false;
    world.emulator.setFaults(({ path }) => {
      if (lost || !path.endsWith('/restore')) return undefined;
      lost = true;
      return { kind: 'reset-after' };
    });
    expect((await world.apply(specs, { recreate: true })).exitKind).toBeNull();
    expect(lost).toBe(true);
    expect(await world.bound('assistant/a')).toBe(id);
    expect(isEmpty(await world.plan(specs))).toBe(true);
  });
});

describe('a create where a copy is kept', () => {
  it('says so, with the line that restores', async () => {
    const world = await startWorld();
    const specs = { ...KEEP, 'assistant/a': assistant('A') };
    await world.apply(specs);
    await world.apply(KEEP, { prune: true });
    const { plan } = await world.plan(specs);
    expect(plan.diagnostics).toMatchObject([{ code: 'COPY_KEPT', address: 'assistant/a' }]);
    expect(plan.diagnostics[0]?.hint).toContain('assistantctl state restore assistant/a');
    expect((await world.apply(specs)).exitKind).toBeNull();
    expect((await world.plan(specs)).plan.diagnostics).toEqual([]);
  });
});
