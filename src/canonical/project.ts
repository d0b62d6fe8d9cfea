import { isArray, isObject, type Json, type JsonObject, type Path, toPointer } from '../model/json.ts';
import type { ObjectShape, Shape } from '../model/shape.ts';
import { isCollection, isMasked } from './canonical.ts';
import { keyedElements } from './keys.ts';
import { childShape, fittingShape } from './walk.ts';

/**
 * The part of a configuration that `guide` speaks of: of records its fields, of collections every element that is
 * not foreign. What a base would be, had the configuration been applied by the spec that left the guide.
 */
export function projectLike(
  shape: ObjectShape,
  config: JsonObject,
  guide: JsonObject,
  foreign: readonly string[],
): JsonObject {
  const projected = project(shape, config, guide, [], new Set(foreign));
  return isObject(projected) ? projected : {};
}

function project(
  shape: Shape,
  value: Json,
  guide: Json | undefined,
  path: Path,
  foreign: ReadonlySet<string>,
): Json {
  const fitting = fittingShape(shape, value);
  if (fitting.t === 'scalar' && fitting.secret && isMasked(value) && guide !== undefined) return guide;
  if (isCollection(fitting) && fitting.t === 'list' && isArray(value)) {
    const wanted = isArray(guide) ? keyedElements(fitting, guide) : new Map<string, Json>();
    return [...keyedElements(fitting, value)]
      .filter(([key]) => !foreign.has(toPointer([...path, key])))
      .map(([key, item]) => project(fitting.item, item, wanted.get(key), [...path, key], foreign));
  }
  if (fitting.t === 'map' && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).filter(([key]) => !foreign.has(toPointer([...path, key]))),
    );
  }
  if (fitting.t !== 'object' || !isObject(value) || !isObject(guide)) return value;
  const fields = Object.entries(guide).flatMap(([name, wanted]): readonly (readonly [string, Json])[] => {
    const entry = Object.hasOwn(value, name) ? value[name] : undefined;
    if (entry === undefined || entry === null) return [];
    return [[name, project(childShape(fitting, name, entry), entry, wanted, [...path, name], foreign)]];
  });
  return Object.fromEntries(fields);
}
