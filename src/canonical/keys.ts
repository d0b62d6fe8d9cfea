import { isArray, isObject, type Json, jsonAt, jsonEqual, stableStringify } from '../model/json.ts';
import type { ListShape } from '../model/shape.ts';

/** The target of a `{ "$ref": … }` object, or undefined when the value is none. */
export function refTarget(value: Json | undefined): string | undefined {
  if (!isObject(value)) return undefined;
  const target = value.$ref;
  return typeof target === 'string' && Object.keys(value).length === 1 ? target : undefined;
}

function scalarKey(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object') return refTarget(value) ?? stableStringify(value);
  return String(value);
}

function elementKey(shape: ListShape, element: Json): string {
  if (shape.by === 'value') return scalarKey(element) ?? 'null';
  const parts = (shape.keys ?? [])
    .map((path) => scalarKey(jsonAt(element, path.split('/'))))
    .filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(':') : stableStringify(element);
}

/**
 * Names the elements of a keyed list or set, in order. Two elements of one name get `#2`, `#3`… behind it, so
 * that none is lost; equal members of a set count once.
 */
export function keyedElements(shape: ListShape, elements: readonly Json[]): ReadonlyMap<string, Json> {
  const named = new Map<string, Json>();
  for (const element of elements) {
    const key = elementKey(shape, element);
    if (!named.has(key)) {
      named.set(key, element);
    } else if (shape.by === 'key' || !jsonEqual(named.get(key), element)) {
      let twin = 2;
      while (named.has(`${key}#${twin}`)) twin += 1;
      named.set(`${key}#${twin}`, element);
    }
  }
  return named;
}

/** True when the shape makes a value a collection of named elements at run time. */
export function isKeyed(shape: ListShape, value: Json | undefined): value is readonly Json[] {
  return shape.by !== 'whole' && isArray(value);
}
