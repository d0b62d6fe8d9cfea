import type { Address, Kind, RefTarget } from './address.ts';
import type { Diagnostic, Position } from './diagnostic.ts';
import type { Json, JsonObject } from './json.ts';

/** One resource as Git wants it in one environment: files, variables and overlays resolved. */
export interface DesiredResource {
  readonly address: Address;
  readonly kind: Kind;
  readonly key: string;
  /** The value of the kind's name field. */
  readonly name: string;
  /** The create body; ids of managed resources are still `{ "$ref": "<kind>/<key>" }`. */
  readonly spec: JsonObject;
  readonly references: readonly Reference[];
  readonly lifecycle: Lifecycle;
  readonly promotion: JsonObject | undefined;
  /** Environments that the document is for, as written; absent: all. */
  readonly only?: readonly Json[];
  /** Where the document starts. */
  readonly position: Position;
}

export interface Reference {
  /** JSON Pointer of the `{ $ref }` object inside the spec. */
  readonly pointer: string;
  readonly target: RefTarget;
}

export interface Lifecycle {
  readonly preventDestroy: boolean;
  /** JSON Pointers into the spec. */
  readonly ignoreChanges: readonly string[];
  /** Former addresses of the same kind. */
  readonly movedFrom: readonly Address[];
}

/** All that the specs folder says for one environment. */
export interface DesiredState {
  readonly resources: ReadonlyMap<Address, DesiredResource>;
  readonly diagnostics: readonly Diagnostic[];
  /** Number of documents read, whatever the environment. */
  readonly documents: number;
  /** Addresses that exist in Git for other environments only (`only:`). */
  readonly elsewhere: ReadonlySet<Address>;
  /** Live resources that are never shown as unmanaged: `ignore_live` of the project file. */
  readonly ignoreLive?: readonly string[];
  /** YAML that says no kind, by the key that a document there would have. */
  readonly kindless?: readonly { readonly key: string; readonly position: Position }[];
  /** Where a pointer into a resource's spec was written; the closest ancestor when it was not. */
  locate(address: string, pointer: string): Position | undefined;
}
