import type { Address } from './address.ts';
import type { Position } from './diagnostic.ts';
import type { Json } from './json.ts';

/** A value of a resolved spec and where it was written. */
export interface Explained {
  /** JSON Pointer into the spec; list elements by index. */
  readonly pointer: string;
  readonly value: Json;
  readonly origin: Origin | null;
}

export interface Origin {
  /** `spec` and `overlay` of the document itself, `base`: a document that it extends, or nobody wrote it. */
  readonly source: 'spec' | 'overlay' | 'base' | 'api_default';
  readonly position?: Position;
  readonly base?: Address;
  /** The environment whose overlay it is, of the document or of a base. */
  readonly overlay?: string;
  /** The file whose text it is, relative to the project. */
  readonly text_file?: string;
  readonly variables: readonly {
    readonly name: string;
    readonly value: string;
    readonly position: Position;
  }[];
}
