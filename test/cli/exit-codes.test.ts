import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-codes.ts';

describe('exit codes', () => {
  it.each([
    ['internal', 1],
    ['usage', 3],
    ['spec', 3],
    ['auth', 4],
    ['refused', 5],
    ['stale', 6],
    ['partial', 7],
    ['unavailable', 8],
    ['gate', 9],
    ['inconclusive', 10],
  ] as const)('%s → %i', (kind, code) => {
    expect(exitCodeOf(kind)).toBe(code);
    expect(exitCodeOf(kind, 'SIGTERM')).toBe(code);
  });

  it('tells the two signals apart', () => {
    expect(exitCodeOf('interrupted')).toBe(130);
    expect(exitCodeOf('interrupted', 'SIGINT')).toBe(130);
    expect(exitCodeOf('interrupted', 'SIGTERM')).toBe(143);
  });
});
