import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import type { ObjectShape, Shape } from '../model/shape.ts';
import { isMasked, sealSecrets } from './canonical.ts';
import { keyedElements } from './keys.ts';
import { child, childShape, fittingShape, withIds } from './walk.ts';

/**
 * Prepares a configuration for a request: nulls that came from a reply are dropped, since the API documents
 * null for few fields and "absent" for all of them, and a secret that the API masks is taken from the spec or
 * left out. A null that the spec writes stays, and so does everything inside maps and opaque values, which
 * belong to the user.
 */
function writable(shape: Shape, value: Json, spec: Json | undefined): Json {
  const fitting = fittingShape(shape, value);
  if (fitting.t === 'object' && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, entry]): readonly (readonly [string, Json])[] => {
        const written = child(fitting, spec, name);
        if (fitting.closed && written === undefined && !Object.hasOwn(fitting.fields, name)) return [];
        const entryShape = childShape(fitting, name, entry);
        if (isHidden(entryShape, entry)) return typeof written === 'string' ? [[name, written]] : [];
        return entry === null && written !== null ? [] : [[name, writable(entryShape, entry, written)]];
      }),
    );
  }
  if (fitting.t === 'list' && isArray(value)) {
    const written = isArray(spec) ? keyedElements(fitting, spec) : new Map<string, Json>();
    return [...keyedElements(fitting, value)].map(([key, item]) =>
      writable(fitting.item, item, written.get(key)),
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
    body[name] = writable(childShape(shape, name, value), value, spec[name]);
  }
  return body;
}

function isHidden(shape: Shape, value: Json): boolean {
  return shape.t === 'scalar' && shape.secret === true && value !== null && value !== '' && isMasked(value);
}

/**
 * True when the value holds a secret that the API masks and the spec does not know: sending it back would
 * destroy it.
 */
export function holdsHiddenSecret(shape: Shape, value: Json, spec: Json | undefined): boolean {
  const fitting = fittingShape(shape, value);
  if (isHidden(fitting, value)) return typeof spec !== 'string';
  if (fitting.t === 'object' && isObject(value)) {
    return Object.entries(value).some(([name, entry]) =>
      holdsHiddenSecret(childShape(fitting, name, entry), entry, child(fitting, spec, name)),
    );
  }
  if (fitting.t !== 'list' || !isArray(value)) return false;
  const written = isArray(spec) ? keyedElements(fitting, spec) : new Map<string, Json>();
  return [...keyedElements(fitting, value)].some(([key, item]) =>
    holdsHiddenSecret(fitting.item, item, written.get(key)),
  );
}

/** Only the named top-level fields. */
export function partialBody(body: JsonObject, names: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.has(name)));
}

/**
 * The body without nested fields that neither the schemas nor the spec know. Such fields are normally sent back,
 * because a server that replaces nested settings would lose them; one that refuses them gets this instead.
 */
export function withoutUnknown(shape: Shape, value: Json, spec: Json | undefined): Json {
  const fitting = fittingShape(shape, value);
  if (fitting.t === 'object' && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, entry]): readonly (readonly [string, Json])[] => {
        const written = child(fitting, spec, name);
        if (!Object.hasOwn(fitting.fields, name)) return written === undefined ? [] : [[name, entry]];
        return [[name, withoutUnknown(childShape(fitting, name, entry), entry, written)]];
      }),
    );
  }
  if (fitting.t !== 'list' || !isArray(value)) return value;
  const written = isArray(spec) ? keyedElements(fitting, spec) : new Map<string, Json>();
  return [...keyedElements(fitting, value)].map(([key, item]) =>
    withoutUnknown(fitting.item, item, written.get(key)),
  );
}

/** A base as state keeps it: references as live ids where they are known, secrets as digests. */
export function storedBase(
  shape: Shape,
  base: JsonObject,
  ids: (target: string) => string | undefined,
): JsonObject {
  return sealSecrets(shape, withIds(shape, base, ids));
}
