/**
 * Takes literal credentials out of a configuration before it is written to a file. Each is replaced by the
 * reference to an integration secret that is yet to be stored, and its place is named, so that it can be left
 * alone (`ignore_changes`) until that has happened.
 */
import { keyedElements } from '../canonical/keys.ts';
import { childShape, fittingShape } from '../canonical/walk.ts';
import { lengthOfSecret } from '../model/credentials.ts';
import { isArray, isObject, type Json, type JsonObject, type Path, toPointer } from '../model/json.ts';
import type { ListShape, ObjectShape, Shape } from '../model/shape.ts';
import { slug } from './names.ts';

/** How literal credentials are recognised; the same judgement that `validate` makes. */
export interface CredentialFinder {
  /** The first credential in a text. */
  inText(text: string): { readonly offset: number; readonly length: number } | undefined;
  inHeader(name: string, value: string): boolean;
  /** A member of free JSON that is named like a credential. */
  inField(name: string, value: string): boolean;
  /** A `*_ref` field that holds a key instead of the name of a stored one. */
  inReference(field: string, value: string): boolean;
}

export interface ExtractedSecrets {
  readonly spec: JsonObject;
  readonly secrets: readonly ExtractedSecret[];
}

export interface ExtractedSecret {
  /** JSON Pointer, list elements by key: what to leave alone until the secret is stored. */
  readonly pointer: string;
  /** Identifier under which to store it. */
  readonly identifier: string;
}

interface Walk {
  readonly finder: CredentialFinder;
  readonly owner: string;
  readonly found: { path: Path; identifier: string }[];
  /** Identifier by literal, so that one credential used twice is one secret. */
  readonly identifiers: Map<string, string>;
}

/** `owner` (a key) begins the identifiers; `identifiers` is shared by all resources of an account. */
export function extractSecrets(
  shape: ObjectShape,
  spec: JsonObject,
  owner: string,
  finder: CredentialFinder,
  identifiers: Map<string, string>,
): ExtractedSecrets {
  const walk: Walk = { finder, owner, found: [], identifiers };
  const result = extractFromObject(shape, spec, [], undefined, walk);
  const secrets = new Map(walk.found.map(({ path, identifier }) => [toPointer(path), identifier]));
  return { spec: result, secrets: [...secrets].map(([pointer, identifier]) => ({ pointer, identifier })) };
}

function extractFromValue(shape: Shape, value: Json, path: Path, pin: Path | undefined, walk: Walk): Json {
  const fitting = fittingShape(shape, value);
  if (typeof value === 'string') return extractFromText(fitting, value, path, pin, walk);
  if (isArray(value)) return extractFromList(fitting, value, path, pin, walk);
  if (isObject(value)) return extractFromObject(fitting, value, path, pin, walk);
  return value;
}

function extractFromText(shape: Shape, text: string, path: Path, pin: Path | undefined, walk: Walk): string {
  if (shape.t === 'scalar' && shape.secret && text !== '' && !text.includes('{{'))
    return replaced(text, path, pin, walk);
  let result = text;
  for (let round = 0; round < 100; round += 1) {
    const found = walk.finder.inText(result);
    if (found === undefined) return result;
    const end = found.offset + lengthOfSecret(result, found);
    const template = replaced(result.slice(found.offset, end), path, pin, walk);
    result = result.slice(0, found.offset) + template + result.slice(end);
  }
  return replaced(text, path, pin, walk);
}

function extractFromObject(
  shape: Shape,
  value: JsonObject,
  path: Path,
  pin: Path | undefined,
  walk: Walk,
): JsonObject {
  const whole = pin ?? (shape.t === 'opaque' || shape.t === 'scalar' ? path : undefined);
  const header = typeof value.name === 'string' ? value.name : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]): readonly [string, Json] => {
      const at = [...path, name];
      if (typeof entry === 'string') {
        if (name === 'value' && header !== undefined && isNamed(header, entry, true, walk))
          return [name, extractFromHeader(entry, at, whole, walk)];
        const free = whole !== undefined || shape.t === 'map';
        if (free && isNamed(name, entry, /headers$/i.test(path.at(-1) ?? ''), walk))
          return [name, extractFromHeader(entry, at, whole ?? at, walk)];
        if (name.endsWith('_ref') && walk.finder.inReference(name, entry))
          return [name, identify(entry, at, whole, walk)];
      }
      const inner = whole ?? (shape.t === 'map' ? at : undefined);
      return [name, extractFromValue(childShape(shape, name, entry), entry, at, inner, walk)];
    }),
  );
}

/** Whether the name of a header or field says that its value is a credential. */
function isNamed(name: string, value: string, header: boolean, { finder }: Walk): boolean {
  return (header && finder.inHeader(name, value)) || finder.inField(name, value);
}

function extractFromHeader(value: string, path: Path, pin: Path | undefined, walk: Walk): string {
  const [scheme = ''] = /^(?:Bearer|Basic|Token)\s+/i.exec(value) ?? [];
  return scheme + replaced(value.slice(scheme.length), path, pin, walk);
}

function extractFromList(
  shape: Shape,
  items: readonly Json[],
  path: Path,
  pin: Path | undefined,
  walk: Walk,
): Json {
  if (shape.t !== 'list' || shape.by !== 'key') {
    return items.map((item, index) =>
      extractFromValue(childShape(shape, '', item), item, [...path, String(index)], pin ?? path, walk),
    );
  }
  return extractFromKeyed(shape, items, path, pin, walk);
}

function extractFromKeyed(
  shape: ListShape,
  items: readonly Json[],
  path: Path,
  pin: Path | undefined,
  walk: Walk,
): Json {
  const before = walk.found.length;
  const keys = [...keyedElements(shape, items).keys()];
  const result = items.map((item, index) => {
    // A number would be taken for an index.
    const key = keys[index] ?? '';
    const part = /^\d+$/.test(key) ? String(index) : key;
    return extractFromValue(shape.item, item, [...path, part], pin, walk);
  });
  const renamed = [...keyedElements(shape, result).keys()].some((key, index) => key !== keys[index]);
  // A credential in what names an element must not survive in the pointer to it.
  if (renamed) for (const found of walk.found.slice(before)) found.path = pin ?? path;
  return result;
}

function replaced(literal: string, path: Path, pin: Path | undefined, walk: Walk): string {
  return `{{#integration_secret}}${identify(literal, path, pin, walk)}{{/integration_secret}}`;
}

function identify(literal: string, path: Path, pin: Path | undefined, walk: Walk): string {
  const known = walk.identifiers.get(literal);
  const identifier = known ?? freshIdentifier(path, walk);
  walk.identifiers.set(literal, identifier);
  walk.found.push({ path: pin ?? path, identifier });
  return identifier;
}

function freshIdentifier(path: Path, { owner, identifiers }: Walk): string {
  const named = path.filter((part) => part !== 'value' && !/^\d+$/.test(part)).at(-1) ?? '';
  const last = slug(named.length > 40 ? '' : named) || 'secret';
  const base = `${owner}_${last}`.replaceAll('-', '_');
  const taken = new Set(identifiers.values());
  let identifier = base;
  for (let number = 2; taken.has(identifier); number += 1) identifier = `${base}_${number}`;
  return identifier;
}
