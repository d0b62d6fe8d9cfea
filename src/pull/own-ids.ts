/** Ids of one account, which no part of a document that other accounts share may hold. */
import { fittingShape, mapScalars } from '../canonical/walk.ts';
import type { Kind } from '../model/address.ts';
import { isObject, type Json, type JsonObject, type Path } from '../model/json.ts';
import type { ObjectShape, Shape } from '../model/shape.ts';
import type { SpecCheck } from './expressible-spec.ts';
import { valueByParts, withField, withoutPaths } from './removable-paths.ts';

/**
 * A spec without the fields that hold ids, and those fields as an overlay. A list is one value to an overlay. What a
 * valid document cannot do without stays.
 */
export function splitIds(
  shape: ObjectShape,
  kind: Kind,
  spec: JsonObject,
  { check }: { readonly check: SpecCheck },
): { readonly shared: JsonObject; readonly own: JsonObject } {
  let shared = spec;
  let own: JsonObject = {};
  for (const path of idPaths(shape, spec, [])) {
    const without = withoutPaths(shared, path);
    const value = valueByParts(spec, path);
    if (value === undefined || check(kind, without).length > 0) continue;
    shared = without;
    own = withNested(own, path, value);
  }
  return { shared, own };
}

/** Paths of id fields outside lists, and of lists with an id inside. */
function idPaths(shape: Shape, value: Json, path: Path): readonly Path[] {
  const fitting = fittingShape(shape, value);
  if (fitting.t === 'object' && isObject(value)) {
    return Object.entries(value).flatMap(([name, entry]) => {
      const field = Object.hasOwn(fitting.fields, name) ? fitting.fields[name] : undefined;
      return field === undefined ? [] : idPaths(field, entry, [...path, name]);
    });
  }
  return path.length > 0 && holdsId(fitting, value) ? [path] : [];
}

function holdsId(shape: Shape, value: Json): boolean {
  let found = false;
  mapScalars(shape, value, 'ref', (scalar) => {
    if (typeof scalar === 'string' && scalar !== '') found = true;
    return scalar;
  });
  return found;
}

function withNested(into: JsonObject, path: Path, value: Json): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return into;
  if (rest.length === 0) return withField(into, [], name, value);
  const inner = into[name];
  return { ...into, [name]: withNested(isObject(inner) ? inner : {}, rest, value) };
}
