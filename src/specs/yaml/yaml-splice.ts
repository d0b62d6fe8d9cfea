/** Splices into the text of a YAML file, by where its parser says that things stand. */
import { isMap, isScalar, isSeq, type ParsedNode, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Json } from '../../model/json.ts';
import { flowText } from './write-yaml.ts';
import { afterDash, afterKey, blockScalar, inlineScalar } from './yaml-text.ts';

type Collection = YAMLMap.Parsed | YAMLSeq.Parsed;

/** A node and the collections around it, the outermost first, each with the position of the way down. */
export interface Site {
  readonly node: ParsedNode;
  readonly parents: readonly { readonly node: Collection; readonly index: number }[];
}

/** The text with another value in place of a node. */
export function replaceText(text: string, site: Site, value: Json): string {
  const { node } = site;
  const parent = site.parents.at(-1);
  const flow = site.parents.some((each) => each.node.flow === true);
  const end = contentEnd(text, node);
  const type = isScalar(node) ? (node.type ?? undefined) : undefined;
  const inline = inlineScalar(value, type, flow);
  const isBlock = type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED;
  if (flow) return splice(text, node.range[0], end, inline ?? flowText(value));
  if (isBlock && typeof value === 'string') {
    const column = ownColumn(text, site);
    const body = blockScalar(value, type, column, blockStep(text, node, column));
    return splice(text, node.range[0], end, withHeaderComment(text, node, body));
  }
  if (inline !== undefined && isScalar(node)) return splice(text, node.range[0], end, inline);
  if (parent === undefined) return text;
  const column = ownColumn(text, site);
  // What stood behind a value on its line stands behind the first line of the new one.
  const tail = /^[ \t]+#[^\r\n]*/.exec(text.slice(end))?.[0] ?? '';
  const withTail = (body: string): string => {
    const newline = body.indexOf('\n');
    return newline < 0 ? body + tail : body.slice(0, newline) + tail + body.slice(newline);
  };
  const step = stepOf(text, site);
  if (isSeq(parent.node)) {
    return splice(text, node.range[0], end + tail.length, withTail(afterDash(value, column, step)));
  }
  const [start, comment] = afterColon(text, parent.node, parent.index, node);
  return splice(text, start, end + tail.length, comment + withTail(afterKey(value, column, step)));
}

/** The text with a further member of a mapping or element of a list. */
export function insertText(text: string, site: Site, name: string, value: Json): string | undefined {
  const { node } = site;
  if (!isMap(node) && !isSeq(node)) return undefined;
  const last = node.items.length - 1;
  if (isSeq(node) && name !== String(node.items.length)) return undefined;
  if (last < 0) return replaceText(text, site, isSeq(node) ? [value] : { [name]: value });
  const lastEnd = itemEnd(text, node, last);
  const inFlow = node.flow === true || site.parents.some((each) => each.node.flow === true);
  if (inFlow) {
    const member = isSeq(node) ? flowText(value) : `${keyText(name)}: ${flowText(value)}`;
    return splice(text, lastEnd, lastEnd, `, ${member}`);
  }
  const column = columnOf(text, node.range[0]);
  const step = stepOf(text, site);
  const pad = ' '.repeat(column);
  const line = isSeq(node)
    ? `${pad}- ${afterDash(value, column, step)}`
    : `${pad}${keyText(name)}:${afterKey(value, column, step)}`;
  const end = lineEnd(text, lastEnd);
  return splice(text, end, end, `\n${line}`);
}

/** The text without a member or element. */
export function removeText(text: string, site: Site): string | undefined {
  const parent = site.parents.at(-1);
  if (parent === undefined) return undefined;
  const { node, index } = parent;
  if (node.items.length === 1) {
    const around: Site = { node, parents: site.parents.slice(0, -1) };
    return replaceText(text, around, isSeq(node) ? [] : {});
  }
  const start = itemStart(text, node, index);
  const end = itemEnd(text, node, index);
  const inFlow = site.parents.some((each) => each.node.flow === true);
  const next = index + 1 < node.items.length ? itemStart(text, node, index + 1) : undefined;
  if (inFlow) {
    return next === undefined
      ? splice(text, itemEnd(text, node, index - 1), end, '')
      : splice(text, start, next, '');
  }
  const from = lineStart(text, start);
  // The first key of a list's element stands behind the dash.
  if (text.slice(from, start).trim() !== '') {
    return next === undefined ? undefined : splice(text, start, next, '');
  }
  const to = lineEnd(text, end);
  if (to < text.length) return splice(text, from, text.indexOf('\n', to) + 1, '');
  return splice(text, lineEnd(text, Math.max(0, from - 2)), to, '');
}

/** A plain `<<` would be a merge key. */
function keyText(name: string): string {
  return name === '<<' ? JSON.stringify(name) : flowText(name);
}

function splice(text: string, start: number, end: number, insert: string): string {
  const eol = /\r\n/.test(text) ? insert.replace(/\r?\n/g, '\r\n') : insert;
  return text.slice(0, start) + eol + text.slice(end);
}

/** Where the last character of a value stands; the range of a block collection reaches into what follows. */
function contentEnd(text: string, node: ParsedNode): number {
  if ((isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0) {
    return itemEnd(text, node, node.items.length - 1);
  }
  const [start, end] = node.range;
  const isBlock = isScalar(node) && (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED);
  if (!isBlock) return end;
  return start + text.slice(start, end).replace(/(\r?\n)+$/, '').length;
}

function itemEnd(text: string, node: Collection, index: number): number {
  const item: unknown = node.items[index];
  if (isParsed(item)) return contentEnd(text, item);
  const pair = isMap(node) ? node.items[index] : undefined;
  if (pair === undefined) return node.range[1];
  if (pair.value !== null && pair.value.range[1] > pair.key.range[1]) return contentEnd(text, pair.value);
  return text.indexOf(':', pair.key.range[1]) + 1;
}

function itemStart(text: string, node: Collection, index: number): number {
  if (isMap(node)) return node.items[index]?.key.range[0] ?? node.range[0];
  const item: unknown = node.items[index];
  const start = isParsed(item) ? item.range[0] : node.range[0];
  if (node.flow === true) return start;
  const column = columnOf(text, node.range[0]);
  for (let line = lineStart(text, start); line >= 0; line = lineStart(text, line - 1)) {
    if (text[line + column] === '-') return line + column;
    if (line === 0) break;
  }
  return start;
}

/** Column of what the value belongs to: its key, or the dash of its element. */
function ownColumn(text: string, { parents, node }: Site): number {
  const parent = parents.at(-1);
  if (parent === undefined) return 0;
  if (isMap(parent.node)) return columnOf(text, parent.node.items[parent.index]?.key.range[0] ?? 0);
  return columnOf(text, itemStart(text, parent.node, parent.index)) || columnOf(text, node.range[0]);
}

/** Where the text after `key:` starts, and a comment on the key's line that has to stay. */
function afterColon(text: string, map: YAMLMap.Parsed, index: number, value: ParsedNode): [number, string] {
  const key = map.items[index]?.key;
  const start = text.indexOf(':', key?.range[1] ?? value.range[0]) + 1;
  const between = text.slice(start, value.range[0]);
  const comment = /^[ \t]+#[^\r\n]*/.exec(between)?.[0] ?? '';
  // An anchor or a tag stands between as well, and stays.
  const props = /^[ \t]+[&!][^\s]+/.exec(between)?.[0] ?? '';
  return [start, comment + props];
}

function withHeaderComment(text: string, node: ParsedNode, body: string): string {
  const header = text.slice(node.range[0], lineEnd(text, node.range[0]));
  const comment = /\s+#.*$/.exec(header)?.[0] ?? '';
  const newline = body.indexOf('\n');
  return comment === '' || newline < 0 ? body : body.slice(0, newline) + comment + body.slice(newline);
}

/** How far the lines of a block scalar stand in from their key. */
function blockStep(text: string, node: ParsedNode, column: number): number {
  const lines = text.slice(node.range[0], node.range[1]).split('\n').slice(1);
  const first = lines.find((line) => line.trim() !== '') ?? '';
  const indent = /^ */.exec(first)?.[0].length ?? 0;
  return indent > column ? Math.min(8, indent - column) : 2;
}

/** Indentation of the nearest mapping in a mapping, as the file has it. */
function stepOf(text: string, { parents, node }: Site): number {
  const maps = [...parents.map((parent) => parent.node), node].filter((each) => isMap(each) && !each.flow);
  const columns = maps.map((each) => columnOf(text, each.range[0]));
  const step = (columns.at(-1) ?? 2) - (columns.at(-2) ?? 0);
  return step >= 1 && step <= 8 ? step : 2;
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The end of a line without its line break. */
function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  const end = newline < 0 ? text.length : newline;
  return text[end - 1] === '\r' ? end - 1 : end;
}

function isParsed(value: unknown): value is ParsedNode {
  return typeof value === 'object' && value !== null && 'range' in value;
}
