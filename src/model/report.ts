import type { FailureCode } from './codes/failure-codes.ts';
import type { Action, DriftEntry } from './plan.ts';
import type { TestVerdict } from './runs.ts';

export const REPORT_FORMAT = '1.0';

export type StepStatus = 'applied' | 'failed' | 'unknown' | 'not_attempted' | 'skipped';

export interface StepResult {
  readonly address: string;
  readonly action: Action;
  readonly status: StepStatus;
  readonly remote_id: string | null;
  readonly version_id: string | null;
  readonly promoted: boolean;
  readonly error: StepError | null;
  /** The adoption replaced live values. */
  readonly takes_over?: true;
  /** What failed and it depends on: why it was not attempted. */
  readonly waits_for?: readonly string[];
  /** Digests of what was reviewed of it, by which its change request is found. */
  readonly digests?: readonly string[];
  /** The canary that was opened for the version: main stays, and some callers hear it. */
  readonly rollout?: OpenedRollout;
  /** Results of the version's gate; absent when there was none. */
  readonly tests?: readonly TestVerdict[];
}

/** Times are RFC 3339, UTC. */
export interface OpenedRollout {
  /** Percent of the callers who take part that reach the version now. */
  readonly weight: number;
  /** Shares still to come. */
  readonly next: readonly number[];
  /** When the next step may come. */
  readonly next_at: string;
  readonly deadline_at: string | null;
}

export interface StepError {
  readonly kind: string;
  readonly code: FailureCode;
  readonly message: string;
  readonly status: number | null;
  readonly request_id: string | null;
  readonly hint: string | null;
  /** The single fields that the API complained about; absent when it named none. */
  readonly problems?: readonly FieldProblem[];
}

export interface FieldProblem {
  /** JSON Pointer into the resource's configuration. */
  readonly pointer: string;
  readonly message: string;
  /** Where the spec wrote it, as `file:line:column`; null when it did not. */
  readonly at: string | null;
}

/** What an apply did. Described by schemas/report.schema.json. */
export interface ApplyReport {
  readonly format_version: string;
  readonly plan_digest: string;
  readonly outcome: 'applied' | 'partial' | 'refused' | 'nothing';
  readonly results: readonly StepResult[];
  /** What was changed outside Git and left as it is; absent when nothing was. */
  readonly drift?: readonly DriftEntry[];
  /** The command that wrote it. */
  readonly command?: 'apply' | 'promote' | 'rollback';
  /** Why, as somebody said. */
  readonly reason?: string;
  /** The commit that was applied; a plus says that the tree held more. */
  readonly commit?: string | null;
  /** The commit of the last completed apply before this one. */
  readonly since?: string | null;
  /** The command to type next. */
  readonly next: string;
}
