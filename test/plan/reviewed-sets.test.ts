import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatEntries, parseEntries, placeOfUnit, setEntryOf } from '../../src/canonical/set-entries.ts';
import type { ReviewedSet, ReviewUnit, SetUnit } from '../../src/model/review.ts';
import { settingDigest } from '../../src/plan/review-units.ts';
import { unionOfSets, unreviewedUnits } from '../../src/plan/review-verdict.ts';
import { markerLine, readMarker, setOfMarker } from '../../src/render/markdown/marker.ts';

const PLACE = { project: 'acme', environment: 'live', api_base: 'https://api.example' };

function unit(address: string, path: string, value: string): ReviewUnit {
  const action = path === '' ? 'create' : 'update';
  return { address, action, path, digest: settingDigest(PLACE, address, path, value) };
}

function set(units: readonly SetUnit[]): ReviewedSet {
  return {
    project: 'acme',
    environment: 'live',
    head: 'a'.repeat(40),
    plan_digest: `sha256:${'0'.repeat(64)}`,
    at: '2026-01-01T00:00:00Z',
    ttlMs: 1000,
    entries: units.map(setEntryOf),
  };
}

const units = fc
  .array(
    fc.record({
      address: fc.constantFrom('assistant/a', 'assistant/b', 'tool/c'),
      path: fc.constantFrom('', '/greeting', '/model', '/tools/x', '/tools/x/url', '/dynamic_variables/k'),
      value: fc.constantFrom('1', '2', '3'),
    }),
    { maxLength: 6 },
  )
  .map((found) => found.map(({ address, path, value }) => unit(address, path, value)));

function isAbove(path: string, other: string): boolean {
  return path === other || path === '' || other.startsWith(`${path}/`);
}

describe('a union of sets', () => {
  it('holds a unit exactly when the last set that speaks of its place, or above or below it, has it', () => {
    fc.assert(
      fc.property(fc.array(units, { maxLength: 4 }), units, (sets, asked) => {
        const union = unionOfSets(sets.map(set));
        for (const one of asked) {
          const speaking = sets.findLastIndex((members) =>
            members.some(
              ({ address, path }) =>
                address === one.address && (isAbove(path, one.path) || isAbove(one.path, path)),
            ),
          );
          const expected = sets[speaking]?.some(({ digest }) => digest === one.digest) ?? false;
          expect(union.holds(one.digest)).toBe(expected);
        }
      }),
    );
  });

  it('lets nothing run that no set holds, and everything that one does', () => {
    fc.assert(
      fc.property(fc.array(units, { maxLength: 4 }), units, (sets, planned) => {
        const union = unionOfSets(sets.map(set));
        const left = unreviewedUnits(planned, 'sha256:other', union);
        for (const one of planned) expect(left.includes(one)).toBe(!union.holds(one.digest));
      }),
    );
  });

  it('of requests that speak of different places is the same in every order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(['/a', '/b', '/c', '/d'], { minLength: 4 }), (order) => {
        const union = unionOfSets(order.map((path) => set([unit('assistant/a', path, '1')])));
        for (const path of order) expect(union.holds(unit('assistant/a', path, '1').digest)).toBe(true);
      }),
    );
  });

  it('counts what was made on top of something only together with it', () => {
    const first = unit('assistant/a', '', '1');
    const second = { ...unit('assistant/a', '', '2'), from: first.digest };
    const third = { ...unit('assistant/a', '', '3'), from: second.digest };
    expect(unionOfSets([set([second])]).holds(second.digest)).toBe(false);
    expect(unionOfSets([set([first]), set([second])]).holds(second.digest)).toBe(true);
    expect(unionOfSets([set([first]), set([second])]).holds(first.digest)).toBe(false);
    expect(unionOfSets([set([first]), set([second]), set([third])]).holds(third.digest)).toBe(true);
    expect(unionOfSets([set([first]), set([third])]).holds(third.digest)).toBe(false);
  });

  it('takes a plan whose set did not fit as a whole, and nothing else of it', () => {
    const over = { ...set([]), entries: undefined };
    const planned = [unit('assistant/a', '/greeting', '1')];
    expect(unreviewedUnits(planned, over.plan_digest, unionOfSets([over]))).toEqual([]);
    expect(unreviewedUnits(planned, 'sha256:other', unionOfSets([over]))).toEqual(planned);
  });
});

function sorted(all: readonly object[]): readonly string[] {
  return all.map((each) => JSON.stringify(each)).sort();
}

describe('a marker', () => {
  it('holds a set whole or not at all', () => {
    fc.assert(
      fc.property(units, fc.nat(400), (members, cut) => {
        const { project, environment, plan_digest: digest, head, at, entries } = set(members);
        const line = markerLine({
          topic: 'plan',
          project,
          environment,
          digest,
          review: { head, at, ttlMs: 1000, entries },
        });
        const read = readMarker(line);
        const kept = read === undefined ? undefined : setOfMarker(read)?.entries;
        expect(sorted(kept ?? [])).toEqual(sorted(entries ?? []));
        const partial = readMarker(line.slice(0, Math.max(0, line.length - 1 - cut)));
        expect(partial === undefined ? undefined : setOfMarker(partial)).toBeUndefined();
      }),
    );
  });

  it('says so when the set is too long, and holds none of it then', () => {
    const many = Array.from({ length: 2000 }, (_, index) => unit('assistant/a', `/${index}`, '1'));
    const marked = { head: null, at: '2026-01-01T00:00:00Z', ttlMs: 1000, entries: many.map(setEntryOf) };
    const subject = { topic: 'plan', project: 'acme', environment: 'live', digest: 'sha256:1' };
    const over = readMarker(markerLine({ ...subject, review: marked }));
    expect(over?.review).toMatchObject({ entries: undefined });
    // Where others wait beside it, the plan as a whole is nobody's review.
    const beside = readMarker(markerLine({ ...subject, review: { ...marked, partial: true } }));
    expect(beside?.review?.entries).toEqual([]);
  });

  it('is not ended or extended by what is written into its facts', () => {
    const subject = {
      topic: 'plan',
      project: 'p set=none --> x',
      environment: 'e\nset=none',
      digest: 'sha256:1',
    };
    const line = markerLine({ ...subject, review: { head: null, at: 'a', ttlMs: 0, entries: undefined } });
    expect(line).not.toContain('\n');
    expect(line.indexOf('-->')).toBe(line.length - 3);
    expect(readMarker(line)?.review?.entries).toBeUndefined();
  });

  it('reads entries as they were written and refuses others', () => {
    fc.assert(
      fc.property(units, (members) => {
        const entries = members.map(setEntryOf);
        expect(sorted(parseEntries(formatEntries(entries)) ?? [])).toEqual(sorted(entries));
      }),
    );
    for (const text of ['x', 'abcdefgh', 'abcdefgh:', 'abcdefgh:~short', `abcdefgh:ab~${'a'.repeat(22)}`]) {
      expect(parseEntries(text), text).toBeUndefined();
    }
    expect(placeOfUnit({ address: 'a', action: 'setting', path: '/x' })).not.toBe(
      placeOfUnit({ address: 'a', action: 'update', path: '/x' }),
    );
  });
});
