/** JSON and YAML files that documents include as values. */

import type { SpecCode } from '../../model/codes/spec-codes.ts';
import type { Json } from '../../model/json.ts';
import { namingBraces } from '../problems/unquoted-braces.ts';
import { parseYaml, syntaxProblems } from '../yaml/yaml-parse.ts';
import { type ReshapedNumber, yamlValue } from '../yaml/yaml-value.ts';
import type { Include, Included } from './include.ts';
import { makeSource, positionAt, type SourceFile } from './source.ts';

export interface DataFile {
  readonly value: Json;
  readonly source: SourceFile;
  /** Numbers that lose their written form. */
  readonly reshaped: readonly ReshapedNumber[];
}

type Problem = Exclude<Included, { readonly text: string }>;

/** Reads the value in the file that a `{ $file }` names, relative to the YAML file it is written in. */
export type ReadData = (yamlFile: string, path: string) => DataFile | Problem;

/**
 * Each file is read once. In `written` form numbers, booleans and the names of entries are the text as written: a
 * postal code keeps its zeros.
 */
export function createDataFiles(include: Include, form: 'json' | 'written'): ReadData {
  const known = new Map<string, DataFile | Problem>();
  return (yamlFile, path) => {
    const included = include(yamlFile, path);
    if ('code' in included) return included;
    const earlier = known.get(included.file);
    if (earlier !== undefined) return earlier;
    const data = parseData(included.text, included.file, path, form);
    known.set(included.file, data);
    return data;
  };
}

function parseData(text: string, file: string, path: string, form: 'json' | 'written'): DataFile | Problem {
  const source = makeSource(file, text);
  const { documents, problems } = parseYaml(text);
  const [document, second] = documents;
  const found = [...problems, ...(document === undefined ? [] : syntaxProblems(document, text))];
  const read =
    document === undefined || found.length > 0 ? undefined : yamlValue(document.contents, text, form);
  const [first] = [...found, ...(read?.problems ?? [])].map((problem) => namingBraces(problem, text));
  const fault = (code: SpecCode, message: string, offset: number, hint?: string): Problem => ({
    code,
    message: `${path}: ${message}`,
    at: positionAt(source, offset),
    ...(hint === undefined ? {} : { hint }),
  });
  if (first !== undefined) return fault(first.code, first.message, first.offset, first.hint);
  if (second !== undefined) {
    const offset = second.contents?.range[0] ?? second.range[0];
    return fault('DOCUMENT_TYPE', 'a file that is included as a value holds one document', offset);
  }
  return { value: read?.value ?? null, source, reshaped: read?.reshaped ?? [] };
}
