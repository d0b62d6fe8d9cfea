import { readReviewSources } from '../../forge/reviewed-source.ts';
import { type ApplyRequest, applyProject } from '../../operations/apply/apply-project.ts';
import { applyHappenings, refusalHappenings } from '../../operations/events/happenings.ts';
import { confirmPlan, willAsk } from '../announce.ts';
import type { Context } from '../context.ts';
import { tellEvents } from '../events.ts';
import { refusalReport, showReport } from '../show-report.ts';

export interface ApplyFlags extends Omit<ApplyRequest, 'confirm' | 'asksPerson' | 'reviewed'> {
  readonly reviewed?: readonly string[];
  readonly yes?: boolean;
  readonly format: string;
}

/** Executes a saved plan, or plans and executes; nothing is written before every check has passed. */
export async function apply(context: Context, file: string | undefined, flags: ApplyFlags): Promise<number> {
  const { reviewed, ...request } = flags;
  const sources = reviewed && (await readReviewSources(context, reviewed));
  const applied = await applyProject(context, file, {
    ...request,
    ...(sources !== undefined && { reviewed: sources }),
    asksPerson: willAsk(context, flags),
    confirm: (project, plan) => confirmPlan(context, project, plan, flags),
  });
  if ('executed' in applied) {
    const { executed, place } = applied;
    await tellEvents(context, (name) => applyHappenings(name, executed), true, place.environment);
    return showReport(context, executed, flags.format, place);
  }
  const { refused, plan } = applied;
  await tellEvents(context, () => refusalHappenings(plan, refused), true, plan.environment);
  if (flags.format !== 'json') throw applied.refused;
  return refusalReport(context, applied.plan, applied.refused);
}
