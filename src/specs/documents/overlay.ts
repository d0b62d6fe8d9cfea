/** JSON Merge Patch (RFC 7386) with one addition: `{ $append: […] }` adds to the list of the base. */
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';

/** Applies a patch. Parts that the patch does not touch are shared, not copied. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const result: { [key: string]: Json } = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (!isObject(value)) result[key] = value;
    else {
      const items = appendedItems(value);
      const list = items === undefined ? undefined : listOf(target[key]);
      if (items !== undefined && list !== undefined) result[key] = [...list, ...items];
      else result[key] = mergePatch(objectAt(target, key), value);
    }
  }
  return result;
}

/** A value that has nothing below it: what it appends is the list. Its nulls stay. */
export function withoutBase(value: JsonObject): JsonObject {
  const members = Object.entries(value).map(([key, member]): readonly [string, Json] => {
    if (!isObject(member)) return [key, member];
    return [key, appendedItems(member) ?? withoutBase(member)];
  });
  return Object.fromEntries(members);
}

/** The items of `{ $append: […] }`; undefined for anything else. */
export function appendedItems(value: Json): readonly Json[] | undefined {
  if (!isObject(value) || !isArray(value.$append)) return undefined;
  return Object.keys(value).length === 1 ? value.$append : undefined;
}

/** What is appended to: nothing is an empty list, and a text is the first part of several. */
export function listOf(value: Json | undefined): readonly Json[] | undefined {
  if (value === undefined) return [];
  if (isArray(value)) return value;
  return typeof value === 'string' || (isObject(value) && value.$file !== undefined) ? [value] : undefined;
}

function objectAt(target: JsonObject, key: string): JsonObject {
  const value = target[key];
  return isObject(value) ? value : {};
}
