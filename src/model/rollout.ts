import type { JsonObject } from './json.ts';
import type { Candidate } from './version-record.ts';

/**
 * Where a rollout stands. `opening`, `advancing` and `aborting` are written before the request that they announce, so
 * that whoever comes after a crash knows what was under way; a promotion is announced by the binding's `moving`.
 * `aborted` is the only one of a rollout that is over; it is kept so that nobody starts the same one again unawares.
 */
export const ROLLOUT_PHASES = ['opening', 'open', 'advancing', 'paused', 'aborting', 'aborted'] as const;

export type RolloutPhase = (typeof ROLLOUT_PHASES)[number];

// Type aliases and not interfaces: only these count as JSON.
export type RolloutStep = {
  /** Percent of the callers who take part. */
  readonly weight: number;
  readonly hold_ms: number;
  /** Conditions on the call, as the API takes them; empty: everybody takes part. */
  readonly match: readonly JsonObject[];
};

/** A canary rollout as the state remembers it: what was reviewed when it began, and where it is now. */
export type Rollout = {
  /** The version, what it was built on, and what its promotion makes of the binding. */
  readonly candidate: Candidate;
  readonly phase: RolloutPhase;
  /** Index of the step in effect; with `advancing` the one that is being left. */
  readonly step: number;
  readonly steps: readonly RolloutStep[];
  /** RFC 3339, UTC, like all times here. */
  readonly started_at: string;
  /** Since when the step is in effect. */
  readonly since: string;
  readonly deadline_at: string | null;
  /** Why it is paused or was aborted. */
  readonly reason: string | null;
};

/** True while callers may reach the candidate or soon will. */
export function isOpen(rollout: Rollout | undefined): rollout is Rollout {
  return rollout !== undefined && rollout.phase !== 'aborted';
}

/** What a spec asks of a rollout. */
export interface CanaryPlan {
  readonly steps: readonly [RolloutStep, ...RolloutStep[]];
  /** Milliseconds from the start; undefined: none. */
  readonly deadlineMs: number | undefined;
}
