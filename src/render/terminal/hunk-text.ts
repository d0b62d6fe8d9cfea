import { type Glyphs, glyphs, number, paint, type Style } from './style.ts';
import { type DiffRow, diffText, diffWords, hunkHeader } from './text-diff.ts';
import { looksAlike, visible, visibleAscii } from './visible.ts';
import { displayWidth, type Segment, toCells, truncate, truncateStart, wrapSegments } from './width.ts';

/** Rows a field may take before the rest is only counted: a rewritten prompt must not bury the plan. */
const MAX_ROWS = 60;
/** Terminal lines that one line of text may take. */
const MAX_WRAPPED = 6;
/** A changed line is shown whole as long as it takes no more terminal lines than this. */
const WHOLE_ROWS = 3;
/** Columns of equal text kept on each side of a changed word when the line itself is too long. */
const WINDOW = 30;

type Shower = (text: string) => string;

/** Where rows go: terminals wrap long lines, a fenced diff must keep one row a line and cuts them instead. */
export interface Room {
  /** Columns, sign included. */
  readonly width: number;
  readonly wrap: boolean;
  /** Put carets below the words that changed, where neither colour nor style can mark them. */
  readonly carets?: boolean;
  /** There is room for everything: nothing that changed is cut. */
  readonly whole?: boolean;
}

/** Columns of a line without counterpart where lines are not wrapped. */
const MAX_CUT = 600;

function markTrailing(text: string, signs: Glyphs): string {
  const kept = text.trimEnd();
  return kept + signs.dot.repeat(text.length - kept.length);
}

/** The end of a stretch of equal text, cut at a word. */
function tailOf(text: string, mark: string): string {
  if (displayWidth(text) <= WINDOW) return text;
  const cut = truncateStart(text, WINDOW, '');
  const space = cut.indexOf(' ');
  return mark + (space < 0 || space === cut.length - 1 ? cut : cut.slice(space + 1));
}

/** The beginning of a stretch of equal text, cut at a word. */
function headOf(text: string, mark: string): string {
  if (displayWidth(text) <= WINDOW) return text;
  const cut = truncate(text, WINDOW, '');
  const space = cut.lastIndexOf(' ');
  return (space <= 0 ? cut : cut.slice(0, space)) + mark;
}

/** Keeps what is near a marked segment and replaces the rest of the line by ellipses. */
function windowed(segments: readonly Segment[], signs: Glyphs): readonly Segment[] {
  const mark = signs.ellipsis;
  return segments.map((segment, index) => {
    const { text } = segment;
    const first = index === 0;
    const last = index === segments.length - 1;
    if (segment.marked || (first && last)) return segment;
    if (first) return { ...segment, text: tailOf(text, `${mark} `) };
    if (last) return { ...segment, text: headOf(text, ` ${mark}`) };
    if (displayWidth(text) <= 2 * WINDOW + 3) return segment;
    return { ...segment, text: headOf(text, ` ${mark} `) + tailOf(text, '') };
  });
}

function rowSegments(row: DiffRow, show: Shower, signs: Glyphs): readonly Segment[] {
  const parts = row.words ?? [{ text: row.text, marked: false }];
  const shown = parts.map((part) => ({ ...part, text: show(part.text) }));
  const last = shown.at(-1);
  if (last === undefined) return [];
  return [...shown.slice(0, -1), { ...last, text: markTrailing(last.text, signs) }];
}

function paintRow(style: Style, row: DiffRow, lines: readonly (readonly Segment[])[]): readonly string[] {
  const sign = row.kind === 'added' ? '+' : '-';
  const ink = row.kind === 'added' ? 'green' : 'red';
  return lines.map((line, index) => {
    const text = line.map((part) => (part.marked ? paint(style, 'mark', part.text) : part.text)).join('');
    return paint(style, ink, `${index === 0 ? sign : ' '} ${text}`.trimEnd());
  });
}

/** `!` is what highlighters of diffs take for a remark on a change. */
function caretLine(segments: readonly Segment[]): readonly string[] {
  const marks = segments.map(({ text, marked }) => (marked ? '^' : ' ').repeat(displayWidth(text))).join('');
  return marks.includes('^') && marks.includes(' ') ? [`! ${marks}`.trimEnd()] : [];
}

function rowLines(style: Style, row: DiffRow, room: Room, show: Shower): readonly string[] {
  const signs = glyphs(style);
  const width = room.width - 2;
  if (row.kind === 'same') {
    const text = truncate(show(row.text).trimEnd(), width, signs.ellipsis);
    return [text === '' ? '' : `  ${paint(style, 'dim', text)}`];
  }
  const whole = rowSegments(row, show, signs);
  const length = whole.reduce((sum, part) => sum + displayWidth(part.text), 0);
  const fits = length <= (room.wrap ? WHOLE_ROWS * width : width);
  const shortened = row.words === undefined || fits ? whole : windowed(whole, signs);
  const wrapped = room.whole === true ? [shortened] : wrapSegments(shortened, room.wrap ? width : MAX_CUT);
  const limit = room.wrap ? MAX_WRAPPED : 1;
  const carets = room.carets === true && row.words !== undefined ? caretLine(wrapped[0] ?? []) : [];
  const painted = [...paintRow(style, row, wrapped.slice(0, limit)), ...carets];
  if (wrapped.length <= limit) return painted;
  const left = wrapped
    .slice(limit)
    .flat()
    .reduce((sum, part) => sum + toCells(part.text).length, 0);
  return [...painted, paint(style, 'dim', `  ${signs.ellipsis} ${number(left)} more characters`)];
}

/** Texts that look the same but are not are shown with their characters spelled out. */
function showerFor(before: string, after: string): Shower {
  return looksAlike(before, after) ? visibleAscii : visible;
}

/**
 * The difference of two texts as unified hunks with 3 lines of context, each line within the room's width.
 * Long lines that have a counterpart are cut to the neighbourhood of the changed words. Equal texts give nothing.
 */
export function hunkLines(style: Style, before: string, after: string, room: Room): readonly string[] {
  if (before === after) return [];
  const show = showerFor(before, after);
  const signs = glyphs(style);
  const diff = diffText(before, after);
  const single = !before.includes('\n') && !after.includes('\n');
  const lines: string[] = [];
  const most = room.whole === true ? Number.POSITIVE_INFINITY : MAX_ROWS;
  let rows = 0;
  let hidden = 0;
  for (const hunk of diff.hunks) {
    if (rows < most && !single) lines.push(paint(style, 'cyan', hunkHeader(hunk)));
    for (const row of hunk.rows) {
      rows += 1;
      if (rows <= most) lines.push(...rowLines(style, row, room, show));
      else if (row.kind !== 'same') hidden += 1;
    }
  }
  if (hidden > 0) {
    lines.push(paint(style, 'dim', `${signs.ellipsis} ${number(hidden)} more changed lines`));
  }
  if (diff.finalNewline !== 'same') {
    lines.push(paint(style, 'dim', `(line break at the end ${diff.finalNewline})`));
  }
  return lines;
}

/** The two lines of a changed value that has no line breaks, cut to the neighbourhood of what changed. */
export function changedLine(style: Style, before: string, after: string, room: Room): readonly string[] {
  const words = diffWords(before, after);
  const show = showerFor(before, after);
  return [
    ...rowLines(style, { kind: 'removed', text: before, words: words?.before }, room, show),
    ...rowLines(style, { kind: 'added', text: after, words: words?.after }, room, show),
  ];
}
