import { visible } from './visible.ts';
import { displayWidth, padEnd, wrap } from './width.ts';

/** What the place of output can show. `width` is in terminal columns. */
export interface Style {
  readonly color: boolean;
  readonly width: number;
  readonly unicode: boolean;
  /** No line may be wider than that: a screen, not a file or a pipe. */
  readonly bounded?: boolean;
  /** Lines that are seen at once; absent where the output is no screen. */
  readonly rows?: number;
}

/** For logs, files and tests: no colour, 100 columns. */
export const PLAIN: Style = { color: false, width: 100, unicode: true };

const INKS = {
  bold: ['1', '22'],
  dim: ['2', '22'],
  mark: ['1;7', '22;27'],
  red: ['31', '39'],
  green: ['32', '39'],
  yellow: ['33', '39'],
  cyan: ['36', '39'],
} as const;

export type Ink = keyof typeof INKS;

/** Colours a text when the style has colour. The codes close what they open, so they nest. */
export function paint(style: Style, ink: Ink, text: string): string {
  if (!style.color || text === '') return text;
  const [open, close] = INKS[ink];
  return `\x1b[${open}m${text}\x1b[${close}m`;
}

/** The few signs of our own that are not ASCII. */
export interface Glyphs {
  readonly arrow: string;
  readonly ellipsis: string;
  readonly minus: string;
  readonly dot: string;
  readonly done: string;
  readonly failed: string;
  readonly full: string;
  readonly empty: string;
}

const UNICODE: Glyphs = {
  arrow: '→',
  ellipsis: '…',
  minus: '−',
  dot: '·',
  done: '✓',
  failed: '✗',
  full: '█',
  empty: '░',
};

const ASCII: Glyphs = {
  arrow: '->',
  ellipsis: '...',
  minus: '-',
  dot: '_',
  done: 'ok',
  failed: 'x',
  full: '#',
  empty: '.',
};

export function glyphs(style: Style): Glyphs {
  return style.unicode ? UNICODE : ASCII;
}

/** Narrow terminals get long lines rather than one word a line. */
export function usableWidth(style: Style): number {
  return Number.isFinite(style.width) ? Math.max(40, Math.floor(style.width)) : 100;
}

/** A sentence that may hold foreign text: escaped, wrapped to the style's width, each line indented. */
export function paragraph(style: Style, text: string, indent: number, ink?: Ink): readonly string[] {
  const lines = wrap(visible(text), usableWidth(style) - indent);
  return lines.map((line) => ' '.repeat(indent) + (ink === undefined ? line : paint(style, ink, line)));
}

/** A label and a command. Never wrapped: a broken command line cannot be copied. */
export function labelled(label: string, text: string, indent: number): string {
  return `${' '.repeat(indent)}${label}${visible(text)}`;
}

/**
 * Left-aligned columns two spaces apart; cells are shown as they are, so escape them before. On a screen that is too
 * narrow for them the last columns go on below the first, in columns as well; a row is then one entry of two lines.
 */
export function columns(rows: readonly (readonly string[])[], style?: Style): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, displayWidth(cell));
    });
  }
  const room = style?.bounded === true ? usableWidth(style) : Number.POSITIVE_INFINITY;
  const breaks = breaksOf(widths, room);
  return rows.map((row) => {
    const parts = breaks.map((from, place) => {
      const cells = row.slice(from, breaks[place + 1]);
      const line = cells.map((cell, index) => padEnd(cell, widths[from + index] ?? 0)).join('  ');
      return `${' '.repeat(place === 0 ? 0 : BELOW)}${line}`.trimEnd();
    });
    return parts.filter((part, place) => place === 0 || part !== '').join('\n');
  });
}

/** How far what goes on below is indented. */
const BELOW = 4;

/** The columns with which lines begin: as many on each as have room. */
function breaksOf(widths: readonly number[], room: number): readonly number[] {
  const breaks = [0];
  let used = -2;
  widths.forEach((width, index) => {
    used += width + 2;
    if (used <= room || index === 0) return;
    breaks.push(index);
    used = BELOW + width;
  });
  return breaks;
}

/** Joins lines, drops trailing spaces, never two blank lines in a row, ends with exactly one newline. */
export function finish(lines: readonly string[]): string {
  const kept: string[] = [];
  for (const line of lines) {
    const trimmed = line.trimEnd();
    if (trimmed === '' && (kept.length === 0 || kept.at(-1) === '')) continue;
    kept.push(trimmed);
  }
  while (kept.at(-1) === '') kept.pop();
  return `${kept.join('\n')}\n`;
}

/** `12,345`. By hand: starting up the runtime's number formats takes longer than a whole plan. */
export function number(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 error`, `2 errors`. */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${number(amount)} ${amount === 1 ? noun : plural}`;
}
