/** The documents of a specs folder: what each is and what key it has. Nothing in them is resolved yet. */
import { type Address, isKind, KEY_PATTERN, KIND_NAMES, type Kind, toAddress } from '../../model/address.ts';
import type { SpecCode } from '../../model/codes/spec-codes.ts';
import type { Diagnostic, Position } from '../../model/diagnostic.ts';
import { matchesGlob } from '../../model/environment-match.ts';
import { type Json, type JsonObject, toPointer } from '../../model/json.ts';
import { suggestion } from '../problems/suggest.ts';
import type { ReshapedNumber } from '../yaml/yaml-value.ts';
import type { ReadData } from './data-files.ts';
import { checkDefaults, defaultsOf, type FolderDefaults, isDefaults, withDefaults } from './defaults.ts';
import { filesNamedIn } from './file-references.ts';
import type { SpecFile } from './files.ts';
import { bodyFor, type EachProblem, readTable, type TableEntry } from './for-each.ts';
import {
  defaultKey,
  isListOfDocuments,
  possibleKeys,
  type RawDocument,
  type RawFile,
  readSpecFile,
} from './read-file.ts';
import { createLocate, type Locate, positionAt, type SourceFile } from './source.ts';

/** One YAML document with its kind and key settled; nothing in it is resolved yet. */
export interface SpecDocument {
  readonly source: SourceFile;
  /** Which document of the file, from 0. */
  readonly index: number;
  readonly kind: Kind;
  readonly key: string;
  readonly address: Address;
  /** With the defaults of its folders and, around the spec, the texts of its entry. */
  readonly body: JsonObject;
  readonly position: Position;
  /** The entry of `for_each` that it stands for. */
  readonly each?: TableEntry;
  /** Fields around the spec that folders gave, as `only` and `lifecycle/NAME`. */
  readonly inherited: ReadonlySet<string>;
  readonly reshaped: readonly ReshapedNumber[];
}

/** YAML below the specs folder that says no kind. */
export interface Kindless {
  /** The key that a document there would have. */
  readonly key: string;
  readonly position: Position;
}

export interface SpecFolder {
  readonly documents: readonly SpecDocument[];
  readonly diagnostics: readonly Diagnostic[];
  /** Documents read, also those with problems. */
  readonly count: number;
  /** Keys under which unusable documents would have been known: a reference to one of them is no second error. */
  readonly broken: ReadonlySet<string>;
  readonly kindless: readonly Kindless[];
  readonly defaults: readonly FolderDefaults[];
  readonly locate: Locate;
}

interface Reading {
  readonly documents: SpecDocument[];
  readonly diagnostics: Diagnostic[];
  readonly broken: Set<string>;
  readonly kindless: Kindless[];
  readonly locate: Locate;
  readonly defaults: readonly FolderDefaults[];
  readonly tables: ReadData;
}

/**
 * Reads and parses every file. Problems are collected; the key of a document with one is noted. Files that a `$file`
 * names are no documents. `tables` reads the entries of `for_each`, with scalars as written.
 */
export function readDocuments(files: readonly SpecFile[], tables: ReadData): SpecFolder {
  const locate = createLocate();
  const all = files.map((file) => readSpecFile(file, locate));
  const named = namedFiles(all);
  const read = all.filter(({ file }) => !named.some((glob) => matchesGlob(glob, file)));
  const defaults = read.flatMap(({ documents }) => documents.filter(isDefaults).map(defaultsOf));
  const reading: Reading = {
    documents: [],
    diagnostics: read.flatMap(({ diagnostics }) => diagnostics),
    broken: new Set(read.flatMap(({ broken }) => [...broken])),
    kindless: [],
    locate,
    defaults,
    tables,
  };
  let count = 0;
  for (const file of read) {
    const raws = file.documents.filter((raw) => !isDefaults(raw));
    for (const raw of raws) addDocument(raw, raws, reading);
    addOthers(file, reading);
    count += file.count - file.documents.length + raws.filter(({ body }) => !isForeign(body)).length;
  }
  for (const each of defaults) reading.diagnostics.push(...checkDefaults(each, locate));
  reportDuplicates(reading);
  return { ...reading, count };
}

function namedFiles(files: readonly RawFile[]): readonly string[] {
  const naming = files.filter(({ source }) => source.text.includes('$file'));
  const globs = naming.flatMap(({ documents }) =>
    documents.flatMap(({ source, body }) => filesNamedIn(body, source.file)),
  );
  return [...new Set(globs)];
}

const SKELETON = `start with kind: ${KIND_NAMES.slice(0, -1).join(', ')} or ${KIND_NAMES.at(-1)}`;
const NO_DOCUMENT = `${SKELETON}; a file that is none is named under ignore: in assistantctl.yaml`;

/** What is no mapping: a list of documents, or something that is none at all. */
function addOthers({ file, source, others }: RawFile, reading: Reading): void {
  for (const { offset, value } of others) {
    const position = positionAt(source, offset);
    if (isListOfDocuments(value)) {
      const message = 'a document must be a mapping';
      const hint = 'several documents in one file are not a list: a line --- stands between them';
      reading.diagnostics.push({ severity: 'error', code: 'DOCUMENT_TYPE', message, position, hint });
      reading.broken.add(defaultKey(file));
    } else addKindless(defaultKey(file), position, reading);
  }
}

/** YAML of another tool: without a kind, or with the apiVersion of Kubernetes and a kind that is none of ours. */
function isForeign({ kind, apiVersion }: JsonObject): boolean {
  return kind === undefined || (!isKind(kind) && apiVersion !== undefined);
}

/** What other platforms call our kinds. */
const OTHER_KINDS: { readonly [word: string]: Kind } = {
  agent: 'assistant',
  bot: 'assistant',
  squad: 'assistant',
  function: 'tool',
  webhook: 'tool',
  action: 'tool',
  mcp: 'mcp_server',
  mcpserver: 'mcp_server',
  server: 'mcp_server',
  scenario: 'test',
  eval: 'test',
  analysis: 'insight',
};

function kindHint(kind: string): string | undefined {
  const word = kind.toLowerCase().replaceAll(/[^a-z]/g, '');
  const other = Object.hasOwn(OTHER_KINDS, word) ? OTHER_KINDS[word] : undefined;
  return other === undefined ? suggestion(kind, KIND_NAMES) : `write kind: ${other}`;
}

function addKindless(key: string, position: Position, reading: Reading, kind?: Json): void {
  reading.kindless.push({ key, position });
  const message =
    kind === undefined
      ? 'this says no kind, and so is no document'
      : `${JSON.stringify(kind)} with an apiVersion is a manifest of another tool, and so is no document`;
  reading.diagnostics.push({
    severity: 'warning',
    code: 'KIND_MISSING',
    message,
    position,
    hint: NO_DOCUMENT,
  });
}

type Report = (code: SpecCode, message: string, name: string, hint?: string) => void;

function addDocument(raw: RawDocument, siblings: readonly RawDocument[], reading: Reading): void {
  const { source, index, body } = raw;
  const report: Report = (code, message, name, hint) => {
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
    for (const key of possibleKeys(source, index, reading.locate, body)) reading.broken.add(key);
  };
  const kind = body.kind;
  if (isForeign(body)) {
    const key = typeof body.key === 'string' ? body.key : defaultKey(source.file);
    addKindless(key, positionAt(source, raw.offset), reading, kind);
    return;
  }
  if (!isKind(kind)) {
    const hint = typeof kind === 'string' ? kindHint(kind) : SKELETON;
    report('KIND_UNKNOWN', `${JSON.stringify(kind)} is no kind of document`, 'kind', hint);
    return;
  }
  const whole = withDefaults(body, source.file, reading.defaults);
  const made = { source, index, kind, position: positionAt(source, raw.offset), reshaped: raw.reshaped };
  if (body.for_each === undefined) {
    const key = documentKey(raw, kind, siblings, report);
    reading.documents.push(documentOf({ ...made, ...whole }, key));
    return;
  }
  const { entries, problems } = readTable(raw, reading.tables);
  const { for_each: _table, ...shared } = whole.body;
  const findings: EachProblem[] = [...problems];
  if (body.abstract === true) {
    const message = 'an abstract document is no resource and can have no entries';
    findings.push({ code: 'FOR_EACH_FORM', message, path: ['for_each'] });
  }
  for (const each of entries) {
    const key = body.key ?? `${defaultKey(source.file)}-\${each.key}`;
    const filled = bodyFor({ ...shared, key }, each);
    findings.push(...filled.problems);
    const entryKey = documentKey({ ...raw, body: filled.body }, kind, [], report);
    reading.documents.push(documentOf({ ...made, ...whole, body: filled.body, each }, entryKey));
  }
  for (const finding of findings) reading.diagnostics.push(eachDiagnostic(finding, raw, reading.locate));
}

function documentOf(made: Omit<SpecDocument, 'key' | 'address'>, key: string): SpecDocument {
  const { key: _wrong, ...keyless } = made.body;
  const body = KEY_PATTERN.test(key) ? made.body : keyless;
  return { ...made, key, address: toAddress(made.kind, key), body };
}

function eachDiagnostic(
  { code, message, path, hint, included }: EachProblem,
  { source, index, offset }: RawDocument,
  locate: Locate,
): Diagnostic {
  const position = included ?? positionAt(source, locate(source, index, path)?.start ?? offset);
  const pointer = toPointer(path);
  return { severity: 'error', code, message, position, pointer, ...(hint === undefined ? {} : { hint }) };
}

/**
 * The document's key. One that is wrong is reported and stands in for itself, and so does the place of one that is
 * missing, so that the rest of the document is checked all the same; neither can be taken for a proper key.
 */
function documentKey(
  { source, index, body }: RawDocument,
  kind: Kind,
  siblings: readonly RawDocument[],
  report: Report,
): string {
  const byFile = defaultKey(source.file);
  const key = body.key ?? byFile;
  const rivals = siblings.filter(
    ({ body: other }) => other.kind === kind && other.key === undefined && other.for_each === undefined,
  );
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

function reportDuplicates(reading: Reading): void {
  const first = new Map<Address, SpecDocument>();
  for (const document of reading.documents) {
    const earlier = first.get(document.address);
    if (earlier === undefined) {
      first.set(document.address, document);
      continue;
    }
    if (earlier.source === document.source && earlier.index === document.index) {
      const message = `the entries ${earlier.each?.key} and ${document.each?.key} make the same key ${document.key}`;
      const position = keyPosition(document, reading.locate);
      const hint = 'use ${each.key} in the key';
      reading.diagnostics.push({
        severity: 'error',
        code: 'FOR_EACH_FORM',
        message,
        position,
        pointer: '/key',
        hint,
      });
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

function slug(text: string): string {
  return text
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
