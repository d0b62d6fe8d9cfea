import { hash } from 'node:crypto';
import type { DriftedPaths, PendingChange } from '../model/controller-status.ts';
import { Failure } from '../model/errors.ts';
import type { Happening } from '../model/event.ts';
import { type Json, stableStringify } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import { applyProject } from '../operations/apply/apply-project.ts';
import type { Executed } from '../operations/apply/executed.ts';
import { applyHappenings, refusalHappenings } from '../operations/events/happenings.ts';
import type { Host } from '../operations/host.ts';
import { type PlannedWithoutLease, planWithoutLease } from '../operations/plan/make-plan.ts';
import { planOptions } from '../operations/plan/plan-options.ts';
import type { ReviewSource } from '../operations/plan/review.ts';
import { settingsOfInputs } from '../operations/plan/settings.ts';
import { gather } from '../operations/session/inputs.ts';
import type { ApplyWord } from './metrics.ts';

/** What one look at an environment found. */
export interface Look {
  readonly plan: Plan;
  /** The commit of the last completed apply. */
  readonly appliedCommit: string | null;
  readonly appliedAt: string | null;
  readonly pending: readonly PendingChange[];
  readonly drift: readonly DriftedPaths[];
  /** Somebody changed something, and the environment is not applied to while that is so. */
  readonly failsOnDrift: boolean;
  /** Equal as long as neither what would be done nor what somebody did moved. */
  readonly fingerprint: string;
}

/** Plans without the lease: validates the specs and reads the account; writes nothing. */
export async function lookAtEnvironment(host: Host, whole: boolean): Promise<Look> {
  const inputs = await gather(host);
  const settings = settingsOfInputs(inputs);
  const seen: PlannedWithoutLease = await planWithoutLease(host, inputs, planOptions({}), {
    whole,
    settings,
  });
  const { plan } = seen.planned;
  const completed = seen.state?.completed;
  return {
    plan,
    appliedCommit: completed?.commit ?? null,
    appliedAt: completed?.at ?? null,
    pending: plan.changes.map(({ address, action, fields }) => ({
      address,
      action,
      paths: fields.map(({ path }) => path),
    })),
    drift: [...plan.drift, ...plan.conflicts].map(({ address, fields }) => ({
      address,
      paths: fields.map(({ path }) => path),
    })),
    failsOnDrift: inputs.project.environment.drift === 'fail' && plan.drift.length > 0,
    fingerprint: hash('sha256', stableStringify([plan.plan_digest, ...liveVersions(seen)]), 'hex'),
  };
}

/** Which versions of what is bound are live, and what somebody changed: where it moves, an outcome may be another. */
function liveVersions({ account, planned, state }: PlannedWithoutLease): readonly Json[] {
  const bound = new Set(Object.values(state?.resources ?? {}).map(({ remote_id }) => remote_id));
  const versions = account.resources
    .filter(({ id }) => bound.has(id))
    .map(({ id, versionId }) => `${id} ${versionId ?? ''}`)
    .toSorted();
  const drift = planned.plan.drift.map(({ address, fields }) => [address, ...fields.map(({ path }) => path)]);
  return [versions, drift];
}

/** Whether everything that the commit says is so. What was rolled back is not, while Git still says it. */
export function isInEffect({ pending, appliedCommit, failsOnDrift, plan }: Look, commit: string): boolean {
  const holds = plan.holds ?? [];
  return pending.length === 0 && appliedCommit === commit && !failsOnDrift && holds.length === 0;
}

/** How a commit is allowed to run. */
export type Permission =
  /** Every commit of the branch counts as reviewed and approved. */
  | { readonly by: 'branch' }
  /** Only what somebody reviewed, or approved by its digest. */
  | { readonly by: 'review'; readonly sources: readonly ReviewSource[] };

/** How an apply ended: `word` for the count, absent where somebody else is at work. */
export interface Ended {
  readonly word?: ApplyWord;
  readonly failure?: Failure;
  readonly promoted: readonly string[];
  readonly happenings: readonly Happening[];
}

/**
 * Applies the commit at hand as the command line does. A failure is a value. `begin` is called once nobody else is at
 * work and nothing stands in the way, before the first write.
 */
export async function applyCommit(
  host: Host,
  environment: string,
  permission: Permission,
  begin: () => Promise<void>,
): Promise<Ended> {
  const common = { promote: true, testsOnce: true, asksPerson: false, confirm: begin };
  const request =
    permission.by === 'branch'
      ? { ...common, approve: environment, takeOver: ['all'] as const, trusted: true }
      : { ...common, reviewed: permission.sources };
  try {
    const applied = await applyProject(host, undefined, request);
    if ('refused' in applied) {
      const { refused: failure, plan } = applied;
      if (failure.kind === 'unavailable') throw failure;
      return { word: 'refused', failure, promoted: [], happenings: refusalHappenings(plan, failure) };
    }
    return endedOf(environment, applied.executed);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const alone = error.code === 'LOCK_HELD' || error.kind === 'interrupted';
    const happenings = alone ? [] : [failedHappening(environment, error)];
    return { ...(!alone && { word: 'failed' }), failure: error, promoted: [], happenings };
  }
}

/** What an environment that cannot be worked on comes to as an event. */
export function failedHappening(environment: string, { code }: Failure): Happening {
  return { type: 'failed', text: `failed in ${environment}: ${code}`, data: { code } };
}

function endedOf(environment: string, executed: Executed): Ended {
  const { exitKind, results, outcome, unsaved } = executed;
  const promoted = results.filter((result) => result.promoted).map(({ address }) => address);
  // Drift is told apart, once, whatever is applied beside it.
  const happened = applyHappenings(environment, executed).filter(({ type }) => type !== 'drift');
  // Another replica applied the commit between the look of this one and its lease, and has told it.
  const isKnown =
    outcome === 'nothing' && executed.commit !== undefined && executed.commit === executed.since;
  const happenings = isKnown ? [] : happened;
  const kind = exitKind ?? unsaved?.kind ?? null;
  if (kind === null) return { word: outcome, promoted, happenings };
  const problem = results.find(({ error }) => error !== null)?.error;
  const message = unsaved?.message ?? problem?.message ?? `the apply ended as ${outcome}`;
  const code = unsaved?.code ?? problem?.code ?? 'APPLY_INCOMPLETE';
  return { word: outcome, failure: new Failure(kind, message, { code }), promoted, happenings };
}
