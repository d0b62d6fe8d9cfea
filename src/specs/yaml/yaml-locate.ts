import { isAlias, isMap, isScalar, isSeq, type ParsedNode } from 'yaml';
import type { Path } from '../../model/json.ts';
import type { YamlDocument } from './yaml-parse.ts';
import { isMergeKey } from './yaml-value.ts';

export interface Located {
  /** How many parts of the path were found; fewer than all means that the closest ancestor is given. */
  readonly depth: number;
  /** Offset of the mapping key (or, in a list, of the element) that the deepest found part names. */
  readonly keyOffset: number;
  /** Start and end offset of the value. */
  readonly start: number;
  readonly end: number;
  /** True when the deepest found value is a mapping, so that a further part could have been written there. */
  readonly mapping: boolean;
}

interface Entry {
  readonly keyOffset: number | undefined;
  readonly value: ParsedNode | null;
}

/**
 * Finds where a path was written, through aliases and merge keys. A path that was not written in full gives
 * the closest ancestor. List elements may be named by index.
 */
export function locatePath(document: YamlDocument, path: Path): Located {
  let node = resolved(document, document.contents);
  let keyOffset = node?.range[0] ?? document.range[0];
  let value: ParsedNode | null = document.contents;
  let depth = 0;
  for (const part of path) {
    const entry: Entry | undefined = node === null ? undefined : child(document, node, part);
    if (entry === undefined) break;
    value = entry.value;
    keyOffset = entry.keyOffset ?? value?.range[0] ?? keyOffset;
    node = resolved(document, value);
    depth += 1;
  }
  const start = value?.range[0] ?? keyOffset;
  return { depth, keyOffset, start, end: value?.range[1] ?? start, mapping: node !== null && isMap(node) };
}

function child(document: YamlDocument, node: ParsedNode, part: string): Entry | undefined {
  if (isSeq(node)) {
    const item = /^\d+$/.test(part) ? node.items[Number(part)] : undefined;
    return isNode(item) ? { keyOffset: undefined, value: item } : undefined;
  }
  if (!isMap(node)) return undefined;
  let inherited: Entry | undefined;
  for (const pair of node.items) {
    if (isScalar(pair.key) && pair.key.value === part && !isMergeKey(pair)) {
      return { keyOffset: pair.key.range[0], value: pair.value };
    }
    if (inherited === undefined && isMergeKey(pair)) {
      const source = resolved(document, pair.value);
      const sources = isSeq(source) ? source.items.filter(isNode) : source === null ? [] : [source];
      for (const candidate of sources) {
        const target = resolved(document, candidate);
        inherited ??= target === null ? undefined : child(document, target, part);
      }
    }
  }
  return inherited;
}

function resolved(document: YamlDocument, node: ParsedNode | null): ParsedNode | null {
  if (!isAlias(node)) return node;
  const target = node.resolve(document);
  return isNode(target) && !isAlias(target) ? target : null;
}

function isNode(value: unknown): value is ParsedNode {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}
