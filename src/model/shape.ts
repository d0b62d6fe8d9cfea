import type { RefKind } from './address.ts';
import type { Json } from './json.ts';

/**
 * The merge semantics of a configuration value, generated from the annotations in schemas/ (see
 * generated/shapes.ts). Normalisation, diff, digest and payload all walk this one description.
 */
export type Shape = ScalarShape | ObjectShape | MapShape | ListShape | OpaqueShape;

export interface ScalarShape {
  readonly t: 'scalar';
  /** The field takes numbers alone, or booleans alone. */
  readonly json?: 'number' | 'boolean';
  readonly default?: Json;
  /** Free text: the API may trim its ends. */
  readonly text?: true;
  readonly secret?: true;
  /** The value is an id of this kind. */
  readonly ref?: RefKind;
  /** The value is the identifier of an integration secret. */
  readonly secretRef?: true;
  /** The value is the name of a storage bucket. */
  readonly bucket?: true;
  /** The API fills or rewrites the value by itself. */
  readonly serverFilled?: true;
}

export interface ObjectShape {
  readonly t: 'object';
  readonly fields: { readonly [name: string]: Shape };
  /** The public API document forbids fields that it does not list. */
  readonly closed?: true;
  /** Not every account of the API knows the block: one that does not drops it without a word. */
  readonly beta?: true;
  readonly serverFilled?: true;
}

/** User-chosen keys, each value opaque. */
export interface MapShape {
  readonly t: 'map';
}

export interface ListShape {
  readonly t: 'list';
  /** `key`: elements are identified by `keys`; `value`: a set of scalars; `whole`: compared as one value. */
  readonly by: 'key' | 'value' | 'whole';
  /** Slash paths inside an element; parts that are missing are skipped. */
  readonly keys?: readonly string[];
  readonly item: Shape;
  /** The order of elements has a meaning. */
  readonly ordered?: true;
  /** Null, the empty list and no list at all mean different things. */
  readonly nullValue?: true;
  /** The shape when the value is not an array. */
  readonly otherwise?: Shape;
}

/** Compared whole, as JSON. */
export interface OpaqueShape {
  readonly t: 'opaque';
  readonly default?: Json;
  /** JSON text and the value that it spells are the same. */
  readonly jsonText?: true;
  /** The objects inside are records of the API, with these fields; of others that a spec does not write nothing counts. */
  readonly records?: readonly string[];
}
