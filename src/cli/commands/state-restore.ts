import { type RestoreRequest, restoreResource } from '../../operations/state/restore.ts';
import { confirmPlan, willAsk } from '../announce.ts';
import type { Context } from '../context.ts';
import { showReport } from '../show-report.ts';

export interface RestoreFlags extends Omit<RestoreRequest, 'confirm' | 'asksPerson'> {
  readonly yes?: boolean;
  readonly format: string;
}

/** Creates a deleted resource again from its archived form and binds it. */
export async function restoreState(context: Context, text: string, flags: RestoreFlags): Promise<number> {
  const executed = await restoreResource(context, text, {
    ...flags,
    asksPerson: willAsk(context, flags),
    confirm: (project, plan) => confirmPlan(context, project, plan, flags),
  });
  return showReport(context, executed, flags.format);
}
