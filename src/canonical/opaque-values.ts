/** Opaque values: compared whole, as their sorted JSON text. */
import { isArray, isObject, type Json, stableStringify } from '../model/json.ts';
import { field } from './walk.ts';

function withoutNulls(value: Json): Json {
  if (isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== null)
      .map(([name, entry]) => [name, withoutNulls(entry)]),
  );
}

/** The token of an opaque value; a null in it is the same as nothing. */
export function opaque(value: Json): string {
  return `=${stableStringify(withoutNulls(value))}`;
}

/** The object that a JSON text spells, or the text itself when it spells none. */
export function spelled(text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return isObject(value) ? value : text;
  } catch {
    return text;
  }
}

/** A value without the fields of its records that are neither listed nor in the guide. */
export function knownPart(records: readonly string[], value: Json, guide: Json | undefined): Json {
  if (isArray(value)) {
    return value.map((item, index) => knownPart(records, item, isArray(guide) ? guide[index] : undefined));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => records.includes(name) || field(guide, name) !== undefined)
      .map(([name, entry]) => [name, knownPart(records, entry, field(guide, name))]),
  );
}
