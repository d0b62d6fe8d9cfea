import type { BlastRadius } from '../../model/blast-radius.ts';
import type { DesiredState } from '../../model/desired.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Failure } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import type { Host } from '../host.ts';
import { gather, type Inputs } from '../session/inputs.ts';
import { planWithoutLease } from './make-plan.ts';
import { obstacles, refusedBy } from './obstacles.ts';
import { findNamed, planOptions, type TypedPlanningFlags } from './plan-options.ts';
import { commitPosition, positionCaution } from './position.ts';
import { judgeReview, type ReviewSource, unreviewedCaution, withReview } from './review.ts';
import { kindsOf, reviewInputs } from './review-inputs.ts';

export interface PlanRequest extends TypedPlanningFlags {
  /** Branch or commit that the change goes to: only what differs from it is put up for review. */
  readonly base?: string;
  /** Sources of what was reviewed; absent: the plan says nothing about its review. */
  readonly reviewed?: readonly ReviewSource[];
  /** Look up phone numbers and canaries of the assistants that the plan reaches. */
  readonly blastRadius: boolean;
  /** The plan is saved or rendered, so that its set for reviewers has to be complete. */
  readonly saves: boolean;
  /** The commit that reviewers see, for the commit at hand (null: no repository). The forge knows it. */
  readonly headOf: (commit: string | null) => Promise<string | null>;
}

/** A plan and all that its reader has to know besides. */
export interface PlannedProject {
  readonly plan: Plan;
  readonly inputs: Inputs;
  /** Commit that the plan was shown for; null without a repository. */
  readonly head: string | null;
  /** What the change's target describes; undefined without a target. */
  readonly target: DesiredState | undefined;
  readonly blastRadius: BlastRadius | undefined;
  /** What apply would refuse unless limits are overridden. */
  readonly refused: readonly Diagnostic[];
  /** Conflicts, and drift where the project forbids it: each ends the command after the plan was shown. */
  readonly obstacles: readonly Failure[];
  /** Remarks about the comparison with the target, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Plans the project at hand for a reader: the plan with its set for reviewers, how its commit stands to the last
 * applied one, and whether everything in it was reviewed. Takes no lease and writes nothing. A plan that apply would
 * refuse is returned with the reasons; only one that cannot be made is a rejection.
 */
export async function planProject(host: Host, request: PlanRequest): Promise<PlannedProject> {
  const gathered = await gather(host);
  const review = await reviewInputs(host, gathered, { base: request.base, complete: request.saves });
  const { inputs, settings } = review.shown;
  const options = planOptions(await findNamed(host, request), undefined, inputs.project.environment);
  const { planned, state, account, apiBase, blastRadius } = await planWithoutLease(host, inputs, options, {
    blastRadius: request.blastRadius,
    whole: request.refresh === true,
    settings,
    kinds: kindsOf(review),
  });
  const world = { planned, state, account, apiBase, options };
  const head = await request.headOf(inputs.git?.commit ?? null);
  const reviewed = request.reviewed && judgeReview(host, world, inputs, request.reviewed);
  const merged = review.base === null ? [] : [review.base];
  const position = await commitPosition(host, gathered, state, merged);
  const made = options.offline === true ? planned.plan : withReview(host, world, review, head);
  const plan: Plan = {
    ...made,
    diagnostics: [
      ...(position === undefined ? [] : [positionCaution(position)]),
      ...(reviewed === undefined || reviewed.covered ? [] : [unreviewedCaution(reviewed)]),
      ...made.diagnostics,
    ],
    ...(position !== undefined && { behind: position }),
    ...(reviewed !== undefined && { reviewed }),
    ...(blastRadius !== undefined && { blast_radius: blastRadius }),
  };
  return {
    plan,
    inputs,
    head: plan.review?.head ?? head,
    target: review.target?.inputs.desired,
    blastRadius,
    refused: refusedBy(planned, inputs, state),
    obstacles: obstacles(plan, inputs.project),
    notes: review.notes,
  };
}

/** True when an apply of the plan would change something, or when something was changed outside Git. */
export function hasDifferences({ summary }: Plan): boolean {
  const { create, update, promote, adopt, takeover, move, drift } = summary;
  return create + update + promote + adopt + takeover + move + summary.delete + drift > 0;
}
