import type { Address } from './address.ts';
import type { Json } from './json.ts';

/** What a review consists of. Who may write what, and why a set counts, is told in docs/reviewed-sets.md. */

/** One thing that a reviewer agrees to: a field of an update, a setting, a conflict, or the whole of another action. */
export interface ReviewUnit {
  /** Address of a resource; `project` or `environment/<name>` for their settings. */
  readonly address: string;
  readonly action: 'create' | 'update' | 'delete' | 'adopt' | 'move' | 'setting' | 'conflict';
  /** JSON Pointer of the field or setting; empty for the whole. */
  readonly path: string;
  /** `sha256:<hex>`. */
  readonly digest: string;
  /** Putting drift back under `drift: revert` needs no review. */
  readonly restores?: true;
}

/** A setting that is not what the last completed apply saw: written in Git, never sent to the API. */
export interface SettingChange {
  readonly address: string;
  readonly path: string;
  /** Null: not written. */
  readonly before: Json;
  readonly after: Json;
  readonly digest: string;
}

/** Settings by address, then by JSON Pointer of each value. */
export type Settings = { readonly [address: string]: { readonly [pointer: string]: Json } };

/** A member of a reviewed set in the short form of a marker. */
export interface SetEntry {
  /** Stands for address and path: an entry of a later request replaces those of earlier ones at, above or below it. */
  readonly place: string;
  /** The first 16 bytes of the unit's digest, base64url. */
  readonly token: string;
  /** The token of what this was made from, which has to be reviewed as well. */
  readonly from?: string;
}

/** What one change request showed to its reviewers. */
export interface ReviewedSet {
  readonly project: string;
  readonly environment: string;
  /** The commit that was shown; null where that was in no repository. */
  readonly head: string | null;
  readonly plan_digest: string;
  /** RFC 3339, UTC: when it was planned. */
  readonly at: string;
  /** Milliseconds from plan to merge. */
  readonly ttlMs: number;
  /** Undefined where the set did not fit: then only `plan_digest` counts. */
  readonly entries: readonly SetEntry[] | undefined;
  /** RFC 3339: when the change request was merged, as the forge says. */
  readonly merged?: string;
  /** Number of the change request. */
  readonly change?: number;
}

/** What the last completed apply of an environment left behind. */
export type CompletedApply = {
  /** Null without a repository. */
  readonly commit: string | null;
  /** The tree held more than the commit. */
  readonly dirty: boolean;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly settings: Settings;
};

/** A unit that counts only together with what it was made from. */
export interface SetUnit extends ReviewUnit {
  /** Digest of the whole that an earlier request shows and this one changes. */
  readonly from?: string;
}

/** What the reviewers of a plan agree to. */
export interface Review {
  /** Commit of the change request; null without a repository. */
  readonly head: string | null;
  /** Commit of the target; null when every change counts. */
  readonly base: string | null;
  readonly ttl_ms: number;
  readonly set: readonly SetUnit[];
  /** What earlier merges left unapplied. */
  readonly waiting: readonly UnitName[];
  /** What only the working tree says. */
  readonly uncommitted: readonly UnitName[];
}

export type UnitName = Pick<ReviewUnit, 'address' | 'action' | 'path'>;

export interface ReviewVerdict {
  readonly covered: boolean;
  readonly unreviewed: readonly UnitName[];
  /** Sources that do not count, and why. */
  readonly notes: readonly string[];
}

/** A change that is left out, because a rollback or an abort took it back. */
export interface HeldChange {
  readonly address: Address;
  readonly fields: readonly string[];
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  readonly cause: 'rollback' | 'abort';
  /** Addresses that are left out, its own first. */
  readonly held: readonly Address[];
}

/** How the commit at hand stands to that of the last completed apply, where it does not contain it. */
export interface CommitPosition {
  readonly relation: 'behind' | 'parted' | 'unknown';
  readonly applied: string;
  /** Why it cannot be told. */
  readonly why?: string;
}
