/**
 * Detects files that Git left in a broken form: a Git LFS pointer in place of the file, or unresolved conflict
 * markers.
 */

export interface BrokenText {
  readonly message: string;
  readonly hint: string;
  /** UTF-16 offset of what gives it away. */
  readonly offset: number;
}

const LFS_POINTER = /^version https:\/\/(?:git-lfs\.github\.com|hawser\.github\.com)\/spec\//;
const OURS = /^<{7}(?:[ \r]|$)/m;
const BETWEEN = /^={7}\r?$/m;
const THEIRS = /^>{7}(?:[ \r]|$)/m;

/** A Git LFS pointer, or conflict markers that nobody resolved. */
export function brokenText(text: string): BrokenText | undefined {
  if (LFS_POINTER.test(text)) {
    return {
      message: 'this is a Git LFS pointer, not the file itself',
      hint: 'git lfs pull fetches the file; in a pipeline check out with LFS',
      offset: 0,
    };
  }
  if (!text.includes('<<<<<<<') && !text.includes('>>>>>>>')) return undefined;
  // One kind of line alone may be prose or a heading; two of the three are a conflict.
  const found = [OURS, BETWEEN, THEIRS].flatMap((marker) => marker.exec(text)?.index ?? []);
  if (found.length < 2) return undefined;
  return {
    message: 'the file holds conflict markers of Git',
    hint: 'keep one side and remove the lines <<<<<<<, ======= and >>>>>>>',
    offset: Math.min(...found),
  };
}
