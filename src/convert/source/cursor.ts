/**
 * A value together with the place it was read from. Exports of one platform spell a field `start_node_id` in one
 * version and `startNodeId` in the next, so members are found by their letters alone.
 */
import { isArray, isObject, type Json, type JsonObject, type Path } from '../../model/json.ts';
import type { ImportedFile } from './source-file.ts';

export interface Cursor {
  readonly file: ImportedFile;
  readonly path: Path;
  readonly value: Json;
}

export function rootOf(file: ImportedFile): Cursor {
  return { file, path: [], value: file.value };
}

const spellings = new WeakMap<JsonObject, ReadonlyMap<string, string>>();

/** The first of these members that is there and not null. */
export function member(at: Cursor | undefined, ...names: readonly string[]): Cursor | undefined {
  if (at === undefined || !isObject(at.value)) return undefined;
  const keys = spellingsOf(at.value);
  for (const name of names) {
    const key = keys.get(squashed(name));
    const value = key === undefined ? undefined : at.value[key];
    if (key !== undefined && value !== undefined && value !== null) {
      return { file: at.file, path: [...at.path, key], value };
    }
  }
  return undefined;
}

/** True when an object has one of these members, in any spelling; null counts as absent. */
export function hasMember(value: JsonObject, ...names: readonly string[]): boolean {
  const keys = spellingsOf(value);
  return names.some((name) => {
    const key = keys.get(squashed(name));
    return key !== undefined && value[key] !== null && value[key] !== undefined;
  });
}

/** Follows one name after the other. */
export function memberAt(at: Cursor | undefined, ...path: readonly string[]): Cursor | undefined {
  return path.reduce<Cursor | undefined>((current, name) => member(current, name), at);
}

/** The items of a list; of anything else none. */
export function elements(at: Cursor | undefined): readonly Cursor[] {
  if (at === undefined || !isArray(at.value)) return [];
  return at.value.map((value, index) => ({ file: at.file, path: [...at.path, String(index)], value }));
}

/** The members of an object with their names as written. */
export function entries(at: Cursor | undefined): readonly (readonly [string, Cursor])[] {
  if (at === undefined || !isObject(at.value)) return [];
  return Object.entries(at.value).map(([name, value]) => [
    name,
    { file: at.file, path: [...at.path, name], value },
  ]);
}

/** A list, or one thing where a list is meant; an object whose values are meant as one. */
export function listed(at: Cursor | undefined): readonly Cursor[] {
  if (at === undefined) return [];
  if (isArray(at.value)) return elements(at);
  return isObject(at.value) ? entries(at).map(([, entry]) => entry) : [at];
}

/** The text at a cursor, without any judgement. */
export function rawText(at: Cursor | undefined): string | undefined {
  if (typeof at?.value === 'string') return at.value;
  return typeof at?.value === 'number' ? String(at.value) : undefined;
}

/** The number at a cursor, also where it was written as text. */
export function rawNumber(at: Cursor | undefined): number | undefined {
  if (typeof at?.value === 'number') return at.value;
  const text = typeof at?.value === 'string' ? at.value.trim() : '';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

export function rawFlag(at: Cursor | undefined): boolean | undefined {
  if (typeof at?.value === 'boolean') return at.value;
  return at?.value === 'true' ? true : at?.value === 'false' ? false : undefined;
}

/** `nodes[3].edges[0].id`, for people. */
export function sourcePath(path: Path): string {
  return path.reduce(
    (text, part) => (/^\d+$/.test(part) ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}

/** Letters and digits alone, in lower case. */
export function squashed(name: string): string {
  return name.toLowerCase().replace(/[_\-\s]/g, '');
}

function spellingsOf(object: JsonObject): ReadonlyMap<string, string> {
  const known = spellings.get(object);
  if (known !== undefined) return known;
  const made = new Map<string, string>();
  for (const key of Object.keys(object)) if (!made.has(squashed(key))) made.set(squashed(key), key);
  spellings.set(object, made);
  return made;
}
