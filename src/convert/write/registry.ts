/** The documents of an import: each with a key and a name of its own, equal ones once. */
import { type Address, type Kind, toAddress } from '../../model/address.ts';
import { isObject, type Json, type JsonObject, stableStringify } from '../../model/json.ts';
import { KINDS } from '../../model/kinds.ts';
import { slug } from '../../pull/names.ts';
import type { Cursor } from '../source/cursor.ts';

export interface ConvertedResource {
  readonly kind: Kind;
  readonly key: string;
  readonly name: string;
  readonly spec: JsonObject;
  readonly at: Cursor;
}

export interface Registry {
  /** Reserves key and name of a document that others refer to before it is complete. */
  reserve(kind: Kind, name: string): { readonly key: string; readonly name: string };
  put(resource: ConvertedResource): void;
  /** A document of its own, or the equal one that is there. `owner` tells apart two of one name. */
  share(kind: Kind, name: string, owner: string, spec: JsonObject, at: Cursor): Address;
  resources(): readonly ConvertedResource[];
}

/** Names that Windows gives to devices, whatever the extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** Names of resources that every account has from the beginning; a document of such a name would take one of them over. */
const STOCK = ['insight Summary', 'insight_group Default', 'tool Default hangup'];

/** The name of a document whose export has none. */
function kindWord(kind: Kind): string {
  const words = kind.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** A document of the project that is something else than what is imported. */
export interface Reserved {
  readonly kind: Kind;
  readonly key: string;
  readonly name: string;
}

export function createRegistry(reserved: readonly Reserved[]): Registry {
  const resources: ConvertedResource[] = [];
  const keys = new Set(reserved.map(({ kind, key }) => `${kind} ${key}`));
  const names = new Set([...STOCK, ...reserved.map(({ kind, name }) => `${kind} ${name}`)]);
  const shared = new Map<string, Address>();
  const reserve: Registry['reserve'] = (kind, given) => {
    const wanted = given.trim() || kindWord(kind);
    const name = free(names, kind, wanted, (number) => `${wanted} (${number})`);
    const bare = slug(name) || kind.replaceAll('_', '-');
    const base = DEVICE.test(bare) ? `${bare}-${kind.replaceAll('_', '-')}` : bare;
    return { key: free(keys, kind, base, (number) => `${base}-${number}`), name };
  };
  return {
    reserve,
    put: (resource) => {
      resources.push(resource);
    },
    share: (kind, given, owner, spec, at) => {
      const wanted = given.trim() || kindWord(kind);
      const content = `${kind} ${wanted} ${stableStringify(spec)}`;
      const known = shared.get(content);
      if (known !== undefined) return known;
      const taken = names.has(`${kind} ${wanted}`);
      const { key, name } = reserve(kind, taken ? `${wanted} (${owner})` : wanted);
      resources.push({ kind, key, name, spec: named(kind, name, spec), at });
      const address = toAddress(kind, key);
      shared.set(content, address);
      return address;
    },
    resources: () => resources,
  };
}

/** The name stands where the API has it; first, as people write it. */
function named(kind: Kind, name: string, spec: JsonObject): JsonObject {
  const { type, ...rest } = spec;
  const head: JsonObject = type === undefined ? {} : { type };
  return { ...head, [KINDS[kind].nameField]: name, ...rest };
}

function free(taken: Set<string>, kind: Kind, wanted: string, numbered: (number: number) => string): string {
  let result = wanted;
  for (let number = 2; taken.has(`${kind} ${result}`); number += 1) result = numbered(number);
  taken.add(`${kind} ${result}`);
  return result;
}

export function reference(address: Address): JsonObject {
  return { $ref: address };
}

/** An object without members that are absent, empty objects or empty lists. */
export function compact(object: { readonly [name: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]): readonly (readonly [string, Json])[] => {
      if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
      return isObject(value) && Object.keys(value).length === 0 ? [] : [[name, value]];
    }),
  );
}
