import type { Json } from '../../model/json.ts';
import { isArray, isObject } from '../../model/json.ts';
import type { FieldChange } from '../../model/plan.ts';
import { changedLine, hunkLines, type Room } from './hunk-text.ts';
import { count, glyphs, paint, type Style, usableWidth } from './style.ts';
import { diffText } from './text-diff.ts';
import { comparableText, inline, isMultiline, isSensitive, NOT_SET, SENSITIVE } from './value.ts';
import { looksAlike, quoted, visible, visibleAscii } from './visible.ts';
import { displayWidth, truncate, wrap } from './width.ts';

/** Lines of a new text that are shown; enough to recognise a prompt, too few to bury the plan. */
const PREVIEW_LINES = 4;
/** A new tool or setting is reviewed here for the first time, so more of it is shown than of a prompt. */
const PREVIEW_YAML_LINES = 24;

const ORIGIN_NOTES = {
  config: '',
  drift: ' (changed outside Git, put back)',
  removed: ' (no longer in the spec, removed)',
} as const;

/** A path as it is shown; the whole document has no name of its own. */
export function pathText(path: string): string {
  return path === '' ? '/' : visible(path);
}

function previewLimit(value: Json): number {
  return typeof value === 'string' ? PREVIEW_LINES : PREVIEW_YAML_LINES;
}

/** The first lines of a value and how much more there is; all of them where there is room. */
export function previewLines(style: Style, value: Json, width: number, complete = false): readonly string[] {
  const { ellipsis } = glyphs(style);
  const text = comparableText(value).replace(/\n$/, '');
  if (complete) return text.split('\n').map((line) => visible(line).trimEnd());
  const whole = text.includes('\n') ? text.split('\n') : wrap(visible(text), width);
  const limit = previewLimit(value);
  const shown = whole.length <= limit + 1 ? whole : whole.slice(0, limit);
  const rest = whole.length - shown.length;
  return [
    ...shown.map((line) => truncate(visible(line).trimEnd(), width, ellipsis)),
    ...(rest > 0 ? [paint(style, 'dim', `${ellipsis} ${count(rest, 'more line')}`)] : []),
  ];
}

function sizeText(value: Json): string {
  const lines = comparableText(value).replace(/\n$/, '').split('\n').length;
  return count(lines, 'line');
}

/** A field of a new resource in short: short values as they are, lists and long texts by their size. */
export function sizedName(path: string, value: Json): string {
  const name = pathText(path).replace(/^\//, '');
  if (isArray(value)) return `${name} (${value.length})`;
  if (typeof value === 'string' && value.includes('\n')) return `${name} (${sizeText(value)})`;
  const short = typeof value === 'string' && displayWidth(value) <= 40 ? ` ${quoted(value)}` : '';
  return `${name}${short}`;
}

/** True when the value and all inside it can be written without a line break. */
export function fitsOneLine(value: Json): boolean {
  if (isMultiline(value)) return false;
  if (isArray(value)) return value.every(fitsOneLine);
  return !isObject(value) || Object.values(value).every(fitsOneLine);
}

/** Both values on a line each; values that look the same get their characters spelled out. */
export function inlinePair(before: Json, after: Json): readonly [string, string] {
  const [old, now] = [inline(before), inline(after)];
  if (!looksAlike(old, now)) return [old, now];
  return [inline(before, visibleAscii), inline(after, visibleAscii)];
}

function oneLine(style: Style, before: Json, after: Json): string {
  const [old, now] = inlinePair(before, after);
  const from = paint(style, before === null ? 'dim' : 'red', old);
  const to = paint(style, after === null ? 'dim' : 'green', now);
  return `${from} ${glyphs(style).arrow} ${to}`;
}

/** True when a secret is somewhere inside: two such values may differ and still read the same. */
function hasSecret(value: Json): boolean {
  if (isSensitive(value)) return true;
  if (isArray(value)) return value.some(hasSecret);
  return isObject(value) && Object.values(value).some(hasSecret);
}

/** What changed inside a value that is too long for one line. */
export function changedBlock(style: Style, before: Json, after: Json, room: Room): readonly string[] {
  const bothText = typeof before === 'string' && typeof after === 'string';
  if (bothText && !before.includes('\n') && !after.includes('\n'))
    return changedLine(style, before, after, room);
  const lines = hunkLines(style, comparableText(before), comparableText(after), room);
  return lines.length === 0 && hasSecret(after) ? [`${SENSITIVE} changed`] : lines;
}

function indentAll(lines: readonly string[], by: number): readonly string[] {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(by) + line));
}

/** A value that is only there on one side: its beginning. */
function oneSided(
  style: Style,
  label: string,
  value: Json,
  added: boolean,
  indent: number,
): readonly string[] {
  const { arrow } = glyphs(style);
  const size = sizeText(value);
  const head = added ? `${NOT_SET} ${arrow} ${size}` : `${size} ${arrow} ${NOT_SET}`;
  const sign = added ? '+ ' : '- ';
  const preview = previewLines(style, value, usableWidth(style) - indent - 4);
  return [
    `${' '.repeat(indent)}${label} ${paint(style, 'dim', head)}`,
    ...preview.map((line) =>
      line === '' ? '' : ' '.repeat(indent + 2) + paint(style, added ? 'green' : 'red', sign + line),
    ),
  ];
}

/**
 * One changed value: `path: old → new` when that fits the width, otherwise the path and a hunk below it. A value
 * that is set or unset as a whole is shown by its first lines.
 */
export function fieldLines(style: Style, field: FieldChange, indent: number): readonly string[] {
  const { before, after } = field;
  const label = `${pathText(field.path)}:`;
  const note = ORIGIN_NOTES[field.origin];
  const space = ' '.repeat(indent);
  if (fitsOneLine(before) && fitsOneLine(after)) {
    const line = `${space}${label} ${oneLine(style, before, after)}`;
    const noted = line + (note === '' ? '' : paint(style, 'dim', note));
    if (displayWidth(noted) <= usableWidth(style)) return [noted];
  }
  if (before === null || after === null) {
    return oneSided(style, label + note, before ?? after, before === null, indent);
  }
  const width = usableWidth(style) - indent - 2;
  const block = indentAll(changedBlock(style, before, after, { width, wrap: true }), indent + 2);
  const diff = diffText(comparableText(before), comparableText(after));
  const multiline = diff.added + diff.removed > 0 && (isMultiline(before) || isMultiline(after));
  const size = multiline ? ` +${diff.added} ${glyphs(style).minus}${diff.removed} lines` : '';
  return [`${space}${label}${paint(style, 'dim', size + note)}`, ...block];
}

/** A value of a new resource: on one line when it fits, otherwise its first lines below the path. */
export function newFieldLines(style: Style, path: string, value: Json, indent: number): readonly string[] {
  const label = `${' '.repeat(indent)}${pathText(path)}:`;
  if (fitsOneLine(value)) {
    const line = `${label} ${inline(value)}`;
    if (displayWidth(line) <= usableWidth(style)) return [line];
  }
  const preview = previewLines(style, value, usableWidth(style) - indent - 2);
  return [label, ...indentAll(preview, indent + 2)];
}
