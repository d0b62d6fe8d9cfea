import { resolve } from 'node:path';
import type { Plan } from '../../model/plan.ts';
import { refusals } from '../../plan/safety.ts';
import { renderDiagnostics } from '../../render/diagnostics.ts';
import { renderPlanMarkdown } from '../../render/plan-markdown.ts';
import { renderPlan } from '../../render/plan-text.ts';
import type { Context } from '../context.ts';
import { toJsonText } from '../context.ts';
import { EXIT_CHANGES, EXIT_DONE, exitCodeOf } from '../exit-codes.ts';
import { writePrivately } from '../files.ts';
import { gather } from '../gather.ts';
import { obstacle, safetyOf } from '../obstacles.ts';
import type { PlanningFlags } from '../options.ts';
import { planOptions } from '../options.ts';
import { planWithoutLease } from '../planning.ts';

export interface PlanFlags extends PlanningFlags {
  readonly out?: string;
  readonly detailedExitcode?: boolean;
  readonly format: string;
}

/** Compares and shows; with `--out` the plan is saved, also when it cannot be applied as it is. */
export async function plan(context: Context, flags: PlanFlags): Promise<number> {
  const inputs = await gather(context);
  const { planned, state } = await planWithoutLease(context, inputs, planOptions(flags));
  if (flags.out !== undefined) {
    await writePrivately(resolve(context.runtime.cwd, flags.out), toJsonText(planned.plan));
  }
  show(context, planned.plan, flags, inputs.project.environment.protected);
  const refused = refusals(planned, safetyOf(inputs, state, false));
  const warnings = refused.map((diagnostic) => ({ ...diagnostic, severity: 'warning' as const }));
  if (warnings.length > 0) context.note(renderDiagnostics(warnings, context.noteStyle));
  const stopped = obstacle(planned.plan, inputs.project);
  if (stopped !== undefined) {
    context.note(`${stopped.message}\n`);
    return exitCodeOf(stopped.kind);
  }
  return flags.detailedExitcode === true && differs(planned.plan) ? EXIT_CHANGES : EXIT_DONE;
}

function show(context: Context, plan: Plan, flags: PlanFlags, isProtected: boolean): void {
  if (flags.format === 'json') context.printJson(plan);
  else if (flags.format === 'markdown') context.print(renderPlanMarkdown(plan));
  else {
    const file = flags.out === undefined ? {} : { file: flags.out };
    context.print(renderPlan(plan, context.style, { ...file, protected: isProtected }));
  }
}

function differs({ summary }: Plan): boolean {
  const { create, update, promote, adopt, drift } = summary;
  return create + update + promote + adopt + summary.delete + drift > 0;
}
