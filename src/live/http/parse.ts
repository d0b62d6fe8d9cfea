import { isArray, isObject, type Json } from '../../model/json.ts';

/** The name, or an escape that may spell a part of it: cheap to look for, unlike a walk over every reply. */
const MAY_NAME_PROTO = /__proto__|\\u005f/i;

/**
 * Parses a reply body; undefined when it is no JSON. Members called `__proto__` are left out: a later merge by
 * assignment would change a prototype instead of adding a member.
 */
export function parseJson(text: string): Json | undefined {
  try {
    const value = asJson(JSON.parse(text));
    return MAY_NAME_PROTO.test(text) ? withoutProto(value) : value;
  } catch {
    return undefined;
  }
}

/** `JSON.parse` yields nothing else, but its type does not say so. */
function asJson(value: unknown): Json {
  return value as Json;
}

function withoutProto(value: Json): Json {
  if (isArray(value)) return value.map(withoutProto);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== '__proto__');
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutProto(member)]));
}
