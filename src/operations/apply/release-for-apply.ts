import { Failure } from '../../model/errors.ts';
import type { Change, Plan, Planned } from '../../model/plan.ts';
import type { CommitPosition, ReviewVerdict } from '../../model/review.ts';
import type { State } from '../../model/state.ts';
import { renameRefusals } from '../../plan/renames.ts';
import { refusals } from '../../plan/safety.ts';
import type { SavedPlanCheck } from '../../plan/saved.ts';
import { checkSavedPlan } from '../../plan/saved.ts';
import { type TakeOverConsent, takeOverRefusal } from '../../plan/take-over.ts';
import { obstacles, safetyOf } from '../plan/obstacles.ts';
import { openRolloutRefusals } from '../plan/open-rollouts.ts';
import { behindFailure } from '../plan/position.ts';
import { unitName } from '../plan/review.ts';
import type { Inputs } from '../session/inputs.ts';
import { asFailures, joinReasons } from './reasons.ts';

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
  /** A change may take the place of an open rollout. */
  readonly replaceRollout: boolean;
  /** What the reviewed sets say; absent when none was asked for. */
  readonly review: ReviewVerdict | undefined;
  /** Everything counts as reviewed. */
  readonly trusted: boolean;
  /** How the commit stands to the last applied one, unless that was allowed. */
  readonly position: CommitPosition | undefined;
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
  const { inputs, state, saved, expectDigest, overrideLimits, replaceRollout, review } = expected;
  const checked = saved === undefined ? undefined : checkSavedPlan(saved, fresh, expected);
  const released: Released = checked ?? { planned: fresh, skipped: [] };
  const { plan } = released.planned;
  const allowed = expectDigest !== undefined || review?.covered === true;
  const takeOver = takeOverRefusal(plan.changes, allowed ? 'all' : expected.takeOver);
  const rollouts = replaceRollout ? [] : openRolloutRefusals(plan, state);
  const reasons = [
    ...(expectDigest === undefined ? [] : otherDigest(saved ?? fresh.plan, expectDigest)),
    ...(saved === undefined || checked === undefined ? [] : outdated(saved, checked)),
    ...behind(expected, allowed || expected.trusted),
    ...obstacles(plan, inputs.project),
    ...(review === undefined ? [] : unreviewed(plan, review)),
    ...asFailures(refusals(released.planned, safetyOf(inputs, state, { overrideLimits }))),
    ...asFailures(takeOver === undefined ? [] : [takeOver]),
    ...asFailures(renameRefusals(released.planned.renames, expected.notRenamed)),
    ...asFailures(rollouts),
  ];
  const joined = joinReasons(reasons);
  if (joined !== undefined) throw joined;
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

/** Where the commits have diverged, a reviewed plan may run; a commit that is merely older may not. */
function behind({ position }: Expectations, agreed: boolean): readonly Failure[] {
  if (position === undefined || position.relation === 'unknown') return [];
  return position.relation === 'parted' && agreed ? [] : [behindFailure(position)];
}

function outdated(saved: Plan, { reasons }: SavedPlanCheck): readonly Failure[] {
  if (reasons.length === 0) return [];
  const list = reasons.map((reason) => `- ${reason}`).join('\n');
  return [
    new Failure('stale', `the saved plan is not applied\n${list}`, {
      code: 'PLAN_STALE',
      hint: `plan again and review it: assistantctl plan --env ${saved.environment} --out FILE`,
      details: { reasons },
    }),
  ];
}

function otherDigest(plan: Plan, expected: string): readonly Failure[] {
  const bare = (digest: string): string =>
    digest
      .trim()
      .toLowerCase()
      .replace(/^sha256:/, '');
  if (bare(expected) === bare(plan.plan_digest)) return [];
  return [
    new Failure('stale', `the plan has the digest ${plan.plan_digest}, not ${expected}`, {
      code: 'DIGEST_MISMATCH',
      hint: 'what was reviewed is not what would happen now: plan and review again',
      details: { expected, found: plan.plan_digest },
    }),
  ];
}

function unreviewed(plan: Plan, { covered, unreviewed: units, notes }: ReviewVerdict): readonly Failure[] {
  if (covered) return [];
  const names = units.map(unitName);
  const list = names.slice(0, MOST_NAMES).map((name) => `- ${name}`);
  const rest = names.length - list.length;
  const why = notes.map((note) => `not counted: ${note}`);
  const lines = [...list, ...(rest > 0 ? [`- and ${rest} more`] : []), ...why];
  return [
    new Failure('stale', `nobody reviewed what would be done\n${lines.join('\n')}`, {
      code: 'UNREVIEWED',
      hint: `read the plan, then allow exactly this one: ${expectLine(plan)}`,
      details: { unreviewed: units.map((unit) => ({ ...unit })), notes: [...notes] },
    }),
  ];
}

/** Names in one message; the report in JSON has all. */
const MOST_NAMES = 20;

function expectLine({ environment, options, plan_digest }: Plan): string {
  const { prune, recreate, take, targets } = options;
  const flags = [
    ...(prune ? ['--prune'] : []),
    ...(recreate ? ['--recreate'] : []),
    ...(take === null ? [] : ['--take', take]),
    ...targets.flatMap((target) => ['--target', target]),
  ];
  const digest = plan_digest.replace(/^sha256:/, '');
  return [
    'assistantctl apply --env',
    environment,
    ...flags,
    '--expect-digest',
    digest,
    '--approve',
    environment,
  ].join(' ');
}
