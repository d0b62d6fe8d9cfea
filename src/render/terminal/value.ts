import { isKind } from '../../model/address.ts';
import type { Json } from '../../model/json.ts';
import { isArray, isObject } from '../../model/json.ts';
import { quoted, visible } from './visible.ts';

/** How one JSON value reads on a line or as a few lines of YAML. Only for people: nothing parses this. */

export const SENSITIVE = '(sensitive)';
export const NOT_SET = '(not set)';

/** Deeper than any document of the API; what lies below is shown as an ellipsis. */
const MAX_DEPTH = 40;

function onlyKey(value: Json, key: string): Json | undefined {
  if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
  return Object.keys(value).length === 1 ? value[key] : undefined;
}

/** True for the two forms in which a plan and a state stand for a value that must not be printed. */
export function isSensitive(value: Json): boolean {
  return onlyKey(value, '$sensitive') !== undefined || onlyKey(value, '$sha256') !== undefined;
}

/** The address inside `{ "$ref": "tool/x" }`; undefined for a user's own `$ref`, as in a JSON Schema. */
export function ownRefTarget(value: Json): string | undefined {
  const target = onlyKey(value, '$ref');
  if (typeof target !== 'string') return undefined;
  const kind = target.slice(0, target.indexOf('/'));
  return isKind(kind) || kind === 'integration' ? target : undefined;
}

/** True when the value is text that needs more than one line. */
export function isMultiline(value: Json): value is string {
  return typeof value === 'string' && value.includes('\n');
}

/** The value on one line: strings quoted, references as the address, secrets hidden. */
export function inline(value: Json, show: (text: string) => string = visible, depth = 0): string {
  if (value === null) return depth === 0 ? NOT_SET : 'null';
  if (typeof value === 'string') return quoted(value, show);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isSensitive(value)) return SENSITIVE;
  const ref = ownRefTarget(value);
  if (ref !== undefined) return show(ref);
  if (isArray(value)) {
    if (depth > MAX_DEPTH) return '[...]';
    return `[${value.map((item) => inline(item, show, depth + 1)).join(', ')}]`;
  }
  if (!isObject(value)) return '';
  if (depth > MAX_DEPTH) return '{...}';
  const members = Object.entries(value).map(
    ([key, item]) => `${keyText(key, show)}: ${inline(item, show, depth + 1)}`,
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function keyText(key: string, show: (text: string) => string = visible): string {
  return /^[A-Za-z_$][\w$.-]*$/.test(key) ? key : quoted(key, show);
}

/** A block scalar; YAML's `|-` says that the text does not end with a line break. */
function blockLines(text: string): readonly string[] {
  const ends = text.endsWith('\n');
  const lines = (ends ? text.slice(0, -1) : text).split('\n');
  return [ends ? '|' : '|-', ...lines.map((line) => `  ${line}`)];
}

/** The value as lines of YAML, two spaces a level, multi-line strings as blocks. Lines are not escaped yet. */
export function yamlLines(value: Json, depth = 0): readonly string[] {
  if (depth > MAX_DEPTH) return ['...'];
  if (isMultiline(value)) return blockLines(value);
  if (isArray(value) && value.length > 0) return value.flatMap((item) => under('-', item, depth));
  if (
    isObject(value) &&
    !isSensitive(value) &&
    ownRefTarget(value) === undefined &&
    Object.keys(value).length > 0
  ) {
    return Object.entries(value).flatMap(([key, item]) => under(`${keyText(key)}:`, item, depth));
  }
  return [inline(value, visible, 1)];
}

function under(label: string, value: Json, depth: number): readonly string[] {
  const lines = yamlLines(value, depth + 1);
  const first = lines[0] ?? '';
  if (isMultiline(value)) return [`${label} ${first}`, ...lines.slice(1)];
  if (lines.length === 1 && !isContainer(value)) return [`${label} ${first}`];
  if (label === '-') return lines.map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`));
  return [label, ...lines.map((line) => `  ${line}`)];
}

function isContainer(value: Json): boolean {
  if (isArray(value)) return value.length > 0;
  return (
    isObject(value) &&
    !isSensitive(value) &&
    ownRefTarget(value) === undefined &&
    Object.keys(value).length > 0
  );
}

/** What a value looks like when compared by lines: text as it is, anything else as YAML, null as nothing. */
export function comparableText(value: Json): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : `${yamlLines(value).join('\n')}\n`;
}
