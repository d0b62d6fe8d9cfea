import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Address } from '../../src/model/address.ts';
import type { JournalEntry } from '../../src/model/state.ts';
import { checkState, decodeState, formatState } from '../../src/state/decode.ts';
import { applyEntry, replay } from '../../src/state/journal.ts';
import { openLedger } from '../../src/state/ledger.ts';
import { formatEntry, formatHeader, headerOf, joinLog, parseLog } from '../../src/state/log-text.ts';
import { begin, bind, binding, emptyState } from './support.ts';

const address = fc.constantFrom<Address>('assistant/a', 'assistant/b', 'tool/a', 'tool/b', 'test/c');
const id = fc.constantFrom('id-1', 'id-2', 'id-3');

const entry: fc.Arbitrary<JournalEntry> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(address, id).map(([at, remote]) => bind(at, remote)) },
  { weight: 3, arbitrary: fc.tuple(address, id).map(([at, key]) => begin(at, 'update', key)) },
  {
    weight: 2,
    arbitrary: fc.tuple(address, address).map(([from, to]): JournalEntry => ({ op: 'move', from, to })),
  },
  { weight: 1, arbitrary: address.map((at): JournalEntry => ({ op: 'fail', address: at })) },
  {
    weight: 2,
    arbitrary: fc.tuple(address, id, fc.boolean()).map(
      ([at, remote_id, copy]): JournalEntry => ({
        op: 'unbind',
        address: at,
        ...(copy ? { deleted: { address: at, remote_id, deleted_at: 'now', config: { n: 1 } } } : {}),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<JournalEntry>({ op: 'init', state: emptyState({ lineage: 'other' }) }),
  },
);

/** The entries as the store writes them. */
function logged(entries: readonly JournalEntry[]): JournalEntry[] {
  const ledger = openLedger(emptyState());
  return entries.map((one) => ledger.apply(one));
}

describe('replay', () => {
  it('changes nothing when a log is replayed over its own result', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
        const log = logged(entries);
        const once = replay(emptyState(), log);
        expect(replay(once.state, log)).toEqual(once);
      }),
    );
  });

  it('gives a valid state for every prefix, one entry after the other', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 25 }), (entries) => {
        let step = applyEntry(emptyState(), begin('tool/a'));
        for (const [index, one] of entries.entries()) {
          step = applyEntry(step, one);
          const whole = replay(emptyState(), entries.slice(0, index + 1)).state;
          expect(whole).toEqual(step);
          expect(whole && decodeState(formatState(whole), 'x')).toEqual(step);
        }
      }),
    );
  });

  it('reads back what was written, cut anywhere, as a prefix', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), fc.nat(), (entries, cut) => {
        const log = logged(entries);
        const text = formatHeader(headerOf(emptyState())) + log.map(formatEntry).join('');
        const part = parseLog(text.slice(0, cut % (text.length + 1)), 'x');
        expect(part.entries).toEqual(log.slice(0, part.entries.length));
        const joined = joinLog(emptyState(), part, 'x');
        expect(joined).toEqual(replay(emptyState(), part.entries));
      }),
    );
  });

  it('changes nothing before a state was begun', () => {
    expect(
      replay(undefined, [begin('tool/a'), bind('tool/b', 'x'), { op: 'fail', address: 'tool/c' }]),
    ).toEqual({
      state: undefined,
      pending: [begin('tool/a')],
    });
    expect(applyEntry(undefined, { op: 'init', state: emptyState() })).toEqual(emptyState());
  });

  it('leaves a begun step pending until its own address has an outcome', () => {
    const log: JournalEntry[] = [begin('tool/a'), begin('tool/b'), bind('tool/c', 'x')];
    const pending = (more: JournalEntry[]) =>
      replay(emptyState(), [...log, ...more]).pending.map((one) => one.address);
    expect(pending([])).toEqual(['tool/a', 'tool/b']);
    expect(pending([bind('tool/a', 'x')])).toEqual(['tool/b']);
    expect(pending([{ op: 'unbind', address: 'tool/b' }])).toEqual(['tool/a']);
    expect(pending([{ op: 'fail', address: 'tool/b' }, begin('tool/b')])).toEqual(['tool/a', 'tool/b']);
    expect(pending([begin('tool/a')])).toEqual(['tool/b', 'tool/a']);
    expect(pending([{ op: 'move', from: 'tool/a', to: 'tool/d' }])).toEqual(['tool/b', 'tool/d']);
  });

  it('keeps the last form of what was deleted, once', () => {
    const deleted = { address: 'tool/a', remote_id: 'x', deleted_at: 'now', config: {} } as const;
    const state = replay(emptyState({ resources: { 'tool/a': binding('x') } }), [
      { op: 'unbind', address: 'tool/a', deleted },
      { op: 'unbind', address: 'tool/a', deleted },
    ]).state;
    expect(state?.deleted).toEqual([deleted]);
    expect(state?.resources).toEqual({});
  });

  it('replays 10,000 steps over 10,000 resources in about the time that it takes to read them', () => {
    const resources = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, n) => [`tool/t${n}`, binding(`i${n}`)]),
    );
    const entries = Array.from({ length: 10_000 }, (_, n) => bind(`tool/t${n}`, `j${n}`));
    const started = performance.now();
    const state = replay(emptyState({ resources }), entries).state;
    expect(performance.now() - started).toBeLessThan(2000);
    expect(state?.resources['tool/t9999']?.remote_id).toBe('j9999');
  });
});

describe('reading a log', () => {
  it('refuses a later major format', () => {
    expect(() => parseLog('{"journal":"2.0","lineage":null,"serial":null}\n', 'x')).toThrowError(
      expect.objectContaining({ code: 'STATE_FORMAT' }),
    );
  });

  it('refuses a log that changes a state nobody began, and one whose state file is gone', () => {
    const fresh = parseLog(formatHeader(headerOf(undefined)) + formatEntry(bind('tool/a', 'x')), 'x');
    expect(() => joinLog(undefined, fresh, 'x')).toThrow(/never begun/);
    const later = parseLog(formatHeader({ lineage: 'l', serial: 4 }), 'x');
    expect(() => joinLog(undefined, later, 'x')).toThrow('x: continues serial 4, but there is no state');
  });

  it('refuses a whole line that is no entry, even at the end', () => {
    const text = `${formatHeader(headerOf(undefined))}{"op":"dance"}\n`;
    expect(() => parseLog(text, 'x')).toThrow(/line 2, from byte \d+, is damaged/);
  });
});

describe('checkState', () => {
  it('accepts the state of this project and environment alone', () => {
    const state = emptyState();
    expect(checkState(state, { project: 'northwind-voice', environment: 'local' })).toBeUndefined();
    for (const expected of [
      { project: 'other', environment: 'local' },
      { project: 'northwind-voice', environment: 'staging' },
    ]) {
      expect(checkState(state, expected)).toMatchObject({ kind: 'stale', code: 'STATE_FOREIGN' });
    }
  });
});
