import { type EnvironmentStatus, unknownEnvironment } from '../model/controller-status.ts';
import { type ErrorKind, Failure } from '../model/errors.ts';
import { removeOldPreviews } from '../operations/preview/remove.ts';
import { moveRollouts, readRollouts } from '../operations/release/move-rollouts.ts';
import { pendingApprovals, takeApproval } from '../operations/session/requests.ts';
import { runRequest } from '../operations/session/run-request.ts';
import type { Runtime } from '../runtime.ts';
import { environmentHost, type Log } from './hosts.ts';
import type { Metrics } from './metrics.ts';
import { applyCommit, isInEffect, type Look, lookAtEnvironment, type Permission } from './reconcile.ts';
import { reviewsOf } from './reviews.ts';
import { type Circumstances, isDue, nextAttempt, type ReconcileAttempt } from './schedule.ts';

export interface WorkerOptions {
  readonly runtime: Runtime;
  readonly environment: string;
  /** Folder of the project in the clone. */
  readonly folder: string;
  readonly branch: string;
  /** Every commit counts as reviewed and approved. */
  readonly trustBranch: boolean;
  readonly intervalMs: number;
  readonly driftIntervalMs: number;
  readonly stop: AbortSignal;
  readonly log: Log;
  readonly metrics: Metrics;
  /** The one table of exit codes is the command line's. */
  readonly exitCodeOf: (kind: ErrorKind) => number;
}

/** Works on one environment. Whatever goes wrong stays in it. */
export interface EnvironmentWorker {
  /** One round at a commit that is checked out. Never rejects. */
  round(commit: string): Promise<void>;
  status(): EnvironmentStatus;
}

/** Previews of which nothing is younger are forgotten. */
const FORGOTTEN_MS = 14 * 24 * 3_600_000;

export function environmentWorker(options: WorkerOptions): EnvironmentWorker {
  const { runtime, environment, branch, metrics, log, exitCodeOf } = options;
  let status = unknownEnvironment(environment);
  let last: ReconcileAttempt | undefined;
  let driftLookedAt: number | undefined;
  const host = () => environmentHost(runtime, options.folder, environment, options);
  const now = (): number => runtime.clock().getTime();
  const iso = (at: number): string => new Date(at).toISOString();
  const pace = () => ({ intervalMs: options.intervalMs, chance: runtime.random() });
  const update = (change: Partial<EnvironmentStatus>): void => {
    status = { ...status, ...change };
  };

  async function round(commit: string): Promise<void> {
    try {
      await requests();
      await reconcile(commit);
      await rollouts();
    } catch (error) {
      fail(commit, error);
    }
  }

  async function reconcile(commit: string): Promise<void> {
    if (last !== undefined && last.failures > 0) {
      const same = { ...last.circumstances, commit };
      const due = isDue(last, same, now());
      if (!due.due) {
        update({ next_at: due.until === undefined ? null : iso(due.until) });
        return;
      }
    }
    const whole = driftLookedAt === undefined || now() - driftLookedAt >= options.driftIntervalMs;
    const look = await lookAtEnvironment(host(), whole);
    if (whole) {
      driftLookedAt = now();
      await tidy();
    }
    seen(look);
    if (isInEffect(look, commit)) return good(commit);
    const approvals = await pendingApprovals(host());
    const circumstances: Circumstances = { commit, approvals, live: look.fingerprint };
    const due = isDue(last, circumstances, now());
    if (!due.due) {
      update({ next_at: due.until === undefined ? null : iso(due.until) });
      return;
    }
    await attempt(commit, circumstances, await permissionFor(look, commit, approvals));
  }

  async function permissionFor(
    look: Look,
    commit: string,
    approvals: readonly string[],
  ): Promise<Permission> {
    if (options.trustBranch) return { by: 'branch' };
    const digest = approvals.find((approved) => approved === look.plan.plan_digest);
    if (digest !== undefined && (await takeApproval(host(), digest))) return { by: 'approval', digest };
    return { by: 'review', sources: (await reviewsOf(host(), commit, branch)) ?? [] };
  }

  async function attempt(
    commit: string,
    circumstances: Circumstances,
    permission: Permission,
  ): Promise<void> {
    update({ phase: 'applying', tried_commit: commit, tried_at: iso(now()) });
    log('applying', { environment, commit });
    metrics.leaseHeld.set({ environment }, 1);
    const ended = await applyCommit(host(), environment, permission).finally(() => {
      metrics.leaseHeld.set({ environment }, 0);
    });
    if (ended.ended === 'failed') throw new Attempted(circumstances, ended.failure);
    last = nextAttempt(last, { circumstances, at: now(), code: 0 }, pace());
    metrics.applies.inc({ environment, outcome: ended.outcome });
    log('applied', { environment, commit, outcome: ended.outcome, promoted: ended.promoted });
    const look = await lookAtEnvironment(host(), false);
    seen(look);
    good(commit);
  }

  /** What people asked for beside Git: each is done once, by whoever takes it first. */
  async function requests(): Promise<void> {
    const done = await runRequest(host());
    if (done === undefined) return;
    log('request', { environment, ...done });
    last = undefined;
  }

  async function rollouts(): Promise<void> {
    const { rollouts: open } = await readRollouts(host(), []);
    metrics.openRollouts.set({ environment }, open.length);
    update({
      rollouts: open.map((entry) => ({
        address: entry.address,
        weight: entry.weight ?? null,
        next_at: entry.next_at,
        why: entry.found,
      })),
    });
    const due = open.some(({ next_at: at }) => at === null || Date.parse(at) <= now());
    if (!due) return;
    const { report, exitKind } = await moveRollouts(host(), [], { order: 'tick' });
    for (const { address, action, found } of report.rollouts) {
      log('rollout', { environment, address, action, why: found });
    }
    if (exitKind !== undefined) log('rollout-ended', { environment, kind: exitKind });
  }

  async function tidy(): Promise<void> {
    const { removed, kept } = await removeOldPreviews(host(), FORGOTTEN_MS);
    if (removed.length + kept.length > 0) {
      log('previews', { environment, removed: removed.length, kept: kept.length });
    }
  }

  function seen(look: Look): void {
    metrics.drifted.set({ environment }, look.drift.length);
    metrics.holds.set({ environment }, look.plan.holds?.length ?? 0);
    if (status.drift.resources.length === 0 && look.drift.length > 0) {
      log('drift', { environment, resources: look.drift });
    }
    update({
      applied_commit: look.appliedCommit,
      applied_at: look.appliedAt,
      pending: look.pending,
      drift: { looked_at: iso(now()), resources: look.drift },
    });
  }

  function good(commit: string): void {
    metrics.lastGood.set({ environment }, 0);
    if (status.phase !== 'in-effect') log('in-effect', { environment, commit });
    update({ phase: 'in-effect', reason: null, next_at: null, exit_code: 0, pending: [] });
  }

  function fail(commit: string, thrown: unknown): void {
    const error = thrown instanceof Attempted ? thrown.failure : thrown;
    const failure =
      error instanceof Failure
        ? error
        : new Failure('internal', error instanceof Error ? error.message : String(error), {
            code: 'INTERNAL',
            cause: error,
          });
    const code = exitCodeOf(failure.kind);
    const reason = { code: failure.code, message: failure.message.split('\n')[0] ?? '' };
    if (failure.code === 'LOCK_HELD') {
      if (status.phase !== 'standby') log('standby', { environment, ...reason });
      update({ phase: 'standby', reason });
      return;
    }
    if (options.stop.aborted && failure.kind === 'interrupted') return;
    const circumstances = thrown instanceof Attempted ? thrown.circumstances : { commit, approvals: [] };
    last = nextAttempt(last, { circumstances, at: now(), code }, pace());
    metrics.applies.inc({ environment, outcome: failure.code });
    const waits = last.failures === 0;
    if (status.reason?.code !== reason.code || status.tried_commit !== commit) {
      log(waits ? 'waiting' : 'failed', { environment, commit, exit_code: code, ...reason });
    }
    update({
      phase: waits ? 'waiting' : 'failing',
      reason,
      exit_code: code,
      tried_commit: commit,
      tried_at: iso(now()),
      next_at: last.retryAt === undefined ? null : iso(last.retryAt),
    });
  }

  return { round, status: () => status };
}

/** An apply that failed, with what its outcome depended on. */
class Attempted extends Error {
  readonly circumstances: Circumstances;
  readonly failure: Failure;
  constructor(circumstances: Circumstances, failure: Failure) {
    super(failure.message);
    this.circumstances = circumstances;
    this.failure = failure;
  }
}
