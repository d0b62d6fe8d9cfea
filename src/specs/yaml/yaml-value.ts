/**
 * YAML nodes to JSON, in one pass that also finds what JSON cannot say or what is dangerous: duplicate and
 * non-text keys, keys that reach into object prototypes, custom tags, numbers that lose digits, cyclic or
 * exploding aliases. Aliased values are shared, never copied, so that an alias costs nothing.
 */
import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import type { SpecCode } from '../../model/codes/spec-codes.ts';
import type { Json, JsonObject, Path } from '../../model/json.ts';
import type { TextProblem } from '../problems/problem.ts';

/** Values that aliases may add to a document beyond those written. */
const MAX_ALIASED_VALUES = 10_000;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const TAG_PREFIX = 'tag:yaml.org,2002:';
const TAGS: ReadonlySet<string> = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => TAG_PREFIX + name),
);

interface Anchor {
  /** Undefined while the anchored value itself is being read. */
  value: Json | undefined;
  size: number;
  /** Numbers below it, with paths from here. */
  reshaped: readonly ReshapedNumber[];
}

/** A number whose written form JSON cannot keep: `02134`, `1.10`, `1e3`. */
export interface ReshapedNumber {
  readonly path: Path;
  readonly written: string;
  readonly value: number;
}

interface Reading {
  readonly text: string;
  readonly problems: TextProblem[];
  readonly reshaped: ReshapedNumber[];
  /** Path of the value at hand, changed in place. */
  readonly path: string[];
  /** True below what is read as texts: numbers, booleans and keys stay as they are written. */
  written: boolean;
  readonly anchors: Map<string, Anchor>;
  /** Values so far, aliased ones counted each time. */
  size: number;
  aliased: number;
  exploded: boolean;
}

export interface YamlValue {
  readonly value: Json;
  readonly problems: readonly TextProblem[];
  readonly reshaped: readonly ReshapedNumber[];
}

/** The field of a document whose value is a table of texts. */
const TABLE_FIELD = 'for_each';

/**
 * Converts the contents of a document that has no syntax errors. The value is usable only without problems. In
 * `written` form, and below `for_each`, numbers, booleans and keys are the texts as written.
 */
export function yamlValue(
  contents: ParsedNode | null,
  text: string,
  form: 'json' | 'written' = 'json',
): YamlValue {
  const reading: Reading = {
    text,
    problems: [],
    reshaped: [],
    path: [],
    written: form === 'written',
    anchors: new Map(),
    size: 0,
    aliased: 0,
    exploded: false,
  };
  const value = contents === null ? null : read(contents, reading);
  return { value, problems: reading.problems, reshaped: reading.reshaped };
}

function read(node: ParsedNode, reading: Reading): Json {
  reading.size += 1;
  if (isAlias(node)) return readAlias(node.source, node.range[0], reading);
  if (node.tag !== undefined && !TAGS.has(node.tag) && node.tag !== '!') {
    const name = node.tag.startsWith(TAG_PREFIX) ? `!!${node.tag.slice(TAG_PREFIX.length)}` : node.tag;
    report(
      reading,
      'YAML_TAG',
      `the tag ${name} is not supported`,
      tagOffset(reading.text, node.range[0]),
      /^!(include|file|load|import)\b/i.test(name)
        ? 'a text of a file is written { $file: path }'
        : 'remove the tag, since values are plain JSON; or put the text in quotes, where no tag is meant',
    );
    return null;
  }
  if (node.anchor === undefined) return readPlain(node, reading);
  const anchor: Anchor = { value: undefined, size: reading.size, reshaped: [] };
  const before = reading.reshaped.length;
  reading.anchors.set(node.anchor, anchor);
  const value = readPlain(node, reading);
  anchor.size = reading.size - anchor.size + 1;
  anchor.value = value;
  const depth = reading.path.length;
  anchor.reshaped = reading.reshaped
    .slice(before)
    .map((number) => ({ ...number, path: number.path.slice(depth) }));
  return value;
}

/** Where the tag before a value starts; the value's own range begins after it. */
function tagOffset(text: string, valueOffset: number): number {
  let offset = text.lastIndexOf('!', valueOffset);
  while (offset > 0 && text[offset - 1] === '!') offset -= 1;
  return Math.max(offset, 0);
}

function readPlain(node: ParsedNode, reading: Reading): Json {
  if (isScalar(node)) return readScalar(node, reading);
  if (isSeq(node)) {
    const items: Json[] = [];
    for (const item of node.items) {
      reading.path.push(String(items.length));
      items.push(isNode(item) ? read(item, reading) : null);
      reading.path.pop();
    }
    return items;
  }
  if (isMap(node)) return readMap(node, reading);
  return null;
}

function readScalar(node: Scalar.Parsed, reading: Reading): Json {
  const value = node.value;
  if (reading.written && value !== null && typeof value !== 'string') return node.source ?? String(value);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'number') {
    report(reading, 'YAML_TAG', 'this value has no JSON form', node.range[0]);
    return null;
  }
  if (!Number.isFinite(value)) {
    report(reading, 'YAML_NUMBER', `${node.source} is not a JSON number`, node.range[0]);
    return null;
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    report(
      reading,
      'YAML_NUMBER',
      `the number ${node.source} is too large to keep all its digits`,
      node.range[0],
      'put it in quotes',
    );
  }
  if (node.source !== undefined && String(value) !== node.source) {
    reading.reshaped.push({ path: [...reading.path], written: node.source, value });
  }
  return value === 0 ? 0 : value;
}

function readAlias(name: string, offset: number, reading: Reading): Json {
  const anchor = reading.anchors.get(name);
  if (anchor === undefined) {
    report(
      reading,
      'YAML_ALIAS_UNKNOWN',
      `the alias *${name} has no anchor &${name} before it`,
      offset,
      'put the text in quotes, where no alias is meant',
    );
    return null;
  }
  if (anchor.value === undefined) {
    report(reading, 'YAML_ALIAS_CYCLE', `the alias *${name} stands inside its own anchor &${name}`, offset);
    return null;
  }
  reading.size += anchor.size;
  reading.aliased += anchor.size;
  if (reading.aliased > MAX_ALIASED_VALUES) {
    if (!reading.exploded) {
      const limit = MAX_ALIASED_VALUES.toLocaleString('en-US');
      report(
        reading,
        'YAML_ALIAS_BOMB',
        `the aliases of this document expand to more than ${limit} values`,
        offset,
      );
    }
    reading.exploded = true;
    return null;
  }
  for (const number of anchor.reshaped) {
    reading.reshaped.push({ ...number, path: [...reading.path, ...number.path] });
  }
  return anchor.value;
}

function readMap(node: YAMLMap.Parsed, reading: Reading): JsonObject {
  const members: { [key: string]: Json } = {};
  const merged: JsonObject[] = [];
  for (const pair of node.items) {
    const key = readKey(pair, node, reading);
    if (key === undefined) continue;
    const { written } = reading;
    if (reading.path.length === 0 && key === TABLE_FIELD) reading.written = true;
    const merges = key === '<<' && isMergeKey(pair);
    if (!merges) reading.path.push(key);
    const value = isNode(pair.value) ? read(pair.value, reading) : null;
    if (!merges) reading.path.pop();
    reading.written = written;
    if (merges) {
      merged.push(...mergeSources(value, pair, reading));
      continue;
    }
    if (Object.hasOwn(members, key)) {
      report(
        reading,
        'YAML_DUPLICATE_KEY',
        `the key ${key} is written twice in this mapping`,
        pair.key.range[0],
        'keep one of the two',
      );
    }
    members[key] = value;
  }
  for (const source of merged) {
    for (const [key, value] of Object.entries(source)) if (!Object.hasOwn(members, key)) members[key] = value;
  }
  return members;
}

function readKey(
  pair: Pair<ParsedNode, ParsedNode | null>,
  map: YAMLMap.Parsed,
  reading: Reading,
): string | undefined {
  const key = pair.key;
  const offset = isNode(key) ? key.range[0] : map.range[0];
  if (reading.written && isScalar(key) && typeof key.value !== 'string' && key.source) {
    return key.source;
  }
  if (!isScalar(key) || typeof key.value !== 'string') {
    const written = isScalar(key) ? String(key.source ?? key.value) : undefined;
    const message = written === undefined ? 'a key must be a plain text' : `the key ${written} is not a text`;
    report(
      reading,
      'YAML_KEY_TYPE',
      message,
      offset,
      written === undefined ? undefined : `write it in quotes: "${written}"`,
    );
    return undefined;
  }
  if (key.tag !== undefined && key.tag !== `${TAG_PREFIX}str`) {
    report(reading, 'YAML_TAG', 'a key cannot have a tag', offset, 'remove the tag');
    return undefined;
  }
  if (FORBIDDEN_KEYS.has(key.value)) {
    report(reading, 'YAML_FORBIDDEN_KEY', `the key ${key.value} is not allowed`, offset);
    return undefined;
  }
  return key.value;
}

/** True for the merge key of YAML 1.1 (`<<: *defaults`), which YAML 1.2 dropped and people still write. */
export function isMergeKey(pair: Pair<ParsedNode, ParsedNode | null>): boolean {
  return isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === 'PLAIN';
}

function mergeSources(
  value: Json,
  pair: Pair<ParsedNode, ParsedNode | null>,
  reading: Reading,
): readonly JsonObject[] {
  const sources = Array.isArray(value) ? value : [value];
  const objects = sources.filter((source): source is JsonObject => isPlainObject(source));
  if (objects.length < sources.length && reading.problems.length === 0) {
    report(
      reading,
      'YAML_KEY_TYPE',
      'the merge key << takes a mapping or a list of mappings',
      pair.key.range[0],
    );
  }
  return objects;
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The package types allow plain values inside collections; documents that were parsed hold only nodes. */
function isNode(value: unknown): value is ParsedNode {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}

function report(reading: Reading, code: SpecCode, message: string, offset: number, hint?: string): void {
  if (reading.problems.length >= 100) return;
  reading.problems.push({
    severity: 'error',
    code,
    message,
    offset,
    ...(hint === undefined ? {} : { hint }),
  });
}
