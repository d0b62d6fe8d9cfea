import type { Address } from './address.ts';
import type { Position } from './diagnostic.ts';
import type { Json } from './json.ts';

/** A value of a resolved spec and where it was written. */
export interface Explained {
  /** JSON Pointer into the spec; list elements by index. */
  readonly pointer: string;
  readonly value: Json;
  readonly origin: Origin | null;
  /** Pointer of `lifecycle.ignore_changes` under which it falls: it is neither compared nor written. */
  readonly ignored?: string;
}

export interface Origin {
  /** `spec` and `overlay` of the document itself, `base`: a document that it extends, or nobody wrote it. */
  readonly source: 'spec' | 'overlay' | 'base' | 'api_default';
  readonly position?: Position;
  readonly base?: Address;
  /** The environment, group or pattern whose overlay it is, of the document or of a base. */
  readonly overlay?: string;
  /** The file whose text it is, relative to the project. */
  readonly text_file?: string;
  /** The files whose texts it is made of, in their order, where there are several. */
  readonly text_files?: readonly string[];
  /** The JSON or YAML file that it was read from. */
  readonly data_file?: string;
  /** The entry of `for_each` that its texts are filled in from. */
  readonly entry?: { readonly key: string; readonly position: Position };
  /** What other places wrote before this one won, the lowest first. */
  readonly overrides?: readonly Overridden[];
  /** With those that variables use in their turn. */
  readonly variables: readonly ExplainedVariable[];
}

/** A place that wrote the value too and did not win. */
export interface Overridden {
  readonly source: 'spec' | 'overlay' | 'base';
  readonly base?: Address;
  readonly overlay?: string;
  readonly position: Position;
  /** As written. */
  readonly value: Json;
}

export interface ExplainedVariable {
  readonly name: string;
  readonly value: string;
  /** Which level of the project file set it: `project`, `group NAME` or `environment`. */
  readonly level: string;
  readonly position: Position;
}
