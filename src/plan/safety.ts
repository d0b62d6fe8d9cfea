import type { PlanCode } from '../model/codes/plan-codes.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Planned } from '../model/plan.ts';
import type { Limits } from '../model/project.ts';

export interface SafetyContext {
  readonly limits: Limits;
  /** Number of resources bound before this plan. */
  readonly bound: number;
  /** Number of spec documents that were read. */
  readonly documents: number;
  readonly overrideLimits: boolean;
}

function refusal(code: PlanCode, message: string, hint: string): Diagnostic {
  return { severity: 'error', code, message, hint };
}

/** Why this plan may not be applied as it stands; empty when it may. Any of them means exit 5 before a write. */
export function refusals(planned: Planned, context: SafetyContext): readonly Diagnostic[] {
  const { summary, diagnostics } = planned.plan;
  const { limits, bound } = context;
  const found = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  if (summary.delete > 0 && context.documents === 0) {
    found.push(
      refusal(
        'SPECS_EMPTY',
        'the specs folder holds no document, and an empty folder never deletes anything',
        'check that the right commit is checked out and that "specs" names the right folder',
      ),
    );
  }
  if (context.overrideLimits) return found;
  const forgotten = planned.stateEdits.filter(({ op }) => op === 'forget').length;
  if (summary.delete > 0 && summary.delete + forgotten >= bound) {
    found.push(
      refusal(
        'LIMIT_ALL',
        `everything that the environment has would be deleted: ${summary.delete === 1 ? 'its one resource' : `all ${summary.delete} resources`}`,
        'check that the right commit is checked out and that the documents are for this environment, then apply with --override-limits',
      ),
    );
  }
  if (summary.delete > limits.maxDeletes) {
    found.push(
      refusal(
        'LIMIT_DELETES',
        `${summary.delete} deletes are planned and limits.max_deletes is ${limits.maxDeletes}`,
        'review each, then apply with --override-limits',
      ),
    );
  }
  const changed = summary.update + summary.delete + summary.takeover;
  const percent = bound === 0 ? 0 : (changed / bound) * 100;
  if (bound >= limits.minResources && percent > limits.maxChangePercent) {
    found.push(
      refusal(
        'LIMIT_CHANGES',
        `${changed} of ${bound} managed resources (${Math.round(percent)} %) would change and limits.max_change_percent is ${limits.maxChangePercent}`,
        'review each, then apply with --override-limits',
      ),
    );
  }
  return found;
}
