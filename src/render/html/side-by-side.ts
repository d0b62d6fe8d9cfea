import { type DiffRow, diffText, type Hunk } from '../terminal/text-diff.ts';
import { looksAlike, visible, visibleAscii } from '../terminal/visible.ts';
import type { Segment } from '../terminal/width.ts';
import { escapeMarkup } from './escape.ts';

/** Two texts beside each other, as a table: line number and line on the left before, on the right after. */

/** Rows of one text; a book that was rewritten is not reviewed in a browser. */
const MAX_ROWS = 2000;

type Shower = (text: string) => string;

interface Pair {
  readonly old: DiffRow | undefined;
  readonly now: DiffRow | undefined;
}

/** Equal lines face each other; removed lines face the added ones that took their place. */
function pairsOf(hunk: Hunk): readonly Pair[] {
  const pairs: Pair[] = [];
  let removed: DiffRow[] = [];
  let added: DiffRow[] = [];
  const flush = (): void => {
    const length = Math.max(removed.length, added.length);
    for (let index = 0; index < length; index += 1) pairs.push({ old: removed[index], now: added[index] });
    removed = [];
    added = [];
  };
  for (const row of hunk.rows) {
    if (row.kind === 'removed') removed.push(row);
    else if (row.kind === 'added') added.push(row);
    else {
      flush();
      pairs.push({ old: row, now: row });
    }
  }
  flush();
  return pairs;
}

/** Words of a line with the differing ones in `del` or `ins`. */
export function markedWords(parts: readonly Segment[], tag: 'del' | 'ins', show: Shower = visible): string {
  return parts
    .filter(({ text }) => text !== '')
    .map(({ text, marked }) => {
      const markup = escapeMarkup(text, show);
      return marked ? `<${tag}>${markup}</${tag}>` : markup;
    })
    .join('');
}

function lineMarkup(row: DiffRow, show: Shower): string {
  const parts = row.words ?? [{ text: row.text, marked: false }];
  return markedWords(parts, row.kind === 'removed' ? 'del' : 'ins', show);
}

function side(row: DiffRow | undefined, line: number, show: Shower): string {
  if (row === undefined) return '<td class="no"></td><td class="none"></td>';
  return `<td class="no">${line}</td><td class="${row.kind}">${lineMarkup(row, show)}</td>`;
}

function hunkRows(hunk: Hunk, show: Shower): readonly string[] {
  let oldLine = hunk.oldStart - 1;
  let newLine = hunk.newStart - 1;
  return pairsOf(hunk).map(({ old, now }) => {
    if (old !== undefined) oldLine += 1;
    if (now !== undefined) newLine += 1;
    return `<tr>${side(old, oldLine, show)}${side(now, newLine, show)}</tr>`;
  });
}

const HEAD =
  '<colgroup><col class="no"><col><col class="no"><col></colgroup><thead><tr><th colspan="2" scope="colgroup">before</th><th colspan="2" scope="colgroup">after</th></tr></thead>';

/** The changed stretches with 3 lines around each; equal texts give nothing. */
export function sideBySide(before: string, after: string): string {
  const diff = diffText(before, after);
  const show = looksAlike(before, after) ? visibleAscii : visible;
  const gap = '<tr class="gap"><td colspan="4">⋯</td></tr>';
  const rows = diff.hunks.flatMap((hunk, index) => [...(index > 0 ? [gap] : []), ...hunkRows(hunk, show)]);
  if (rows.length === 0 && diff.finalNewline === 'same') return '';
  const rest = rows.length - MAX_ROWS;
  const notes = [
    ...(rest > 0 ? [`${rest} more rows are not shown.`] : []),
    ...(diff.finalNewline === 'same' ? [] : [`The line break at the end was ${diff.finalNewline}.`]),
  ];
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="difference"><table class="diff">${HEAD}<tbody>${rows.slice(0, MAX_ROWS).join('')}</tbody></table></div>` +
    notes.map((note) => `<p class="note">${note}</p>`).join('')
  );
}
