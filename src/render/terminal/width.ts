import stringWidth from 'string-width';

/** Terminal columns: how many a text takes, and cutting and wrapping by them. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: our own colour codes take no column
const COLOUR_CODES = /\x1b\[[0-9;]*m/g;
/** Nothing but characters of one column each: ASCII, Latin letters, dashes, arrows and the marks of reports. */
const PLAIN = /^[\x20-\x7e\xa0-\xac\xae-\u02ff\u2010-\u2027\u2190-\u21ff\u2713\u2717]*$/;

let segmenter: Intl.Segmenter | undefined;

/** Made at the first need: most runs print plain text, and making one takes milliseconds. */
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** A character as a reader counts them, and its columns. */
export interface Cell {
  readonly text: string;
  readonly width: number;
}

/** Splits text without colour codes into cells. */
export function toCells(text: string): readonly Cell[] {
  if (PLAIN.test(text)) return Array.from(text, (character) => ({ text: character, width: 1 }));
  return Array.from(graphemes(text)).flatMap(({ segment }) => {
    const width = stringWidth(segment);
    // Signs that are written together, such as notes of music, count as one character and may be wider than a line.
    return width > 2 ? Array.from(segment, asCell) : [{ text: segment, width }];
  });
}

function asCell(character: string): Cell {
  return { text: character, width: stringWidth(character) };
}

/** Columns that a line takes in a terminal; colour codes and combining marks take none, CJK and emoji two. */
export function displayWidth(line: string): number {
  const text = line.replace(COLOUR_CODES, '');
  if (PLAIN.test(text)) return text.length;
  return stringWidth(text);
}

/** The beginning of an uncoloured text that fits `width` columns, ending in `mark` when something was cut. */
export function truncate(text: string, width: number, mark: string): string {
  if (text.length <= width && PLAIN.test(text)) return text;
  if (displayWidth(text) <= width) return text;
  const room = Math.max(0, width - displayWidth(mark));
  let used = 0;
  let kept = '';
  for (const cell of toCells(text)) {
    if (used + cell.width > room) break;
    used += cell.width;
    kept += cell.text;
  }
  return kept + mark;
}

/** The end of an uncoloured text that fits `width` columns, beginning with `mark` when something was cut. */
export function truncateStart(text: string, width: number, mark: string): string {
  if (displayWidth(text) <= width) return text;
  const room = Math.max(0, width - displayWidth(mark));
  const cells = toCells(text);
  let used = 0;
  let from = cells.length;
  while (from > 0) {
    const cell = cells[from - 1];
    if (cell === undefined || used + cell.width > room) break;
    used += cell.width;
    from -= 1;
  }
  return (
    mark +
    cells
      .slice(from)
      .map((cell) => cell.text)
      .join('')
  );
}

/** Pads with spaces to `width` columns; longer text is left as it is. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** A run of text that is marked (a changed word) or not. */
export interface Segment {
  readonly text: string;
  readonly marked: boolean;
}

interface MarkedCell extends Cell {
  readonly marked: boolean;
}

function joinCells(cells: readonly MarkedCell[]): readonly Segment[] {
  const segments: { text: string; marked: boolean }[] = [];
  for (const cell of cells) {
    const last = segments.at(-1);
    if (last !== undefined && last.marked === cell.marked) last.text += cell.text;
    else segments.push({ text: cell.text, marked: cell.marked });
  }
  return segments;
}

/** Breaks segments into lines of at most `width` columns, at spaces where there are any. */
export function wrapSegments(segments: readonly Segment[], width: number): readonly (readonly Segment[])[] {
  const limit = Math.max(2, width);
  const lines: (readonly Segment[])[] = [];
  let line: MarkedCell[] = [];
  let used = 0;
  let lastSpace = -1;
  for (const segment of segments) {
    for (const cell of toCells(segment.text)) {
      if (used + cell.width > limit) {
        const cut = lastSpace > 0 ? lastSpace + 1 : line.length;
        const rest = line.slice(cut);
        lines.push(joinCells(line.slice(0, lastSpace > 0 ? lastSpace : cut)));
        line = rest;
        used = rest.reduce((sum, item) => sum + item.width, 0);
        lastSpace = -1;
        if (cell.text === ' ' && line.length === 0) continue;
      }
      if (cell.text === ' ') lastSpace = line.length;
      line.push({ ...cell, marked: segment.marked });
      used += cell.width;
    }
  }
  if (line.length > 0 || lines.length === 0) lines.push(joinCells(line));
  return lines;
}

/** Breaks an uncoloured text into lines of at most `width` columns. */
export function wrap(text: string, width: number): readonly string[] {
  if (displayWidth(text) <= width) return [text];
  return wrapSegments([{ text, marked: false }], width).map((line) =>
    line
      .map((segment) => segment.text)
      .join('')
      .trimEnd(),
  );
}
