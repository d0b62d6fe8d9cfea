import type { Diagnostic } from '../../model/diagnostic.ts';
import { Failure } from '../../model/errors.ts';
import type { Plan, Planned } from '../../model/plan.ts';
import type { Project } from '../../model/project.ts';
import type { State } from '../../model/state.ts';
import { MOVED_FROM_AMBIGUOUS } from '../../plan/moved-bindings.ts';
import { refusals, type SafetyContext } from '../../plan/safety.ts';
import type { Inputs } from '../session/inputs.ts';
import { openRolloutRefusals } from './open-rollouts.ts';

/** Why a plan must not be applied although it could be made: conflicts, and drift where the project forbids it. */
export function obstacles(plan: Plan, project: Project): readonly Failure[] {
  return [ambiguousMove(plan), conflict(plan), forbiddenDrift(plan, project)].filter(
    (found) => found !== undefined,
  );
}

function ambiguousMove(plan: Plan): Failure | undefined {
  const diagnostics = plan.diagnostics.filter(({ code }) => code === MOVED_FROM_AMBIGUOUS);
  const [first] = diagnostics;
  if (first === undefined) return undefined;
  const { message, hint } = first;
  return new Failure('stale', message, {
    code: MOVED_FROM_AMBIGUOUS,
    ...(hint !== undefined && { hint }),
    diagnostics,
  });
}

function conflict(plan: Plan): Failure | undefined {
  if (plan.conflicts.length > 0) {
    const addresses = plan.conflicts.map((conflict) => conflict.address);
    return new Failure('stale', `changed in Git and outside Git, differently: ${addresses.join(', ')}`, {
      code: 'CONFLICT',
      hint: 'decide with --take git or --take live, or write the live value into the spec',
      details: { addresses },
    });
  }
  return undefined;
}

function forbiddenDrift(plan: Plan, project: Project): Failure | undefined {
  if (project.environment.drift === 'fail' && plan.drift.length > 0) {
    const addresses = plan.drift.map((entry) => entry.address);
    return new Failure('stale', `changed outside Git, which drift: fail forbids: ${addresses.join(', ')}`, {
      code: 'DRIFT',
      hint: 'write the live value into the spec, undo it by hand, or set drift: revert for the environment',
      details: { addresses },
    });
  }
  return undefined;
}

/** What the limits are measured against. */
export function safetyOf(
  inputs: Inputs,
  state: State | undefined,
  { overrideLimits }: Pick<SafetyContext, 'overrideLimits'>,
): SafetyContext {
  return {
    limits: inputs.project.limits,
    bound: managedCount(inputs, state),
    documents: inputs.desired.documents,
    overrideLimits,
  };
}

/** Bindings of an apply, and those without one whose document is here. */
function managedCount({ desired }: Inputs, state: State | undefined): number {
  const known = new Set<string>(desired.resources.keys());
  return Object.entries(state?.resources ?? {}).filter(
    ([address, { provisional }]) => provisional !== true || known.has(address),
  ).length;
}

/** What apply would refuse of this plan unless limits are overridden: errors of the plan, limits, protected resources. */
export function refusedBy(planned: Planned, inputs: Inputs, state: State | undefined): readonly Diagnostic[] {
  return [
    ...refusals(planned, safetyOf(inputs, state, { overrideLimits: false })),
    ...openRolloutRefusals(planned.plan, state),
  ];
}
