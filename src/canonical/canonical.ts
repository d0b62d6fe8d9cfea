/**
 * The one normalisation pipeline. Before two configurations are compared, hashed or merged, each is turned into
 * a tree in which everything that does not matter has one spelling: keyed lists and sets are objects by element
 * name, opaque values are their sorted JSON text, and null, empty and default values are the single token
 * {@link EMPTY}. Diff, digest and the check after a write all look at such trees and at nothing else.
 */
import { hash } from 'node:crypto';
import { hideCredentials } from '../model/credentials.ts';
import {
  isArray,
  isObject,
  type Json,
  type JsonObject,
  jsonEqual,
  type Path,
  stableStringify,
} from '../model/json.ts';
import type { ListShape, OpaqueShape, ScalarShape, Shape } from '../model/shape.ts';
import { keyedElements, refTarget } from './keys.ts';
import { knownPart, opaque, spelled } from './opaque-values.ts';
import { childShape, field, fittingShape, mapScalars } from './walk.ts';

export type Tree = { readonly [name: string]: Canon };
export type Canon = string | number | boolean | Tree;

/** Null, absent, empty, or equal to the documented default: the API may return any of them for any other. */
export const EMPTY = '\u0000empty';

const MASKED = /^[*•●xX]{3,}$/;

export function isTree(value: Canon | undefined): value is Tree {
  return typeof value === 'object';
}

function digestOf(text: string): string {
  return hash('sha256', text, 'hex');
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** A configuration with its secrets as digests: the only form in which state ever sees them. */
export function sealSecrets(shape: Shape, config: JsonObject): JsonObject {
  const sealed = mapScalars(shape, config, 'secret', (value) =>
    typeof value === 'string' && value !== '' ? { $sha256: digestOf(value) } : value,
  );
  return isObject(sealed) ? sealed : config;
}

/** A value as people may see it: secrets become `{ "$sensitive": true }`. */
export function hideSecrets(shape: Shape, value: Json, path: Path = []): Json {
  const hidden = mapScalars(shape, value, 'secret', (scalar) =>
    scalar === null ? null : { $sensitive: true },
  );
  return hideCredentials(hidden, path);
}

/** A list that is compared as one value; its items are normalised all the same. */
function whole(items: readonly Canon[]): string {
  return items.length === 0 ? EMPTY : `=${stableStringify(items)}`;
}

function scalar(shape: ScalarShape, value: Json | undefined): Canon {
  if (value === undefined || isEmpty(value)) return EMPTY;
  if (shape.default !== undefined && jsonEqual(value, shape.default)) return EMPTY;
  if (shape.secret) return secretToken(value);
  const target = refTarget(value);
  if (target !== undefined) return `$ref:${target}`;
  if (typeof value === 'string') return textToken(shape, value);
  return typeof value === 'object' ? opaque(value) : (value ?? EMPTY);
}

/** A text with the line ends of this program's own files: which of the two a text has says nothing. */
export function unixLines(text: string): string {
  return text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text;
}

function textToken(shape: ScalarShape, value: string): string {
  if (!shape.text) return value;
  const trimmed = unixLines(value).trim();
  return trimmed === '' ? EMPTY : trimmed;
}

function secretToken(value: Json): string {
  const sealed = field(value, '$sha256');
  if (typeof sealed === 'string') return `$sha256:${sealed}`;
  return typeof value === 'string' ? `$sha256:${digestOf(value)}` : opaque(value);
}

/** A secret that the API hides: nothing can be concluded from it. */
export function isMasked(value: Json | undefined): boolean {
  return isEmpty(value) || (typeof value === 'string' && MASKED.test(value));
}

function opaqueToken(shape: OpaqueShape, value: Json | undefined): Canon {
  const meant = shape.jsonText && typeof value === 'string' ? spelled(value) : value;
  return isEmpty(meant) || meant === undefined || jsonEqual(meant, shape.default) ? EMPTY : opaque(meant);
}

/** Normalises a whole value. Unknown fields are kept. */
export function canonical(shape: Shape, value: Json | undefined): Canon {
  const fitting = fittingShape(shape, value);
  switch (fitting.t) {
    case 'scalar':
      return scalar(fitting, value);
    case 'opaque':
      return opaqueToken(fitting, value);
    case 'map':
      return entries(value, (entry) => (entry === null ? undefined : opaque(entry)));
    case 'object':
      return entries(value, (entry, name) => canonical(childShape(fitting, name, entry), entry));
    case 'list':
      if (isNoList(fitting, value)) return EMPTY;
      if (!isArray(value)) return fitting.by === 'whole' ? EMPTY : {};
      if (fitting.by === 'whole') return whole(value.map((item) => canonical(fitting.item, item)));
      return Object.fromEntries(
        [...keyedElements(fitting, value)].map(([key, element]) => [key, canonical(fitting.item, element)]),
      );
    default:
      return fitting satisfies never;
  }
}

/** Where no list and an empty list mean different things. */
function isNoList(shape: ListShape, value: Json | undefined): boolean {
  return shape.nullValue === true && (value === undefined || value === null);
}

function entries(value: Json | undefined, each: (entry: Json, name: string) => Canon | undefined): Tree {
  if (!isObject(value)) return {};
  const result: { [name: string]: Canon } = {};
  for (const [name, entry] of Object.entries(value)) {
    const node = each(entry, name);
    if (node !== undefined) result[name] = node;
  }
  return result;
}

/** True for nodes whose children are elements that somebody adds and removes, not fields of a fixed record. */
export function isCollection(shape: Shape): boolean {
  return shape.t === 'map' || (shape.t === 'list' && shape.by !== 'whole');
}

/** The normal form of an opaque value without the fields of its records that neither schema nor guide know. */
function knownOpaque(shape: OpaqueShape, value: Json | undefined, guide?: Json): Canon {
  const { records } = shape;
  if (records === undefined || value === undefined) return opaqueToken(shape, value);
  return opaqueToken(shape, knownPart(records, value, guide));
}

/**
 * Normalises `value` as far as `guide` (a value that a spec wrote) speaks of it: of records only the guide's
 * fields, absent ones as {@link EMPTY}; of collections every element, so that additions and removals show.
 */
export function canonicalLike(shape: Shape, value: Json | undefined, guide: Json): Canon {
  const fitting = fittingShape(shape, guide);
  if (fitting.t === 'object' && isObject(guide)) {
    const result: { [name: string]: Canon } = {};
    for (const [name, wanted] of Object.entries(guide)) {
      result[name] = canonicalLike(childShape(fitting, name, wanted), field(value, name), wanted);
    }
    return result;
  }
  if (fitting.t === 'list' && isNoList(fitting, value)) return EMPTY;
  if (fitting.t === 'list' && fitting.by !== 'whole' && isArray(guide)) {
    const wanted = keyedElements(fitting, guide);
    const present = isArray(value) ? keyedElements(fitting, value) : new Map<string, Json>();
    return Object.fromEntries(
      [...present].map(([key, element]) => {
        const like = wanted.get(key);
        return [
          key,
          like === undefined ? canonical(fitting.item, element) : canonicalLike(fitting.item, element, like),
        ];
      }),
    );
  }
  if (fitting.t === 'list' && isArray(guide) && isArray(value)) {
    return whole(
      value.map((item, index) => {
        const like = guide[index];
        return like === undefined ? canonical(fitting.item, item) : canonicalLike(fitting.item, item, like);
      }),
    );
  }
  if (fitting.t === 'scalar' && fitting.secret && isMasked(value) && !isEmpty(guide))
    return scalar(fitting, guide);
  if (fitting.t === 'opaque') return knownOpaque(fitting, value, guide);
  return canonical(leafShape(fitting, value), value);
}

/** The guide's shape decides how a leaf is read, unless the live value is of another build altogether. */
function leafShape(shape: Shape, value: Json | undefined): Shape {
  return shape.t === 'scalar' &&
    (isObject(value) || isArray(value)) &&
    refTarget(value) === undefined &&
    !shape.secret
    ? { t: 'opaque' }
    : shape;
}

/**
 * Everything that the schemas know of a live configuration, without what the API fills in by itself, without
 * secrets (which it may mask), defaults and empties: equal trees mean that nobody changed anything that could be written.
 */
export function knownTree(shape: Shape, value: Json | undefined): Tree {
  const tree = known(shape, value);
  return isTree(tree) ? tree : {};
}

function known(shape: Shape, value: Json | undefined): Canon | undefined {
  const fitting = fittingShape(shape, value);
  if ((fitting.t === 'scalar' || fitting.t === 'object') && fitting.serverFilled) return undefined;
  if (fitting.t === 'scalar' && fitting.secret) return undefined;
  if (fitting.t === 'object') {
    if (!isObject(value)) return undefined;
    const fields = Object.entries(fitting.fields).map(
      ([name, shape]) => [name, known(shape, field(value, name))] as const,
    );
    return prune(fields);
  }
  if (fitting.t === 'list' && fitting.by === 'key' && isArray(value)) {
    const elements = [...keyedElements(fitting, value)].map(
      ([key, element]) => [key, known(fitting.item, element) ?? {}] as const,
    );
    return prune(elements);
  }
  if (fitting.t === 'list' && fitting.by === 'whole' && isArray(value)) {
    return value.length === 0 ? undefined : whole(value.map((item) => known(fitting.item, item) ?? {}));
  }
  const leaf = fitting.t === 'opaque' ? knownOpaque(fitting, value) : canonical(fitting, value);
  const distinct = fitting.t === 'list' && fitting.nullValue === true;
  if (isTree(leaf)) return Object.keys(leaf).length === 0 && !distinct ? undefined : leaf;
  return leaf === EMPTY ? undefined : leaf;
}

function prune(fields: readonly (readonly [string, Canon | undefined])[]): Tree | undefined {
  const kept = fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** `sha256:<hex>` of JSON, independent of key order. */
export function digest(value: Json): string {
  return `sha256:${digestOf(stableStringify(value))}`;
}

/** Digest of a configuration as the reconciler sees it. */
export function configDigest(shape: Shape, config: JsonObject): string {
  return digest(canonical(shape, config));
}

/** Digest of everything known of a live configuration. */
export function liveDigest(shape: Shape, config: JsonObject): string {
  return digest(knownTree(shape, config));
}
