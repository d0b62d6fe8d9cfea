import type { Diagnostic } from '../../model/diagnostic.ts';
import { Failure } from '../../model/errors.ts';
import type { Change, Plan, Planned } from '../../model/plan.ts';
import type { State } from '../../model/state.ts';
import { renameRefusals } from '../../plan/renames.ts';
import { refusals } from '../../plan/safety.ts';
import type { SavedPlanCheck } from '../../plan/saved.ts';
import { checkSavedPlan } from '../../plan/saved.ts';
import { type TakeOverConsent, takeOverRefusal } from '../../plan/take-over.ts';
import { obstacle, safetyOf } from '../plan/obstacles.ts';
import type { Inputs } from '../session/inputs.ts';

export interface Expectations {
  readonly inputs: Inputs;
  readonly state: State | undefined;
  readonly saved: Plan | undefined;
  readonly expectDigest: string | undefined;
  readonly overrideLimits: boolean;
  /** Take-overs that were allowed; a plan whose digest was given is allowed as a whole. */
  readonly takeOver: TakeOverConsent;
  /** Suspected renames of which somebody said that they are none. */
  readonly notRenamed: TakeOverConsent;
  readonly now: string;
  readonly toolVersion: string;
}

/** What may be executed. */
export interface Released {
  readonly planned: Planned;
  /** Changes of a saved plan that are in effect already. */
  readonly skipped: readonly Change[];
}

/**
 * The last word before the first write: what remains to be executed of a fresh plan, or a failure that names
 * every reason against it.
 */
export function releaseForApply(fresh: Planned, expected: Expectations): Released {
  const { inputs, state, saved, expectDigest, overrideLimits } = expected;
  if (expectDigest !== undefined) requireDigest(saved ?? fresh.plan, expectDigest);
  const released = saved === undefined ? { planned: fresh, skipped: [] } : stillValid(saved, fresh, expected);
  const stopped = obstacle(released.planned.plan, inputs.project);
  if (stopped !== undefined) throw stopped;
  const consent = expectDigest === undefined ? expected.takeOver : 'all';
  const refused = [
    ...refusals(released.planned, safetyOf(inputs, state, overrideLimits)),
    takeOverRefusal(released.planned.plan.changes, consent),
    ...renameRefusals(released.planned.renames, expected.notRenamed),
  ].filter((found) => found !== undefined);
  if (refused.length > 0) throw refusal(refused);
  return released;
}

/** A plan that never met the account is for reading: neither drift nor conflict could show in it. */
export function requireComparedLive(plan: Plan): void {
  if (plan.options.offline !== true) return;
  throw new Failure('stale', 'the plan was made with --offline: live was not compared', {
    code: 'PLAN_OFFLINE',
    hint: `plan against the account: assistantctl plan --env ${plan.environment} --out FILE`,
    details: { reasons: ['live was not compared'] },
  });
}

function stillValid(saved: Plan, fresh: Planned, { now, toolVersion, state }: Expectations): SavedPlanCheck {
  const checked = checkSavedPlan(saved, fresh, { now, toolVersion, state });
  const { reasons } = checked;
  if (reasons.length === 0) return checked;
  const list = reasons.map((reason) => `- ${reason}`).join('\n');
  throw new Failure('stale', `the saved plan is not applied\n${list}`, {
    code: 'PLAN_STALE',
    hint: `plan again and review it: assistantctl plan --env ${saved.environment} --out FILE`,
    details: { reasons },
  });
}

function requireDigest(plan: Plan, expected: string): void {
  const bare = (digest: string): string =>
    digest
      .trim()
      .toLowerCase()
      .replace(/^sha256:/, '');
  if (bare(expected) === bare(plan.plan_digest)) return;
  throw new Failure('stale', `the plan has the digest ${plan.plan_digest}, not ${expected}`, {
    code: 'DIGEST_MISMATCH',
    hint: 'what was reviewed is not what would happen now: plan and review again',
    details: { expected, found: plan.plan_digest },
  });
}

function refusal(diagnostics: readonly Diagnostic[]): Failure {
  const [first] = diagnostics;
  const message =
    diagnostics.length === 1 && first !== undefined ? first.message : 'the plan may not be applied';
  return new Failure('refused', message, {
    code: first?.code ?? 'REFUSED',
    ...(diagnostics.length === 1 && first?.hint !== undefined ? { hint: first.hint } : {}),
    diagnostics,
  });
}
