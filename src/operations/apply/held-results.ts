import type { ApplyOutcome } from '../../apply/apply.ts';
import type { Plan } from '../../model/plan.ts';
import type { StepResult } from '../../model/report.ts';
import type { HeldChange } from '../../model/review.ts';
import { shortTime } from '../../model/short-time.ts';
import { whyText } from '../../plan/holds.ts';

/** Adds the changes that a hold left out to the outcome; the other changes may have been applied. */
export function withHeldResults(outcome: ApplyOutcome, plan: Plan): ApplyOutcome {
  const { holds = [] } = plan;
  if (holds.length === 0) return outcome;
  const left = holds.flatMap((hold) => hold.held.map((address) => resultOf(hold, address)));
  const wrote = outcome.results.some(({ status }) => status === 'applied' || status === 'unknown');
  return {
    ...outcome,
    outcome: wrote || outcome.outcome === 'partial' ? 'partial' : 'refused',
    results: [...outcome.results, ...left],
    exitKind: outcome.exitKind ?? 'refused',
    next: `assistantctl plan --env ${plan.environment}`,
  };
}

function resultOf(hold: HeldChange, address: HeldChange['address']): StepResult {
  const own = address === hold.address;
  const how = hold.cause === 'rollback' ? 'rolled back' : 'aborted';
  return {
    address,
    action: own ? 'update' : 'delete',
    status: 'not_attempted',
    remote_id: null,
    version_id: null,
    promoted: false,
    error: {
      kind: 'refused',
      code: 'HELD',
      message: own
        ? `held: it was ${how}${hold.by === '' ? '' : ` by ${hold.by}`} at ${shortTime(hold.at)}${whyText(hold.reason)}, and Git still says the same of ${hold.fields.join(', ')}`
        : `needs the change of ${hold.address}, which is held`,
      status: null,
      request_id: null,
      hint: `change it in Git; or bring it again on purpose with: assistantctl apply --release-hold ${hold.address}`,
    },
  };
}
