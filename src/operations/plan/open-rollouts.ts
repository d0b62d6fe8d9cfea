import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Plan } from '../../model/plan.ts';
import { isOpen } from '../../model/rollout.ts';
import type { State } from '../../model/state.ts';

/** Open rollouts of ours of another content than the plan writes: apply ends none of them by the way. */
export function openRolloutRefusals(plan: Plan, state: State | undefined): readonly Diagnostic[] {
  return plan.changes.flatMap(({ address, action, fields, existing, release }): readonly Diagnostic[] => {
    const rollout = state?.resources[address]?.rollout;
    if (action !== 'update' || existing === true || fields.length === 0) return [];
    if (!isOpen(rollout) || rollout.phase === 'opening' || release?.strategy === 'manual') return [];
    return [
      {
        severity: 'error',
        code: 'ROLLOUT_OPEN',
        message: `${address} has an open rollout, of version ${rollout.candidate.version_id}`,
        address,
        hint: `let it end, or end it with: assistantctl rollout abort ${address}; or put this change in its place with: assistantctl apply --replace`,
      },
    ];
  });
}
