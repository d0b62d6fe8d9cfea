import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import type { ObjectShape, Shape } from '../model/shape.ts';
import { keyedElements } from './keys.ts';
import { child, childShape, fittingShape } from './walk.ts';

/**
 * Prepares a configuration for a request: nulls that came from a reply are dropped, since the API documents
 * null for few fields and "absent" for all of them. A null that the spec writes stays, and so does everything
 * inside maps and opaque values, which belong to the user.
 */
function withoutReplyNulls(shape: Shape, value: Json, spec: Json | undefined): Json {
  const fitting = fittingShape(shape, value);
  if (fitting.t === 'object' && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name, entry]) => entry !== null || child(fitting, spec, name) === null)
        .map(([name, entry]) => [
          name,
          withoutReplyNulls(childShape(fitting, name, entry), entry, child(fitting, spec, name)),
        ]),
    );
  }
  if (fitting.t === 'list' && isArray(value)) {
    const written = isArray(spec) ? keyedElements(fitting, spec) : new Map<string, Json>();
    return [...keyedElements(fitting, value)].map(([key, item]) =>
      withoutReplyNulls(fitting.item, item, written.get(key)),
    );
  }
  return value;
}

/**
 * The writable part of a configuration as a request body: the fields that the public documents list plus those
 * that the spec itself writes (`unknown_fields: allow`), never anything else that a reply happened to carry.
 */
export function requestBody(shape: ObjectShape, config: JsonObject, spec: JsonObject): JsonObject {
  const body: { [name: string]: Json } = {};
  for (const [name, value] of Object.entries(config)) {
    const written = Object.hasOwn(spec, name);
    if (value === null && !written) continue;
    if (!written && !Object.hasOwn(shape.fields, name)) continue;
    body[name] = withoutReplyNulls(childShape(shape, name, value), value, spec[name]);
  }
  return body;
}

/** Only the named top-level fields. */
export function partialBody(body: JsonObject, names: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.has(name)));
}
