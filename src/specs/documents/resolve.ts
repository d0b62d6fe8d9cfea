/**
 * One walk over a spec, guided by the kind's shape: inserts included files and variables, collects references
 * and looks at every text for credentials. Parts in which nothing changes are returned as they are.
 * Inside free JSON (parameter schemas, dynamic variables, expressions) `$ref` and `$file` are the user's own.
 */
import { credentialIn, fieldCredential, headerCredential, refCredential } from '../../model/credentials.ts';
import type { Reference } from '../../model/desired.ts';
import { isArray, isObject, type Json, type JsonObject, toPointer } from '../../model/json.ts';
import type { ObjectShape } from '../../model/shape.ts';
import { lineIndex } from '../problems/line-index.ts';
import type { Finding } from '../problems/problem.ts';
import { checkReference } from './check-reference.ts';
import type { ReadData } from './data-files.ts';
import { filePaths, isDataFile } from './file-references.ts';
import type { Include, Included } from './include.ts';
import {
  isParameterSchema,
  itemPlace,
  memberPlace,
  type SpecPlace,
  takesText,
  takesValueAlone,
} from './spec-place.ts';
import { placeholderKey, unreplaced, wantedForm } from './variable-findings.ts';
import {
  eachMember,
  interpolate,
  isWholeVariable,
  LONGEST_TEXT,
  mentionsVariable,
  type Scope,
} from './variables.ts';

export interface ResolveContext {
  /** The document that wrote the value at a path. */
  readonly originAt: (path: readonly string[]) => ValueOrigin;
  readonly variables: Scope['variables'];
  readonly include: Include;
  readonly data: ReadData;
}

export interface ValueOrigin {
  /** The YAML file, relative to the project; `$file` is relative to it. */
  readonly file: string;
  readonly each: Scope['each'];
}

export interface Resolved {
  readonly spec: JsonObject;
  readonly references: readonly Reference[];
  readonly findings: readonly Finding[];
  /** The text files that values were read from, by the pointer of the value in the document. */
  readonly texts: ReadonlyMap<string, readonly TextPart[]>;
  /** Paths of ids of the account that are written out. */
  readonly literalIds: readonly (readonly string[])[];
  /** False when another environment's variables would give the same. */
  readonly variable: boolean;
}

/** A text file as it was included. */
export interface TextPart {
  readonly file: string;
  readonly text: string;
}

interface Walk {
  readonly context: ResolveContext;
  /** Path of the value at hand, changed in place. */
  readonly path: string[];
  readonly references: Reference[];
  readonly findings: Finding[];
  readonly texts: Map<string, readonly TextPart[]>;
  readonly literalIds: (readonly string[])[];
  variable: boolean;
  /** Characters that variables put into the document so far. */
  inserted: number;
}

/** Resolves one spec for one environment. Never throws; with an error among the findings the result is a stopgap. */
export function resolveSpec(spec: JsonObject, shape: ObjectShape, context: ResolveContext): Resolved {
  const walk: Walk = {
    context,
    path: [],
    references: [],
    findings: [],
    texts: new Map(),
    literalIds: [],
    variable: false,
    inserted: 0,
  };
  const resolved = resolveObject(spec, shape, walk);
  return {
    spec: resolved,
    references: walk.references,
    findings: walk.findings,
    texts: walk.texts,
    literalIds: walk.literalIds,
    variable: walk.variable,
  };
}

function resolveValue(value: Json, place: SpecPlace, walk: Walk): Json {
  if (typeof value === 'string') return resolveScalar(value, place, walk);
  if (isArray(value)) {
    const parts = takesText(place) ? textParts(value) : undefined;
    return parts === undefined ? resolveList(value, place, walk) : joinParts(parts, place, walk);
  }
  if (!isObject(value)) return value;
  if (place !== 'free') {
    const paths = filePaths(value);
    if (paths !== undefined) return resolveFile(value, paths, place, walk);
    if (value.$append !== undefined) return refuseAppend(value, walk);
    if (typeof value.$ref === 'string' && isOurs(value.$ref, place)) {
      return resolveReference(value, filledIn(value.$ref, walk), place, walk);
    }
  }
  return resolveObject(value, place, walk);
}

function resolveObject(value: JsonObject, place: SpecPlace, walk: Walk): JsonObject {
  let changed: { [key: string]: Json } | undefined;
  for (const key in value) {
    const member = value[key];
    if (member === undefined) continue;
    walk.path.push(key);
    if (mentionsVariable(key)) add(walk, placeholderKey(key));
    const inner = memberPlace(place, key);
    const resolved = resolveValue(member, inner, walk);
    if (typeof resolved === 'string') add(walk, namedCredential(key, resolved, member, inner, walk));
    walk.path.pop();
    if (resolved === member) continue;
    changed ??= { ...value };
    changed[key] = resolved;
  }
  const result = changed ?? value;
  const { name, value: text } = result;
  if (typeof name === 'string' && typeof text === 'string') {
    walk.path.push('value');
    add(walk, headerCredential(name, text, value.value) ?? fieldCredential(name, text, value.value));
    walk.path.pop();
  }
  return result;
}

/** A literal whose name says that it is a credential. Fields that the schema knows say so by their shape. */
function namedCredential(key: string, text: string, written: Json, place: SpecPlace, walk: Walk) {
  if (key.endsWith('_ref')) return refCredential(key, text);
  if (place !== 'free' && place !== 'unknown') return undefined;
  const owner = walk.path.at(-2) ?? '';
  const ofHeader = /headers$/i.test(owner) ? headerCredential(key, text, written) : undefined;
  return ofHeader ?? fieldCredential(key, text, written);
}

function resolveList(value: readonly Json[], place: SpecPlace, walk: Walk): readonly Json[] {
  const each = itemPlace(place);
  let changed: Json[] | undefined;
  for (let index = 0; index < value.length; index += 1) {
    const item = value[index];
    if (item === undefined) continue;
    walk.path.push(String(index));
    const resolved = resolveValue(item, each, walk);
    walk.path.pop();
    if (resolved === item) continue;
    changed ??= [...value];
    changed[index] = resolved;
  }
  return changed ?? value;
}

const OURS = /^(assistant|tool|mcp_server|test|insight|insight_group|integration)\//;

/** Where no reference belongs, `$ref` counts as ours only when it reads like one: `#/…` is JSON Schema's. */
function isOurs(target: string, place: SpecPlace): boolean {
  if (typeof place !== 'string') {
    if (place.t === 'scalar') return true;
    if (place.t === 'map' || place.t === 'opaque' || isParameterSchema(place)) return false;
  }
  return OURS.test(target);
}

function resolveReference(value: JsonObject, target: string, place: SpecPlace, walk: Walk): Json {
  const wanted = typeof place !== 'string' && place.t === 'scalar' ? place.ref : undefined;
  if (wanted === undefined && place !== 'unknown') {
    const message = `{ $ref: ${target} } stands where the API takes no id`;
    add(walk, { code: 'REF_NOT_ALLOWED', message });
    return value;
  }
  const reference = checkReference(value, target, wanted);
  if ('code' in reference) add(walk, reference);
  else walk.references.push({ pointer: toPointer(walk.path), target: reference.target });
  return target === value.$ref ? value : { $ref: target };
}

/** The parts of a text: a list of texts and files with one file at least. */
function textParts(value: readonly Json[]): readonly (string | JsonObject)[] | undefined {
  const parts = value.flatMap((part) =>
    typeof part === 'string' || (isObject(part) && filePaths(part) !== undefined) ? [part] : [],
  );
  return parts.length === value.length && parts.some(isObject) ? parts : undefined;
}

function joinParts(parts: readonly (string | JsonObject)[], place: SpecPlace, walk: Walk): string {
  const texts = parts.map((part, index) => {
    walk.path.push(String(index));
    const text = typeof part === 'string' ? resolveText(part, place, walk) : readTexts(part, place, walk);
    walk.path.pop();
    return text;
  });
  const files = parts.flatMap(
    (_part, index) => walk.texts.get(pointerOf([...walk.path, String(index)])) ?? [],
  );
  if (files.length > 0) walk.texts.set(pointerOf(walk.path), files);
  return joined(texts);
}

/** Adds a line break to the end of a part that has none, so that the next part begins on a new line. */
function joined(texts: readonly string[]): string {
  return texts.reduce(
    (whole, text) => (whole === '' || whole.endsWith('\n') ? whole + text : `${whole}\n${text}`),
    '',
  );
}

/** A list of parts that is left over: nothing below it is a list. */
function refuseAppend(value: JsonObject, walk: Walk): Json {
  const alone = isArray(value.$append) && Object.keys(value).length === 1;
  const message = alone
    ? '$append adds to something that is no list'
    : '$append takes a list and stands alone';
  add(walk, { code: 'APPEND_FORM', message, hint: 'write $append: [ … ] in the place of a list' });
  return value;
}

function resolveFile(value: JsonObject, paths: readonly string[], place: SpecPlace, walk: Walk): Json {
  const [path = '', second] = paths;
  const asValue = !takesText(place) && (takesValueAlone(place) || isDataFile(path));
  if (!asValue) return readTexts(value, place, walk);
  // What could be read was put in its place before the layers were merged.
  const form = { code: 'FILE_FORM' } as const;
  if (Object.keys(value).length > 1) add(walk, { ...form, message: '$file stands alone in its mapping' });
  else if (second !== undefined)
    add(walk, { ...form, message: 'a list of files makes a text, which is not wanted here' });
  else if (!isDataFile(path)) {
    const hint = 'name a .yaml or .json file that holds it';
    add(walk, { ...form, message: `${path} is a text, and a mapping or list is wanted here`, hint });
  } else {
    const data = walk.context.data(walk.context.originAt(walk.path).file, filledIn(path, walk));
    if ('code' in data) fileProblem(data, walk);
    else add(walk, { code: 'FILE_CYCLE', message: `${path} includes itself` });
  }
  return value;
}

/** The text of one file, or of several joined in their order. */
function readTexts(value: JsonObject, place: SpecPlace, walk: Walk): string {
  if (Object.keys(value).length > 1) {
    add(walk, { code: 'FILE_FORM', message: '$file stands alone in its mapping' });
    return '';
  }
  const { file } = walk.context.originAt(walk.path);
  const read = (filePaths(value) ?? []).flatMap((path) => {
    const included = walk.context.include(file, filledIn(path, walk));
    if ('text' in included) return [included];
    fileProblem(included, walk);
    return [];
  });
  walk.texts.set(pointerOf(walk.path), read);
  return joined(read.map((part) => resolveText(part.text, place, walk, part.file)));
}

function fileProblem({ at, ...problem }: Exclude<Included, { readonly text: string }>, walk: Walk): void {
  add(walk, at === undefined ? problem : { ...problem, included: at });
}

/** The name of a file or resource with variables filled in. */
function filledIn(text: string, walk: Walk): string {
  if (!mentionsVariable(text)) return text;
  walk.variable = true;
  const { text: replaced, problems } = interpolate(text, scopeHere(walk));
  for (const problem of problems) {
    const { code, message, hint } = unreplaced(problem, { path: ['id'], free: false, text });
    add(walk, { code, message, excerpt: problem.written, ...(hint === undefined ? {} : { hint }) });
  }
  return replaced;
}

function scopeHere({ context, path }: Walk): Scope {
  const { each } = context.originAt(path);
  return { variables: context.variables, ...(each === undefined ? {} : { each }) };
}

function pointerOf(path: readonly string[]): string {
  return `/spec${toPointer(path)}`;
}

/** Names of the integration catalogue are the same in every account. */
function isAccountId(place: SpecPlace): boolean {
  if (typeof place === 'string' || place.t !== 'scalar') return false;
  return place.ref !== undefined && place.ref !== 'integration';
}

/** The list or mapping that `${each.value.NAME}` stands for where it stands alone. */
function wholeEntry(text: string, walk: Walk): Json | undefined {
  const name = isWholeVariable(text) ? /^\$\{each\.(.*)\}$/.exec(text)?.[1] : undefined;
  if (name === undefined) return undefined;
  const { each } = scopeHere(walk);
  const value = each === undefined || each === 'open' ? undefined : eachMember(name, each);
  return isArray(value) || isObject(value) ? value : undefined;
}

/** A text of the document itself; one that is a variable and nothing else takes the form that its field wants. */
function resolveScalar(text: string, place: SpecPlace, walk: Walk): Json {
  const whole = wholeEntry(text, walk);
  if (whole !== undefined) return resolveValue(whole, place, walk);
  const resolved = resolveText(text, place, walk);
  if (typeof place !== 'string' && place.t === 'scalar' && place.text === true)
    add(walk, pathAsText(text, walk));
  if (isAccountId(place) && !mentionsVariable(text) && !OURS.test(text)) walk.literalIds.push([...walk.path]);
  return isWholeVariable(text) ? wantedForm(resolved, place) : resolved;
}

/** The name of a text file where its text belongs: callers would hear the name. */
function pathAsText(text: string, walk: Walk): Problem | undefined {
  const path = text
    .trim()
    .replaceAll('\\', '/')
    .replace(/^@|^file:\/\//, '');
  if (!/^[\w./@-]+\.(?:md|txt|markdown)$/i.test(path)) return undefined;
  const { file } = walk.context.originAt(walk.path);
  if (!path.includes('/') && !('text' in walk.context.include(file, path))) return undefined;
  const message = `${path} is the name of a file and is sent as it stands, without the text of the file`;
  return { severity: 'warning', code: 'TEXT_IS_PATH', message, hint: `write { $file: ${path} }` };
}

const MOST_INSERTED = 8 * LONGEST_TEXT;
const TOO_LARGE = 'variables make this document larger than 8 MiB';

/** `includedFrom` is the text file that the text came from; problems are then told for that file. */
function resolveText(text: string, place: SpecPlace, walk: Walk, includedFrom?: string): string {
  let result = text;
  const where = (offset: number, excerpt: string): Pick<Finding, 'excerpt' | 'included'> =>
    includedFrom === undefined
      ? { excerpt }
      : { included: { file: includedFrom, ...lineIndex(text)(offset) } };
  if (mentionsVariable(text)) {
    const { text: replaced, problems } = interpolate(text, scopeHere(walk));
    if (replaced !== text) walk.variable = true;
    walk.inserted += Math.max(0, replaced.length - text.length);
    if (walk.inserted > MOST_INSERTED) {
      add(walk, { code: 'VARIABLE_TOO_LARGE', message: TOO_LARGE, ...where(0, text) });
      return text;
    }
    result = replaced;
    for (const problem of problems) {
      walk.variable = true;
      const found = unreplaced(problem, { path: walk.path, free: place === 'free', text });
      add(walk, { ...found, ...where(problem.offset, problem.written) });
    }
  }
  const found = credentialIn(result);
  if (found !== undefined) {
    const { offset, length, ...problem } = found;
    const verbatim = result === text;
    const excerpt = result.slice(offset, offset + length);
    add(walk, { ...problem, ...(verbatim ? where(offset, excerpt) : {}) });
  }
  return result;
}

type Problem = Pick<Finding, 'code' | 'message' | 'at' | 'hint' | 'excerpt' | 'included'> & {
  readonly severity?: Finding['severity'];
};

function add(walk: Walk, problem: Problem | undefined): void {
  if (problem === undefined) return;
  const pointer = pointerOf(walk.path);
  if (
    problem.code === 'CREDENTIAL_LITERAL' &&
    walk.findings.some((other) => other.code === problem.code && other.pointer === pointer)
  )
    return;
  walk.findings.push({ severity: 'error', ...problem, pointer });
}
