import { isObject, type Json, type JsonObject } from '../../model/json.ts';

/** Applies a JSON Merge Patch (RFC 7386). Parts that the patch does not touch are shared, not copied. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const result: { [key: string]: Json } = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (isObject(value)) result[key] = mergePatch(objectAt(target, key), value);
    else result[key] = value;
  }
  return result;
}

function objectAt(target: JsonObject, key: string): JsonObject {
  const value = target[key];
  return isObject(value) ? value : {};
}
