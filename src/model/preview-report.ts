import type { TestComparison } from './comparison.ts';
import type { FieldChange } from './plan.ts';
import type { StepError, StepStatus } from './report.ts';
import type { TestVerdict } from './runs.ts';
import type { TalkReport } from './talk.ts';

/** One thing that a preview made, or would have. */
export interface PreviewPart {
  readonly address: string;
  /** `version`: a candidate of an existing assistant; `copy`: a temporary resource of its own. */
  readonly what: 'version' | 'copy';
  readonly status: StepStatus;
  readonly remote_id: string | null;
  /** For versions. */
  readonly version_id: string | null;
  /** What the branch changes of it; empty for a copy that is needed only because something it uses changed. */
  readonly fields: readonly FieldChange[];
  readonly error: StepError | null;
}

/** What `preview up` prints. */
export interface PreviewReport {
  readonly format_version: string;
  readonly preview: string;
  readonly environment: string;
  /** `staged`: no test was to be run; `nothing`: the branch changes nothing. */
  readonly outcome: 'passed' | 'failed' | 'staged' | 'partial' | 'nothing';
  readonly parts: readonly PreviewPart[];
  readonly tests: readonly TestVerdict[];
  /** The tests as a whole, held against main; absent where none was run. */
  readonly comparison?: TestComparison;
  readonly notes: readonly string[];
  /** Traces of an earlier `up` that are no longer needed and were removed. */
  readonly removed: number;
  readonly next: string;
  /** With `--talk`: what a browser may call, and the page for it. */
  readonly talk?: TalkReport;
}

/** A trace of a preview, as `preview status`, `down` and `gc` print it. */
export interface PreviewTrace {
  readonly preview: string;
  readonly what: 'version' | 'copy';
  readonly kind: string;
  readonly remote_id: string;
  readonly version_id: string | null;
  readonly name: string;
  /** Name of the assistant that a version belongs to. */
  readonly assistant: string | null;
  readonly created_at: string | null;
  /** Why it could not be removed; null when it was, or was not to be. */
  readonly kept: string | null;
}

export interface PreviewTraces {
  readonly format_version: string;
  readonly environment: string;
  /** What the command did with the traces. */
  readonly action: 'found' | 'removed';
  readonly traces: readonly PreviewTrace[];
}
