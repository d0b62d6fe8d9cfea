import { describe, expect, it } from 'vitest';
import { KIND_NAMES } from '../../src/model/address.ts';
import { Failure } from '../../src/model/errors.ts';
import { ROLLOUT_PHASES, type Rollout } from '../../src/model/rollout.ts';
import type { Candidate } from '../../src/model/version-record.ts';
import { decodeEntry, decodeState, formatState, RESTORE_REF } from '../../src/state/decode.ts';
import { binding, emptyState } from './support.ts';

const CANDIDATE: Candidate = {
  version_id: 'v-2',
  content: 'c',
  base: null,
  foreign: [],
  at: '2030-01-01T00:00:00Z',
  by: 'alice',
  reason: 'apply',
  desired_digest: 'd',
  main_digest: 'm',
};

const ROLLOUT: Rollout = {
  candidate: CANDIDATE,
  phase: 'open',
  step: 0,
  steps: [{ weight: 10, hold_ms: 1000, match: [] }],
  started_at: '2030-01-01T00:00:00Z',
  since: '2030-01-01T00:00:00Z',
  deadline_at: null,
  reason: null,
};

function failureOf(changes: object, hint?: string): Failure {
  try {
    decodeState(JSON.stringify({ ...emptyState(), ...changes }), 'local.json', hint);
  } catch (cause) {
    if (cause instanceof Failure) return cause;
    throw cause;
  }
  throw new Error('it was read');
}

describe('a saved state', () => {
  it.each(KIND_NAMES)('may bind a %s', (kind) => {
    const state = emptyState({ resources: { [`${kind}/a-1`]: binding('x') } });
    expect(decodeState(formatState(state), 'local.json')).toEqual(state);
  });

  it.each(ROLLOUT_PHASES)('may hold a rollout that is %s', (phase) => {
    const rollout = { ...ROLLOUT, phase };
    const state = emptyState({
      resources: { 'assistant/a': { ...binding('x'), rollout, candidate: CANDIDATE } },
    });
    expect(decodeState(formatState(state), 'local.json')).toEqual(state);
  });

  it.each([
    [{ lineage: undefined }, '/lineage is missing'],
    [{ serial: 'x' }, '/serial is not a whole number'],
    [{ resources: [] }, '/resources is not an object'],
    [{ resources: { constructor: binding('x') } }, '/resources has a key that is no address: constructor'],
    [
      { resources: { 'tool/a': { ...binding('x'), remote_id: undefined } } },
      'the binding of tool/a: /remote_id is missing',
    ],
    [
      { resources: { 'tool/a': { ...binding('x'), base: 3 } } },
      'the binding of tool/a: /base is not an object or null',
    ],
    [
      { resources: { 'assistant/a': { ...binding('x'), candidate: { ...CANDIDATE, at: 1 } } } },
      'the binding of assistant/a: /candidate/at is not a string',
    ],
    [
      { resources: { 'assistant/a': { ...binding('x'), rollout: { ...ROLLOUT, phase: 'odd' } } } },
      'the binding of assistant/a: /rollout/phase has a value that is not known',
    ],
    [
      { resources: { 'assistant/a': { ...binding('x'), rollout: { ...ROLLOUT, step: 1 } } } },
      'the rollout of assistant/a is at a step that it lacks',
    ],
    [
      { deleted: [{ address: 'x', remote_id: 'y', deleted_at: 'z', config: {} }] },
      '/deleted/0/address is no address',
    ],
  ])('%j is refused with its place', (changes, words) => {
    const failure = failureOf(changes);
    expect(failure).toMatchObject({ code: 'STATE_CORRUPT', kind: 'usage', message: `local.json: ${words}` });
  });

  it('is never to be deleted: a backup, an earlier commit or the ids of what is live bring it back', () => {
    expect(failureOf({ serial: 'x' }).hint).toContain('state import');
    expect(failureOf({ serial: 'x' }, RESTORE_REF).hint).toContain('git push --force');
    for (const hint of [failureOf({ serial: 'x' }).hint, RESTORE_REF])
      expect(hint).not.toMatch(/remove|delete/);
  });
});

describe('a line of the log', () => {
  it.each([
    { op: 'bind', address: 'tool/a', binding: binding('x') },
    { op: 'begin', address: 'insight_group/a', action: 'create', key: null, at: 'now' },
    { op: 'move', from: 'tool/a', to: 'tool/b', binding: null },
    { op: 'move', from: 'tool/a', to: 'tool/b' },
    { op: 'init', state: emptyState() },
  ])('is read: %j', (entry) => {
    expect(decodeEntry(entry)).toEqual(entry);
  });

  it.each([
    { op: 'bind', address: 'tool/a' },
    { op: 'bind', address: 'a', binding: binding('x') },
    { op: 'bind', address: 'assistant/a', binding: { ...binding('x'), rollout: { ...ROLLOUT, step: 4 } } },
    { op: 'dance', address: 'tool/a' },
    { op: 'init', state: {} },
    'bind',
    null,
  ])('is none: %j', (entry) => {
    expect(decodeEntry(entry)).toBeUndefined();
  });
});
