import { basename } from 'node:path';
import { type Address, isKind, KEY_PATTERN, KIND_NAMES, type Kind, toAddress } from '../../model/address.ts';
import type { Diagnostic, Position } from '../../model/diagnostic.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { brokenText } from '../problems/broken-text.ts';
import type { SpecCode } from '../problems/codes.ts';
import type { TextProblem } from '../problems/problem.ts';
import { suggestion } from '../problems/suggest.ts';
import { readSpecText } from '../problems/text.ts';
import { parseYaml, syntaxProblems } from '../yaml/yaml-parse.ts';
import { yamlValue } from '../yaml/yaml-value.ts';
import type { SpecFile } from './files.ts';
import { createLocate, type Locate, makeSource, positionAt, type SourceFile } from './source.ts';

/** A spec file holds prompts at most, so a larger one is a mistake, and reading it would take seconds. */
export const MAX_FILE_BYTES = 4 * 1_048_576;

/** One YAML document with its kind and key settled; nothing in it is resolved yet. */
export interface SpecDocument {
  readonly source: SourceFile;
  /** Which document of the file, from 0. */
  readonly index: number;
  readonly kind: Kind;
  readonly key: string;
  readonly address: Address;
  readonly body: JsonObject;
  readonly position: Position;
}

export interface SpecFolder {
  readonly documents: readonly SpecDocument[];
  readonly diagnostics: readonly Diagnostic[];
  /** Documents read, also those with problems. */
  readonly count: number;
  /** Keys under which unusable documents would have been known: a reference to one of them is no second error. */
  readonly broken: ReadonlySet<string>;
  readonly locate: Locate;
}

interface Reading {
  readonly documents: SpecDocument[];
  readonly diagnostics: Diagnostic[];
  readonly broken: Set<string>;
  readonly locate: Locate;
  count: number;
}

interface Raw {
  readonly source: SourceFile;
  readonly index: number;
  readonly offset: number;
  readonly body: JsonObject;
}

/** Reads and parses every file. Problems are collected; the key of a document with one is noted. */
export function readDocuments(files: readonly SpecFile[]): SpecFolder {
  const reading: Reading = {
    documents: [],
    diagnostics: [],
    broken: new Set(),
    locate: createLocate(),
    count: 0,
  };
  for (const file of files) readFile(file, reading);
  reportDuplicates(reading);
  return reading;
}

function readFile({ path, file }: SpecFile, reading: Reading): void {
  const read = readSpecText(path, MAX_FILE_BYTES);
  if ('code' in read) {
    const position = positionAt(makeSource(file, read.before), read.before.length);
    reading.diagnostics.push({ severity: 'error', code: read.code, message: read.message, position });
    reading.broken.add(defaultKey(file));
    return;
  }
  const source = makeSource(file, read.text);
  const report = (problem: TextProblem): void => {
    const { offset, ...rest } = problem;
    reading.diagnostics.push({ ...rest, position: positionAt(source, offset) });
  };
  if (read.bom) {
    const message = 'the file begins with a byte order mark';
    const hint = 'save it as UTF-8 without BOM';
    report({ severity: 'warning', code: 'FILE_BOM', message, offset: 0, hint });
  }
  const broken = brokenText(read.text);
  if (broken !== undefined) {
    report({ severity: 'error', code: 'FILE_BROKEN', ...broken });
    reading.broken.add(defaultKey(file));
    return;
  }
  const parsed = parseYaml(read.text);
  for (const problem of parsed.problems) report(problem);
  if (parsed.problems.length > 0) reading.broken.add(defaultKey(file));
  const raws: Raw[] = [];
  let empty: number | undefined;
  parsed.documents.forEach((document, index) => {
    reading.count += 1;
    const offset = document.contents?.range[0] ?? document.range[0];
    if (document.errors.length > 0) {
      for (const problem of syntaxProblems(document, read.text)) report(problem);
      markBroken(source, index, reading);
      return;
    }
    const { value, problems } = yamlValue(document.contents, read.text);
    for (const problem of problems) report(problem);
    // A key that is written twice leaves a value that can be checked; the other problems leave gaps.
    const gaps = problems.some(({ code }) => code !== 'YAML_DUPLICATE_KEY');
    if (problems.length > 0) markBroken(source, index, reading, value);
    if (gaps) return;
    if (value === null) empty ??= offset;
    else if (isObject(value)) raws.push({ source, index, offset, body: value });
    else
      report({
        severity: 'error',
        code: 'DOCUMENT_TYPE',
        message: 'a document must be a mapping',
        offset,
        hint: Array.isArray(value)
          ? 'several documents in one file are not a list: a line --- stands between them'
          : SKELETON,
      });
  });
  if (parsed.documents.length === 0 && parsed.problems.length === 0) {
    report({ severity: 'warning', code: 'YAML_EMPTY', message: 'the file holds no document', offset: 0 });
  }
  if (empty !== undefined) {
    report({ severity: 'warning', code: 'YAML_EMPTY', message: 'a document here is empty', offset: empty });
  }
  for (const raw of raws) addDocument(raw, raws, reading);
}

const SKELETON = `start with kind: ${KIND_NAMES.slice(0, -1).join(', ')} or ${KIND_NAMES.at(-1)}`;

function addDocument(raw: Raw, siblings: readonly Raw[], reading: Reading): void {
  const { source, index, body } = raw;
  const report = (code: SpecCode, message: string, name: string, hint?: string): void => {
    const located = Object.hasOwn(body, name) ? reading.locate(source, index, [name]) : undefined;
    const position = positionAt(source, located?.start ?? raw.offset);
    reading.diagnostics.push({
      severity: 'error',
      code,
      message,
      position,
      pointer: Object.hasOwn(body, name) ? `/${name}` : '',
      ...(hint === undefined ? {} : { hint }),
    });
    markBroken(source, index, reading, body);
  };
  const kind = body.kind;
  if (kind === undefined) {
    report('KIND_MISSING', 'the document says no kind', 'kind', SKELETON);
    return;
  }
  if (!isKind(kind)) {
    const hint = typeof kind === 'string' ? suggestion(kind, KIND_NAMES) : SKELETON;
    report('KIND_UNKNOWN', `${JSON.stringify(kind)} is no kind of document`, 'kind', hint);
    return;
  }
  const key = settledKey(raw, kind, siblings, report);
  const { key: _wrong, ...keyless } = body;
  reading.documents.push({
    source,
    index,
    kind,
    key,
    address: toAddress(kind, key),
    body: KEY_PATTERN.test(key) ? body : keyless,
    position: positionAt(source, raw.offset),
  });
}

/**
 * The document's key. One that is wrong is reported and stands in for itself, and so does the place of one that is
 * missing, so that the rest of the document is checked all the same; neither can be taken for a proper key.
 */
function settledKey(
  { source, index, body }: Raw,
  kind: Kind,
  siblings: readonly Raw[],
  report: (code: SpecCode, message: string, name: string, hint?: string) => void,
): string {
  const byFile = defaultKey(source.file);
  const key = body.key ?? byFile;
  const rivals = siblings.filter(({ body: other }) => other.kind === kind && other.key === undefined);
  if (body.key === undefined && rivals.length > 1) {
    const message = `a file with several documents of kind ${kind} needs a key in each`;
    report('KEY_MISSING', message, 'key', 'add key: <name>');
    return `${byFile}#${index + 1}`;
  }
  if (typeof key === 'string' && KEY_PATTERN.test(key)) return key;
  const written = Object.hasOwn(body, 'key') ? '' : ' (taken from the file name)';
  const message = `the key ${JSON.stringify(key)}${written} may hold only a-z, 0-9 and -, and starts with a letter or digit`;
  const fitting = typeof key === 'string' ? slug(key) : '';
  report('KEY_INVALID', message, 'key', fitting === '' ? undefined : `write key: ${fitting}`);
  return typeof key === 'string' ? key : `${byFile}#${index + 1}`;
}

/** Notes every key under which a broken document may be meant by references elsewhere. */
function markBroken(source: SourceFile, index: number, reading: Reading, value?: unknown): void {
  const key = isObject(value) ? value.key : undefined;
  if (typeof key === 'string') {
    reading.broken.add(key);
    return;
  }
  reading.broken.add(defaultKey(source.file));
  const located = value === undefined ? reading.locate(source, index, ['key']) : undefined;
  if (located?.depth === 1) reading.broken.add(source.text.slice(located.start, located.end).trim());
}

function reportDuplicates(reading: Reading): void {
  const first = new Map<Address, SpecDocument>();
  for (const document of reading.documents) {
    const earlier = first.get(document.address);
    if (earlier === undefined) {
      first.set(document.address, document);
      continue;
    }
    for (const [here, there] of [
      [earlier, document],
      [document, earlier],
    ] as const) {
      reading.diagnostics.push({
        severity: 'error',
        code: 'KEY_DUPLICATE',
        message: `${here.address} is also written in ${place(there.position)}`,
        position: keyPosition(here, reading.locate),
        address: here.address,
        pointer: '/key',
        hint: `give one of the two another key; keys are unique per kind`,
      });
    }
  }
}

function keyPosition(document: SpecDocument, locate: Locate): Position {
  const located = locate(document.source, document.index, ['key']);
  return located?.depth === 1 ? positionAt(document.source, located.start) : document.position;
}

function place({ file, line, column }: Position): string {
  return `${file}:${line}:${column}`;
}

/** The file name up to its first dot. */
function defaultKey(file: string): string {
  return basename(file).split('.', 1)[0] ?? '';
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
