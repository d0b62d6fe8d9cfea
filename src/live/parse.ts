import { isArray, isObject, type Json } from '../model/json.ts';

/** Parses a reply body; undefined when it is no JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return asJson(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** `JSON.parse` yields nothing else, but its type does not say so. */
function asJson(value: unknown): Json {
  return value as Json;
}

/**
 * Leaves out members called `__proto__`: a later merge by assignment would change a prototype instead of
 * adding a member. The usual value, which has none, is given back uncopied.
 */
export function withoutProto(value: Json): Json {
  return hasProto(value) ? copyWithoutProto(value) : value;
}

function hasProto(value: Json): boolean {
  if (isArray(value)) return value.some(hasProto);
  if (!isObject(value)) return false;
  return Object.keys(value).some((key) => key === '__proto__' || hasProto(value[key] ?? null));
}

function copyWithoutProto(value: Json): Json {
  if (isArray(value)) return value.map(copyWithoutProto);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== '__proto__');
  return Object.fromEntries(kept.map(([key, member]) => [key, copyWithoutProto(member)]));
}
