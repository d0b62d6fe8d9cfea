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

/**
 * The known word that an unknown one is a slip of. Another number is no slip: newer models differ from older ones by
 * little else.
 */
export function slipOf(word: string, known: readonly string[]): string | undefined {
  const found = nearest(word, known);
  if (found === undefined) return undefined;
  const most = word.length < 5 ? 1 : 2;
  const plain = (text: string): string => text.toLowerCase().replaceAll(/\d+/g, '#');
  const differs = plain(word) !== plain(found) || word.toLowerCase() === found.toLowerCase();
  return differs && editDistance(word.toLowerCase(), found.toLowerCase()) <= most ? found : undefined;
}

/** A hint that offers the nearest candidate, or the whole list when it is short; undefined when neither helps. */
export function suggestion(word: string, candidates: readonly string[]): string | undefined {
  const found = nearest(word, candidates);
  if (found !== undefined) return `did you mean ${found}?`;
  if (candidates.length === 0 || candidates.length > 12) return undefined;
  return `known: ${[...candidates].sort().join(', ')}`;
}
