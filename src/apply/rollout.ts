import { hash } from 'node:crypto';
import { rulesOf } from '../canonical/canary.ts';
import { Failure } from '../model/errors.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { OpenedRollout } from '../model/report.ts';
import type { CanaryPlan, Rollout } from '../model/rollout.ts';
import type { EditStep, StepBase } from '../model/step.ts';
import { logIntent, saveBinding } from './bind.ts';
import { refuseOpenCanary, setCanary } from './canary.ts';
import type { ApplyContext } from './context.ts';

/** The canary that the step ends with, of which the candidate gets its first share; undefined without one. */
export function canaryOf(step: EditStep, promote: boolean): CanaryPlan | undefined {
  const release = promote && step.action !== 'link' ? step.release : undefined;
  return release?.strategy === 'canary' ? release.canary : undefined;
}

/**
 * Gives the staged version its first share of the calls and begins the record. The record is written before the
 * request, so that whoever comes after a crash knows whose canary it finds.
 */
export async function startRollout(
  context: ApplyContext,
  {
    step,
    main,
    canary,
  }: { readonly step: StepBase; readonly main: RemoteResource; readonly canary: CanaryPlan },
): Promise<OpenedRollout> {
  const binding = context.bindings.get(step.address);
  if (binding?.candidate === undefined) {
    throw new Failure('internal', `${step.address} has no candidate`, { code: 'ROLLOUT_EMPTY' });
  }
  const { candidate, ...kept } = binding;
  await refuseOpenCanary(context.api, {
    step,
    assistantId: main.id,
    binding,
    replace: context.replaceRollout === true,
  });
  const { steps, deadlineMs } = canary;
  const [first, ...more] = steps;
  const begun = kept.rollout?.phase === 'opening' ? kept.rollout : undefined;
  const resumed = begun?.candidate.version_id === candidate.version_id ? begun.started_at : undefined;
  const now = context.clock();
  const rollout: Rollout = {
    candidate,
    phase: 'opening',
    step: 0,
    steps,
    started_at: resumed ?? now.toISOString(),
    since: now.toISOString(),
    deadline_at: deadlineMs === undefined ? null : new Date(now.getTime() + deadlineMs).toISOString(),
    reason: null,
  };
  await saveBinding(context, step, { ...kept, rollout });
  await logIntent(context, step, { action: 'canary', key: candidate.version_id });
  const key = rolloutKey(context.lineage, step.address, rollout);
  await setCanary(context, main.id, rulesOf(first, candidate.version_id), key);
  const since = context.clock().toISOString();
  await saveBinding(context, step, { ...kept, rollout: { ...rollout, phase: 'open', since } });
  return {
    weight: first.weight,
    next: more.map(({ weight }) => weight),
    next_at: new Date(Date.parse(since) + first.hold_ms).toISOString(),
    deadline_at: rollout.deadline_at,
  };
}

/** One key for one opening: a rollout that is begun again later must not be given the reply of an earlier one. */
export function rolloutKey(lineage: string, address: string, { candidate, started_at }: Rollout): string {
  const text = JSON.stringify([lineage, address, candidate.version_id, started_at]);
  return `actl-canary-${hash('sha256', text, 'hex').slice(0, 40)}`;
}
