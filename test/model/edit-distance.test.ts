import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance } from '../../src/model/edit-distance.ts';

/** The textbook's definition, without any short cut. */
function defined(a: string, b: string): number {
  const known = new Map<string, number>();
  const at = (i: number, j: number): number => {
    if (i === 0 || j === 0) return i + j;
    const key = `${i}:${j}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const same = a[i - 1] === b[j - 1] ? 0 : 1;
    let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same);
    if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
      best = Math.min(best, at(i - 2, j - 2) + 1);
    known.set(key, best);
    return best;
  };
  return at(a.length, b.length);
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 9 });

test('the short cuts of the edit distance change nothing', () => {
  fc.assert(
    fc.property(word, word, fc.integer({ min: 1, max: 6 }), (a, b, limit) => {
      const wanted = defined(a, b);
      expect(editDistance(a, b)).toBe(wanted);
      const limited = editDistance(a, b, limit);
      if (wanted < limit) expect(limited).toBe(wanted);
      else expect(limited).toBeGreaterThanOrEqual(limit);
    }),
    { numRuns: 5000 },
  );
});
