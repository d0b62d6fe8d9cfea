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
  /** What reviewers agreed to; where they have to, nothing else may be applied. */
  readonly reviewed?: readonly unknown[];
}

/** The command that goes on where an apply ended: it plans the same again, and is allowed the same. */
export function retryCommand(
  plan: Pick<Plan, 'options'>,
  environment: Pick<Environment, 'name' | 'protected'>,
  { promote, overrideLimits, replace, allowBehind, takeOver = [], notRenamed = [], reviewed }: Allowed,
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
    ...(reviewed === undefined ? [] : ['--reviewed', 'SOURCE']),
  ]);
}

/** A command line for the environment, with the approval that it needs there. What was reviewed is approved by that. */
export function sameCommand(
  { name, protected: guarded }: Pick<Environment, 'name' | 'protected'>,
  words: readonly string[],
): string {
  const approval = guarded && !words.includes('--reviewed') ? ['--approve', name] : [];
  return ['assistantctl', ...words, ...approval, '--env', name].join(' ');
}

interface RetryPlace {
  readonly plan: Pick<Plan, 'options'>;
  readonly environment: Pick<Environment, 'name'>;
  readonly again: string;
}

/**
 * The outcome with the command to type where it failed: the same again (`again`), or a plan where a test failed, because
 * the same again would fail the same test.
 */
export function withRetry(outcome: ApplyOutcome, { plan, environment, again }: RetryPlace): ApplyOutcome {
  if (outcome.exitKind === null) return outcome;
  const next =
    outcome.exitKind === 'gate'
      ? ['assistantctl plan', ...planFlags(plan), '--env', environment.name].join(' ')
      : again;
  return { ...outcome, next };
}
