import type { Address } from './address.ts';
import type { Diagnostic, Position } from './diagnostic.ts';
import type { Json, JsonObject } from './json.ts';
import type { ValueForm } from './own-form.ts';
import type { Strategy } from './release.ts';
import type { CommitPosition, HeldChange, Review, ReviewVerdict, SettingChange } from './review.ts';
import type { Binding } from './state.ts';
import type { Step } from './step.ts';

export const PLAN_FORMAT = '1.0';

/** `move`: the binding goes over to another address; nothing live changes. */
export type Action = 'create' | 'update' | 'delete' | 'adopt' | 'move';

export type FieldOrigin = 'config' | 'drift' | 'removed';

/** One changed value. `null` stands for "not there". References are shown as `{ "$ref": … }`. */
export interface FieldChange {
  /** JSON Pointer; elements of keyed lists are named by their key (`/tools/webhook:lookup_order/webhook/url`). */
  readonly path: string;
  readonly before: Json;
  readonly after: Json;
  readonly origin: FieldOrigin;
  /** True when `before` was set outside Git and is replaced by this change. */
  readonly replaces?: true;
  /** Keyed hashes of the sides of which a part is hidden. */
  readonly hidden?: HiddenSides;
  /**
   * Digest that a reviewer agrees to. Only fields of updates have one; every other action has one digest as a whole.
   */
  readonly digest?: string;
}

export interface HiddenSides {
  readonly before?: string;
  readonly after?: string;
}

export interface Change {
  readonly address: Address;
  readonly action: Action;
  readonly remote_id: string | null;
  /** One plain sentence: why this is planned. */
  readonly reason: string;
  readonly fields: readonly FieldChange[];
  readonly promotes: boolean;
  readonly live_version_id: string | null;
  readonly base_digest: string | null;
  readonly live_digest: string | null;
  readonly desired_digest: string | null;
  readonly depends_on: readonly Address[];
  /** Addresses of assistants for which a shared tool or MCP server change takes effect at once. */
  readonly affects: readonly string[];
  /** How the new version becomes main, where that is not at once. */
  readonly release?: ReleaseNote;
  /** The version exists already: a `promote` or a `rollback`. */
  readonly existing?: true;
  /** Digest that a reviewer agrees to. Absent for updates, whose fields have digests of their own. */
  readonly digest?: string;
  /** An adoption that replaces live values: somebody has to allow it before apply does it. */
  readonly takes_over?: true;
}

export interface ReleaseNote {
  readonly strategy: Exclude<Strategy, 'immediate'>;
  readonly tests: readonly Address[];
  readonly suites: readonly string[];
  /** Of a gate that weighs runs: how often each test is run, and what share of the runs has to pass. */
  readonly repeat?: number;
  readonly pass_rate?: number;
  /** How much smaller the share may be than main's. */
  readonly max_drop?: number;
}

/**
 * A promotion or rollout that an earlier command began and that a later command has to end. It is neither a change
 * nor drift.
 */
export interface PendingEntry {
  readonly address: Address;
  readonly remote_id: string;
  /** `promotion`: a staged version waits for `promote`; `rollout`: a canary of ours is open. */
  readonly what: 'promotion' | 'rollout';
  readonly version_id: string;
  /** RFC 3339, UTC. */
  readonly since: string;
  /** What the version changes. */
  readonly fields: readonly FieldChange[];
  /** How far it is, in a few words; empty when there is nothing to add. */
  readonly note: string;
}

export interface DriftEntry {
  readonly address: Address;
  readonly remote_id: string;
  /** True when the resource itself was deleted outside Git. */
  readonly deleted: boolean;
  readonly fields: readonly FieldChange[];
}

export interface ConflictEntry {
  readonly address: Address;
  readonly fields: readonly {
    readonly path: string;
    readonly base: Json;
    readonly git: Json;
    readonly live: Json;
    /** Keyed hash of the three values, where a part of them is hidden. */
    readonly hidden?: string;
    readonly digest?: string;
  }[];
}

export interface PlanSummary {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  /** Adoptions that change nothing live. */
  readonly adopt: number;
  /** Adoptions that replace live values. */
  readonly takeover: number;
  /** Bindings that go over to another address. */
  readonly move: number;
  readonly promote: number;
  readonly unchanged: number;
  readonly drift: number;
  readonly conflict: number;
  readonly orphan: number;
  readonly unmanaged: number;
  readonly pending?: number;
}

/** The saved plan: what reviewers read and what `apply FILE` is held to. Described by schemas/plan.schema.json. */
export interface Plan {
  readonly format_version: string;
  readonly tool: { readonly name: string; readonly version: string };
  readonly project: string;
  readonly environment: string;
  readonly api_base: string;
  readonly account: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly git: GitInfo | null;
  readonly inputs_digest: string;
  readonly plan_digest: string;
  /** Of all that is said of changes and conflicts: tells that the file was edited. */
  readonly content_digest?: string;
  readonly options: PlanOptions;
  readonly summary: PlanSummary;
  readonly changes: readonly Change[];
  readonly drift: readonly DriftEntry[];
  readonly conflicts: readonly ConflictEntry[];
  /** Settings that are not those of the last completed apply; absent when all are. */
  readonly settings?: readonly SettingChange[];
  /** What its reviewers agree to. */
  readonly review?: Review;
  /** Whether the sets that were given hold everything; absent when none was asked about. */
  readonly reviewed?: ReviewVerdict;
  /** Changes that are left out, because somebody took them back. */
  readonly holds?: readonly HeldChange[];
  /** Absent when the commit contains the one last applied. */
  readonly behind?: CommitPosition;
  readonly orphans: readonly { readonly address: Address; readonly remote_id: string }[];
  /** Absent when nothing is. Only described, not part of the digest. */
  readonly pending?: readonly PendingEntry[];
  /** Fields that the specs no longer write: left as they are, no longer managed. */
  readonly released: readonly { readonly address: Address; readonly fields: readonly FieldChange[] }[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface GitInfo {
  readonly commit: string;
  readonly branch: string | null;
  readonly dirty: boolean;
}

/** Flags that change what is planned; part of `inputs_digest`. */
export interface PlanOptions {
  readonly prune: boolean;
  readonly recreate: boolean;
  readonly take: 'git' | 'live' | null;
  readonly targets: readonly Address[];
  /** Resources whose drift is put back this once, whatever the environment does about drift. */
  readonly revertDrift?: 'all' | readonly Address[];
  /** Resources whose change is brought again although somebody took it back. */
  readonly releaseHolds?: readonly Address[];
  /** The account was not read: Git against what was last applied. Such a plan is for reading only. */
  readonly offline?: true;
}

/** A change of the state alone: base follows, a move, a released field, a forgotten binding. */
export type StateEdit =
  | {
      readonly op: 'rebase';
      readonly address: Address;
      readonly base: JsonObject;
      readonly foreign: readonly string[];
      readonly preventDestroy: boolean;
      readonly forms: readonly ValueForm[];
      /** The version that was read whole and holds the base. */
      readonly readVersionId?: string;
    }
  /** A move of main turned out to be done. */
  | { readonly op: 'confirm-promotion'; readonly address: Address; readonly binding: Binding }
  | { readonly op: 'move'; readonly from: Address; readonly to: Address }
  | { readonly op: 'forget'; readonly address: Address };

/** A document that is to be created and a bound resource without a document, of one kind and name. */
export interface SuspectedRename {
  readonly from: Address;
  readonly to: Address;
  readonly name: string;
  readonly remoteId: string;
  readonly position: Position;
}

/** The planner's whole result; only `plan` is ever saved. */
export interface Planned {
  readonly plan: Plan;
  readonly steps: readonly Step[];
  readonly stateEdits: readonly StateEdit[];
  /** Address to live id, as known when planning: bound and adopted resources. */
  readonly ids: { readonly [target: string]: string };
  /** Ids of everything that was live when it was planned. None of it was made by a create of this plan. */
  readonly liveIds: ReadonlySet<string>;
  /** Creates that apply does not do before somebody said that they are no renames. */
  readonly renames: readonly SuspectedRename[];
  /** Provisional bindings that an apply confirms when it ends well: their documents were read. */
  readonly confirms: readonly Address[];
}
