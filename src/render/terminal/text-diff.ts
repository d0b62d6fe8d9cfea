import { diffWordsWithSpace, type StructuredPatchHunk, structuredPatch } from 'diff';
import { unixLines } from '../../canonical/canonical.ts';
import type { Segment } from './width.ts';

/**
 * Line differences of two texts as data. Text, Markdown and tests render the same hunks. Long prompts that
 * were rewritten wholly must not stall a plan, hence the limits on the edit distance.
 */

export interface DiffRow {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
  /** For a changed line that has a counterpart: its words, the differing ones marked. */
  readonly words: readonly Segment[] | undefined;
}

export interface Hunk {
  /** Line numbers from 1. */
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
  readonly rows: readonly DiffRow[];
}

export interface TextDiff {
  readonly hunks: readonly Hunk[];
  readonly added: number;
  readonly removed: number;
  /** Whether the texts differ in their last line break. */
  readonly finalNewline: 'same' | 'added' | 'removed';
}

const MAX_LINE_EDITS = 500;
const MAX_WORD_EDITS = 300;
/** Rows of one stretch whose words are compared; nobody is shown more of them. */
const MAX_WORD_PAIRS = 60;
/** Lines that share less than this part of their characters are shown as two lines, not as one edited line. */
const MIN_SIMILARITY = 0.35;

/** Windows line ends are no difference between two texts, and are shown where nothing else differs. */
function sameLineEnds(before: string, after: string): readonly [string, string] {
  const [one, other] = [unixLines(before), unixLines(after)];
  const decides = one === other || before.includes('\r\n') === after.includes('\r\n');
  return decides ? [before, after] : [one, other];
}

function toLines(text: string): readonly string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/** Marks the differing words of two lines; undefined when they have too little in common. */
export function diffWords(
  before: string,
  after: string,
): { before: readonly Segment[]; after: readonly Segment[] } | undefined {
  const changes = diffWordsWithSpace(before, after, { maxEditLength: MAX_WORD_EDITS });
  if (changes === undefined) return undefined;
  const shared = changes.reduce(
    (sum, part) => (part.added || part.removed ? sum : sum + part.value.length),
    0,
  );
  if (shared < MIN_SIMILARITY * Math.max(before.length, after.length)) return undefined;
  const old: Segment[] = [];
  const now: Segment[] = [];
  changes.forEach((part, index) => {
    // A space between two changed words reads better as part of the change.
    const island = index > 0 && index < changes.length - 1 && part.value.trim() === '';
    // The other side gets an empty mark: there is where its line is cut when it is too long.
    if (part.removed || part.added) {
      old.push({ text: part.removed ? part.value : '', marked: true });
      now.push({ text: part.added ? part.value : '', marked: true });
    } else {
      old.push({ text: part.value, marked: island });
      now.push({ text: part.value, marked: island });
    }
  });
  return { before: merge(old), after: merge(now) };
}

function merge(segments: readonly Segment[]): readonly Segment[] {
  const merged: { text: string; marked: boolean }[] = [];
  for (const segment of segments) {
    const last = merged.at(-1);
    if (last !== undefined && last.marked === segment.marked) last.text += segment.text;
    else merged.push({ ...segment });
  }
  return merged;
}

function changedRows(removed: readonly string[], added: readonly string[]): readonly DiffRow[] {
  const pairs = removed
    .slice(0, Math.min(added.length, MAX_WORD_PAIRS))
    .map((line, index) => diffWords(line, added[index] ?? ''));
  return [
    ...removed.map((text, index): DiffRow => ({ kind: 'removed', text, words: pairs[index]?.before })),
    ...added.map((text, index): DiffRow => ({ kind: 'added', text, words: pairs[index]?.after })),
  ];
}

/** The lines of a patch as rows. Removed and added lines that stand together are compared word by word. */
function rowsOf(lines: readonly string[]): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  const flush = (): void => {
    rows.push(...changedRows(removed, added));
    removed = [];
    added = [];
  };
  for (const line of lines) {
    const text = line.slice(1);
    if (line.startsWith('-')) removed.push(text);
    else if (line.startsWith('+')) added.push(text);
    else {
      flush();
      rows.push({ kind: 'same', text, words: undefined });
    }
  }
  flush();
  return rows;
}

/** One hunk that replaces everything between the common ends: for texts that have too little in common. */
function wholeHunk(
  before: readonly string[],
  after: readonly string[],
  context: number,
): StructuredPatchHunk {
  const shortest = Math.min(before.length, after.length);
  let head = 0;
  while (head < shortest && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const start = Math.max(0, head - context);
  const [oldEnd, newEnd] = [before.length - tail, after.length - tail];
  const more = Math.min(tail, context);
  return {
    oldStart: start + 1,
    oldLines: oldEnd + more - start,
    newStart: start + 1,
    newLines: newEnd + more - start,
    lines: [
      ...before.slice(start, head).map((line) => ` ${line}`),
      ...before.slice(head, oldEnd).map((line) => `-${line}`),
      ...after.slice(head, newEnd).map((line) => `+${line}`),
      ...before.slice(oldEnd, oldEnd + more).map((line) => ` ${line}`),
    ],
  };
}

/** Compares two texts by lines, with `context` equal lines around each change. Equal texts give no hunk. */
export function diffText(was: string, becomes: string, context = 3): TextDiff {
  const [before, after] = sameLineEnds(was, becomes);
  const [old, now] = [toLines(before), toLines(after)];
  // A missing last line break is a fact of its own (`finalNewline`) and not a change of the last line.
  const [oldText, newText] = [old, now].map((lines) => lines.map((line) => `${line}\n`).join(''));
  const options = { context, maxEditLength: MAX_LINE_EDITS };
  const patch = structuredPatch('', '', oldText ?? '', newText ?? '', '', '', options);
  const hunks = (patch?.hunks ?? [wholeHunk(old, now, context)]).map(toHunk);
  const count = (kind: DiffRow['kind']): number =>
    hunks.reduce((sum, { rows }) => sum + rows.filter((row) => row.kind === kind).length, 0);
  const hadNewline = before.endsWith('\n');
  const hasNewline = after.endsWith('\n');
  const bothText = before !== '' && after !== '';
  return {
    hunks,
    added: count('added'),
    removed: count('removed'),
    finalNewline: !bothText || hadNewline === hasNewline ? 'same' : hasNewline ? 'added' : 'removed',
  };
}

function toHunk({ oldStart, oldLines, newStart, newLines, lines }: StructuredPatchHunk): Hunk {
  return { oldStart, oldCount: oldLines, newStart, newCount: newLines, rows: rowsOf(lines) };
}

/** The usual `@@ -12,7 +12,8 @@`. */
export function hunkHeader(hunk: Hunk): string {
  return `@@ -${hunk.oldStart},${hunk.oldCount} +${hunk.newStart},${hunk.newCount} @@`;
}
