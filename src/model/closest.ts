import { editDistance } from './edit-distance.ts';

/**
 * The candidate that a word is a slip of the keyboard for. Stricter than a guess among field names, because a command
 * is typed again as it was suggested: one slip, or two in a word of seven letters or more whose first letter is right.
 * Undefined when no candidate is near enough, or two are equally near.
 */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length < 3) return undefined;
  const limit = word.length >= 7 ? 2 : 1;
  const [first, second] = candidates
    .filter((candidate) => candidate !== '')
    .map((candidate) => ({ candidate, slips: editDistance(word.toLowerCase(), candidate) }))
    .filter(({ candidate, slips }) => slips <= limit && (candidate[0] === word[0] || slips === 1))
    .toSorted((a, b) => a.slips - b.slips);
  if (first === undefined || first.slips === second?.slips) return undefined;
  return first.candidate;
}
