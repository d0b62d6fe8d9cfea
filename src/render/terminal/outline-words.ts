/** Outcomes in a few words, for a table over several environments. */
import type { PlanSummary } from '../../model/plan.ts';
import type { PullReport } from '../../model/pull.ts';
import type { ApplyReport } from '../../model/report.ts';

/** What a plan would do, or that there is nothing to do. */
export function planOutline(summary: PlanSummary): string {
  return listed(
    [
      [summary.create, 'to create'],
      [summary.adopt, 'to adopt'],
      [summary.takeover, 'to take over'],
      [summary.update, 'to update'],
      [summary.delete, 'to delete'],
      [summary.promote, 'to promote'],
      [summary.conflict, summary.conflict === 1 ? 'conflict' : 'conflicts'],
      [summary.drift, 'changed outside Git'],
    ],
    'nothing to do',
  );
}

export function applyOutline({ outcome, results }: ApplyReport): string {
  const count = (wanted: string): number => results.filter(({ status }) => status === wanted).length;
  const told = listed(
    [
      [count('applied'), 'applied'],
      [count('skipped'), 'skipped'],
      [count('failed'), 'failed'],
      [count('unknown'), 'unknown'],
      [count('not_attempted'), 'not attempted'],
    ],
    'nothing to do',
  );
  return outcome === 'refused' ? 'refused' : told;
}

export function pullOutline({ adopted, updated, left, conflicts }: PullReport): string {
  return listed(
    [
      [adopted.length, 'adopted'],
      [updated.length, 'updated'],
      [conflicts.length, conflicts.length === 1 ? 'conflict' : 'conflicts'],
      [left.length, 'left'],
    ],
    'nothing to pull',
  );
}

function listed(counts: readonly (readonly [number, string])[], none: string): string {
  const told = counts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  return told.length === 0 ? none : told.join(', ');
}
