/** Differences between two configurations, as paths; everything that does not matter is left out of both. */
import { type Json, type JsonObject, jsonEqual, type Path, toPointer } from '../model/json.ts';
import type { Shape } from '../model/shape.ts';
import { canonical, canonicalLike, EMPTY, isTree, knownTree } from './canonical.ts';
import { differingPaths, isBelow } from './tree-diff.ts';
import { fittingShape, valueAtPath } from './walk.ts';

type Node = Json | undefined;

/**
 * Where `live` differs from `wanted` in what that speaks of: its fields, and every element of its collections. Extra
 * elements of `live` are differences too.
 */
export function differencesFrom(shape: Shape, wanted: Json, live: Json | undefined): readonly Path[] {
  return differingPaths(canonical(shape, wanted), canonicalLike(shape, live, wanted));
}

/**
 * Values that a write was to set and that the API does not return. Elements that it returns beyond those are
 * not counted: they were there before, or the API added them.
 */
export function missingValues(
  shape: Shape,
  wanted: JsonObject,
  live: JsonObject,
  only?: readonly Path[],
): readonly string[] {
  return differencesFrom(shape, wanted, live)
    .filter(
      (path) => only === undefined || only.some((edited) => isBelow(edited, path) || isBelow(path, edited)),
    )
    .filter((path) => valueAtPath(shape, wanted, path) !== undefined)
    .map(toPointer);
}

/** Where two configurations differ in anything that the schemas know, what the API fills in by itself aside. */
export function knownDifferences(shape: Shape, a: JsonObject, b: JsonObject): readonly Path[] {
  return differingPaths(knownTree(shape, a), knownTree(shape, b));
}

function pruned(shape: Shape, value: Node): Node {
  if (value === undefined || value === null) return undefined;
  // References and opaque values are objects too, of which the tree of what is known would be empty.
  if (fittingShape(shape, value).t === 'object') return knownTree(shape, value);
  const leaf = canonical(shape, value);
  if (leaf === EMPTY) return undefined;
  return isTree(leaf) ? { ...leaf } : leaf;
}

function isNothing(value: Node): boolean {
  return value === undefined || value === null;
}

/** True when both values say the same as far as anything known goes. */
export function sameValue(shape: Shape, a: Node, b: Node): boolean {
  if (shape.t === 'list' && shape.nullValue === true && isNothing(a) !== isNothing(b)) return false;
  return jsonEqual(pruned(shape, a) ?? {}, pruned(shape, b) ?? {});
}
