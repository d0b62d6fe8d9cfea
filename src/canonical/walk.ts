import type { Kind } from '../model/address.ts';
import { isArray, isObject, type Json, type JsonObject, jsonEqual, type Path } from '../model/json.ts';
import type { ObjectShape, ScalarShape, Shape } from '../model/shape.ts';
import { keyedElements, refTarget } from './keys.ts';

const UNKNOWN_SCALAR: Shape = { t: 'scalar' };
const UNKNOWN_OBJECT: ObjectShape = { t: 'object', fields: {} };
const UNKNOWN_LIST: Shape = { t: 'opaque', records: [] };
const OPAQUE: Shape = { t: 'opaque' };

/** The shape of a value that no schema describes: objects are merged by field, arrays are whole. */
export function guessShape(value: Json | undefined): Shape {
  if (isArray(value)) return UNKNOWN_LIST;
  return isObject(value) ? UNKNOWN_OBJECT : UNKNOWN_SCALAR;
}

/** The shape that fits a value: follows `otherwise`, and falls back to a guess where value and shape disagree. */
export function fittingShape(shape: Shape | undefined, value: Json | undefined): Shape {
  if (shape === undefined) return guessShape(value);
  if (shape.t === 'list' && value !== undefined && value !== null && !isArray(value)) {
    return shape.otherwise === undefined ? guessShape(value) : fittingShape(shape.otherwise, value);
  }
  if (
    (shape.t === 'object' || shape.t === 'map') &&
    value !== undefined &&
    value !== null &&
    !isObject(value)
  ) {
    return guessShape(value);
  }
  return shape;
}

/** Own property of an object; undefined elsewhere. */
export function field(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The shape of a named child. */
export function childShape(shape: Shape, name: string, child: Json | undefined): Shape {
  if (shape.t === 'object') {
    return fittingShape(Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined, child);
  }
  if (shape.t === 'list') return fittingShape(shape.item, child);
  return OPAQUE;
}

/** The named child of a value: an object field, a map entry, or the list element of that key. */
export function child(shape: Shape, value: Json | undefined, name: string): Json | undefined {
  if (shape.t === 'list' && isArray(value)) return keyedElements(shape, value).get(name);
  return field(value, name);
}

/** The value at a path whose list steps are element keys; undefined when something on the way is absent. */
export function valueAtPath(shape: Shape, value: Json | undefined, path: Path): Json | undefined {
  let current: Json | undefined = value;
  let currentShape = fittingShape(shape, value);
  for (const name of path) {
    if (current === undefined) return undefined;
    const next: Json | undefined = child(currentShape, current, name);
    currentShape = childShape(currentShape, name, next);
    current = next;
  }
  return current;
}

/**
 * A path into a value as a path into its twin, of the same order but with other ids or references in it: elements
 * that are named by an id have another name there. Undefined where the value has nothing at the path.
 */
export function pathInTwin(shape: Shape, value: Json, twin: Json, path: Path): Path | undefined {
  const result: string[] = [];
  let [current, other]: readonly (Json | undefined)[] = [value, twin];
  let currentShape = fittingShape(shape, value);
  for (const name of path) {
    const otherName = nameInTwin(currentShape, current, other, name);
    const next: Json | undefined = child(currentShape, current, name);
    if (next === undefined) return undefined;
    other = child(currentShape, other, otherName);
    currentShape = childShape(currentShape, name, next);
    current = next;
    result.push(otherName);
  }
  return result;
}

function nameInTwin(shape: Shape, value: Json | undefined, twin: Json | undefined, name: string): string {
  if (shape.t !== 'list' || !isArray(value) || !isArray(twin)) return name;
  const index = [...keyedElements(shape, value).keys()].indexOf(name);
  return [...keyedElements(shape, twin).keys()][index] ?? name;
}

type Fact = 'ref' | 'secret';

const facts = { ref: new WeakMap<Shape, boolean>(), secret: new WeakMap<Shape, boolean>() };

/** Whether a shape has a scalar of that sort anywhere below it. Shapes are constants, so each is asked once. */
function hasBelow(shape: Shape, fact: Fact): boolean {
  const known = facts[fact].get(shape);
  if (known !== undefined) return known;
  const found = searchBelow(shape, fact);
  facts[fact].set(shape, found);
  return found;
}

const fieldLists = { ref: new WeakMap<Shape, Fields>(), secret: new WeakMap<Shape, Fields>() };

type Fields = readonly (readonly [name: string, field: Shape])[];

/** The fields of a shape with a scalar of that sort anywhere below them: few of many. */
function fieldsWith(shape: ObjectShape, fact: Fact): Fields {
  const known = fieldLists[fact].get(shape);
  if (known !== undefined) return known;
  const fields = Object.entries(shape.fields).filter(([, field]) => hasBelow(field, fact));
  fieldLists[fact].set(shape, fields);
  return fields;
}

function searchBelow(shape: Shape, fact: Fact): boolean {
  switch (shape.t) {
    case 'scalar':
      return shape[fact] !== undefined;
    case 'object':
      return Object.values(shape.fields).some((field) => hasBelow(field, fact));
    case 'list':
      return hasBelow(shape.item, fact) || (shape.otherwise !== undefined && hasBelow(shape.otherwise, fact));
    default:
      return false;
  }
}

/**
 * Rebuilds a value with every id (`ref`) or secret replaced. Parts in which nothing is replaced are shared with
 * the original; maps, opaque and unknown values, and with them a user's own `$ref`, are never looked into.
 */
export function mapScalars(
  shape: Shape,
  value: Json,
  fact: Fact,
  replace: (scalar: Json, shape: ScalarShape) => Json,
): Json {
  if (!hasBelow(shape, fact)) return value;
  const fitting = fittingShape(shape, value);
  if (fitting.t === 'scalar') return fitting[fact] === undefined ? value : replace(value, fitting);
  if (fitting.t === 'list' && isArray(value)) {
    const items = value.map((item) => mapScalars(fitting.item, item, fact, replace));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  return fitting.t === 'object' && isObject(value) ? mapFields(fitting, value, fact, replace) : value;
}

function mapFields(
  shape: ObjectShape,
  value: JsonObject,
  fact: Fact,
  replace: (scalar: Json, shape: ScalarShape) => Json,
): JsonObject {
  let copy: { [name: string]: Json } | undefined;
  for (const [name, field] of fieldsWith(shape, fact)) {
    const entry = Object.hasOwn(value, name) ? value[name] : undefined;
    if (entry === undefined) continue;
    const mapped = mapScalars(field, entry, fact, replace);
    if (mapped === entry) continue;
    copy ??= { ...value };
    copy[name] = mapped;
  }
  return copy ?? value;
}

function mapIds(shape: Shape, value: JsonObject, replace: (id: Json) => Json): JsonObject {
  const mapped = mapScalars(shape, value, 'ref', replace);
  return isObject(mapped) ? mapped : value;
}

/** Live ids become `{ $ref }` where `refs` knows the resource, so that both sides speak of addresses. */
export function withReferences(
  shape: Shape,
  value: JsonObject,
  refs: ReadonlyMap<string, string>,
): JsonObject {
  return mapIds(shape, value, (id) => {
    const target = typeof id === 'string' ? refs.get(id) : undefined;
    return target === undefined ? id : { $ref: target };
  });
}

/**
 * True when two values are the same once ids are read as {@link withReferences} reads them, without building either.
 * False proves nothing where list and scalar stand in each other's place.
 */
export function sameWithReferences(
  shape: Shape,
  a: Json | undefined,
  b: Json | undefined,
  refs: ReadonlyMap<string, string>,
): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || !hasBelow(shape, 'ref')) return jsonEqual(a, b);
  const fitting = fittingShape(shape, a);
  if (fitting.t === 'scalar' && fitting.ref !== undefined) {
    return (targetOf(a, refs) ?? a) === (targetOf(b, refs) ?? b) || jsonEqual(a, b);
  }
  if (fitting.t === 'list' && isArray(a) && isArray(b)) {
    if (a.length !== b.length) return false;
    for (const [index, item] of a.entries()) {
      if (!sameWithReferences(fitting.item, item, b[index], refs)) return false;
    }
    return true;
  }
  if (fitting.t !== 'object' || !isObject(a) || !isObject(b)) return jsonEqual(a, b);
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  for (const name of names) {
    const inner = Object.hasOwn(fitting.fields, name) ? fitting.fields[name] : undefined;
    const same =
      Object.hasOwn(b, name) &&
      (inner === undefined ? jsonEqual(a[name], b[name]) : sameWithReferences(inner, a[name], b[name], refs));
    if (!same) return false;
  }
  return true;
}

function targetOf(id: Json, refs: ReadonlyMap<string, string>): string | undefined {
  return typeof id === 'string' ? refs.get(id) : refTarget(id);
}

/** `{ $ref }` becomes the live id; targets that `ids` lacks are reported through `missing` and left as they are. */
export function withIds(
  shape: Shape,
  value: JsonObject,
  ids: (target: string) => string | undefined,
  missing: (target: string) => void = () => {},
): JsonObject {
  return mapIds(shape, value, (id) => {
    const target = refTarget(id);
    if (target === undefined) return id;
    const known = ids(target);
    if (known === undefined) missing(target);
    return known ?? id;
  });
}

/** Every `{ $ref }` that stands where an id belongs. */
export function referencesIn(shape: Shape, value: JsonObject): readonly string[] {
  const targets = new Set<string>();
  withIds(
    shape,
    value,
    () => undefined,
    (target) => targets.add(target),
  );
  return [...targets];
}

/** The kind of each resource that a configuration names by id. */
export function referredKinds(shape: Shape, value: JsonObject): ReadonlyMap<string, Kind> {
  const kinds = new Map<string, Kind>();
  mapScalars(shape, value, 'ref', (id, { ref }) => {
    if (typeof id === 'string' && ref !== undefined && ref !== 'integration') kinds.set(id, ref);
    return id;
  });
  return kinds;
}
