import type { Json } from '../../model/json.ts';
import { columns, finish, paint, type Style } from './style.ts';
import { yamlLines } from './value.ts';
import { visible } from './visible.ts';
import { truncate } from './width.ts';

/** Records that the API gave and that are only shown: lists as tables, single ones as facts. */

/** The widest that one cell of a table gets. */
const WIDEST = 60;

/** A table with a head line, or a sentence when there is nothing to list. */
export function renderRecords(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  none: string,
  style: Style,
): string {
  if (rows.length === 0) return `${none}\n`;
  const mark = style.unicode ? '…' : '...';
  const cells = rows.map((row) => row.map((cell) => truncate(visible(cell), WIDEST, mark) || '-'));
  const lines = columns([titles, ...cells], style);
  return finish(lines.map((line, index) => (index === 0 ? paint(style, 'dim', line) : line)));
}

/** A title, its facts, and under headings whatever else belongs to it. Facts without a value are left out. */
export function renderRecord(
  title: string,
  facts: readonly (readonly [string, string | undefined])[],
  parts: readonly (readonly [string, Json])[],
  style: Style,
): string {
  const told = facts.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[`  ${name}`, visible(value)] as const],
  );
  return finish([
    paint(style, 'bold', visible(title)),
    ...columns(told),
    ...parts.flatMap(([heading, value]) => [
      `  ${heading}`,
      ...yamlLines(value).map((line) => `    ${visible(line)}`),
    ]),
  ]);
}

/** Text of several lines as it is, with everything but its line breaks made visible. */
export function renderText(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => line.split('\t').map(visible).join('\t'));
  return `${lines.join('\n').trimEnd()}\n`;
}
