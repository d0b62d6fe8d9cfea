import { describe, expect, it } from 'vitest';
import { isOpen } from '../../src/model/rollout.ts';
import { actions, isEmpty, startWorld, type World } from '../support/world.ts';
import {
  ADDRESS,
  Crash,
  crashAt,
  mainInstructions,
  move,
  PROMOTIONS,
  rolloutOf,
  share,
  specs,
  versionCount,
} from './rollout-world.ts';

const OLD = specs('You answer the phone.');
const NEW = specs('You answer the telephone.');

async function opened(options: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const world = await startWorld(options);
  await world.apply(OLD, PROMOTIONS);
  const outcome = await world.apply(NEW, PROMOTIONS);
  expect(outcome.exitKind).toBeNull();
  expect(outcome.next).toBe('assistantctl rollout tick --env local');
  return world;
}

describe('a canary rollout', () => {
  it('begins with the first share, goes on by holds and ends with the promotion', async () => {
    const world = await opened();
    expect(await share(world)).toBe(10);
    expect(await mainInstructions(world)).toBe('You answer the phone.');
    expect((await move(world)).action).toBe('held');
    expect((await move(world, { minutes: 11 })).action).toBe('advanced');
    expect(await share(world)).toBe(50);
    // The new step counts from when it took effect, eleven minutes from now.
    expect((await move(world, { minutes: 12 })).action).toBe('held');
    expect((await move(world, { minutes: 22 })).action).toBe('promoted');
    expect(await share(world)).toBeUndefined();
    expect(await mainInstructions(world)).toBe('You answer the telephone.');
    expect(await rolloutOf(world)).toBeUndefined();
    const planned = await world.plan(NEW, PROMOTIONS);
    expect(isEmpty(planned)).toBe(true);
    expect(planned.plan.pending).toBeUndefined();
    expect(await versionCount(world)).toBe(2);
  });

  it('is pending in the plan: no change, no drift, no conflict', async () => {
    const world = await opened();
    const planned = await world.plan(NEW, PROMOTIONS);
    expect(isEmpty(planned)).toBe(true);
    expect(planned.plan.pending).toMatchObject([
      { address: ADDRESS, what: 'rollout', note: 'step 1 of 2, 10 %' },
    ]);
    world.writes();
    await world.apply(NEW, PROMOTIONS);
    expect(world.writes()).toEqual([]);
    expect(await share(world)).toBe(10);
  });

  it('takes a narrower audience by match clauses, and another one for a single step', async () => {
    const world = await startWorld();
    const staff = [{ operator: 'starts_with', values: ['+1312'] }];
    const steps = [
      { weight: 50, hold: '1m', match: staff },
      { weight: 5, hold: '1m' },
    ];
    const promotions = { [ADDRESS]: { strategy: 'canary', canary: { steps } } };
    await world.apply(OLD, { promotions });
    await world.apply(NEW, { promotions });
    const before = await world.api.canary(await world.bound(ADDRESS));
    expect(before?.rules).toMatchObject([
      { match: [{ attribute: 'telnyx_end_user_target', operator: 'starts_with', values: ['+1312'] }] },
    ]);
    await move(world, { minutes: 2 });
    const after = await world.api.canary(await world.bound(ADDRESS));
    expect(after?.rules[0]).not.toHaveProperty('match');
    expect(await share(world)).toBe(5);
  });
});

describe('analysis', () => {
  it('aborts: the canary goes, main and the version stay, and the plan says why', async () => {
    const world = await opened();
    const moved = await move(world, { judgement: { verdict: 'abort', reason: 'too many transfers' } });
    expect(moved.action).toBe('aborted');
    expect(await share(world)).toBeUndefined();
    expect(await mainInstructions(world)).toBe('You answer the phone.');
    expect(await versionCount(world)).toBe(2);
    const { plan } = await world.plan(NEW, PROMOTIONS);
    expect(plan.changes).toMatchObject([
      { action: 'update', reason: 'changed in Git; its last rollout was aborted (too many transfers)' },
    ]);
    await world.apply(NEW, PROMOTIONS);
    expect(await share(world)).toBe(10);
    expect(await versionCount(world)).toBe(2);
  });

  it('pauses when it is inconclusive, and goes on when it no longer is', async () => {
    const world = await opened();
    const unsure = { verdict: 'inconclusive', reason: 'no calls yet' } as const;
    expect((await move(world, { minutes: 11, judgement: unsure })).action).toBe('paused');
    expect((await rolloutOf(world))?.phase).toBe('paused');
    expect(await share(world)).toBe(10);
    expect((await move(world, { minutes: 12, judgement: unsure })).action).toBe('paused');
    expect((await move(world, { minutes: 13 })).action).toBe('advanced');
  });

  it('that paused before its last step ends without the reason why it had paused', async () => {
    const world = await opened();
    const unsure = { verdict: 'inconclusive', reason: 'no calls yet' } as const;
    let minutes = 11;
    let moved = await move(world, { minutes, judgement: unsure });
    expect(moved.rollout.reason).toBe('no calls yet');
    while (moved.action !== 'promoted' && minutes < 120) {
      minutes += 11;
      moved = await move(world, { minutes, ...(moved.action === 'advanced' && { judgement: unsure }) });
    }
    expect(moved).toMatchObject({ action: 'promoted', reason: null, rollout: { reason: null } });
  });

  it('is not asked any more once the deadline has passed', async () => {
    const world = await opened();
    const moved = await move(world, { minutes: 121 });
    expect(moved).toMatchObject({ action: 'aborted' });
    expect(moved.reason).toContain('deadline');
  });
});

describe('a rollout and other people', () => {
  it('does not begin where a canary is open that is not ours', async () => {
    const world = await startWorld();
    await world.apply(OLD, PROMOTIONS);
    const id = await world.bound(ADDRESS);
    const main = (await world.api.get('assistant', id))?.versionId ?? '';
    const rules = [{ serve: { version_id: main } }];
    await world.dashboard('POST', `/ai/assistants/${id}/canary-deploys`, { rules });
    await expect(world.apply(NEW, PROMOTIONS)).rejects.toMatchObject({
      kind: 'refused',
      code: 'CANARY_OPEN',
    });
    expect(await versionCount(world)).toBe(1);
  });

  it.each([
    ['another version was promoted', 'main is not what it was'],
    ['the candidate was promoted', 'main serves the candidate'],
    ['the canary was changed', 'the canary is not as the rollout left it'],
    ['the canary was removed', 'the canary is gone'],
    ['the candidate was deleted', 'the candidate was deleted'],
  ])('stops when %s', async (what, found) => {
    const world = await opened();
    const id = await world.bound(ADDRESS);
    const candidate = (await rolloutOf(world))?.candidate.version_id ?? '';
    const path = `/ai/assistants/${id}`;
    if (what.startsWith('another')) await world.dashboard('POST', path, { greeting: 'Hi.' });
    if (what === 'the candidate was promoted')
      await world.dashboard('POST', `${path}/versions/${candidate}/promote`);
    if (what.endsWith('changed')) {
      const rules = [{ serve: { rollout: [{ version_id: candidate, weight: 90 }] } }];
      await world.dashboard('PUT', `${path}/canary-deploys`, { rules });
    }
    if (what.endsWith('removed')) await world.dashboard('DELETE', `${path}/canary-deploys`);
    if (what.endsWith('deleted')) await world.dashboard('DELETE', `${path}/versions/${candidate}`);
    const stopped = move(world, { minutes: 11 });
    await expect(stopped).rejects.toMatchObject({ kind: 'stale', code: 'ROLLOUT_STALE' });
    await expect(stopped).rejects.toThrow(found);
    expect(world.writes()).toEqual([]);
    const hint = await stopped.catch((error: { hint?: string }) => error.hint);
    // An abort would be refused as long as the canary is somebody else's.
    if (what === 'the canary was changed') expect(hint).toContain('remove it where it was changed');
    else expect(hint).toMatch(/end it with: assistantctl rollout abort/);
  });

  it('takes note of a candidate that somebody promoted, by promote or by the next apply', async () => {
    const world = await opened();
    const id = await world.bound(ADDRESS);
    const candidate = (await rolloutOf(world))?.candidate.version_id ?? '';
    await world.dashboard('POST', `/ai/assistants/${id}/versions/${candidate}/promote`);
    expect((await move(world, { order: 'promote' })).action).toBe('promoted');
    expect(await rolloutOf(world)).toBeUndefined();
    expect(isEmpty(await world.plan(NEW, PROMOTIONS))).toBe(true);
  });

  it('ends by hand after somebody promoted another version', async () => {
    const world = await opened();
    await world.dashboard('POST', `/ai/assistants/${await world.bound(ADDRESS)}`, { greeting: 'Hi.' });
    expect((await move(world, { order: 'abort', reason: 'superseded' })).reason).toBe('superseded');
    expect(await share(world)).toBeUndefined();
    expect(isOpen(await rolloutOf(world))).toBe(false);
  });
});

describe('a second change while a rollout is open', () => {
  const NEWER = specs('You answer the telephone, briefly.');

  it('is refused, and takes its place with --replace', async () => {
    const world = await opened();
    expect(actions(await world.plan(NEWER, PROMOTIONS))).toEqual([`update ${ADDRESS}`]);
    await expect(world.apply(NEWER, PROMOTIONS)).rejects.toMatchObject({
      code: 'ROLLOUT_OPEN',
      kind: 'refused',
    });
    expect(await versionCount(world)).toBe(2);
    await move(world, { minutes: 11 });
    const outcome = await world.apply(NEWER, { ...PROMOTIONS, replaceRollout: true });
    expect(outcome.exitKind).toBeNull();
    expect(await share(world)).toBe(10);
    expect((await rolloutOf(world))?.step).toBe(0);
    await move(world, { order: 'promote' });
    expect(await mainInstructions(world)).toBe('You answer the telephone, briefly.');
    expect(isEmpty(await world.plan(NEWER, PROMOTIONS))).toBe(true);
  });

  it('may also be promoted at once with --replace; the canary is gone then', async () => {
    const world = await opened();
    await expect(world.apply(NEWER)).rejects.toMatchObject({ code: 'ROLLOUT_OPEN' });
    await world.apply(NEWER, { replaceRollout: true });
    expect(await share(world)).toBeUndefined();
    expect(await rolloutOf(world)).toBeUndefined();
    expect(isEmpty(await world.plan(NEWER))).toBe(true);
  });
});

describe('after a kill', () => {
  const WHEN = ['before', 'after'] as const;

  it.each(WHEN)('%s any call of the opening, the next apply or tick finishes it', async (when) => {
    for (let n = 0; ; n += 1) {
      const world = await startWorld();
      await world.apply(OLD, PROMOTIONS);
      const crash = crashAt(n, when);
      const wrap = (parts: { api: typeof world.api; session: object }) => ({
        api: crash.wrap(parts.api),
        session: crash.wrap(parts.session),
      });
      await world.apply(NEW, { ...PROMOTIONS, wrap: wrap as never }).catch(() => undefined);
      if (!crash.crashed()) return expect(n).toBeGreaterThan(12);
      if (n % 2 === 0 && isOpen(await rolloutOf(world))) await move(world);
      await world.apply(NEW, PROMOTIONS);
      expect(await share(world)).toBe(10);
      expect((await rolloutOf(world))?.phase).toBe('open');
      expect(await versionCount(world)).toBe(2);
      expect(isEmpty(await world.plan(NEW, PROMOTIONS))).toBe(true);
    }
  });

  it.each(WHEN)('%s any call of a tick, the next ticks finish it', async (when) => {
    for (const minutes of [11, 22]) {
      for (let n = 0; ; n += 1) {
        const world = await opened();
        if (minutes === 22) await move(world, { minutes: 11 });
        const crash = crashAt(n, when);
        await move(world, { minutes, wrap: crash.wrap }).catch((error: unknown) => {
          if (!crash.crashed()) throw error;
        });
        if (!crash.crashed()) {
          expect(n).toBeGreaterThan(5);
          break;
        }
        for (let later = minutes; isOpen(await rolloutOf(world)); later += 11) {
          expect(later).toBeLessThan(90);
          await move(world, { minutes: later });
        }
        expect(await share(world)).toBeUndefined();
        expect(await mainInstructions(world)).toBe('You answer the telephone.');
        expect(await versionCount(world)).toBe(2);
        expect(isEmpty(await world.plan(NEW, PROMOTIONS))).toBe(true);
      }
    }
  });

  it.each(WHEN)('%s any call of an abort, the next tick finishes it', async (when) => {
    for (let n = 0; ; n += 1) {
      const world = await opened();
      const crash = crashAt(n, when);
      await move(world, { order: 'abort', wrap: crash.wrap }).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      if (!crash.crashed()) return expect(n).toBeGreaterThan(5);
      const phase = (await rolloutOf(world))?.phase;
      if (phase === 'aborting') await move(world);
      else if (phase !== 'aborted') await move(world, { order: 'abort' });
      expect((await rolloutOf(world))?.phase).toBe('aborted');
      expect(await share(world)).toBeUndefined();
      expect(await mainInstructions(world)).toBe('You answer the phone.');
      expect(await versionCount(world)).toBe(2);
    }
  });
});

describe('whatever the API does', () => {
  it.each([
    { promoteVersionId: 'copy' },
    { stagedBase: 'newest' },
    { reorder: true },
    { extraFields: true },
    { nullsForAbsent: true },
    { replyLacksFields: ['version_id'] },
    { legacyCanaryBody: true },
    { idempotencyIgnored: true },
  ] as const)('%o', async (quirks) => {
    const world = await opened({ quirks });
    await move(world, { minutes: 11 });
    expect(await share(world)).toBe(50);
    await move(world, { minutes: 22 });
    expect(await mainInstructions(world)).toBe('You answer the telephone.');
    expect(await share(world)).toBeUndefined();
    expect(isEmpty(await world.plan(NEW, PROMOTIONS))).toBe(true);
  });

  it.each(['POST', 'PUT', 'DELETE'])('a lost reply to a %s of the canary is looked up', async (method) => {
    const world = await startWorld();
    await world.apply(OLD, PROMOTIONS);
    const lost = new Set<string>();
    world.emulator.setFaults((request) => {
      if (request.method !== method || !request.path.endsWith('canary-deploys') || lost.size > 0)
        return undefined;
      lost.add(request.path);
      return { kind: 'reset-after' };
    });
    await world.apply(NEW, PROMOTIONS);
    await move(world, { minutes: 11 });
    expect(await share(world)).toBe(50);
    expect((await move(world, { order: 'abort' })).action).toBe('aborted');
    expect(await share(world)).toBeUndefined();
    expect(lost.size).toBe(1);
  });
});
