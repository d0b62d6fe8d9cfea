import type { Hold } from './hold.ts';
import type { JsonObject } from './json.ts';
import type { ValueForm } from './own-form.ts';

// Type aliases, because interfaces are not taken for JSON.

/** A version whose promotion was begun or is planned, and what the binding becomes with it. */
export type VersionRecord = {
  readonly version_id: string;
  /** Digest of the version's configuration, ids as they are: promoting may give it another id. */
  readonly content: string;
  /** Base and foreign elements of the binding once the version is main. */
  readonly base: JsonObject | null;
  readonly foreign: readonly string[];
  readonly forms?: readonly ValueForm[];
  readonly at: string;
  readonly by: string;
  readonly reason: string;
  /** A rollback: what it takes back. */
  readonly hold?: Hold;
};

export type Candidate = VersionRecord & {
  /** Digest of the spec that it was staged for. */
  readonly desired_digest: string;
  /** Digest of main's configuration when it was staged: what the candidate is built on. */
  readonly main_digest: string;
};

/** One version of an assistant, as `versions list` shows it. */
export interface VersionRow {
  readonly version_id: string;
  readonly name: string | null;
  readonly created_at: string | null;
  /** `main`, `waiting`, `canary`, `preview`, `was main`. */
  readonly marks: readonly string[];
}
