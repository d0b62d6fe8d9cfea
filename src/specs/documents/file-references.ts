/** The forms of `$file`: one path, or a list of parts. */
import { posix } from 'node:path';
import { isArray, isObject, type Json } from '../../model/json.ts';

/** The paths that `{ $file }` names in their order; undefined where a value is nothing of the kind. */
export function filePaths(value: Json): readonly string[] | undefined {
  if (!isObject(value)) return undefined;
  const { $file: named } = value;
  if (typeof named === 'string') return [named];
  if (!isArray(named) || named.length === 0) return undefined;
  const paths = named.filter((path) => typeof path === 'string');
  return paths.length === named.length ? paths : undefined;
}

/** A file that is read as a value and not as a text, where a value is wanted. */
export function isDataFile(path: string): boolean {
  return /\.(json|ya?ml)$/i.test(path);
}

/**
 * Globs of every file that a value names, relative to the project; `file` is the YAML file that holds the value.
 * What is filled in later (`${…}`) stands for anything.
 */
export function filesNamedIn(value: Json, file: string): readonly string[] {
  if (isArray(value)) return value.flatMap((item) => filesNamedIn(item, file));
  if (!isObject(value)) return [];
  const own = filePaths(value)?.map((path) =>
    posix.normalize(posix.join(posix.dirname(file), path.replace(/\$\{[^}]*\}/g, '*'))),
  );
  return own ?? Object.values(value).flatMap((member) => filesNamedIn(member, file));
}
