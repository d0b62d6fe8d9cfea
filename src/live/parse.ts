import { isArray, isObject, type Json } from '../model/json.ts';

/**
 * Parses a reply body; undefined when it is no JSON. Members called `__proto__` are left out: a later merge
 * by assignment would change a prototype instead of adding a member.
 */
export function parseJson(text: string): Json | undefined {
  try {
    return withoutProto(asJson(JSON.parse(text)));
  } catch {
    return undefined;
  }
}

/** `JSON.parse` yields nothing else, but its type does not say so. */
function asJson(value: unknown): Json {
  return value as Json;
}

/** Gives the same value back when there is nothing to remove, so that the usual reply is not copied. */
export function withoutProto(value: Json): Json {
  if (isArray(value)) {
    const items = value.map(withoutProto);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== '__proto__');
  let changed = entries.length !== Object.keys(value).length;
  const cleaned = entries.map(([key, member]): [string, Json] => {
    const clean = withoutProto(member);
    changed ||= clean !== member;
    return [key, clean];
  });
  return changed ? Object.fromEntries(cleaned) : value;
}
