import { type EnvironmentStatus, unknownEnvironment } from '../model/controller-status.ts';
import { type ErrorKind, Failure } from '../model/errors.ts';
import type { Sidecar } from '../model/request.ts';
import type { Host } from '../operations/host.ts';
import { removeOldPreviewsAlone } from '../operations/preview/remove.ts';
import { gatherProject } from '../operations/session/inputs.ts';
import { endApprovals, openSidecar } from '../operations/session/requests.ts';
import { runRequest } from '../operations/session/run-request.ts';
import type { Runtime } from '../runtime.ts';
import { createChronicle, rememberedAttempt } from './chronicle.ts';
import { commitReporter } from './commit-status.ts';
import { failureOf } from './failures.ts';
import { type Log, withHost } from './hosts.ts';
import { leftBehindWatch } from './left-behind.ts';
import { type Memory, readMemory } from './memory.ts';
import type { Metrics } from './metrics.ts';
import { applyCommit, type Ended, isInEffect, type Look, lookAtEnvironment } from './reconcile.ts';
import { reviewsOf } from './reviews.ts';
import { rolloutSteps } from './rollout-steps.ts';
import { type Circumstances, isDue, needsPeople, nextAttempt, type ReconcileAttempt } from './schedule.ts';
import type { Scene } from './telling.ts';

export interface WorkerOptions {
  readonly runtime: Runtime;
  readonly environment: string;
  /** Runs `work` in a work tree at the commit; it is given the folder of the project there. */
  readonly at: <Result>(commit: string, work: (folder: string) => Promise<Result>) => Promise<Result>;
  /** Folder above which Git looks for no repository. */
  readonly ceiling: string;
  /** Address of the repository. */
  readonly address: string;
  readonly branch: string;
  /** Every commit counts as reviewed and approved. */
  readonly trustBranch: boolean;
  readonly intervalMs: number;
  readonly driftIntervalMs: number;
  /** This process, as others see it. */
  readonly own: string;
  /** File of `--events`. */
  readonly events: string | undefined;
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

/** Previews of which nothing is younger are forgotten. */
const FORGOTTEN_MS = 14 * 24 * 3_600_000;

export function environmentWorker(options: WorkerOptions): EnvironmentWorker {
  const { runtime, environment, branch, address, metrics, log, own, events, stop, exitCodeOf } = options;
  const isLeftBehind = leftBehindWatch(runtime, own);
  const chronicle = createChronicle({ runtime, environment, events, own, isLeftBehind });
  const reporter = commitReporter(runtime.env, address);
  let status = unknownEnvironment(environment);
  let last: ReconcileAttempt | undefined;
  let driftLookedAt: number | undefined;
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

  const rollouts = rolloutSteps({ ...options, inTree, chronicle, show: update, pace });

  async function run(): Promise<void> {
    while (again && !over && !stop.aborted) {
      again = false;
      await round(wanted);
    }
  }

  async function round(commit: string): Promise<void> {
    try {
      await inTree(commit, async (host) => {
        const scene = { host, project: await gatherProject(host) };
        await requests(scene);
        await reconcile(scene, commit);
      });
    } catch (error) {
      const failure = fail(commit, error);
      if (failure !== undefined) await quietly(() => tellFailure(commit, failure));
    }
    if (!stop.aborted) await quietly(() => report(commit));
    if (stop.aborted) return;
    // Where the documents of the commit are broken, those that were applied last say how a rollout goes on.
    const broken = status.phase === 'waiting' && status.exit_code === 3;
    await rollouts.round(broken ? (status.applied_commit ?? commit) : commit);
  }

  async function reconcile(scene: Scene, commit: string): Promise<void> {
    if (last !== undefined && last.failures > 0) {
      const due = isDue(last, { ...last.circumstances, commit }, now());
      if (!due.due) return pause(due.until);
    }
    const whole = driftLookedAt === undefined || now() - driftLookedAt >= options.driftIntervalMs;
    const look = await lookAtEnvironment(scene.host, whole);
    if (whole) {
      driftLookedAt = now();
      await tidy(scene.host);
    }
    seen(look);
    const found = await beside(scene);
    const memory = readMemory(found.memory);
    await chronicle.deliver(scene, memory);
    await chronicle.drift(scene, look.plan, memory);
    if (isInEffect(look, commit)) {
      if (found.requests.some(({ entries }) => entries !== undefined)) {
        await endApprovals(scene.host, scene.project, '');
      }
      await chronicle.inEffect(scene, look.appliedCommit, memory);
      return good(commit);
    }
    const approvals = approvalsIn(found);
    const circumstances: Circumstances = { commit, approvals, live: look.fingerprint };
    const known = last !== undefined && last.failures > 0 ? last : (rememberedAttempt(memory) ?? last);
    const due = isDue(known, circumstances, now());
    if (due.due) return await attempt(scene, circumstances, memory);
    // What another replica, or this one before it was started anew, has tried.
    if (memory.attempt !== undefined) wait(memory.attempt);
    pause(due.until);
  }

  async function attempt(scene: Scene, circumstances: Circumstances, memory: Memory): Promise<void> {
    const { commit } = circumstances;
    update({ phase: 'applying', tried_commit: commit, tried_at: iso(now()) });
    log('applying', { environment, commit });
    await chronicle.begin(scene, commit, memory);
    const ended = await endedOf(scene.host, commit);
    if (ended.word !== undefined) metrics.applied(environment, ended.word);
    const { failure } = ended;
    if (failure?.code === 'LOCK_HELD') {
      await chronicle.takeBack(scene);
      throw failure;
    }
    if (failure !== undefined && stop.aborted) throw failure;
    if (failure === undefined) {
      log('applied', { environment, commit, outcome: ended.word, promoted: ended.promoted });
    }
    const after = await lookAfter(scene.host, failure);
    const left = failure ?? (after !== undefined && !isInEffect(after, commit) ? NOT_CONVERGED : undefined);
    // What the attempt itself moved does not make another one worth while.
    const met = { ...circumstances, ...(after !== undefined && { live: after.fingerprint }) };
    const code = left === undefined ? 0 : exitCodeOf(left.kind);
    const again = needsPeople(code) ? '' : now();
    const kept =
      left !== undefined && needsPeople(code) && after !== undefined
        ? { commit, approvals: met.approvals, live: after.fingerprint, code, reason: reasonOf(left) }
        : undefined;
    const key = `apply ${commit} ${met.live ?? ''} ${left?.code ?? 'done'} ${again}`;
    await chronicle.ended(scene, { key, happenings: ended.happenings, kept });
    if (left !== undefined) throw new Attempted(met, left);
    good(commit);
  }

  /** Undefined where the account cannot be looked at now. */
  async function lookAfter(host: Host, failure: Failure | undefined): Promise<Look | undefined> {
    try {
      const look = await lookAtEnvironment(host, false);
      seen(look);
      return look;
    } catch (error) {
      if (failure === undefined) throw error;
      return undefined;
    }
  }

  async function endedOf(host: Host, commit: string): Promise<Ended> {
    if (options.trustBranch) return await applyCommit(host, environment, { by: 'branch' });
    const sources = (await reviewsOf(host, { commit, branch, address })) ?? [];
    return await applyCommit(host, environment, { by: 'review', sources });
  }

  /** What people asked for beside Git: each is done once, by whoever takes it first. */
  async function requests(scene: Scene): Promise<void> {
    for (let count = 0; count < MOST_REQUESTS; count += 1) {
      const known = await beside(scene);
      if (known.requests.every(({ kind }) => kind !== 'run')) return;
      const done = await runRequest(scene.host, {
        known,
        isLeftBehind: (id, taken) => isLeftBehind(`${id} ${taken.at}`, taken.process),
      });
      if (done === undefined) return;
      const { happenings, ...told } = done;
      log('request', { environment, ...told });
      await chronicle.tell(scene, `request ${done.id}`, happenings);
      last = undefined;
    }
  }

  async function beside({ host, project }: Scene): Promise<Sidecar> {
    return await openSidecar(host.runtime, project).read();
  }

  /** The last applied commit says who is told that the documents of this one are broken. */
  async function tellFailure(commit: string, failure: Failure): Promise<void> {
    if (!chronicle.listened || failure.kind === 'unavailable') return;
    await inTree(status.applied_commit ?? commit, async (host) => {
      await chronicle.failed({ host, project: await gatherProject(host) }, commit, failure);
    });
  }

  /** Says at the commit how far it is, where there is a forge token. */
  async function report(commit: string): Promise<void> {
    if (!reporter.isNews(status, commit)) return;
    const from = status.exit_code === 3 ? (status.applied_commit ?? commit) : commit;
    const problem = await inTree(from, (host) => reporter.report(host, status, commit));
    if (problem !== undefined) log('commit-status-failed', { environment, commit, reason: problem });
  }

  async function tidy(host: Host): Promise<void> {
    const found = await removeOldPreviewsAlone(host, FORGOTTEN_MS);
    if (found === undefined) return;
    log('previews', { environment, removed: found.removed.length, kept: found.kept.length });
  }

  /** What goes wrong beside the work is logged, and keeps nothing from being done. */
  async function quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { code, message } = failureOf(error);
      if (!stop.aborted) log('not-told', { environment, code, message });
    }
  }

  function pause(until: number | undefined): void {
    update({ next_at: until === undefined ? null : iso(until) });
  }

  /** What was found before still holds: it waits for a person. */
  function wait({ commit, code, reason }: NonNullable<Memory['attempt']>): void {
    if (status.phase === 'waiting' && status.reason?.code === reason.code) return;
    log('waiting', { environment, commit, exit_code: code, ...reason });
    update({ phase: 'waiting', reason, exit_code: code, tried_commit: commit });
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
      plan_digest: look.pending.length === 0 ? null : look.plan.plan_digest,
      drift: { looked_at: iso(now()), resources: look.drift },
    });
  }

  function good(commit: string): void {
    last = undefined;
    metrics.good(environment);
    if (status.phase !== 'in-effect') log('in-effect', { environment, commit });
    const nothing = { reason: null, next_at: null, pending: [], plan_digest: null };
    update({ phase: 'in-effect', exit_code: 0, ...nothing });
  }

  /** Undefined where nothing failed: somebody else is at work, or this process is asked to end. */
  function fail(commit: string, thrown: unknown): Failure | undefined {
    const failure = failureOf(thrown instanceof Attempted ? thrown.failure : thrown);
    const code = exitCodeOf(failure.kind);
    const reason = reasonOf(failure);
    if (stop.aborted && (failure.kind === 'interrupted' || failure.kind === 'unavailable')) return undefined;
    if (failure.code === 'LOCK_HELD') {
      if (status.phase !== 'standby') log('standby', { environment, ...reason });
      update({ phase: 'standby', reason, next_at: null });
      return undefined;
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
    return thrown instanceof Attempted ? undefined : failure;
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
    status: () => ({ ...status, working: running !== undefined }),
  };
}

const NOT_CONVERGED = new Failure('partial', 'an apply ended well and left something to do', {
  code: 'NOT_CONVERGED',
});

function reasonOf({ code, message }: Failure): { readonly code: string; readonly message: string } {
  return { code, message: message.split('\n')[0] ?? '' };
}

/** What was approved, so that an approval that comes or goes counts as something that moved. */
function approvalsIn({ requests }: Sidecar): readonly string[] {
  return requests.filter(({ kind }) => kind === 'approve').flatMap(({ words }) => words);
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
