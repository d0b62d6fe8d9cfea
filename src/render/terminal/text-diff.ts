import { diffArrays, diffWordsWithSpace } from 'diff';
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

interface Run {
  readonly same: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

function runsOf(before: readonly string[], after: readonly string[]): readonly Run[] {
  const changes = diffArrays([...before], [...after], { maxEditLength: MAX_LINE_EDITS });
  if (changes === undefined) return [{ same: 0, removed: before, added: after }];
  const runs: { same: number; removed: string[]; added: string[] }[] = [];
  let open: { same: number; removed: string[]; added: string[] } | undefined;
  for (const change of changes) {
    if (!change.added && !change.removed) {
      runs.push({ same: change.value.length, removed: [], added: [] });
      open = undefined;
      continue;
    }
    if (open === undefined) {
      open = { same: 0, removed: [], added: [] };
      runs.push(open);
    }
    const side = change.added ? open.added : open.removed;
    for (const line of change.value) side.push(line);
  }
  return runs;
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

function changedRows(run: Run): readonly DiffRow[] {
  const pairs = run.removed
    .slice(0, Math.min(run.added.length, MAX_WORD_PAIRS))
    .map((line, index) => diffWords(line, run.added[index] ?? ''));
  return [
    ...run.removed.map((text, index): DiffRow => ({ kind: 'removed', text, words: pairs[index]?.before })),
    ...run.added.map((text, index): DiffRow => ({ kind: 'added', text, words: pairs[index]?.after })),
  ];
}

function commonEnds(before: readonly string[], after: readonly string[]): { head: number; tail: number } {
  const shortest = Math.min(before.length, after.length);
  let head = 0;
  while (head < shortest && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && before[before.length - 1 - tail] === after[after.length - 1 - tail])
    tail += 1;
  return { head, tail };
}

interface NumberedRow extends DiffRow {
  readonly oldLine: number;
  readonly newLine: number;
}

function allRows(
  before: readonly string[],
  after: readonly string[],
  context: number,
): readonly NumberedRow[] {
  const { head, tail } = commonEnds(before, after);
  if (head === before.length && head === after.length) return [];
  const start = Math.max(0, head - context);
  const rows: NumberedRow[] = [];
  let oldLine = start;
  let newLine = start;
  const push = (row: DiffRow): void => {
    rows.push({ ...row, oldLine: oldLine + 1, newLine: newLine + 1 });
    if (row.kind !== 'added') oldLine += 1;
    if (row.kind !== 'removed') newLine += 1;
  };
  const same = (until: number): void => {
    while (oldLine < until) push({ kind: 'same', text: before[oldLine] ?? '', words: undefined });
  };
  same(head);
  for (const run of runsOf(
    before.slice(head, before.length - tail),
    after.slice(head, after.length - tail),
  )) {
    same(oldLine + run.same);
    for (const row of changedRows(run)) push(row);
  }
  same(Math.min(before.length, before.length - tail + context));
  return rows;
}

/** Compares two texts by lines, with `context` equal lines around each change. Equal texts give no hunk. */
export function diffText(was: string, becomes: string, context = 3): TextDiff {
  const [before, after] = sameLineEnds(was, becomes);
  const rows = allRows(toLines(before), toLines(after), context);
  const near = new Uint8Array(rows.length);
  rows.forEach((row, index) => {
    if (row.kind !== 'same') near.fill(1, Math.max(0, index - context), index + context + 1);
  });
  const groups: NumberedRow[][] = [];
  rows.forEach((row, index) => {
    if (near[index] !== 1) return;
    if (index === 0 || near[index - 1] !== 1) groups.push([]);
    groups.at(-1)?.push(row);
  });
  const hadNewline = before.endsWith('\n');
  const hasNewline = after.endsWith('\n');
  const bothText = before !== '' && after !== '';
  return {
    hunks: groups.map(toHunk),
    added: rows.filter((row) => row.kind === 'added').length,
    removed: rows.filter((row) => row.kind === 'removed').length,
    finalNewline: !bothText || hadNewline === hasNewline ? 'same' : hasNewline ? 'added' : 'removed',
  };
}

function toHunk(rows: readonly NumberedRow[]): Hunk {
  return {
    oldStart: rows[0]?.oldLine ?? 1,
    oldCount: rows.filter((row) => row.kind !== 'added').length,
    newStart: rows[0]?.newLine ?? 1,
    newCount: rows.filter((row) => row.kind !== 'removed').length,
    rows: rows.map(({ kind, text, words }) => ({ kind, text, words })),
  };
}

/** The usual `@@ -12,7 +12,8 @@`. */
export function hunkHeader(hunk: Hunk): string {
  return `@@ -${hunk.oldStart},${hunk.oldCount} +${hunk.newStart},${hunk.newCount} @@`;
}
