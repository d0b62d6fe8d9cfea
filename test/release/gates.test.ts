import { describe, expect, it } from 'vitest';
import { applyPlan } from '../../src/apply/apply.ts';
import { withConfirmedPromotion } from '../../src/canonical/confirmed-promotion.ts';
import type { Quirks } from '../../src/emulator/contract/quirks.ts';
import { ApiError } from '../../src/model/errors.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { planPromotions } from '../../src/plan/promotions.ts';
import { runTests } from '../../src/release/run-tests.ts';
import type { Specs } from '../support/specs.ts';
import { actions, comesToRest, isEmpty, startWorld, testing, type World } from '../support/world.ts';
import { ADDRESS, crashAt } from './rollout-world.ts';

// Gates, waiting versions and moves of main, with a crash between every two calls and on every sort of server.

const QUICK = { runTimings: { pendingMs: 0, startingMs: 0, runningMs: 5 } };

const desk = (greeting: string): Specs => ({
  [ADDRESS]: {
    name: 'Front desk',
    model: 'openai/gpt-4o',
    instructions: 'Answer.',
    greeting,
    tags: ['voice'],
    tools: [{ type: 'hangup', hangup: {} }],
    telephony_settings: { time_limit_secs: 900 },
  },
  'test/greets': {
    name: 'Greets',
    destination: { $ref: ADDRESS },
    instructions: 'Say hello.',
    rubric: [{ name: 'greets', criteria: 'It greets.' }],
  },
});

const promotion = (strategy: string) => ({
  promotions: { [ADDRESS]: { strategy, gate: { tests: [{ $ref: 'test/greets' }], timeout: '10s' } } },
});
const GATED = promotion('gated');
const MANUAL = promotion('manual');

async function main(world: World): Promise<JsonObject> {
  return world.dashboard('GET', `/ai/assistants/${await world.bound(ADDRESS)}`);
}

async function versions(world: World): Promise<number> {
  return (await world.api.listVersions(await world.bound(ADDRESS))).length;
}

/** A promote or a rollback to a version, as the commands do it. */
async function move(
  world: World,
  choice: { to: string; rollback: boolean; wrap?: <T extends object>(target: T) => T },
) {
  const wrap = choice.wrap ?? (<T extends object>(target: T): T => target);
  const opened = await world.store.open('test');
  try {
    const state = opened.current();
    const known = state?.resources[ADDRESS];
    const live = await world.api.get('assistant', known?.remote_id ?? '');
    const version = await world.api.getVersion(known?.remote_id ?? '', choice.to);
    if (state === undefined || known === undefined || live === undefined || version === undefined)
      throw new Error('nothing to move');
    const binding = withConfirmedPromotion(known, live);
    const { rollback } = choice;
    const one = { address: ADDRESS, binding, main: live, version, rollback, release: undefined } as const;
    const planned = planPromotions({
      project: { name: 'test', environment: 'local' },
      state,
      apiBase: 'http://api.test/v2',
      git: null,
      tool: { name: 'assistantctl', version: '0.1.0' },
      createdAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-02T00:00:00.000Z',
      moves: live.versionId === choice.to ? [] : [{ ...one, reason: rollback ? 'rollback' : 'promote' }],
      confirmed: binding === known ? [] : [{ address: ADDRESS, binding }],
    });
    return await applyPlan(planned, {
      api: wrap(world.api),
      session: wrap(opened),
      newState: () => state,
      versionPrefix: 'nogit',
      promote: true,
      concurrency: 8,
      clock: () => new Date(),
      sleep: testing(world.api).sleep,
      stop: new AbortController().signal,
      onProgress: () => {},
    });
  } finally {
    await opened.close();
  }
}

describe('a crash at any point', () => {
  it.each(['before', 'after'] as const)(
    'of a gated update (%s a call) is made good by the next apply',
    async (when) => {
      for (let n = 0, crashed = true; crashed; n += 1) {
        const world = await startWorld(QUICK);
        await world.apply(desk('Hello.'), GATED);
        const crash = crashAt(n, when);
        const wrap = (parts: object) => ({ ...parts, ...mapParts(parts, crash.wrap) });
        await world.apply(desk('Good day.'), { ...GATED, wrap: wrap as never }).catch(() => undefined);
        crashed = crash.crashed();
        const report = await world.apply(desk('Good day.'), GATED);
        expect(report.exitKind, `${when} ${n}`).toBeNull();
        expect(isEmpty(await world.plan(desk('Good day.'), GATED)), `${when} ${n}`).toBe(true);
        expect((await main(world)).greeting).toBe('Good day.');
        expect(await versions(world), `${when} ${n}: never staged twice`).toBe(2);
        expect(n).toBeLessThan(60);
      }
    },
  );

  it.each(['before', 'after'] as const)('of a rollback (%s a call) leaves no drift behind', async (when) => {
    for (let n = 0, crashed = true; crashed; n += 1) {
      const world = await startWorld(QUICK);
      await world.apply(desk('Hello.'));
      const first = String((await main(world)).version_id);
      await world.apply(desk('Worse.'));
      const crash = crashAt(n, when);
      await move(world, { to: first, rollback: true, wrap: crash.wrap }).catch(() => undefined);
      crashed = crash.crashed();
      const { greeting } = await main(world);
      const planned = await world.plan(desk('Worse.'));
      expect(planned.plan.drift, `${when} ${n}`).toEqual([]);
      expect(planned.plan.conflicts, `${when} ${n}`).toEqual([]);
      expect(actions(planned), `${when} ${n}`).toEqual([]);
      const held = (planned.plan.holds ?? []).map(({ address }) => address);
      expect(held, `${when} ${n}`).toEqual(greeting === 'Hello.' ? [ADDRESS] : []);
      await move(world, { to: first, rollback: true });
      expect((await main(world)).greeting).toBe('Hello.');
      expect(await comesToRest(world, desk('Hello.'))).toBe(true);
      const mains = (await world.store.load())?.resources[ADDRESS]?.mains ?? [];
      expect(mains.at(-1), `${when} ${n}`).toMatchObject({ version_id: first, reason: 'rollback' });
      expect(n).toBeLessThan(40);
    }
  });
});

function mapParts(parts: object, wrap: <T extends object>(target: T) => T) {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, wrap(part)]));
}

describe('every request of a gated update', () => {
  const kinds = [
    { kind: 'reset-after' },
    { kind: 'reset-before' },
    { kind: 'status', status: 503 },
    { kind: 'garbage' },
  ] as const;
  it.each(kinds)(
    'may fail once with %j',
    async (fault) => {
      for (let n = 0, hit = true; hit; n += 1) {
        const world = await startWorld(QUICK);
        await world.apply(desk('Hello.'), GATED);
        hit = false;
        let seen = 0;
        world.emulator.setFaults(() => {
          seen += 1;
          if (seen !== n + 1) return undefined;
          hit = true;
          return fault;
        });
        await world.apply(desk('Good day.'), GATED).catch(() => undefined);
        world.emulator.setFaults(undefined);
        await world.apply(desk('Good day.'), GATED);
        expect(isEmpty(await world.plan(desk('Good day.'), GATED)), `request ${n}`).toBe(true);
        expect((await main(world)).greeting).toBe('Good day.');
        expect(await versions(world), `request ${n}`).toBe(2);
      }
    },
    30_000,
  );
});

const QUIRKS: readonly Partial<Quirks>[] = [
  {},
  { promoteVersionId: 'copy' },
  { stagedBase: 'newest' },
  { nested: 'merge', nullsForAbsent: true },
  { reorder: true, extraFields: true },
  { trimStrings: true, toolIdsInResponse: 'null' },
  { replyLacksFields: ['version_name', 'greeting'] },
  { idempotencyIgnored: true },
  { listLagMs: 60 },
];

describe.each(QUIRKS)('on a server with %j', (quirks) => {
  it('what waits is pending, is promoted, and can be rolled back', async () => {
    const world = await startWorld({ ...QUICK, quirks });
    await world.apply(desk('Hello.'), MANUAL);
    const first = String((await main(world)).version_id);
    const staged = await world.apply(desk('Later.'), MANUAL);
    expect(staged.results).toMatchObject([{ promoted: false, status: 'applied' }]);
    expect((await main(world)).greeting).toBe('Hello.');
    const waiting = await world.plan(desk('Later.'), MANUAL);
    expect(isEmpty(waiting)).toBe(true);
    expect(waiting.plan.pending).toMatchObject([{ address: ADDRESS, fields: [{ path: '/greeting' }] }]);
    world.writes();
    await world.apply(desk('Later.'), MANUAL);
    expect(world.writes()).toEqual([]);
    const id = (await world.store.load())?.resources[ADDRESS]?.staged_version_id ?? '';
    const promoted = await move(world, { to: id, rollback: false });
    expect(promoted.exitKind).toBeNull();
    const done = await world.plan(desk('Later.'), MANUAL);
    expect([isEmpty(done), done.plan.pending]).toEqual([true, undefined]);
    await move(world, { to: first, rollback: true });
    expect((await main(world)).greeting).toBe('Hello.');
    // A list that lags shows the former main for a while, and that is just what Git wants.
    await new Promise((past) => setTimeout(past, 2 * (quirks.listLagMs ?? 0)));
    const back = await world.plan(desk('Later.'), MANUAL);
    expect(back.plan.drift).toEqual([]);
    expect(back.plan.changes).toEqual([]);
    expect(back.plan.holds).toMatchObject([{ fields: ['/greeting'], cause: 'rollback' }]);
    expect(await comesToRest(world, desk('Hello.'), MANUAL)).toBe(true);
  });
});

describe('a version that waits', () => {
  it('is staged anew when main or Git moved on, or when somebody deleted it', async () => {
    const world = await startWorld(QUICK);
    await world.apply(desk('Hello.'), MANUAL);
    await world.apply(desk('Later.'), MANUAL);
    const id = await world.bound(ADDRESS);
    await world.dashboard('POST', `/ai/assistants/${id}`, { description: 'by hand' });
    expect(actions(await world.plan(desk('Later.'), MANUAL))).toEqual([`update ${ADDRESS}`]);
    await world.apply(desk('Later.'), MANUAL);
    expect((await world.plan(desk('Later.'), MANUAL)).plan.pending).toHaveLength(1);
    const staged = (await world.store.load())?.resources[ADDRESS]?.staged_version_id ?? '';
    expect(await world.dashboard('GET', `/ai/assistants/${id}/versions/${staged}`)).toMatchObject({
      description: 'by hand',
      greeting: 'Later.',
    });
    await world.dashboard('DELETE', `/ai/assistants/${id}/versions/${staged}`);
    expect(actions(await world.plan(desk('Later.'), MANUAL))).toEqual([`update ${ADDRESS}`]);
    await world.apply(desk('Later.'), MANUAL);
    await world.apply(desk('Hello.'), MANUAL);
    const given = await world.plan(desk('Hello.'), MANUAL);
    expect([isEmpty(given), given.plan.pending]).toEqual([true, undefined]);
    expect((await world.store.load())?.resources[ADDRESS]?.candidate).toBeUndefined();
  });

  it('promoted by somebody in the portal is taken for promoted', async () => {
    const world = await startWorld(QUICK);
    await world.apply(desk('Hello.'), MANUAL);
    await world.apply(desk('Later.'), MANUAL);
    const { remote_id: id, staged_version_id: staged } = (await world.store.load())?.resources[ADDRESS] ?? {};
    await world.dashboard('POST', `/ai/assistants/${id}/versions/${staged}/promote`);
    const planned = await world.plan(desk('Later.'), MANUAL);
    expect(planned.plan.pending).toBeUndefined();
    expect(await comesToRest(world, desk('Later.'), MANUAL)).toBe(true);
    expect((await world.store.load())?.resources[ADDRESS]).toMatchObject({ main_version_id: staged });
  });
});

describe('a gate', () => {
  it('waits for its tests to be as Git wants them, also with --target', async () => {
    const world = await startWorld(QUICK);
    const { 'test/greets': test, ...rest } = desk('Hello.');
    await world.apply(rest);
    world.writes();
    const wanted: Specs = { ...desk('Good day.'), 'test/greets': test ?? {} };
    await world.apply(wanted, { ...GATED, targets: [ADDRESS] });
    const sent = world.writes();
    const created = sent.indexOf('POST /ai/assistants/tests');
    const run = sent.findIndex((line) => line.endsWith('/runs'));
    expect(created).toBeGreaterThanOrEqual(0);
    expect(run).toBeGreaterThan(created);
    expect(sent.at(-1)).toMatch(/promote$/);
  });

  it('that names a test which now tests another assistant stays closed', async () => {
    const world = await startWorld(QUICK);
    await world.apply(desk('Hello.'), GATED);
    const other = await world.dashboard('POST', '/ai/assistants', { name: 'Other', instructions: 'x' });
    const test = await world.bound('test/greets');
    await world.dashboard('PUT', `/ai/assistants/tests/${test}`, { destination: String(other.id) });
    const report = await world.apply(desk('Good day.'), GATED);
    expect(report.exitKind).toBe('gate');
    expect(report.results).toMatchObject([{ error: { code: 'GATE_FAILED' }, tests: [{ outcome: 'error' }] }]);
    expect((await main(world)).greeting).toBe('Hello.');
  });

  it("runs no test twice when a trigger's reply is lost", async () => {
    const world = await startWorld(QUICK);
    await world.apply(desk('Hello.'), GATED);
    let lost = 0;
    world.emulator.setFaults(({ method, path }) => {
      if (method !== 'POST' || !path.endsWith('/runs') || lost === 2) return undefined;
      lost += 1;
      return { kind: 'reset-after' };
    });
    const report = await world.apply(desk('Good day.'), GATED);
    expect(report.exitKind).toBeNull();
    expect(lost).toBe(2);
    expect(await world.api.listRuns(await world.bound('test/greets'))).toHaveLength(1);
  });

  it('that was staged before the API gave out is something written: partly applied, not unavailable', async () => {
    const world = await startWorld(QUICK);
    await world.apply(desk('Hello.'), GATED);
    world.emulator.setFaults(({ method, path }) =>
      method === 'POST' && path.endsWith('/runs') ? { kind: 'status', status: 429 } : undefined,
    );
    const staging = await world.apply(desk('Good day.'), GATED);
    expect(staging.results).toMatchObject([{ error: { kind: 'unavailable', status: 429 } }]);
    expect(staging.exitKind).toBe('partial');
    const again = await world.apply(desk('Good day.'), GATED);
    expect(again.exitKind, 'the version waits already: nothing was written').toBe('unavailable');
    expect(await versions(world)).toBe(2);
  });

  it('is not blamed on the change when the wait for its tests was interrupted', async () => {
    const world = await startWorld({ runTimings: { pendingMs: 0, startingMs: 0, runningMs: 60_000 } });
    await world.apply(desk('Hello.'), GATED);
    const stop = new AbortController();
    const id = await world.bound('test/greets');
    const cutOff = new ApiError(
      'interrupted',
      'interrupted',
      { method: 'GET', path: '/', status: 0, effect: 'none' },
      { code: 'INTERRUPTED' },
    );
    const api = {
      ...world.api,
      getRun: () => {
        stop.abort();
        return Promise.reject(cutOff);
      },
    };
    const test = { address: undefined, testId: id, name: 'Greets', suite: undefined, criteria: {} };
    const order = { tests: [test], versionId: undefined, timeoutMs: 60_000, concurrency: 1 };
    const verdicts = await runTests(order, { ...testing(world.api), api, stop: stop.signal });
    expect(verdicts).toMatchObject([{ outcome: 'interrupted', test_id: id }]);
  });
});
