import type { Address } from '../model/address.ts';
import type { Json } from '../model/json.ts';
import type { LeftField, WrittenField } from '../model/pull.ts';
import type { OpenSpecs } from './load.ts';

/** What was changed outside Git in one resource; `live` null stands for "not there". */
export interface DriftedResource {
  readonly address: Address;
  readonly fields: readonly { readonly path: string; readonly git: Json; readonly live: Json }[];
}

export interface WrittenBack {
  /** New texts of files, by their path relative to the project. */
  readonly texts: ReadonlyMap<string, string>;
  readonly updated: readonly { readonly address: Address; readonly fields: readonly WrittenField[] }[];
  readonly left: readonly LeftField[];
}

export function writeBack(_specs: OpenSpecs, _drifted: readonly DriftedResource[]): WrittenBack {
  return { texts: new Map(), updated: [], left: [] };
}
