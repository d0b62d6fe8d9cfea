/** One spec file as it was read: its YAML documents, and everything that is wrong with it as a file. */
import { basename } from 'node:path';
import { brokenText } from '../../model/broken-text.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { TextProblem } from '../problems/problem.ts';
import { readSpecText } from '../problems/text.ts';
import { namingBraces } from '../problems/unquoted-braces.ts';
import { parseYaml, syntaxProblems } from '../yaml/yaml-parse.ts';
import { type ReshapedNumber, yamlValue } from '../yaml/yaml-value.ts';
import type { SpecFile } from './files.ts';
import { type Locate, makeSource, positionAt, type SourceFile } from './source.ts';

/** A spec file holds prompts at most, so a larger one is a mistake, and reading it would take seconds. */
export const MAX_FILE_BYTES = 4 * 1_048_576;

export interface RawDocument {
  readonly source: SourceFile;
  /** Which document of the file, from 0. */
  readonly index: number;
  readonly offset: number;
  readonly body: JsonObject;
  readonly reshaped: readonly ReshapedNumber[];
}

export interface RawFile {
  readonly file: string;
  readonly source: SourceFile;
  readonly documents: readonly RawDocument[];
  /** Offsets of documents that are no mappings. */
  readonly others: readonly { readonly offset: number; readonly value: Json }[];
  readonly diagnostics: readonly Diagnostic[];
  /** Keys under which documents that cannot be used may be meant by references elsewhere. */
  readonly broken: ReadonlySet<string>;
  /** Documents read, also those with problems. */
  readonly count: number;
}

/** Never throws: what is wrong with the file is among its diagnostics. */
export function readSpecFile({ path, file }: SpecFile, locate: Locate): RawFile {
  const diagnostics: Diagnostic[] = [];
  const broken = new Set<string>();
  const documents: RawDocument[] = [];
  const others: { readonly offset: number; readonly value: Json }[] = [];
  const read = readSpecText(path, MAX_FILE_BYTES);
  const source = makeSource(file, 'code' in read ? read.before : read.text);
  const result = { file, source, documents, others, diagnostics, broken };
  const report = (problem: TextProblem): void => {
    const { offset, ...rest } = 'code' in read ? problem : namingBraces(problem, read.text);
    diagnostics.push({ ...rest, position: positionAt(source, offset) });
  };
  if ('code' in read) {
    report({ severity: 'error', code: read.code, message: read.message, offset: read.before.length });
    broken.add(defaultKey(file));
    return { ...result, count: 0 };
  }
  if (read.bom) {
    const message = 'the file begins with a byte order mark';
    const hint = 'save it as UTF-8 without BOM';
    report({ severity: 'warning', code: 'FILE_BOM', message, offset: 0, hint });
  }
  const leftover = brokenText(read.text);
  if (leftover !== undefined) {
    report({ severity: 'error', code: 'FILE_BROKEN', ...leftover });
    broken.add(defaultKey(file));
    return { ...result, count: 0 };
  }
  const parsed = parseYaml(read.text);
  for (const problem of parsed.problems) report(problem);
  if (parsed.problems.length > 0) broken.add(defaultKey(file));
  let empty: number | undefined;
  parsed.documents.forEach((document, index) => {
    const offset = document.contents?.range[0] ?? document.range[0];
    if (document.errors.length > 0) {
      for (const problem of syntaxProblems(document, read.text)) report(problem);
      for (const key of possibleKeys(source, index, locate)) broken.add(key);
      return;
    }
    const { value, problems, reshaped } = yamlValue(document.contents, read.text);
    for (const problem of problems) report(problem);
    if (problems.length > 0) for (const key of possibleKeys(source, index, locate, value)) broken.add(key);
    // A key that is written twice leaves a value that can be checked; the other problems leave gaps.
    if (problems.some(({ code }) => code !== 'YAML_DUPLICATE_KEY')) return;
    if (value === null) empty ??= offset;
    else if (isObject(value)) documents.push({ source, index, offset, body: value, reshaped });
    else others.push({ offset, value });
  });
  if (parsed.documents.length === 0 && parsed.problems.length === 0) {
    report({ severity: 'warning', code: 'YAML_EMPTY', message: 'the file holds no document', offset: 0 });
  }
  if (empty !== undefined) {
    report({ severity: 'warning', code: 'YAML_EMPTY', message: 'a document here is empty', offset: empty });
  }
  return { ...result, count: parsed.documents.length };
}

/** Every key under which a document that cannot be used may be meant by references elsewhere. */
export function possibleKeys(
  source: SourceFile,
  index: number,
  locate: Locate,
  value?: Json,
): readonly string[] {
  const key = isObject(value) ? value.key : undefined;
  if (typeof key === 'string') return [key];
  const keys = [defaultKey(source.file)];
  const located = value === undefined ? locate(source, index, ['key']) : undefined;
  if (located?.depth === 1) keys.push(source.text.slice(located.start, located.end).trim());
  return keys;
}

/** True for a list of what should be documents of their own. */
export function isListOfDocuments(value: Json): boolean {
  return isArray(value) && value.some((item) => isObject(item) && item.kind !== undefined);
}

/** The file name up to its first dot. */
export function defaultKey(file: string): string {
  return basename(file).split('.', 1)[0] ?? '';
}
