import { editDistance } from '../../model/edit-distance.ts';

/** The candidate nearest to a mistyped word, or undefined when none is near enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const found = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (found < bestDistance) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}

/** A hint that offers the nearest candidate, or the whole list when it is short; undefined when neither helps. */
export function suggestion(word: string, candidates: readonly string[]): string | undefined {
  const found = nearest(word, candidates);
  if (found !== undefined) return `did you mean ${found}?`;
  if (candidates.length === 0 || candidates.length > 12) return undefined;
  return `known: ${[...candidates].sort().join(', ')}`;
}
