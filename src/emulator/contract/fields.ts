import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';

/** The member as text; the empty string when it is missing or of another type. */
export function text(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}

/** The member as a number; the given default when it is missing or of another type. */
export function numeric(object: JsonObject, name: string, otherwise = 0): number {
  const value = object[name];
  return typeof value === 'number' ? value : otherwise;
}

/** The member as an object; an empty one when it is missing or of another type. */
export function nested(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isObject(value) ? value : {};
}

/** The member as an array; an empty one when it is missing or of another type. */
export function list(object: JsonObject, name: string): readonly Json[] {
  const value = object[name];
  return isArray(value) ? value : [];
}

/** The objects of an array member; other elements are left out. */
export function objects(object: JsonObject, name: string): readonly JsonObject[] {
  return list(object, name).filter(isObject);
}

/** The strings of an array member; other elements are left out. */
export function strings(object: JsonObject, name: string): readonly string[] {
  return list(object, name).filter((item) => typeof item === 'string');
}

/** A copy without the named members. */
export function without(object: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** A copy with only the named members, in the order of the names. */
export function pick(object: JsonObject, names: readonly string[]): JsonObject {
  const found: { [key: string]: Json } = {};
  for (const name of names) {
    const value = object[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
