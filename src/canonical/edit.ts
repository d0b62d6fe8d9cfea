import { isArray, isObject, type Json, type JsonObject, type Path, toPointer } from '../model/json.ts';
import type { ListShape, ObjectShape, Shape } from '../model/shape.ts';
import type { Edit } from '../model/step.ts';
import { isKeyed, keyedElements } from './keys.ts';
import { child, childShape, field, fittingShape, valueAtPath } from './walk.ts';

function replaceField(value: Json | undefined, name: string, after: Json | undefined): JsonObject {
  const kept = isObject(value) ? Object.entries(value).filter(([key]) => key !== name) : [];
  if (after === undefined) return Object.fromEntries(kept);
  if (isObject(value) && Object.hasOwn(value, name)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, key === name ? after : entry]),
    );
  }
  return Object.fromEntries([...kept, [name, after]]);
}

function replaceElement(
  shape: ListShape,
  value: Json | undefined,
  key: string,
  after: Json | undefined,
): readonly Json[] {
  const elements = keyedElements(shape, isArray(value) ? value : []);
  const replaced = [...elements].flatMap(([name, element]) => {
    if (name !== key) return [element];
    return after === undefined ? [] : [after];
  });
  return elements.has(key) || after === undefined ? replaced : [...replaced, after];
}

/** A copy of `value` with the value at `path` replaced, or removed when `after` is undefined. */
export function setAtPath(
  shape: Shape,
  value: Json | undefined,
  path: Path,
  after: Json | undefined,
): Json | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return after;
  const fitting = fittingShape(shape, value);
  const current = child(fitting, value, name);
  if (current === undefined && after === undefined) return value;
  const next = setAtPath(childShape(fitting, name, current ?? after), current, rest, after);
  return fitting.t === 'list' && (value === undefined || isKeyed(fitting, value))
    ? replaceElement(fitting, value, name, next)
    : replaceField(value, name, next);
}

/** Applies edits, in order, to a configuration in request shape. What no edit names stays as it is. */
export function applyEdits(shape: Shape, config: JsonObject, edits: readonly Edit[]): JsonObject {
  let result: Json | undefined = config;
  for (const edit of edits) result = setAtPath(shape, result, edit.path, edit.after);
  return isObject(result) ? result : {};
}

/**
 * Widens an edit until it can stand in a request: a record that does not exist yet, or one whose `type` turns
 * it into another variant, is written as a whole.
 */
export function widenPath(shape: Shape, live: Json | undefined, path: Path): Path {
  for (let length = 1; length < path.length; length += 1) {
    const present = valueAtPath(shape, live, path.slice(0, length));
    if (present === undefined || present === null) return path.slice(0, length);
  }
  return path.length > 1 && path.at(-1) === 'type' && isVariant(shape, live, path.slice(0, -1))
    ? path.slice(0, -1)
    : path;
}

function isVariant(shape: Shape, live: Json | undefined, path: Path): boolean {
  const parent = shapeAt(shape, live, path);
  return parent.t === 'object' && Object.hasOwn(parent.fields, 'type');
}

/** The shape that rules at a path, following the values that are there. */
export function shapeAt(shape: Shape, value: Json | undefined, path: Path): Shape {
  let current = value;
  let result = fittingShape(shape, value);
  for (const name of path) {
    const next: Json | undefined = child(result, current, name);
    result = childShape(result, name, next);
    current = next;
  }
  return result;
}

/** Removes what the pointers name; a number in a pointer may also be an index into the array of `written`. */
export function withoutPointers(
  shape: Shape,
  value: JsonObject,
  pointers: readonly Path[],
  written: Json,
): JsonObject {
  let result: Json | undefined = value;
  for (const pointer of pointers)
    result = setAtPath(shape, result, resolvePath(shape, written, pointer), undefined);
  return isObject(result) ? result : {};
}

function resolvePath(shape: Shape, written: Json, pointer: Path): Path {
  const path: string[] = [];
  let current: Json | undefined = written;
  let currentShape = fittingShape(shape, written);
  for (const part of pointer) {
    const name: string = elementName(currentShape, current, part);
    path.push(name);
    const next: Json | undefined = child(currentShape, current, name);
    currentShape = childShape(currentShape, name, next);
    current = next;
  }
  return path;
}

function elementName(shape: Shape, value: Json | undefined, part: string): string {
  if (shape.t !== 'list' || !isKeyed(shape, value) || !/^\d+$/.test(part)) return part;
  return [...keyedElements(shape, value).keys()][Number(part)] ?? part;
}

/** Pointers of collection elements that `live` has and `guide` does not, in the collections that `guide` writes. */
export function extraElements(
  shape: Shape,
  live: Json | undefined,
  guide: Json,
  path: Path = [],
): readonly string[] {
  const fitting = fittingShape(shape, guide);
  if (fitting.t === 'object') return extraInFields(fitting, live, guide, path);
  if (fitting.t === 'map') {
    const wanted = isObject(guide) ? guide : {};
    const present = isObject(live) ? Object.entries(live) : [];
    return present
      .filter(([name, value]) => value !== null && !Object.hasOwn(wanted, name))
      .map(([name]) => toPointer([...path, name]));
  }
  if (fitting.t !== 'list' || !isKeyed(fitting, guide) || !isArray(live)) return [];
  const wanted = keyedElements(fitting, guide);
  return [...keyedElements(fitting, live)].flatMap(([key, element]) => {
    const like = wanted.get(key);
    return like === undefined
      ? [toPointer([...path, key])]
      : extraElements(fitting.item, element, like, [...path, key]);
  });
}

function extraInFields(
  shape: ObjectShape,
  live: Json | undefined,
  guide: Json,
  path: Path,
): readonly string[] {
  if (!isObject(guide)) return [];
  return Object.entries(guide).flatMap(([name, wanted]) =>
    wanted === null
      ? []
      : extraElements(childShape(shape, name, wanted), field(live, name), wanted, [...path, name]),
  );
}

/** Puts the elements of the lists at or below the given paths into the order of `desired`; others follow. */
export function orderLike(
  shape: Shape,
  config: JsonObject,
  desired: Json,
  paths: readonly Path[],
): JsonObject {
  let result: Json | undefined = config;
  for (const path of paths) {
    for (let length = 1; length <= path.length; length += 1) {
      const at = path.slice(0, length);
      const list = shapeAt(shape, desired, at);
      const value = valueAtPath(shape, result, at);
      const wanted = valueAtPath(shape, desired, at);
      if (list.t === 'list' && isKeyed(list, value) && isKeyed(list, wanted)) {
        result = setAtPath(shape, result, at, sortElements(list, value, wanted));
      }
    }
  }
  return isObject(result) ? result : config;
}

function sortElements(shape: ListShape, value: readonly Json[], wanted: readonly Json[]): readonly Json[] {
  const elements = keyedElements(shape, value);
  const order = [...keyedElements(shape, wanted).keys()].filter((key) => elements.has(key));
  const rest = [...elements.keys()].filter((key) => !order.includes(key));
  return [...order, ...rest].flatMap((key) => elements.get(key) ?? []);
}

const ordered = new WeakMap<Shape, boolean>();

/** Whether the order of elements means anything below a shape. Shapes are constants, so each is asked once. */
function hasOrder(shape: Shape): boolean {
  const known = ordered.get(shape);
  if (known !== undefined) return known;
  const found =
    shape.t === 'object'
      ? Object.values(shape.fields).some(hasOrder)
      : shape.t === 'list' && (shape.ordered === true || hasOrder(shape.item));
  ordered.set(shape, found);
  return found;
}

/** Paths of ordered lists, with their element names in order. */
export function orderedLists(
  shape: Shape,
  value: Json | undefined,
  path: Path = [],
): ReadonlyMap<string, readonly string[]> {
  const fitting = fittingShape(shape, value);
  const found = new Map<string, readonly string[]>();
  if (!hasOrder(fitting)) return found;
  if (fitting.t === 'object' && isObject(value)) {
    for (const [name, nested] of Object.entries(value)) {
      const fieldShape = Object.hasOwn(fitting.fields, name) ? fitting.fields[name] : undefined;
      if (fieldShape === undefined) continue;
      for (const [pointer, order] of orderedLists(fieldShape, nested, [...path, name]))
        found.set(pointer, order);
    }
  } else if (fitting.t === 'list' && fitting.ordered && isKeyed(fitting, value)) {
    found.set(toPointer(path), [...keyedElements(fitting, value).keys()]);
  }
  return found;
}
