import type { DriftedPaths, PendingChange } from '../model/controller-status.ts';
import { Failure } from '../model/errors.ts';
import { stableStringify } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import { applyProject } from '../operations/apply/apply-project.ts';
import type { Executed } from '../operations/apply/executed.ts';
import type { Host } from '../operations/host.ts';
import { planWithoutLease, type Unleased } from '../operations/plan/make-plan.ts';
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
  /** Equal as long as neither what would be done nor what somebody did moved. */
  readonly fingerprint: string;
}

/** Plans without the lease: validates the specs and reads the account; writes nothing. */
export async function lookAtEnvironment(host: Host, whole: boolean): Promise<Look> {
  const inputs = await gather(host);
  const settings = settingsOfInputs(inputs);
  const seen: Unleased = await planWithoutLease(host, inputs, planOptions({}), { whole, settings });
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
    fingerprint: stableStringify([
      plan.plan_digest,
      plan.drift.map(({ address, fields }) => [address, fields.map(({ path }) => path)]),
    ]),
  };
}

/** Whether the commit still has something to say to the environment. */
export function isInEffect(look: Look, commit: string): boolean {
  return look.pending.length === 0 && look.appliedCommit === commit;
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
}

/** Applies the commit at hand as the command line does. A failure is a value. */
export async function applyCommit(host: Host, environment: string, permission: Permission): Promise<Ended> {
  const common = { promote: true, asksPerson: false, confirm: async () => {} };
  const request =
    permission.by === 'branch'
      ? { ...common, approve: environment, takeOver: ['all'] as const, trusted: true }
      : { ...common, reviewed: permission.sources };
  try {
    const applied = await applyProject(host, undefined, request);
    if ('refused' in applied) return { word: 'refused', failure: applied.refused, promoted: [] };
    return endedOf(applied.executed);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...(error.code !== 'LOCK_HELD' && { word: 'failed' }), failure: error, promoted: [] };
  }
}

function endedOf({ exitKind, results, outcome, unsaved }: Executed): Ended {
  const promoted = results.filter((result) => result.promoted).map(({ address }) => address);
  const kind = exitKind ?? unsaved?.kind ?? null;
  if (kind === null) return { word: outcome, promoted };
  const problem = results.find(({ error }) => error !== null)?.error;
  const message = unsaved?.message ?? problem?.message ?? `the apply ended as ${outcome}`;
  const code = unsaved?.code ?? problem?.code ?? 'APPLY_INCOMPLETE';
  return { word: outcome, failure: new Failure(kind, message, { code }), promoted };
}
