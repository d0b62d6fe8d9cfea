import { type EnvironmentStatus, unknownEnvironment } from '../model/controller-status.ts';
import { type ErrorKind, Failure } from '../model/errors.ts';
import type { Beside, TakenRequest } from '../model/request.ts';
import type { Host } from '../operations/host.ts';
import { removeOldPreviews } from '../operations/preview/remove.ts';
import { moveRollouts, readRollouts } from '../operations/release/move-rollouts.ts';
import { gatherProject } from '../operations/session/inputs.ts';
import { openBeside } from '../operations/session/requests.ts';
import { runRequest } from '../operations/session/run-request.ts';
import type { Runtime } from '../runtime.ts';
import { type Log, withHost } from './hosts.ts';
import type { Metrics } from './metrics.ts';
import { applyCommit, type Ended, isInEffect, type Look, lookAtEnvironment } from './reconcile.ts';
import { reviewsOf } from './reviews.ts';
import { type Circumstances, isDue, nextAttempt, type ReconcileAttempt } from './schedule.ts';

export interface WorkerOptions {
  readonly runtime: Runtime;
  readonly environment: string;
  /** Runs `work` in a work tree at the commit; it is given the folder of the project there. */
  readonly at: <Result>(commit: string, work: (folder: string) => Promise<Result>) => Promise<Result>;
  /** Folder above which Git looks for no repository. */
  readonly ceiling: string;
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
  /** There was a fetch. Returns at once; a round that is under way is followed by another. */
  wake(commit: string): void;
  /** Resolves once nothing is under way. */
  idle(): Promise<void>;
  /** No further round: the environment is not in the project any more. */
  end(): void;
  status(): EnvironmentStatus;
}

/** Commands that one round does, so that a flood of them does not keep Git from being followed. */
const MOST_REQUESTS = 5;

/** Longer than any command takes. */
const LEFT_BEHIND_MS = 5 * 60_000;

/** Previews of which nothing is younger are forgotten. */
const FORGOTTEN_MS = 14 * 24 * 3_600_000;

export function environmentWorker(options: WorkerOptions): EnvironmentWorker {
  const { runtime, environment, branch, metrics, log, stop, exitCodeOf } = options;
  let status = unknownEnvironment(environment);
  let last: ReconcileAttempt | undefined;
  let ticked: ReconcileAttempt | undefined;
  let driftLookedAt: number | undefined;
  const takenSince = new Map<string, number>();
  let wanted = '';
  let again = false;
  let over = false;
  let running: Promise<void> | undefined;
  metrics.begin(environment);

  const now = (): number => runtime.clock().getTime();
  const iso = (at: number): string => new Date(at).toISOString();
  const pace = () => ({ intervalMs: options.intervalMs, chance: runtime.random() });
  const update = (change: Partial<EnvironmentStatus>): void => {
    status = { ...status, ...change };
    metrics.waits(environment, status.phase === 'waiting');
  };
  const observer = {
    requested: (code: number) => metrics.requested(environment, code),
    leased: (held: boolean) => metrics.leased(environment, held),
  };
  const inTree = <Result>(commit: string, work: (host: Host) => Promise<Result>): Promise<Result> =>
    options.at(commit, (folder) => withHost({ ...options, folder, observer }, work));

  async function run(): Promise<void> {
    while (again && !over && !stop.aborted) {
      again = false;
      await round(wanted);
    }
  }

  async function round(commit: string): Promise<void> {
    try {
      await inTree(commit, async (host) => {
        await requests(host);
        await reconcile(host, commit);
      });
    } catch (error) {
      fail(commit, error);
    }
    if (stop.aborted) return;
    try {
      await rollouts(commit);
    } catch (error) {
      failTick(error);
    }
  }

  async function reconcile(host: Host, commit: string): Promise<void> {
    if (last !== undefined && last.failures > 0) {
      const same = { ...last.circumstances, commit };
      const due = isDue(last, same, now());
      if (!due.due) {
        update({ next_at: due.until === undefined ? null : iso(due.until) });
        return;
      }
    }
    const whole = driftLookedAt === undefined || now() - driftLookedAt >= options.driftIntervalMs;
    const look = await lookAtEnvironment(host, whole);
    if (whole) {
      driftLookedAt = now();
      await tidy(host);
    }
    seen(look);
    if (isInEffect(look, commit)) return good(commit);
    const approvals = approvalsIn(await beside(host));
    const circumstances: Circumstances = { commit, approvals, live: look.fingerprint };
    const due = isDue(last, circumstances, now());
    if (!due.due) {
      update({ next_at: due.until === undefined ? null : iso(due.until) });
      return;
    }
    await attempt(host, commit, circumstances);
  }

  async function attempt(host: Host, commit: string, circumstances: Circumstances): Promise<void> {
    update({ phase: 'applying', tried_commit: commit, tried_at: iso(now()) });
    log('applying', { environment, commit });
    const ended = await endedOf(host, commit);
    if (ended.word !== undefined) metrics.applied(environment, ended.word);
    if (ended.failure !== undefined) throw new Attempted(circumstances, ended.failure);
    log('applied', { environment, commit, outcome: ended.word, promoted: ended.promoted });
    const look = await lookAtEnvironment(host, false);
    seen(look);
    if (isInEffect(look, commit)) return good(commit);
    // What an apply leaves undone without a word is tried again, but not every minute.
    const left = new Failure('partial', 'an apply ended well and left something to do', {
      code: 'NOT_CONVERGED',
    });
    throw new Attempted({ ...circumstances, live: look.fingerprint }, left);
  }

  async function endedOf(host: Host, commit: string): Promise<Ended> {
    if (options.trustBranch) return await applyCommit(host, environment, { by: 'branch' });
    const sources = (await reviewsOf(host, commit, branch)) ?? [];
    return await applyCommit(host, environment, { by: 'review', sources });
  }

  /** What people asked for beside Git: each is done once, by whoever takes it first. */
  async function requests(host: Host): Promise<void> {
    for (let count = 0; count < MOST_REQUESTS; count += 1) {
      const known = await beside(host);
      if (known.requests.every(({ kind }) => kind !== 'run')) return takenSince.clear();
      const done = await runRequest(host, { known, isLeftBehind });
      if (done === undefined) return;
      log('request', { environment, ...done });
      last = undefined;
    }
  }

  async function beside(host: Host): Promise<Beside> {
    return await openBeside(host.runtime, await gatherProject(host)).read();
  }

  /** Whoever took a request and has not ended it for some time of this process is gone. */
  function isLeftBehind(id: string, { by, at }: TakenRequest): boolean {
    const name = `${id} ${by} ${at}`;
    const since = takenSince.get(name);
    if (since === undefined) takenSince.set(name, now());
    return since !== undefined && now() - since > LEFT_BEHIND_MS;
  }

  /**
   * Takes the steps that are due. Where the documents of the commit are broken, those that were applied last say how
   * a rollout goes on.
   */
  async function rollouts(commit: string): Promise<void> {
    const broken = status.phase === 'waiting' && status.exit_code === 3;
    const from = broken && status.applied_commit !== null ? status.applied_commit : commit;
    await inTree(from, async (host) => {
      const open = (await readRollouts(host, [])).rollouts;
      metrics.found(environment, { rollouts: open.length });
      update({
        rollouts: open.map((entry) => ({
          address: entry.address,
          weight: entry.weight ?? null,
          next_at: entry.next_at,
          why: entry.found ?? entry.reason,
        })),
      });
      const due = open.some(({ next_at: at }) => at === null || Date.parse(at) <= now());
      if (!due || (ticked?.retryAt !== undefined && now() < ticked.retryAt)) return;
      const { report, exitKind } = await moveRollouts(host, [], { order: 'tick' });
      for (const { address, action, found } of report.rollouts) {
        log('rollout', { environment, address, action, why: found });
      }
      ticked =
        exitKind === undefined || exitKind === 'gate'
          ? undefined
          : nextAttempt(ticked, { circumstances: { commit, approvals: [] }, at: now(), code: 7 }, pace());
      if (exitKind !== undefined) log('rollout-ended', { environment, kind: exitKind });
    });
  }

  async function tidy(host: Host): Promise<void> {
    const { removed, kept } = await removeOldPreviews(host, FORGOTTEN_MS);
    if (removed.length + kept.length > 0) {
      log('previews', { environment, removed: removed.length, kept: kept.length });
    }
  }

  function seen(look: Look): void {
    metrics.found(environment, { drifted: look.drift.length, holds: look.plan.holds?.length ?? 0 });
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
    last = undefined;
    metrics.good(environment);
    if (status.phase !== 'in-effect') log('in-effect', { environment, commit });
    update({ phase: 'in-effect', reason: null, next_at: null, exit_code: 0, pending: [] });
  }

  function fail(commit: string, thrown: unknown): void {
    const failure = failureOf(thrown instanceof Attempted ? thrown.failure : thrown);
    const code = exitCodeOf(failure.kind);
    const reason = { code: failure.code, message: failure.message.split('\n')[0] ?? '' };
    if (stop.aborted && (failure.kind === 'interrupted' || failure.kind === 'unavailable')) return;
    if (failure.code === 'LOCK_HELD') {
      if (status.phase !== 'standby') log('standby', { environment, ...reason });
      update({ phase: 'standby', reason, next_at: null });
      return;
    }
    const circumstances = thrown instanceof Attempted ? thrown.circumstances : { commit, approvals: [] };
    last = nextAttempt(last, { circumstances, at: now(), code }, pace());
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

  function failTick(error: unknown): void {
    const failure = failureOf(error);
    if (stop.aborted || failure.code === 'LOCK_HELD') return;
    const ended = { circumstances: { commit: wanted, approvals: [] }, at: now(), code: 7 };
    if (ticked === undefined)
      log('rollouts-failed', { environment, code: failure.code, message: failure.message });
    ticked = nextAttempt(ticked, ended, pace());
  }

  return {
    wake: (commit) => {
      wanted = commit;
      again = true;
      running ??= run().finally(() => {
        running = undefined;
      });
    },
    idle: async () => {
      await running;
    },
    end: () => {
      over = true;
      metrics.end(environment);
    },
    status: () => status,
  };
}

/** What was approved, so that an approval that comes or goes counts as something that moved. */
function approvalsIn({ requests }: Beside): readonly string[] {
  return requests.filter(({ kind }) => kind === 'approve').flatMap(({ words }) => words);
}

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure('internal', message, { code: 'INTERNAL', cause: error });
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
