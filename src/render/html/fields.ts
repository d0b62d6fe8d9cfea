import type { Json } from '../../model/json.ts';
import type { FieldChange } from '../../model/plan.ts';
import { fitsOneLine, inlinePair, pathText } from '../terminal/field-text.ts';
import { count } from '../terminal/style.ts';
import { diffWords } from '../terminal/text-diff.ts';
import { comparableText, inline } from '../terminal/value.ts';
import { codeMarkup, escapeMarkup } from './escape.ts';
import { markedWords, sideBySide } from './side-by-side.ts';

/** Changed values of one resource: short ones as a table, long texts beside each other. */

const SHORT = 120;
const MAX_LINES = 400;

const ORIGINS = {
  config: '',
  drift: ' <span class="pill drift">changed outside Git, put back</span>',
  removed: ' <span class="pill delete">no longer in the spec, removed</span>',
} as const;

function isShort(value: Json): boolean {
  return fitsOneLine(value) && inline(value).length <= SHORT;
}

function valueCell(value: Json, text: string, side: 'old' | 'new'): string {
  return value === null
    ? '<span class="unset">not set</span>'
    : `<span class="${side}">${escapeMarkup(text)}</span>`;
}

/** Both cells; sentences that are alike get their words marked. */
function pairCells(field: FieldChange, old: string, now: string): readonly [string, string] {
  const alike = typeof field.before === 'string' && typeof field.after === 'string' && old.length > 24;
  const words = alike ? diffWords(old, now) : undefined;
  if (words === undefined) return [valueCell(field.before, old, 'old'), valueCell(field.after, now, 'new')];
  return [
    `<span class="old">${markedWords(words.before, 'del')}</span>`,
    `<span class="new">${markedWords(words.after, 'ins')}</span>`,
  ];
}

function shortRow(field: FieldChange): string {
  const [old, now] = inlinePair(field.before, field.after);
  const same = old === now ? ' <span class="pill">changed</span>' : '';
  const cells = pairCells(field, old, now);
  return `<tr><th scope="row">${codeMarkup(pathText(field.path))}${ORIGINS[field.origin]}</th><td>${cells[0]}</td><td>${cells[1]}${same}</td></tr>`;
}

/** A text as it is, by lines, so that it can be read and copied. */
export function wholeText(value: Json): string {
  const lines = comparableText(value).replace(/\n$/, '').split('\n');
  const rest = lines.length - MAX_LINES;
  const shown = lines.slice(0, MAX_LINES).map((line) => escapeMarkup(line));
  return `<pre tabindex="0">${shown.join('\n')}${rest > 0 ? `\n… ${count(rest, 'more line')}` : ''}</pre>`;
}

function longField(field: FieldChange): string {
  const { before, after } = field;
  const title = `<h4>${codeMarkup(pathText(field.path))}${ORIGINS[field.origin]}</h4>`;
  if (before === null) return `${title}<div class="added-text">${wholeText(after)}</div>`;
  if (after === null) return `${title}<div class="removed-text">${wholeText(before)}</div>`;
  const lines = comparableText(after).replace(/\n$/, '').split('\n').length;
  const difference = sideBySide(comparableText(before), comparableText(after));
  const body = difference === '' ? '<p class="note">A secret inside changed.</p>' : difference;
  const whole =
    lines < 8
      ? ''
      : `<details class="whole"><summary>whole text after the change, ${count(lines, 'line')}</summary>${wholeText(after)}</details>`;
  return `${title}${body}${whole}`;
}

/** Every changed field. */
export function fieldsMarkup(
  fields: readonly FieldChange[],
  heads: readonly [string, string] = ['before', 'after'],
): string {
  const short = fields.filter((field) => isShort(field.before) && isShort(field.after));
  const long = fields.filter((field) => !short.includes(field));
  const head = `<thead><tr><th scope="col">field</th><th scope="col">${heads[0]}</th><th scope="col">${heads[1]}</th></tr></thead>`;
  const table =
    short.length === 0
      ? ''
      : `<div class="scroll" tabindex="0" role="region" aria-label="changed values"><table class="fields">${head}<tbody>${short.map(shortRow).join('')}</tbody></table></div>`;
  return table + long.map(longField).join('');
}

/** The values of a new resource. */
export function newValuesMarkup(fields: readonly FieldChange[]): string {
  const short = fields.filter(({ after }) => isShort(after));
  const long = fields.filter((field) => !short.includes(field));
  const rows = short.map(
    ({ path, after }) =>
      `<tr><th scope="row">${codeMarkup(pathText(path))}</th><td>${valueCell(after, inline(after), 'new')}</td></tr>`,
  );
  const table =
    rows.length === 0
      ? ''
      : `<div class="scroll" tabindex="0" role="region" aria-label="values"><table class="fields values"><tbody>${rows.join('')}</tbody></table></div>`;
  return table + long.map(longField).join('');
}
