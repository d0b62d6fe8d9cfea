/** A JSON value as the API and the YAML loader exchange it. `undefined` never occurs inside. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** Narrows to a JSON object (not null, not an array). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Narrows to a JSON array; `Array.isArray` alone loses readonly arrays. */
export function isArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** True when both values are the same JSON, whatever the order of their object keys. */
export function jsonEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isArray(a)) {
    if (!isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index += 1) if (!jsonEqual(a[index], b[index])) return false;
    return true;
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) if (!Object.hasOwn(b, key) || !jsonEqual(a[key], b[key])) return false;
  return true;
}

/**
 * Serialises with sorted object keys: equal JSON gives equal text. Request bodies are sent in this form
 * too, because an `Idempotency-Key` is only honoured for a byte-identical body. Members that are undefined are left
 * out, as `JSON.stringify` leaves them out, so that records with optional members need no copy before.
 */
export function stableStringify(value: Json | object): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let text = '';
  if (isArray(value)) {
    for (const item of value) text += text === '' ? stableStringify(item) : `,${stableStringify(item)}`;
    return `[${text}]`;
  }
  if (!isObject(value)) return '{}';
  for (const key of Object.keys(value).sort()) {
    const member: Json | undefined = value[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${stableStringify(member)}`;
  }
  return `{${text}}`;
}

/** A path of object keys, list-element keys or array indexes. */
export type Path = readonly string[];

/** The value at a path whose list steps are indexes; undefined where there is none. */
export function jsonAt(value: Json | undefined, path: Path): Json | undefined {
  let found = value;
  for (const part of path) {
    if (isArray(found)) found = found[Number(part)];
    else found = isObject(found) && Object.hasOwn(found, part) ? found[part] : undefined;
  }
  return found;
}

/** Formats a path as an RFC 6901 JSON Pointer. */
export function toPointer(path: Path): string {
  let pointer = '';
  for (const part of path) pointer += `/${/[~/]/.test(part) ? escaped(part) : part}`;
  return pointer;
}

function escaped(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Reads an RFC 6901 JSON Pointer; the leading slash is required unless the pointer is empty. */
export function fromPointer(pointer: string): Path {
  if (pointer === '') return [];
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
