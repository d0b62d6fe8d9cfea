import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { nested, pick } from './fields.ts';

/** Objects are merged member by member, everything else is replaced. */
export function deepMerge(base: JsonObject, patch: JsonObject): JsonObject {
  const merged: { [key: string]: Json } = { ...base };
  for (const [name, value] of Object.entries(patch)) {
    const current = base[name];
    merged[name] = isObject(current) && isObject(value) ? deepMerge(current, value) : value;
  }
  return merged;
}

/** A copy without the member at the path; the same object when there is none. */
export function removeAt(object: JsonObject, path: readonly string[]): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined || object[name] === undefined) return object;
  if (rest.length > 0) return { ...object, [name]: removeAt(nested(object, name), rest) };
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

type Laying = 'replace' | 'merge';

/**
 * Lays a partial body over a record, with nested objects replaced or merged (`blocks` decides for single ones), then
 * removes what null cleared.
 */
export function overlay(
  base: JsonObject,
  body: JsonObject,
  cleared: readonly string[],
  laying: Laying,
  blocks: { readonly [name: string]: Laying } = {},
): JsonObject {
  const merging = Object.entries(body).filter(
    ([name]) => (Object.hasOwn(blocks, name) ? blocks[name] : laying) === 'merge',
  );
  const laid = {
    ...base,
    ...body,
    ...pick(
      deepMerge(base, body),
      merging.map(([name]) => name),
    ),
  };
  return cleared.reduce((record, path) => removeAt(record, path.split('/')), laid);
}
