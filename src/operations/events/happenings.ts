/** What plans and reports come to as events. */

import type { ApplyOutcome } from '../../apply/apply.ts';
import type { FailureCode } from '../../model/codes/failure-codes.ts';
import type { Failure } from '../../model/errors.ts';
import type { EventType, Happening } from '../../model/event.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Plan } from '../../model/plan.ts';
import type { StepResult } from '../../model/report.ts';
import type { RolloutEntry, RolloutReport } from '../../model/rollout-report.ts';

type Outcome = Pick<ApplyOutcome, 'outcome' | 'results' | 'plan_digest' | 'commit' | 'command' | 'drift'>;

export function planHappenings(plan: Plan): readonly Happening[] {
  const { summary, plan_digest, changes, settings = [], holds = [], review, reviewed } = plan;
  return [
    {
      type: 'planned',
      text: `planned for ${plan.environment}: ${changes.length} changes`,
      data: {
        plan_digest,
        summary: { ...summary },
        changes: changes.map(({ address, action, fields }) => ({
          address,
          action,
          paths: fields.map(({ path }) => path),
        })),
        settings: settings.map(({ address, path }) => ({ address, path })),
        held: holds.map(({ address }) => address),
        waiting: (review?.waiting ?? []).map(({ address, path }) => ({ address, path })),
        ...(reviewed !== undefined && { reviewed: reviewed.covered }),
      },
    },
    ...(plan.behind === undefined || plan.behind.relation === 'unknown'
      ? []
      : [behind(plan.environment, plan.behind.applied)]),
    ...driftHappenings(plan),
  ];
}

export function driftHappenings({
  environment,
  drift,
}: Pick<Plan, 'environment' | 'drift'>): readonly Happening[] {
  if (drift.length === 0) return [];
  const names = drift.map(({ address, fields, deleted }) => ({
    address,
    deleted,
    paths: fields.map(({ path }) => path),
  }));
  const text = `changed outside Git in ${environment}: ${drift.map(({ address }) => address).join(', ')}`;
  return [{ type: 'drift', text, data: { drift: names } }];
}

export function applyHappenings(environment: string, outcome: Outcome): readonly Happening[] {
  const { command, results, plan_digest, commit = null, drift = [] } = outcome;
  const parts = results.flatMap((result) => resultHappenings(environment, result, command === 'rollback'));
  if (command !== undefined) return parts;
  const type = typeOf(outcome);
  const counts = countsOf(results);
  const words = Object.entries(counts).map(([status, count]) => `${count} ${status.replace('_', ' ')}`);
  const said = words.length === 0 ? 'nothing to do' : words.join(', ');
  const whole: Happening = {
    type,
    text: `${type.replace('partly', 'partly applied')} in ${environment}: ${said}`,
    data: {
      plan_digest,
      commit,
      counts,
      results: results.map(({ address, action, status, version_id, promoted, error }) => ({
        address,
        action,
        status,
        version_id,
        promoted,
        code: error?.code ?? null,
      })),
    },
  };
  return [...parts, whole, ...driftHappenings({ environment, drift })];
}

function typeOf({ outcome, results }: Outcome): EventType {
  if (outcome === 'applied' || outcome === 'nothing') return 'applied';
  const wrote = results.some(({ status }) => status === 'applied' || status === 'unknown');
  if (wrote) return 'partly';
  return results.every(({ error }) => error?.code === 'HELD') ? 'waiting' : 'failed';
}

function countsOf(results: readonly StepResult[]): { readonly [status: string]: number } {
  const counts: { [status: string]: number } = {};
  for (const { status } of results) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function resultHappenings(
  environment: string,
  result: StepResult,
  rolledBack: boolean,
): readonly Happening[] {
  const { address, status, version_id, promoted, rollout, tests = [] } = result;
  const data: JsonObject = { version_id };
  const gate = tests.length > 0 && status !== 'applied';
  return [
    ...(gate
      ? [
          {
            type: 'gate' as const,
            subject: address,
            text: `${address} did not pass its gate in ${environment}`,
            data: {
              ...data,
              tests: tests.length,
              passed: tests.filter(({ outcome }) => outcome === 'passed').length,
            },
          },
        ]
      : []),
    ...(promoted && status === 'applied'
      ? [
          {
            type: rolledBack ? ('rolled_back' as const) : ('promoted' as const),
            subject: address,
            text: `${address} ${rolledBack ? 'was rolled back' : 'was promoted'} in ${environment}`,
            data,
          },
        ]
      : []),
    ...(rollout === undefined
      ? []
      : [
          {
            type: 'rollout.step' as const,
            subject: address,
            text: `${address}: ${rollout.weight} % of the calls in ${environment}`,
            data: {
              ...data,
              weight: rollout.weight,
              next_at: rollout.next_at,
              deadline_at: rollout.deadline_at,
            },
          },
        ]),
  ];
}

/** An apply that was refused before its first write. */
export function refusalHappenings(plan: Plan, refused: Failure): readonly Happening[] {
  if (refused.code === 'BEHIND' && plan.git !== null) return [behind(plan.environment, plan.git.commit)];
  const data = { plan_digest: plan.plan_digest, commit: plan.git?.commit ?? null };
  return [stopped(plan.environment, refused, data)];
}

/** An apply that ended before it had a plan. Whoever holds the lease is at work, and a slip of the keyboard is no news. */
export function failureHappenings(environment: string, failure: Failure): readonly Happening[] {
  return failure.code === 'LOCK_HELD' || failure.kind === 'usage' ? [] : [stopped(environment, failure, {})];
}

function stopped(environment: string, { code }: Failure, data: JsonObject): Happening {
  const waits = WAITING.has(code);
  return {
    type: waits ? 'waiting' : 'failed',
    text: `${waits ? 'waiting' : 'refused or failed'} in ${environment}: ${code}`,
    data: { code, ...data },
  };
}

/** What a person may still allow. */
const WAITING: ReadonlySet<FailureCode> = new Set([
  'UNREVIEWED',
  'APPROVAL_NEEDED',
  'TAKE_OVER_NEEDED',
  'RENAMED',
  'HELD',
  'DIGEST_MISMATCH',
]);

function behind(environment: string, applied: string): Happening {
  const text = `the commit at hand does not contain what was last applied to ${environment}`;
  return { type: 'behind', text, data: { commit: applied } };
}

const ROLLOUT_TYPES: { readonly [action in RolloutEntry['action']]?: EventType } = {
  opened: 'rollout.step',
  advanced: 'rollout.step',
  resumed: 'rollout.step',
  paused: 'rollout.paused',
  aborted: 'rollout.aborted',
  promoted: 'rollout.promoted',
};

export function rolloutHappenings({ environment, rollouts }: RolloutReport): readonly Happening[] {
  return rollouts.flatMap((entry): readonly Happening[] => {
    const { address, action, version_id, weight, step, next_at, deadline_at } = entry;
    const type = ROLLOUT_TYPES[action];
    if (type === undefined) return [];
    const text = `rollout of ${address} in ${environment}: ${action}, ${weight} % of the calls`;
    return [{ type, subject: address, text, data: { version_id, weight, step, next_at, deadline_at } }];
  });
}
