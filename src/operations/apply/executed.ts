import type { ApplyOutcome } from '../../apply/apply.ts';
import type { DesiredState } from '../../model/desired.ts';
import type { Failure } from '../../model/errors.ts';
import type { Change, Plan } from '../../model/plan.ts';

/** What there is to report about one apply. */
export interface Executed extends ApplyOutcome {
  /** Changes of the saved plan that were in effect before. */
  readonly skipped: readonly Change[];
  readonly saved: Plan | undefined;
  readonly desired: Pick<DesiredState, 'locate'>;
  /** Why the state could not be saved; undefined when it was. */
  readonly unsaved: Failure | undefined;
}
