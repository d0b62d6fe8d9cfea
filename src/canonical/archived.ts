import { CREDENTIAL, REMOVED, withoutCredentials } from '../model/credentials.ts';
import {
  isArray,
  isObject,
  type Json,
  type JsonObject,
  jsonEqual,
  type Path,
  toPointer,
} from '../model/json.ts';
import type { ObjectShape, Shape } from '../model/shape.ts';
import { requestBody } from './payload.ts';
import { childShape, field, fittingShape, mapScalars } from './walk.ts';

/**
 * The last live form of what is deleted, as the state keeps it. A person may have written credentials into it that
 * no spec ever held, so they are removed here; which ones have to be set again, {@link restorable} tells.
 */
export function archivedForm(shape: ObjectShape, live: JsonObject): JsonObject {
  const hidden = mapScalars(shape, live, 'secret', (value) =>
    value === null || value === '' ? value : CREDENTIAL,
  );
  const kept = withoutCredentials(hidden);
  return isObject(kept) ? kept : {};
}

/** What an archived configuration can be created from again. */
export interface Restorable {
  readonly config: JsonObject;
  /** Pointers of secrets, of which only digests are kept: they have to be set again by hand. */
  readonly lostSecrets: readonly string[];
  /** Ids that the configuration refers to and that nothing is known of any more. */
  readonly missingIds: readonly string[];
}

/**
 * The writable part of an archived configuration: without what the API fills in by itself, without secrets, and
 * with the present ids of what it refers to. `presentId` gives undefined for an id that is no more.
 */
export function restorable(
  shape: ObjectShape,
  archived: JsonObject,
  presentId: (id: string) => string | undefined,
): Restorable {
  const lostSecrets: string[] = [];
  const missingIds: string[] = [];
  const written = withoutOthers(shape, archived, [], lostSecrets);
  const mapped = mapScalars(shape, written ?? {}, 'ref', (value) => {
    if (typeof value !== 'string' || !looksLikeId(value)) return value;
    const present = presentId(value);
    if (present === undefined) missingIds.push(value);
    return present ?? value;
  });
  const config = isObject(mapped) ? requestBody(shape, mapped, {}) : {};
  return { config, lostSecrets, missingIds };
}

/** The destination of a test may also be a phone number or an address on the web. */
function looksLikeId(value: string): boolean {
  return !/^\+?[0-9]+$/.test(value) && !/^[a-z]+:/i.test(value);
}

function withoutOthers(shape: Shape, value: Json, path: Path, secrets: string[]): Json | undefined {
  if (isRemoved(value)) {
    secrets.push(toPointer(path));
    return undefined;
  }
  if (typeof value === 'string' && value.includes(REMOVED)) secrets.push(toPointer(path));
  const fitting = fittingShape(shape, value);
  if ((fitting.t === 'scalar' || fitting.t === 'object') && fitting.serverFilled) return undefined;
  if (fitting.t === 'scalar' && fitting.secret && field(value, '$sha256') !== undefined) {
    secrets.push(toPointer(path));
    return undefined;
  }
  if (fitting.t === 'object' && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, entry]): readonly (readonly [string, Json])[] => {
        const kept = withoutOthers(childShape(fitting, name, entry), entry, [...path, name], secrets);
        return kept === undefined ? [] : [[name, kept]];
      }),
    );
  }
  if (fitting.t !== 'list' || !isArray(value)) return value;
  return value.flatMap((item, index) => {
    const at = [...path, String(index)];
    // A header without its value would be refused, or sent empty.
    if (isObject(item) && isRemoved(item.value)) {
      secrets.push(toPointer([...at, 'value']));
      return [];
    }
    return withoutOthers(fitting.item, item, at, secrets) ?? [];
  });
}

function isRemoved(value: Json | undefined): boolean {
  return jsonEqual(value, CREDENTIAL);
}
