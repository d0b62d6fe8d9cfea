import type { RolloutPhase } from './rollout.ts';

/** One rollout as `rollout status` and the commands that move it print it. Times are RFC 3339, UTC. */
export interface RolloutEntry {
  readonly address: string;
  readonly remote_id: string;
  readonly version_id: string;
  /** What this command did; `none` for status. */
  readonly action:
    | 'none'
    | 'opened'
    | 'advanced'
    | 'held'
    | 'resumed'
    | 'paused'
    | 'promoted'
    | 'aborted'
    | 'failed';
  readonly phase: RolloutPhase | 'promoted';
  /** Counts from 1. */
  readonly step: number;
  readonly steps: readonly { readonly weight: number; readonly hold_ms: number }[];
  /** Percent of the callers who take part that reach the candidate now. */
  readonly weight: number;
  readonly started_at: string;
  readonly since: string;
  /** When the present step has been held long enough; null when the rollout is over. */
  readonly next_at: string | null;
  readonly deadline_at: string | null;
  readonly reason: string | null;
  /** What stands in the way, for whoever has to look; null when nothing does. */
  readonly found: string | null;
}

export interface RolloutReport {
  readonly format_version: string;
  readonly environment: string;
  readonly rollouts: readonly RolloutEntry[];
  /** The command to type next; empty when there is none. */
  readonly next: string;
}
