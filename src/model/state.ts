import type { Address } from './address.ts';
import type { Hold } from './hold.ts';
import type { JsonObject } from './json.ts';
import type { ValueForm } from './own-form.ts';
import type { CompletedApply } from './review.ts';
import type { Rollout } from './rollout.ts';
import type { Candidate, VersionRecord } from './version-record.ts';

export const STATE_FORMAT = '1.0';

/** What the tool remembers of one environment: which resource is which, and what was last applied. */
export interface State {
  readonly format_version: string;
  /** Random, made once; idempotency keys and audit trails are derived from it. */
  readonly lineage: string;
  /** Grows by one with each apply that changed the state. */
  readonly serial: number;
  readonly project: string;
  readonly environment: string;
  readonly api_base: string;
  /** Fingerprint of the account, fixed when the state was begun. */
  readonly account: string;
  readonly resources: { readonly [address: string]: Binding };
  /** Last live form of what was deleted, newest last. */
  readonly deleted: readonly DeletedResource[];
  /** The last apply of all that Git says which ended without a failure. */
  readonly completed?: CompletedApply;
}

/** One managed resource. */
export interface Binding {
  readonly remote_id: string;
  /**
   * The spec as last applied, ids resolved, secrets as digests: the base of the three-way comparison. Null
   * when it was bound without an apply (`state import`), so that only two sides are compared.
   */
  readonly base: JsonObject | null;
  /** What the API keeps otherwise than it was sent. */
  readonly forms?: readonly ValueForm[];
  /**
   * The base as an update would leave it that was begun and not recorded as done. A live value of its fields that
   * nobody knows is then our own, in the API's form.
   */
  readonly begun?: JsonObject;
  /**
   * Assistants only: the restore of this deleted assistant was begun and not recorded as done. Once it is there again,
   * what it says counts as applied.
   */
  readonly restoring?: true;
  /** Pointers of list or map elements found live that the spec never owned; they are left alone. */
  readonly foreign: readonly string[];
  /** Assistants only: the version that was main after the last write. */
  readonly main_version_id: string | null;
  /**
   * Assistants only: the version that was read whole and held the base. A list that shows this id leaves nothing to
   * find out.
   */
  readonly read_version_id?: string;
  /** Assistants only: a version staged with `--no-promote` and waiting. */
  readonly staged_version_id: string | null;
  /** Assistants only: the canary rollout that is under way, or the last one that was aborted. */
  readonly rollout?: Rollout;
  /** `lifecycle.prevent_destroy` as last applied, because the spec is gone when it matters. */
  readonly prevent_destroy: boolean;
  /** RFC 3339, UTC. */
  readonly updated_at: string;
  /** Bound by `pull`, `import` or `state import`, and not yet confirmed by an apply that read its document. */
  readonly provisional?: true;
  /** Assistants only: the staged version, and what its promotion makes of this binding. */
  readonly candidate?: Candidate;
  /** Assistants only: a move of main that was begun; once main is that version, it is done. */
  readonly moving?: VersionRecord;
  /** Assistants only: the versions that were main, newest last. */
  readonly mains?: readonly MainRecord[];
  /** Assistants only: what somebody took back and Git has not given up yet. */
  readonly hold?: Hold;
  /** Assistants only: tests that versions passed, newest last. */
  readonly passed?: readonly PassedTest[];
  /** Assistants only: how often the contents of versions passed tests that were run for evidence, newest last. */
  readonly tested?: readonly TestedContent[];
}

// Type aliases, because interfaces are not taken for JSON.

export type MainRecord = {
  readonly version_id: string;
  /** RFC 3339, UTC: when it became main, or was found to be. */
  readonly at: string;
  readonly by: string;
  readonly reason: string;
  /** A rollback moved main away from it. */
  readonly undone?: boolean;
};

/** A test that the content of a version passed. */
export type PassedTest = {
  readonly content: string;
  readonly test_id: string;
  readonly test_digest: string;
  readonly run_id: string | null;
  readonly conversation_id: string | null;
  readonly at: string;
};

/** All runs of a test on the content of a version. */
export type TestedContent = PassedTest & {
  readonly runs: number;
  readonly passed: number;
  /** Milliseconds of all runs together. */
  readonly duration_ms?: number;
  /** The runs themselves, and what they talked to at that time; for telling them apart in the history of a test. */
  readonly run_ids?: readonly string[];
  readonly on?: 'main' | 'candidate';
};

export interface DeletedResource {
  readonly address: Address;
  readonly remote_id: string;
  readonly deleted_at: string;
  readonly config: JsonObject;
}

/**
 * A line of the write-ahead log. `begin` is written before a request, the others after its outcome: `fail`
 * says that the request certainly had no effect, so that nothing needs to be looked up later. `archive` keeps the
 * last live form of what is about to be deleted.
 */
export type JournalEntry =
  | { readonly op: 'init'; readonly state: State }
  | {
      readonly op: 'begin';
      readonly address: Address;
      readonly action: string;
      readonly key: string | null;
      readonly at: string;
      /** Of creates: the body, ids resolved, secrets as digests. What holds it afterwards is ours. */
      readonly sent?: JsonObject;
    }
  | { readonly op: 'bind'; readonly address: Address; readonly binding: Binding }
  | { readonly op: 'unbind'; readonly address: Address; readonly deleted?: DeletedResource }
  | { readonly op: 'fail'; readonly address: Address }
  | { readonly op: 'archive'; readonly deleted: DeletedResource }
  | { readonly op: 'complete'; readonly completed: CompletedApply }
  | {
      readonly op: 'move';
      readonly from: Address;
      readonly to: Address;
      /** Filled in by the store (null: nothing was bound), so that a log may be replayed any number of times. */
      readonly binding?: Binding | null;
    };

/** The announcement of a write. */
export type BeginEntry = Extract<JournalEntry, { op: 'begin' }>;

/** Who is at work on an environment. */
export interface LeaseHolder {
  readonly id: string;
  readonly holder: string;
  readonly host: string;
  readonly pid: number;
  /** Where the process number means something; absent where the system does not tell. */
  readonly scope?: string;
  readonly run: string | null;
  readonly acquired_at: string;
  readonly expires_at: string;
}

/**
 * Where state is kept. `load` reads without any lock and replays the log; everything else needs the session
 * that `open` returns after it got the lease.
 */
export interface StateStore {
  /** Human-readable place, for messages. */
  readonly location: string;
  /** Undefined when this environment was never applied. Rejects with `Failure` when it cannot be read. */
  load(): Promise<State | undefined>;
  /** Takes the lease or rejects with `Failure('refused', …, LOCK_HELD)` naming the holder. */
  open(holder: string): Promise<StateSession>;
  /** The present holder, or undefined. */
  holder(): Promise<LeaseHolder | undefined>;
  /** Removes the lease whoever has it; returns whose it was. */
  unlock(): Promise<LeaseHolder | undefined>;
  /** The last applies, newest first; only stores that keep a history have it. */
  history?(last: number): Promise<readonly HistoryEntry[]>;
  /** The state as it was at a revision of the history; undefined when there is none of that name. */
  at?(revision: string): Promise<State | undefined>;
}

/** One apply in the history of a state. Texts that it did not record are null. */
export interface HistoryEntry {
  /** Id of the commit that holds the state of then. */
  readonly revision: string;
  readonly serial: number | null;
  /** RFC 3339. */
  readonly at: string;
  readonly holder: string | null;
  readonly run: string | null;
  /** Commit of the specs that were applied. */
  readonly commit: string | null;
  readonly plan_digest: string | null;
  /** `2 bound, 1 changed, 0 removed`. */
  readonly summary: string;
  /** What the steps came to: `3 applied, 1 failed`. */
  readonly outcome: string | null;
}

/**
 * The lease as the sender of requests needs it. A write that reaches the API after its sender lost the lease would
 * undo what the next holder does.
 */
export interface WriteFence {
  /**
   * Resolves, after a renewal where one is due, with how long a write may take: `limitMs`, or less when the lease
   * ends sooner. Rejects with LEASE_LOST when there is no time left or somebody else has the lease.
   */
  permit(limitMs: number): Promise<number>;
  /** Whether the lease outlives the next milliseconds. Asked right before the first byte leaves. */
  outlives(ms: number): boolean;
}

export interface StateSession {
  /** Absent where nobody else can be at work. */
  readonly fence?: WriteFence;
  /**
   * The state as of now, including everything recorded in this session: a snapshot that later records leave
   * alone. Making one costs time in proportion to the resources whenever something was recorded since.
   */
  current(): State | undefined;
  /** Begun but unfinished steps found in the log of an earlier, broken run. */
  readonly pending: readonly BeginEntry[];
  /** Who was at work on another machine and vanished, when its log was found on the remote. */
  readonly takenOver?: LeaseHolder | undefined;
  /**
   * Durable when it resolves. Calls may overlap; their order is kept. Rejects with `Failure('refused', …,
   * LEASE_LOST)` when somebody else has the lease by now, and with STATE_WRITE when the disk refuses; what was
   * recorded then is still part of `current()` and is tried again with the next record and with `close`.
   */
  record(entry: JournalEntry): Promise<void>;
  /** Folds the log into the state file and gives the lease back. Safe to call twice. */
  close(): Promise<void>;
}
