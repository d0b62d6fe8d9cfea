import { hasErrors } from '../../model/diagnostic.ts';
import type { PendingEntry, Plan } from '../../model/plan.ts';
import { shortTime } from '../../model/short-time.ts';
import { count, number } from './style.ts';

/** A plan in one line: what would happen, and what is under way. */

/** True when an apply of the plan would write nothing. */
export function isEmpty(plan: Plan): boolean {
  return plan.changes.length === 0 && plan.conflicts.length === 0;
}

/** One line that says it all: what would happen, and where. */
export function verdict(plan: Plan): string {
  const { summary } = plan;
  const rest = standing(plan);
  if (isEmpty(plan) && hasErrors(plan.diagnostics)) {
    const errors = plan.diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
    return `No plan for ${plan.environment}: ${count(errors, 'error')}.`;
  }
  if (isEmpty(plan)) {
    if (rest.length > 0)
      return `Nothing to apply: ${[`${number(summary.unchanged)} unchanged`, ...rest].join(', ')}.`;
    const verb = summary.unchanged === 1 ? 'matches' : 'match';
    return `Nothing to do: ${count(summary.unchanged, 'resource')} ${verb}.`;
  }
  return `Plan for ${plan.environment}: ${planCounts(plan)}.`;
}

/** How many resources wait for each action, and how many do not. */
export function planCounts(plan: Plan): string {
  const { summary } = plan;
  const parts = [
    `${number(summary.create)} to create`,
    ...(summary.move > 0 ? [`${number(summary.move)} to move`] : []),
    ...(summary.adopt > 0 ? [`${number(summary.adopt)} to adopt`] : []),
    ...(summary.takeover > 0 ? [`${number(summary.takeover)} to take over`] : []),
    `${number(summary.update)} to update`,
    `${number(summary.delete)} to delete`,
    `${number(summary.promote)} to promote`,
  ];
  const others = [`${number(summary.unchanged)} unchanged`, ...standing(plan)];
  return `${parts.join(', ')}; ${others.join(', ')}`;
}

/** What an apply would leave as it is although it is not as Git has it. */
function standing(plan: Plan): readonly string[] {
  const { summary } = plan;
  return [
    ...(summary.conflict > 0 ? [count(summary.conflict, 'conflict')] : []),
    ...(summary.drift > 0 ? [`${number(summary.drift)} changed outside Git`] : []),
    ...(summary.orphan > 0 ? [`${number(summary.orphan)} without a spec`] : []),
    ...(plan.pending === undefined ? [] : [pendingText(plan.pending)]),
    ...(plan.holds === undefined ? [] : [`${number(plan.holds.length)} held`]),
  ];
}

/** The line that says it all of a plan from which the changes of Git were left out. */
export function driftVerdict({ environment, summary }: Plan): string {
  const found = [
    ...(summary.drift > 0 ? [`${count(summary.drift, 'resource')} changed outside Git`] : []),
    ...(summary.conflict > 0 ? [`${count(summary.conflict, 'conflict')} with what Git changed`] : []),
  ];
  return `Drift of ${environment}: ${found.join(', ') || 'none'}.`;
}

/** The line of a plan, or of its drift where that is all that is shown. */
export function headlineOf(plan: Plan, { driftAlone }: { readonly driftAlone?: boolean }): string {
  return driftAlone === true ? driftVerdict(plan) : verdict(plan);
}

/** What is under way, in a few words. */
export function pendingNote({ what, version_id, since, note }: PendingEntry): string {
  const state = what === 'promotion' ? 'staged, waiting for promote' : 'canary rollout open';
  return `${state}: version ${version_id} since ${shortTime(since)}${note === '' ? '' : `; ${note}`}`;
}

/** `1 staged, waiting for promote`, `2 rollouts open`. */
function pendingText(pending: readonly PendingEntry[]): string {
  const waiting = pending.filter(({ what }) => what === 'promotion').length;
  const open = pending.length - waiting;
  return [
    ...(waiting > 0 ? [`${number(waiting)} staged, waiting for promote`] : []),
    ...(open > 0 ? [`${count(open, 'rollout')} open`] : []),
  ].join(', ');
}
