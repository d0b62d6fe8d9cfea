import type { Address } from './address.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Json } from './json.ts';
import type { ConflictEntry } from './plan.ts';

export const PULL_FORMAT = '1.0';

/** A resource of the account that became a document. */
export interface AdoptedResource {
  readonly address: Address;
  readonly remote_id: string;
  readonly name: string;
  /** The YAML file first, then its texts; relative to the project. */
  readonly files: readonly string[];
}

/** A value that went back to the file it came from. */
export interface WrittenField {
  readonly path: string;
  readonly file: string;
  /** Line of the file before it was edited. */
  readonly line: number;
}

/** A value that was changed outside Git and could not be written. */
export interface LeftField {
  readonly address: Address;
  readonly path: string;
  readonly git: Json;
  readonly live: Json;
  /** Why, and what to do. */
  readonly reason: string;
}

/** What a pull did. */
export interface PullReport {
  readonly format_version: string;
  readonly environment: string;
  readonly adopted: readonly AdoptedResource[];
  readonly updated: readonly { readonly address: Address; readonly fields: readonly WrittenField[] }[];
  /** Conflicts that wait for a decision. */
  readonly conflicts: readonly ConflictEntry[];
  /** Conflicts that ended because the files say now what is live, with what Git said. */
  readonly settled: readonly ConflictEntry[];
  readonly left: readonly LeftField[];
  /** Managed resources that were deleted outside Git. */
  readonly deleted: readonly { readonly address: Address; readonly remote_id: string }[];
  /** Every file that was written. */
  readonly files: readonly string[];
  /** The branch that holds the result, with `--pr-branch`. */
  readonly branch: { readonly name: string; readonly commit: string } | null;
  /** What `plan` says afterwards. */
  readonly plan: { readonly changes: number; readonly drift: number; readonly conflicts: number } | null;
  readonly diagnostics: readonly Diagnostic[];
}
