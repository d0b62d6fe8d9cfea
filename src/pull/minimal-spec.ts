/**
 * What a person would have written of a live configuration: without what the API fills in by itself, documented
 * defaults, empties and secrets that it masks. Whatever is left out stays unmanaged, so leaving out never leads
 * to a change.
 */
import { isMasked } from '../canonical/canonical.ts';
import { childShape, fittingShape } from '../canonical/walk.ts';
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

export interface MinimalSpecOptions {
  /** False: fields that the schemas do not know are left out. */
  readonly keepUnknown: boolean;
  /** Called for each field that was left out because no schema knows it. */
  readonly onUnknown: (pointer: string) => void;
}

/** Values that replies of untouched assistants show although no document lists them as defaults. */
const OBSERVED: { readonly [pointer: string]: Json } = {
  '/telephony_settings/noise_suppression': 'disabled',
  '/telephony_settings/supports_unauthenticated_web_calls': false,
  '/voice_settings/background_audio': { type: 'predefined_media', value: 'silence' },
};

/** A configuration as a spec would say it, fields in the order of the schema. */
export function minimalSpec(shape: ObjectShape, config: JsonObject, options: MinimalSpecOptions): JsonObject {
  return minimalObject(shape, config, [], options);
}

/** The same for one value that has to be there: a scalar as it is, a record without what can be left out. */
export function minimalValue(shape: Shape, value: Json, options: MinimalSpecOptions): Json {
  const fitting = fittingShape(shape, value);
  if (fitting.t === 'object' && isObject(value)) return minimalObject(fitting, value, ['?'], options);
  if (fitting.t === 'list' && isArray(value)) return minimalField(fitting, value, ['?'], options) ?? [];
  return value;
}

function minimalObject(
  shape: ObjectShape,
  value: JsonObject,
  path: Path,
  options: MinimalSpecOptions,
): JsonObject {
  const known = Object.keys(shape.fields).filter((name) => Object.hasOwn(value, name));
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(shape.fields, name));
  const kept: [string, Json][] = [];
  for (const name of [...known, ...unknown]) {
    const entry = value[name];
    if (entry === undefined || entry === null) continue;
    const at = [...path, name];
    const isUnknown = !Object.hasOwn(shape.fields, name);
    if (isUnknown && (!options.keepUnknown || holdsReservedKey(entry))) {
      options.onUnknown(toPointer(at));
      continue;
    }
    const sieved = minimalField(childShape(shape, name, entry), entry, at, options);
    if (sieved === undefined || jsonEqual(OBSERVED[toPointer(at)], sieved)) continue;
    kept.push([name, sieved]);
  }
  return Object.fromEntries(kept);
}

function minimalField(shape: Shape, value: Json, path: Path, options: MinimalSpecOptions): Json | undefined {
  switch (shape.t) {
    case 'scalar':
      // An assistant that waits for the caller has an empty greeting, not none.
      if (value === '' && toPointer(path) === '/greeting') return value;
      if (shape.serverFilled || value === '' || jsonEqual(value, shape.default)) return undefined;
      if (isEmptyCollection(value)) return undefined;
      return shape.secret && isMasked(value) ? undefined : value;
    case 'opaque':
      return isEmptyCollection(value) || jsonEqual(value, shape.default) ? undefined : value;
    case 'map':
      return isObject(value) && Object.keys(value).length > 0 ? withoutNulls(value) : undefined;
    case 'object': {
      if (shape.serverFilled || !isObject(value)) return undefined;
      const kept = minimalObject(shape, value, path, options);
      return Object.keys(kept).length === 0 ? undefined : kept;
    }
    case 'list': {
      if (!isArray(value) || (value.length === 0 && shape.nullValue !== true)) return undefined;
      if (shape.by === 'whole') return value;
      return value.map((item, index) => minimalItem(shape.item, item, [...path, String(index)], options));
    }
    default:
      return shape satisfies never;
  }
}

/** Elements are never left out, only what is inside them. */
function minimalItem(shape: Shape, item: Json, path: Path, options: MinimalSpecOptions): Json {
  const fitting = fittingShape(shape, item);
  return fitting.t === 'object' && isObject(item) ? minimalObject(fitting, item, path, options) : item;
}

function isEmptyCollection(value: Json): boolean {
  if (isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

function withoutNulls(map: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(map).filter(([, entry]) => entry !== null));
}

/** Where nothing is known of a field, `$file` and `$ref` in it would be taken for the project's own. */
function holdsReservedKey(value: Json): boolean {
  if (isArray(value)) return value.some(holdsReservedKey);
  if (!isObject(value)) return false;
  if (Object.hasOwn(value, '$file') || Object.hasOwn(value, '$ref')) return true;
  return Object.values(value).some(holdsReservedKey);
}
