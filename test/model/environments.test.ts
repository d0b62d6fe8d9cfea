import { describe, expect, it } from 'vitest';
import {
  environmentMatch,
  isPattern,
  matchesGlob,
  namesSeveral,
  selectEnvironments,
} from '../../src/model/environment-match.ts';

const ACME = { name: 'acme-prod', groups: ['prod', 'eu'] };

describe('an entry', () => {
  it.each([
    ['acme-prod', 'name'],
    ['eu', 'group'],
    ['acme-*', 'pattern'],
    ['acme-pro?', 'pattern'],
    ['acme', undefined],
    ['ACME-*', undefined],
  ] as const)('%s matches acme-prod by %s', (entry, how) => {
    expect(environmentMatch(entry, ACME)).toBe(how);
  });

  it('is a name before it is a pattern', () => {
    expect(environmentMatch('a*', { name: 'a*', groups: [] })).toBe('name');
  });
});

describe('patterns', () => {
  it('take everything but * and ? literally', () => {
    expect(matchesGlob('a.c', 'abc')).toBe(false);
    expect(matchesGlob('a(b|c)', 'ab')).toBe(false);
    expect(matchesGlob('a[bc]', 'a[bc]')).toBe(true);
    expect(isPattern('a.c')).toBe(false);
  });

  it('match the whole text', () => {
    expect(matchesGlob('acme', 'acme-prod')).toBe(false);
    expect(matchesGlob('*', '')).toBe(true);
    expect(matchesGlob('?', '')).toBe(false);
  });
});

describe('a selection', () => {
  const environments = [
    { name: 'local', groups: [], target: 'emulator' },
    { name: 'staging', groups: ['eu'], target: 'api' },
    { name: 'production', groups: ['eu', 'live'], target: 'api' },
  ] as const;

  it('is in the order of the project file, each environment once', () => {
    expect(selectEnvironments('live, eu,staging', environments)).toEqual({
      names: ['staging', 'production'],
      unknown: [],
      patterns: [],
    });
  });

  it('of all leaves the embedded API out, unless there is nothing else', () => {
    expect(selectEnvironments('all', environments).names).toEqual(['staging', 'production']);
    expect(selectEnvironments('all', environments.slice(0, 1)).names).toEqual(['local']);
  });

  it('takes all for a name where an environment or group is called so', () => {
    const named = [...environments, { name: 'all', groups: [], target: 'api' } as const];
    expect(selectEnvironments('all', named)).toEqual({ names: ['all'], unknown: [], patterns: [] });
  });

  it('names the entries that mean nothing', () => {
    expect(selectEnvironments('staging,stagin,x*', environments)).toEqual({
      names: ['staging'],
      unknown: ['stagin', 'x*'],
      patterns: ['x*'],
    });
  });

  it.each([
    ['a,b', true],
    ['a*', true],
    ['all', true],
    ['staging', false],
  ])('%s may mean several: %s', (text, several) => expect(namesSeveral(text)).toBe(several));
});
