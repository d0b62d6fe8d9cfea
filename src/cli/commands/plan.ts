import { resolve } from 'node:path';
import type { Plan } from '../../model/plan.ts';
import { writePrivately } from '../../operations/files.ts';
import { planWithoutLease } from '../../operations/plan/make-plan.ts';
import { obstacle, refusedBy } from '../../operations/plan/obstacles.ts';
import type { PlanningFlags } from '../../operations/plan/plan-options.ts';
import { planOptions } from '../../operations/plan/plan-options.ts';
import { gather } from '../../operations/session/inputs.ts';
import { readTestResults } from '../../operations/tests/test-results.ts';
import { renderDiagnostics } from '../../render/terminal/diagnostics.ts';
import { planOutline } from '../../render/terminal/outline-words.ts';
import type { Context } from '../context.ts';
import { toJsonText } from '../context.ts';
import { EXIT_CHANGES, EXIT_DONE, exitCodeOf } from '../exit-codes.ts';
import { type PlanFormat, showPlan } from '../show-plan.ts';

export interface PlanFlags extends PlanningFlags {
  readonly out?: string;
  readonly html?: string;
  readonly tests?: string;
  readonly blastRadius?: boolean;
  readonly gitlabReport?: string;
  readonly detailedExitcode?: boolean;
  readonly format: PlanFormat;
}

/** Compares and shows; with `--out` the plan is saved, also when it cannot be applied as it is, which the exit code tells. */
export async function plan(context: Context, flags: PlanFlags): Promise<number> {
  const { cwd } = context.runtime;
  const tests = flags.tests === undefined ? [] : await readTestResults(resolve(cwd, flags.tests));
  const inputs = await gather(context);
  const review = flags.html !== undefined || flags.format === 'markdown' || flags.format === 'html';
  const wanted = {
    blastRadius: review || flags.blastRadius === true,
    whole: flags.refresh === true,
  };
  const { planned, state, blastRadius } = await planWithoutLease(context, inputs, planOptions(flags), wanted);
  const saved = blastRadius === undefined ? planned.plan : { ...planned.plan, blast_radius: blastRadius };
  if (flags.gitlabReport !== undefined) {
    await writePrivately(resolve(cwd, flags.gitlabReport), toJsonText(gitlabCounts(planned.plan)));
  }
  if (flags.out !== undefined) await writePrivately(resolve(cwd, flags.out), toJsonText(saved));
  const refused = refusedBy(planned, inputs, state);
  context.outline(planOutline(saved.summary));
  await showPlan(context, saved, { flags, inputs, blastRadius, tests, refused });
  const errors = planned.plan.diagnostics.filter(({ severity }) => severity === 'error');
  // A limit may be overridden by the apply; an error in the plan itself has to be resolved first.
  const notes = refused.map((found) =>
    errors.includes(found) ? found : { ...found, severity: 'warning' as const },
  );
  if (notes.length > 0) context.note(renderDiagnostics(notes, context.noteStyle));
  const stopped = obstacle(planned.plan, inputs.project);
  if (stopped !== undefined) {
    context.note(`${stopped.message}\n`);
    return exitCodeOf(stopped.kind);
  }
  if (errors.length > 0) return exitCodeOf('refused');
  return flags.detailedExitcode === true && differs(planned.plan) ? EXIT_CHANGES : EXIT_DONE;
}

/** What GitLab's `terraform` report shows in a merge request; a resource that is taken over is one that changes. */
function gitlabCounts({ summary }: Plan): { create: number; update: number; delete: number } {
  return { create: summary.create, update: summary.update + summary.takeover, delete: summary.delete };
}

function differs({ summary }: Plan): boolean {
  const { create, update, promote, adopt, takeover, drift } = summary;
  return create + update + promote + adopt + takeover + summary.delete + drift > 0;
}
