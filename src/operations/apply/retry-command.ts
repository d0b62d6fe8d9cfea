import type { ApplyOutcome } from '../../apply/apply.ts';
import type { Plan } from '../../model/plan.ts';
import { planFlags } from '../../model/plan-flags.ts';
import type { Environment } from '../../model/project.ts';

/** What was allowed on the command line of an apply. */
interface Allowed {
  readonly promote: boolean;
  readonly overrideLimits?: boolean;
  readonly replace?: boolean;
  readonly allowBehind?: boolean;
  readonly takeOver?: readonly string[];
  readonly notRenamed?: readonly string[];
}

/** The command that goes on where an apply ended: it plans the same again, and is allowed the same. */
export function retryCommand(
  plan: Pick<Plan, 'options'>,
  environment: Pick<Environment, 'name' | 'protected'>,
  { promote, overrideLimits, replace, allowBehind, takeOver = [], notRenamed = [] }: Allowed,
): string {
  return sameCommand(environment, [
    'apply',
    ...planFlags(plan),
    ...(promote ? [] : ['--no-promote']),
    ...(overrideLimits === true ? ['--override-limits'] : []),
    ...(replace === true ? ['--replace'] : []),
    ...(allowBehind === true ? ['--allow-behind'] : []),
    ...takeOver.flatMap((address) => ['--take-over', address]),
    ...notRenamed.flatMap((address) => ['--not-renamed', address]),
  ]);
}

/** A command line for the environment, with the approval that it needs there. */
export function sameCommand(
  { name, protected: needsApproval }: Pick<Environment, 'name' | 'protected'>,
  words: readonly string[],
): string {
  return ['assistantctl', ...words, ...(needsApproval ? ['--approve', name] : []), '--env', name].join(' ');
}

/** The outcome of a command that is typed again when it failed: an apply would do something else. */
export function orAgain(
  outcome: ApplyOutcome,
  environment: Pick<Environment, 'name' | 'protected'>,
  words: readonly string[],
): ApplyOutcome {
  return outcome.exitKind === null ? outcome : { ...outcome, next: sameCommand(environment, words) };
}

/** The command for a person who corrects what a test found: to apply the same again would fail the same test. */
export function planAgainCommand(plan: Pick<Plan, 'options'>, { name }: Pick<Environment, 'name'>): string {
  return ['assistantctl plan', ...planFlags(plan), '--env', name].join(' ');
}
