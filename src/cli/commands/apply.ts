import { readReviewSources } from '../../forge/reviewed-source.ts';
import { type ApplyRequest, applyProject } from '../../operations/apply/apply-project.ts';
import { confirmPlan, willAsk } from '../announce.ts';
import type { Context } from '../context.ts';
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
  if ('executed' in applied) return showReport(context, applied.executed, flags.format, applied.place);
  if (flags.format !== 'json') throw applied.refused;
  return refusalReport(context, applied.plan, applied.refused);
}
