import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/model/errors.ts';
import { crashAt } from '../reliability/crash.ts';
import type { Specs } from '../support/specs.ts';
import { type ApplyParts, isEmpty, startWorld } from '../support/world.ts';

/** More tools than a page holds, and an apply that has to look for one of them while it creates the others. */

const MANY = 240;

const SPECS: Specs = Object.fromEntries(
  Array.from({ length: MANY }, (_, index) => [
    `tool/t${index}`,
    { type: 'hangup', display_name: `Tool ${index}`, hangup: { description: `Ends call ${index}.` } },
  ]),
);

describe('an apply of several pages', () => {
  it('finds the one of which the reply was lost, and goes on', async () => {
    const world = await startWorld({ latencyMs: 12, quirks: { stockObjects: false } });
    const lost = new Set<number>();
    let creates = 0;
    world.emulator.setFaults(({ method, path }) => {
      if (method !== 'POST' || path !== '/ai/tools') return undefined;
      creates += 1;
      if (creates % 60 !== 0 || lost.has(creates)) return undefined;
      lost.add(creates);
      return { kind: 'reset-after' };
    });
    const report = await world.apply(SPECS);
    world.emulator.setFaults(undefined);
    expect(lost.size).toBeGreaterThan(2);
    expect(report.results.filter(({ status }) => status !== 'applied')).toEqual([]);
    expect(isEmpty(await world.plan(SPECS))).toBe(true);
    const { meta } = await world.dashboard('GET', '/ai/tools');
    expect(meta).toMatchObject({ total_results: MANY });
  });

  it('looks again where its own creates still came into a list that lags', async () => {
    const world = await startWorld({ quirks: { stockObjects: false, idempotencyIgnored: true } });
    let lost = 0;
    world.emulator.setFaults(({ method, path }) => {
      if (method !== 'POST' || path !== '/ai/tools' || lost > 0) return undefined;
      lost += 1;
      return { kind: 'reset-after' };
    });
    let listed = 0;
    const wrap = ({ api, session }: ApplyParts): ApplyParts => ({
      session,
      api: {
        ...api,
        list: async (kind) => {
          listed += 1;
          if (listed > 1) return api.list(kind);
          const request = { method: 'GET', path: '/ai/tools', status: 200, effect: 'none' } as const;
          throw new ApiError('unavailable', 'the totals changed', request, { code: 'LISTING_INCOMPLETE' });
        },
      },
    });
    const specs = { 'tool/t1': SPECS['tool/t1'] ?? {} };
    const report = await world.apply(specs, { wrap });
    expect(report.results.map(({ status }) => status)).toEqual(['applied']);
    expect([lost, listed]).toEqual([1, 2]);
    const { meta } = await world.dashboard('GET', '/ai/tools');
    expect(meta).toMatchObject({ total_results: 1 });
  });

  it.each([31, 300, 500])('is killed at instant %i: one clean apply converges', async (instant) => {
    const world = await startWorld({ latencyMs: 12, quirks: { stockObjects: false } });
    const crash = crashAt(instant);
    void world.apply(SPECS, { wrap: crash.wrap }).catch(() => undefined);
    await crash.happened;
    await world.store.unlock();
    const report = await world.apply(SPECS);
    await crash.bury();
    expect(report.results.filter(({ status }) => status !== 'applied')).toEqual([]);
    expect(isEmpty(await world.plan(SPECS))).toBe(true);
    const { meta } = await world.dashboard('GET', '/ai/tools');
    expect(meta).toMatchObject({ total_results: MANY });
  });
});
