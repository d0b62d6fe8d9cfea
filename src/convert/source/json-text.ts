/** JSON text to a value with lines. Comments and trailing commas, which people leave in such files, are no problem. */
import { parse, type ValueNode } from '@humanwhocodes/momoa';
import { isArray, isObject, type Json, type Path } from '../../model/json.ts';
import { MAX_SOURCE_DEPTH, type SourceRead } from './source-file.ts';

/** Lines of the members of each object and array. */
type Lines = WeakMap<object, ReadonlyMap<string, number>>;

/** Never throws: what is wrong with the text comes back with its place. */
export function readJsonText(name: string, text: string): SourceRead {
  let body: ValueNode;
  try {
    body = parse(text, { mode: 'jsonc', allowTrailingCommas: true }).body;
  } catch (error) {
    return error instanceof RangeError ? tooDeep() : { problem: problemOf(error) };
  }
  const lines: Lines = new WeakMap();
  const value = jsonOf(body, lines, 0);
  return value === undefined
    ? tooDeep()
    : { source: { name, value, lineOf: (path) => lineAt(value, path, lines) } };
}

function jsonOf(node: ValueNode, lines: Lines, depth: number): Json | undefined {
  if (depth > MAX_SOURCE_DEPTH) return undefined;
  if (node.type === 'Array') {
    const items = node.elements.map((element) => jsonOf(element.value, lines, depth + 1));
    if (!isWhole(items)) return undefined;
    lines.set(items, new Map(node.elements.map(({ loc }, index) => [String(index), loc.start.line])));
    return items;
  }
  if (node.type === 'Object') {
    const names = node.members.map(({ name }) => (name.type === 'String' ? name.value : name.name));
    const values = node.members.map((each) => jsonOf(each.value, lines, depth + 1));
    if (!isWhole(values)) return undefined;
    // Made of entries, so that a member `__proto__` is one like any other.
    const object = Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
    lines.set(object, new Map(node.members.map(({ loc }, index) => [names[index] ?? '', loc.start.line])));
    return object;
  }
  return node.type === 'String' || node.type === 'Number' || node.type === 'Boolean' ? node.value : null;
}

function isWhole(values: readonly (Json | undefined)[]): values is readonly Json[] {
  return !values.includes(undefined);
}

/** Of the deepest part of the path that was written. */
function lineAt(root: Json, path: Path, lines: Lines): number {
  let value: Json | undefined = root;
  let line = 1;
  for (const part of path) {
    if (!isArray(value) && !isObject(value)) break;
    line = lines.get(value)?.get(part) ?? line;
    value = isArray(value) ? value[Number(part)] : value[part];
  }
  return line;
}

function tooDeep(): SourceRead {
  return { problem: { line: 1, column: 1, message: 'values are nested too deeply' } };
}

/** The parser throws errors that carry the place; their message repeats it in brackets. */
function problemOf(error: unknown): { line: number; column: number; message: string } {
  const thrown = error instanceof Error ? error : new Error(String(error));
  const line = 'line' in thrown && typeof thrown.line === 'number' ? thrown.line : 1;
  const column = 'column' in thrown && typeof thrown.column === 'number' ? thrown.column : 1;
  const what = thrown.message.replace(/ \(\d+:\d+\)$/, '').replace(/\.$/, '');
  return { line, column, message: `this is no JSON: ${what.charAt(0).toLowerCase()}${what.slice(1)}` };
}
