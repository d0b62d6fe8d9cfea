/**
 * Changes one value of a YAML file and nothing else. The parsed document only tells where things stand; the text
 * is spliced, so that comments, order, quoting, anchors and layout of all the rest stay byte for byte. Every edit
 * is read back: a text that would not say exactly what was meant is never returned.
 */
import { isAlias, isMap, isScalar, isSeq, type ParsedNode } from 'yaml';
import {
  isArray,
  isObject,
  type Json,
  type JsonObject,
  jsonAt,
  jsonEqual,
  type Path,
} from '../../model/json.ts';
import { parseYaml, type YamlDocument } from './yaml-parse.ts';
import { insertText, removeText, replaceText, type Site } from './yaml-splice.ts';
import { isMergeKey, yamlValue } from './yaml-value.ts';

/** `value` undefined removes; a list step equal to the length appends. */
export interface YamlEdit {
  readonly path: Path;
  readonly value: Json | undefined;
}

/** The edited text, or undefined when it cannot be done without touching other values. */
export function editYaml(text: string, index: number, edit: YamlEdit): string | undefined {
  const values = valuesOf(text);
  const document = parseYaml(text).documents[index];
  const before = values?.[index];
  if (values === undefined || document === undefined || before === undefined) return undefined;
  const wanted = withValue(before, edit.path, edit.value);
  if (wanted === undefined) return undefined;
  const expected = values.map((value, at) => (at === index ? wanted : value));
  for (const attempt of attempts(document, text, edit, wanted)) {
    const result = attempt();
    if (result !== undefined && jsonEqual(valuesOf(result) ?? null, expected)) return result;
  }
  return undefined;
}

type Attempt = () => string | undefined;

/** The narrowest edit first; then the whole collection around it, where that loses no comment. */
function attempts(
  document: YamlDocument,
  text: string,
  { path, value }: YamlEdit,
  wanted: Json,
): readonly Attempt[] {
  const found = walk(document, path);
  const replaceAt = (depth: number): Attempt => {
    const site = walk(document, path.slice(0, depth)).site;
    const whole = jsonAt(wanted, path.slice(0, depth));
    return () =>
      site === undefined || whole === undefined || hasComment(text, site.node)
        ? undefined
        : replaceText(text, site, whole);
  };
  const exact: Attempt = () => {
    // Through an alias: the place that uses it gets a value of its own.
    const own = jsonAt(wanted, path.slice(0, found.depth));
    if (found.alias !== undefined) return own === undefined ? undefined : replaceText(text, found.alias, own);
    if (found.depth === path.length) {
      if (found.site === undefined) return undefined;
      return value === undefined ? removeText(text, found.site) : replaceText(text, found.site, value);
    }
    if (value === undefined || found.site === undefined) return undefined;
    const name = path[found.depth] ?? '';
    const nested = path.slice(found.depth + 1).reduceRight<Json>((inner, key) => ({ [key]: inner }), value);
    return insertText(text, found.site, name, nested);
  };
  return [exact, replaceAt(path.length - 1)];
}

interface Walked {
  /** The deepest place found; its depth in the path. */
  readonly site: Site | undefined;
  readonly depth: number;
  /** Set when an alias stands there. */
  readonly alias?: Site;
}

function walk(document: YamlDocument, path: Path): Walked {
  const root = document.contents;
  if (root === null) return { site: undefined, depth: 0 };
  let site: Site = { node: root, parents: [] };
  let depth = 0;
  for (const part of path) {
    if (isAlias(site.node)) return { site, depth, alias: site };
    const next = child(site, part);
    if (next === undefined) return { site, depth };
    site = next;
    depth += 1;
  }
  return isAlias(site.node) ? { site, depth, alias: site } : { site, depth };
}

function child(site: Site, part: string): Site | undefined {
  const { node } = site;
  if (isSeq(node)) {
    const item = /^\d+$/.test(part) ? node.items[Number(part)] : undefined;
    return isNode(item)
      ? { node: item, parents: [...site.parents, { node, index: Number(part) }] }
      : undefined;
  }
  if (!isMap(node)) return undefined;
  const index = node.items.findIndex(
    (pair) => isScalar(pair.key) && pair.key.value === part && !isMergeKey(pair),
  );
  const value = node.items[index]?.value;
  return isNode(value) ? { node: value, parents: [...site.parents, { node, index }] } : undefined;
}

function hasComment(text: string, node: ParsedNode): boolean {
  return text.slice(node.range[0], node.range[2]).includes('#');
}

function valuesOf(text: string): readonly Json[] | undefined {
  const { documents, problems } = parseYaml(text);
  if (problems.length > 0) return undefined;
  const values: Json[] = [];
  for (const document of documents) {
    if (document.errors.length > 0) return undefined;
    const { value, problems: found } = yamlValue(document.contents, text);
    if (found.length > 0) return undefined;
    values.push(value);
  }
  return values;
}

/**
 * A copy with another value at a path whose list steps are indexes; undefined removes. Undefined when the path
 * leads beyond the end of a list.
 */
export function withValue(value: Json | undefined, path: Path, after: Json | undefined): Json | undefined {
  const [part, ...rest] = path;
  if (part === undefined) return after;
  if (isArray(value)) {
    const index = Number(part);
    if (!/^\d+$/.test(part) || index > value.length) return undefined;
    const item = withValue(value[index], rest, after);
    const removed = item === undefined ? [] : [item];
    return [...value.slice(0, index), ...removed, ...value.slice(index + 1)];
  }
  const members: JsonObject = isObject(value) ? value : {};
  const entry = withValue(Object.hasOwn(members, part) ? members[part] : undefined, rest, after);
  if (entry !== undefined) return { ...members, [part]: entry };
  return Object.fromEntries(Object.entries(members).filter(([name]) => name !== part));
}

function isNode(value: unknown): value is ParsedNode {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}
