import { hash } from 'node:crypto';
import { rulesOf } from '../canonical/canary.ts';
import { Failure } from '../model/errors.ts';
import type { Step } from '../model/plan.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { OpenedRollout } from '../model/report.ts';
import type { Rollout } from '../model/rollout.ts';
import { logIntent, saveBinding } from './bind.ts';
import { refuseOpenCanary, setCanary } from './canary.ts';
import type { ApplyContext } from './context.ts';

/** True when the step ends with a canary of which the candidate gets its first share. */
export function opensCanary(step: Step, promote: boolean): boolean {
  return promote && step.action !== 'link' && step.release?.strategy === 'canary';
}

/**
 * Gives the staged version its first share of the calls and begins the record. The record is written before the
 * request, so that whoever comes after a crash knows whose canary it finds.
 */
export async function startRollout(
  context: ApplyContext,
  step: Step,
  main: RemoteResource,
): Promise<OpenedRollout> {
  const binding = context.bindings.get(step.address);
  const [first, ...more] = step.release?.canary?.steps ?? [];
  if (binding?.candidate === undefined || first === undefined) {
    throw new Failure('internal', `${step.address} has no candidate or no steps`, { code: 'ROLLOUT_EMPTY' });
  }
  const { candidate, ...kept } = binding;
  await refuseOpenCanary(context.api, step, main.id, binding, context.replaceRollout === true);
  const deadlineMs = step.release?.canary?.deadlineMs;
  const begun = kept.rollout?.phase === 'opening' ? kept.rollout : undefined;
  const resumed = begun?.candidate.version_id === candidate.version_id ? begun.started_at : undefined;
  const now = context.clock();
  const rollout: Rollout = {
    candidate,
    phase: 'opening',
    step: 0,
    steps: [first, ...more],
    started_at: resumed ?? now.toISOString(),
    since: now.toISOString(),
    deadline_at: deadlineMs === undefined ? null : new Date(now.getTime() + deadlineMs).toISOString(),
    reason: null,
  };
  await saveBinding(context, step, { ...kept, rollout });
  await logIntent(context, step, 'canary', candidate.version_id);
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
