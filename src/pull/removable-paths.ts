import { childShape, fittingShape } from '../canonical/walk.ts';
import { isArray, isObject, type Json, type JsonObject, type Path } from '../model/json.ts';
import type { ObjectShape, Shape } from '../model/shape.ts';

/** Deeper than the spec reader goes, with room for what stands around a value. */
const MAX_DEPTH = 100;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * The longest part of a path (list steps as indexes) whose value can be left out of a spec without the rest
 * meaning something else: a field, a map's entry, an element of a keyed list or set. What lies inside a value
 * that is compared whole can only go together with it.
 */
export function removablePath(shape: Shape, value: Json, path: Path): Path {
  let at: Json | undefined = value;
  let atShape = fittingShape(shape, value);
  const found: string[] = [];
  for (const part of path) {
    const whole = atShape.t === 'scalar' || atShape.t === 'opaque' || isWholeList(atShape);
    if (whole || at === undefined) break;
    found.push(part);
    const next: Json | undefined = childAt(at, part);
    atShape = childShape(atShape, part, next);
    at = next;
  }
  return found;
}

/**
 * The path itself, or that of the list or map of which it names the only element: written empty it would say that
 * nothing is to be there.
 */
export function withEmptiedOwner(shape: Shape, value: Json, path: Path): Path {
  const owner = path.slice(0, -1);
  const around = valueByParts(value, owner);
  const isLast = isArray(around)
    ? around.length === 1
    : isObject(around) && shapeByParts(shape, value, owner).t === 'map' && Object.keys(around).length === 1;
  return isLast ? withEmptiedOwner(shape, value, owner) : path;
}

/** The shape of the value at a path whose list steps are indexes. */
export function shapeByParts(shape: Shape, value: Json, path: Path): Shape {
  let at = fittingShape(shape, value);
  path.forEach((part, index) => {
    const next = valueByParts(value, path.slice(0, index + 1));
    if (at.t === 'list') at = fittingShape(at.item, next);
    else if (at.t === 'object')
      at = fittingShape(Object.hasOwn(at.fields, part) ? at.fields[part] : undefined, next);
    else at = fittingShape(undefined, next);
  });
  return at;
}

/** A copy without the value at a path; list steps are indexes. */
export function withoutPaths(value: JsonObject, path: Path): JsonObject {
  const result = removed(value, path);
  return isObject(result) ? result : value;
}

function removed(value: Json, [part, ...rest]: Path): Json {
  if (part === undefined) return value;
  const last = rest.length === 0;
  if (isArray(value)) {
    return value.flatMap((item, index) => {
      if (String(index) !== part) return [item];
      return last ? [] : [removed(item, rest)];
    });
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]): readonly (readonly [string, Json])[] => {
      if (name !== part) return [[name, entry]];
      return last ? [] : [[name, removed(entry, rest)]];
    }),
  );
}

/** A copy with a field set in the object at a path; unchanged when there is no object. */
export function withField(value: JsonObject, path: Path, name: string, entry: Json): JsonObject {
  const result = fieldSet(value, path, name, entry);
  return isObject(result) ? result : value;
}

function fieldSet(value: Json, [part, ...rest]: Path, name: string, entry: Json): Json {
  if (part === undefined) return isObject(value) ? { ...value, [name]: entry } : value;
  if (isArray(value)) {
    return value.map((item, index) => (String(index) === part ? fieldSet(item, rest, name, entry) : item));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === part ? fieldSet(each, rest, name, entry) : each,
    ]),
  );
}

/** The value at a path whose list steps are indexes. */
export function valueByParts(value: Json | undefined, path: Path): Json | undefined {
  let at = value;
  for (const part of path) at = at === undefined ? undefined : childAt(at, part);
  return at;
}

/** Paths of values that no YAML document of a project can say: forbidden keys, numbers that lose digits. */
export function inexpressiblePath(shape: ObjectShape, value: JsonObject): Path | undefined {
  return firstInexpressible(value, [], (at) => removablePath(shape, value, at));
}

function firstInexpressible(value: Json, path: Path, removable: (path: Path) => Path): Path | undefined {
  if (path.length > MAX_DEPTH) return removable(path);
  if (typeof value === 'number') {
    const exact = !Number.isInteger(value) || Number.isSafeInteger(value);
    return exact ? undefined : removable(path);
  }
  if (isArray(value)) {
    return firstOf(value.keys(), (index) =>
      firstInexpressible(value[index] ?? null, [...path, String(index)], removable),
    );
  }
  if (!isObject(value)) return undefined;
  return firstOf(Object.keys(value), (name) => {
    const at = [...path, name];
    return FORBIDDEN_KEYS.has(name) ? removable(at) : firstInexpressible(value[name] ?? null, at, removable);
  });
}

function firstOf<Item>(items: Iterable<Item>, find: (item: Item) => Path | undefined): Path | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isWholeList(shape: Shape): boolean {
  return shape.t === 'list' && shape.by === 'whole';
}

function childAt(value: Json, part: string): Json | undefined {
  if (isArray(value)) return /^\d+$/.test(part) ? value[Number(part)] : undefined;
  return isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
}
