import { applyHappenings } from '../../operations/events/happenings.ts';
import { type RollbackRequest, rollBack } from '../../operations/release/rollback.ts';
import { confirmPlan, willAsk } from '../announce.ts';
import type { Context } from '../context.ts';
import { tellEvents } from '../events.ts';
import { showReport } from '../show-report.ts';

export interface RollbackFlags extends Omit<RollbackRequest, 'confirm' | 'asksPerson'> {
  readonly yes?: boolean;
  readonly format: string;
}

/** Moves main back in one call, without a gate, and says why. */
export async function rollback(context: Context, text: string, flags: RollbackFlags): Promise<number> {
  const executed = await rollBack(context, text, {
    ...flags,
    asksPerson: willAsk(context, flags),
    confirm: (project, plan) => confirmPlan(context, project, plan, flags),
  });
  await tellEvents(context, (name) => applyHappenings(name, executed), true);
  return showReport(context, executed, flags.format);
}
