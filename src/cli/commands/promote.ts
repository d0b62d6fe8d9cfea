import { applyHappenings } from '../../operations/events/happenings.ts';
import { type PromoteRequest, promoteVersions } from '../../operations/release/promote.ts';
import { confirmPlan } from '../announce.ts';
import type { Context } from '../context.ts';
import { tellEvents } from '../events.ts';
import { showReport } from '../show-report.ts';

export interface PromoteFlags extends Omit<PromoteRequest, 'confirm'> {
  readonly yes?: boolean;
  readonly format: string;
}

/** Moves main to versions that wait, or to the one that is named, behind the same gate as an apply. */
export async function promote(
  context: Context,
  texts: readonly string[],
  flags: PromoteFlags,
): Promise<number> {
  const executed = await promoteVersions(context, texts, {
    ...flags,
    confirm: (project, plan) => confirmPlan(context, project, plan, flags),
  });
  await tellEvents(context, (name) => applyHappenings(name, executed), true);
  return showReport(context, executed, flags.format);
}
