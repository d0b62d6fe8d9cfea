/**
 * Puts the values of included JSON and YAML files into a layer of a spec, before layers are merged: what is included
 * can then be changed field by field by whoever builds upon it. Texts are not included here but when the merged spec
 * is resolved.
 */
import { isArray, isObject, type Json, type JsonObject, type Path } from '../../model/json.ts';
import type { DataFile, ReadData } from './data-files.ts';
import type { SpecDocument } from './documents.ts';
import { filePaths, filesNamedIn, isDataFile } from './file-references.ts';
import type { SourceFile } from './source.ts';
import { itemPlace, memberPlace, type SpecPlace, takesText } from './spec-place.ts';
import { interpolate, mentionsVariable, type Scope } from './variables.ts';

/** The value at `path` of a layer was read from a file. */
export interface Mount {
  readonly path: Path;
  readonly source: SourceFile;
  readonly reshaped: DataFile['reshaped'];
}

export interface Inlined {
  readonly value: JsonObject;
  readonly mounts: readonly Mount[];
  /** True when the name of a file depends on a variable. */
  readonly variable: boolean;
}

interface Inlining {
  readonly read: ReadData;
  readonly scope: Scope;
  readonly path: string[];
  readonly mounts: Mount[];
  /** The files that the value at hand was read from, the outermost first. */
  readonly files: string[];
  variable: boolean;
}

/** A file that cannot be read, or that includes itself, stays a `{ $file }`; resolving says what is wrong with it. */
export function inlineData(
  value: JsonObject,
  place: SpecPlace,
  { file, scope, read }: { readonly file: string; readonly scope: Scope; readonly read: ReadData },
): Inlined {
  const inlining: Inlining = { read, scope, path: [], mounts: [], files: [file], variable: false };
  const result = inlineIn(value, place, inlining);
  return { value: isObject(result) ? result : value, mounts: inlining.mounts, variable: inlining.variable };
}

function inlineIn(value: Json, place: SpecPlace, inlining: Inlining): Json {
  if (place === 'free') return value;
  if (isArray(value)) {
    return mapped(value, (item, index) => {
      return within(String(index), inlining, () => inlineIn(item, itemPlace(place), inlining));
    });
  }
  if (!isObject(value)) return value;
  const paths = filePaths(value);
  if (paths !== undefined) return included(value, paths, place, inlining);
  let changed: { [key: string]: Json } | undefined;
  for (const [key, member] of Object.entries(value)) {
    const inner = key === '$append' ? place : memberPlace(place, key);
    const inlined = within(key, inlining, () => inlineIn(member, inner, inlining));
    if (inlined === member) continue;
    changed ??= { ...value };
    changed[key] = inlined;
  }
  return changed ?? value;
}

function included(value: JsonObject, paths: readonly string[], place: SpecPlace, inlining: Inlining): Json {
  const [written, second] = paths;
  if (written === undefined || second !== undefined || Object.keys(value).length > 1) return value;
  if (takesText(place) || !isDataFile(written)) return value;
  let path = written;
  if (mentionsVariable(path)) {
    inlining.variable = true;
    path = interpolate(path, inlining.scope).text;
  }
  const data = inlining.read(inlining.files.at(-1) ?? '', path);
  if ('code' in data || inlining.files.includes(data.source.file)) return value;
  inlining.mounts.push({ path: [...inlining.path], source: data.source, reshaped: data.reshaped });
  inlining.files.push(data.source.file);
  const result = inlineIn(data.value, place, inlining);
  inlining.files.pop();
  return result;
}

function within(part: string, inlining: Inlining, work: () => Json): Json {
  inlining.path.push(part);
  const result = work();
  inlining.path.pop();
  return result;
}

/** The list itself when nothing in it changes. */
function mapped(items: readonly Json[], change: (item: Json, index: number) => Json): readonly Json[] {
  const changed = items.map(change);
  return changed.every((item, index) => item === items[index]) ? items : changed;
}

const KNOWN = new WeakMap<SpecDocument, boolean>();

/** True when a document names a file that may be a value. */
export function namesData(document: SpecDocument): boolean {
  if (!document.source.text.includes('$file')) return false;
  const known = KNOWN.get(document);
  if (known !== undefined) return known;
  const { body, source } = document;
  const named = filesNamedIn([body.spec ?? null, body.environments ?? null], source.file).some(isDataFile);
  KNOWN.set(document, named);
  return named;
}
