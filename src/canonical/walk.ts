import { isArray, isObject, type Json, type JsonObject, type Path } from '../model/json.ts';
import type { ObjectShape, ScalarShape, Shape } from '../model/shape.ts';
import { keyedElements, refTarget } from './keys.ts';

const UNKNOWN_SCALAR: Shape = { t: 'scalar' };
const UNKNOWN_OBJECT: ObjectShape = { t: 'object', fields: {} };
const OPAQUE: Shape = { t: 'opaque' };

/** The shape of a value that no schema describes: objects are merged by field, arrays are whole. */
export function guessShape(value: Json | undefined): Shape {
  if (isArray(value)) return OPAQUE;
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

/** Rebuilds a value with every scalar that the schemas know replaced; maps, opaque and unknown values stay. */
export function mapScalars(
  shape: Shape,
  value: Json,
  replace: (scalar: Json, shape: ScalarShape) => Json,
): Json {
  const fitting = fittingShape(shape, value);
  switch (fitting.t) {
    case 'scalar':
      return replace(value, fitting);
    case 'map':
    case 'opaque':
      return value;
    case 'list':
      return isArray(value) ? value.map((item) => mapScalars(fitting.item, item, replace)) : value;
    case 'object':
      return mapFields(fitting, value, replace);
    default:
      return fitting satisfies never;
  }
}

function mapFields(
  shape: ObjectShape,
  value: Json,
  replace: (scalar: Json, shape: ScalarShape) => Json,
): Json {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => {
      const known = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
      return [name, known === undefined ? entry : mapScalars(known, entry, replace)];
    }),
  );
}

/** Replaces the ids of managed kinds; a user's own `$ref` in a JSON Schema is none of them. */
function mapIds(shape: Shape, value: JsonObject, replace: (id: Json) => Json): JsonObject {
  const mapped = mapScalars(shape, value, (scalar, { ref }) =>
    ref === undefined ? scalar : replace(scalar),
  );
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
