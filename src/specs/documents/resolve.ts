/**
 * One walk over a spec, guided by the kind's shape: inserts included files and variables, collects references
 * and looks at every text for credentials. Parts in which nothing changes are returned as they are.
 * Inside free JSON (parameter schemas, dynamic variables, expressions) `$ref` and `$file` are the user's own.
 */
import { isKind, KEY_PATTERN, type RefKind, type RefTarget } from '../../model/address.ts';
import {
  credentialIn,
  fieldCredential,
  headerCredential,
  refCredential,
} from '../../model/credentials/credentials.ts';
import type { Reference } from '../../model/desired.ts';
import { isArray, isObject, type Json, type JsonObject, toPointer } from '../../model/json.ts';
import { KINDS } from '../../model/kinds.ts';
import type { ObjectShape } from '../../model/shape.ts';
import { lineIndex } from '../problems/line-index.ts';
import type { Finding } from '../problems/problem.ts';
import type { Include } from './include.ts';
import { isParameterSchema, itemPlace, memberPlace, type SpecPlace } from './spec-place.ts';
import { placeholderKey, unreplaced, wantedForm } from './variable-findings.ts';
import { interpolate, isWholeVariable, mentionsVariable, type Scope } from './variables.ts';

export interface ResolveContext {
  /** The YAML file that wrote the value at a path, relative to the project; `$file` is relative to it. */
  readonly fileAt: (path: readonly string[]) => string;
  readonly scope: Scope;
  readonly include: Include;
}

export interface Resolved {
  readonly spec: JsonObject;
  readonly references: readonly Reference[];
  readonly findings: readonly Finding[];
  /** False when another environment's variables would give the same. */
  readonly variable: boolean;
}

interface Walk {
  readonly context: ResolveContext;
  /** Path of the value at hand, changed in place. */
  readonly path: string[];
  readonly references: Reference[];
  readonly findings: Finding[];
  variable: boolean;
}

/** Resolves one spec for one environment. Never throws; with an error among the findings the result is a stopgap. */
export function resolveSpec(spec: JsonObject, shape: ObjectShape, context: ResolveContext): Resolved {
  const walk: Walk = { context, path: [], references: [], findings: [], variable: false };
  const resolved = resolveObject(spec, shape, walk);
  return {
    spec: resolved,
    references: walk.references,
    findings: walk.findings,
    variable: walk.variable,
  };
}

function resolveValue(value: Json, place: SpecPlace, walk: Walk): Json {
  if (typeof value === 'string') return resolveScalar(value, place, walk);
  if (isArray(value)) return resolveList(value, place, walk);
  if (!isObject(value)) return value;
  if (place !== 'free') {
    if (typeof value.$file === 'string') return resolveFile(value, value.$file, place, walk);
    if (typeof value.$ref === 'string' && isOurs(value.$ref, place)) {
      return resolveReference(value, value.$ref, place, walk);
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

/** Where no reference belongs, `$ref` counts as ours only when it reads like one: `#/…` is JSON Schema's. */
function isOurs(target: string, place: SpecPlace): boolean {
  if (typeof place !== 'string') {
    if (place.t === 'scalar') return true;
    if (place.t === 'map' || place.t === 'opaque' || isParameterSchema(place)) return false;
  }
  return /^(assistant|tool|mcp_server|test|insight|insight_group|integration)\//.test(target);
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
  return value;
}

function checkReference(
  value: JsonObject,
  target: string,
  wanted: RefKind | undefined,
): Problem | { target: RefTarget } {
  if (Object.keys(value).length > 1)
    return { code: 'REF_INVALID', message: '$ref stands alone in its mapping' };
  const slash = target.indexOf('/');
  const kind = target.slice(0, Math.max(0, slash));
  const key = target.slice(slash + 1);
  if (slash < 0 || key === '') {
    const example = `${wanted ?? 'tool'}/${key === '' ? 'some-key' : key}`;
    return { code: 'REF_INVALID', message: `${target} is no reference`, hint: `write ${example}` };
  }
  if (wanted !== undefined && kind !== wanted) {
    const message = `a reference to ${article(wanted)} is needed here, found ${target}`;
    return { code: 'REF_KIND', message, hint: `write { $ref: ${wanted}/… }` };
  }
  if (kind === 'integration') return { target: `integration/${key}` };
  if (!isKind(kind) || kind === 'test') {
    return {
      code: 'REF_INVALID',
      message: `${target} is no reference to an assistant, tool, MCP server, insight or group`,
    };
  }
  if (!KEY_PATTERN.test(key))
    return { code: 'REF_INVALID', message: `${key} is no key; keys hold a-z, 0-9 and -` };
  return { target: `${kind}/${key}` };
}

function article(kind: RefKind): string {
  const noun = kind === 'integration' ? kind : KINDS[kind].noun;
  return kind === 'tool' ? `a ${noun}` : `an ${noun}`;
}

function resolveFile(value: JsonObject, path: string, place: SpecPlace, walk: Walk): Json {
  if (Object.keys(value).length > 1) {
    add(walk, { code: 'FILE_FORM', message: '$file stands alone in its mapping' });
    return '';
  }
  const included = walk.context.include(walk.context.fileAt(walk.path), path);
  if ('code' in included) {
    const { at, ...problem } = included;
    add(walk, at === undefined ? problem : { ...problem, included: at });
    return '';
  }
  return resolveText(included.text, place, walk, included.file);
}

/** A text of the document itself; one that is a variable and nothing else takes the form that its field wants. */
function resolveScalar(text: string, place: SpecPlace, walk: Walk): Json {
  const resolved = resolveText(text, place, walk);
  return isWholeVariable(text) ? wantedForm(resolved, place) : resolved;
}

/** `includedFrom` is the text file that the text came from; problems are then told for that file. */
function resolveText(text: string, place: SpecPlace, walk: Walk, includedFrom?: string): string {
  let result = text;
  const where = (offset: number, excerpt: string): Pick<Finding, 'excerpt' | 'included'> =>
    includedFrom === undefined
      ? { excerpt }
      : { included: { file: includedFrom, ...lineIndex(text)(offset) } };
  if (mentionsVariable(text)) {
    const { text: replaced, problems } = interpolate(text, walk.context.scope);
    if (replaced !== text) walk.variable = true;
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
  const pointer = `/spec${toPointer(walk.path)}`;
  if (
    problem.code === 'CREDENTIAL_LITERAL' &&
    walk.findings.some((other) => other.code === problem.code && other.pointer === pointer)
  )
    return;
  walk.findings.push({ severity: 'error', ...problem, pointer });
}
