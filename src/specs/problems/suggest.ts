import { editDistance } from '../../model/edit-distance.ts';

/** The candidate nearest to a mistyped word, or undefined when none is near enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const folded = word.toLowerCase();
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const found = editDistance(folded, candidate.toLowerCase(), bestDistance);
    if (found < bestDistance) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}

/**
 * The known value that an unknown one is a slip of: another case or other separators, or a word of it misspelled. Another
 * number is another version, and one word more or less is another member of the family: newer values differ from older
 * ones by just that.
 */
export function slipOf(value: string, known: readonly string[]): string | undefined {
  const folded = value.toLowerCase().replaceAll(/[^a-z0-9]+/g, '');
  const same = known.find((each) => each.toLowerCase().replaceAll(/[^a-z0-9]+/g, '') === folded);
  if (same !== undefined) return same;
  const parts = partsOf(value);
  const ranked = known
    .map((each) => ({ each, edits: editsOf(parts, partsOf(each)) }))
    .filter(({ edits }) => edits > 0 && edits <= 2)
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.each;
}

interface Parts {
  readonly words: readonly string[];
  /** The parts with a digit: versions, sizes, dates. */
  readonly versions: string;
}

function partsOf(value: string): Parts {
  const all = value.toLowerCase().split(/[^a-z0-9]+/);
  return {
    words: all.filter((part) => !/\d/.test(part)),
    versions: all.filter((part) => /\d/.test(part)).join(' '),
  };
}

/** Edits that make one value of the other; infinite where they are two values. */
function editsOf(a: Parts, b: Parts): number {
  if (a.versions !== b.versions || a.words.length !== b.words.length) return Number.POSITIVE_INFINITY;
  return a.words.reduce((sum, word, index) => sum + wordEdits(word, b.words[index] ?? ''), 0);
}

/** Short words are too near to each other to be slips, unless letters changed places; in a long one two may be wrong. */
function wordEdits(a: string, b: string): number {
  if (a === b) return 0;
  if (a.length < 4 && sortedLetters(a) === sortedLetters(b)) return 1;
  const length = Math.max(a.length, b.length);
  const most = length < 4 ? 0 : length < 8 ? 1 : 2;
  const edits = editDistance(a, b);
  return edits <= most ? edits : Number.POSITIVE_INFINITY;
}

function sortedLetters(word: string): string {
  return [...word].sort().join('');
}

/** A hint that offers the nearest candidate, or the whole list when it is short; undefined when neither helps. */
export function suggestion(word: string, candidates: readonly string[]): string | undefined {
  const found = nearest(word, candidates);
  if (found !== undefined) return `did you mean ${found}?`;
  if (candidates.length === 0 || candidates.length > 12) return undefined;
  return `known: ${[...candidates].sort().join(', ')}`;
}
