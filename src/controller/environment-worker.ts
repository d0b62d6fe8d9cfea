import type { EnvironmentStatus } from '../model/controller-status.ts';
import { type ErrorKind, Failure } from '../model/errors.ts';
import type { Sidecar } from '../model/request.ts';
import type { Host } from '../operations/host.ts';
import { removeOldPreviewsAlone } from '../operations/preview/remove.ts';
import { gatherProject } from '../operations/session/inputs.ts';
import { openState } from '../operations/session/open-state.ts';
import { endApprovals, openSidecar } from '../operations/session/requests.ts';
import { runRequest } from '../operations/session/run-request.ts';
import type { Runtime } from '../runtime.ts';
import { createChronicle, rememberedAttempt } from './chronicle.ts';
import { commitReporter } from './commit-status.ts';
import { createRecord, shownReason } from './environment-record.ts';
import { failureOf } from './failures.ts';
import { type Log, withHost } from './hosts.ts';
import { leftBehindWatch } from './left-behind.ts';
import { readMemory } from './memory.ts';
import type { Metrics } from './metrics.ts';
import {
  applyCommit,
  type Ended,
  isInEffect,
  type Look,
  lookAtEnvironment,
  type Permission,
} from './reconcile.ts';
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
  /** A state in a file will do: there is one replica. */
  readonly single: boolean;
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
  let last: ReconcileAttempt | undefined;
  let driftLookedAt: number | undefined;
  let wanted = '';
  let again = false;
  let over = false;
  /** What went wrong beside the work, by what it was; logged once. */
  const troubles = new Map<string, string>();
  let running: Promise<void> | undefined;

  const now = (): number => runtime.clock().getTime();
  const pace = () => ({ intervalMs: options.intervalMs, chance: runtime.random() });
  const record = createRecord({ environment, now, log, metrics });
  const observer = {
    requested: (code: number) => metrics.requested(environment, code),
    leased: (held: boolean) => metrics.leased(environment, held),
  };
  const inTree = <Result>(commit: string, work: (host: Host) => Promise<Result>): Promise<Result> =>
    options.at(commit, (folder) => withHost({ ...options, folder, observer }, work));

  const rollouts = rolloutSteps({ ...options, inTree, chronicle, show: record.show, pace });

  async function run(): Promise<void> {
    while (again && !over && !stop.aborted) {
      again = false;
      await round(wanted);
    }
  }

  async function round(commit: string): Promise<void> {
    let asked = false;
    try {
      await inTree(commit, async (host) => {
        const scene = await sceneOf(host);
        requireSharedState(scene);
        await requests(scene);
        asked = true;
        await reconcile(scene, commit);
      });
    } catch (error) {
      const failure = fail(commit, error);
      if (failure !== undefined) await quietly('aftermath-failed', () => broken(commit, failure, asked));
    }
    if (!stop.aborted) await quietly('commit-status-failed', () => report(commit));
    const whole = wholeCommit(commit);
    if (stop.aborted || whole === undefined) return;
    await rollouts.round(whole);
  }

  async function sceneOf(host: Host): Promise<Scene> {
    return { host, project: await gatherProject(host) };
  }

  /** One that is broken says nothing: the last applied commit does. Undefined where none is known. */
  function wholeCommit(commit: string): string | undefined {
    const { exit_code: code, applied_commit: applied } = record.status();
    return code === 3 ? (applied ?? undefined) : commit;
  }

  /** The commit cannot be worked with. What was applied last says what goes on, and who is told. */
  async function broken(commit: string, failure: Failure, asked: boolean): Promise<void> {
    if (wholeCommit(commit) === undefined) {
      // After a start, nobody has looked yet.
      await inTree(commit, async (host) => learn(await sceneOf(host)));
    }
    await tellFailure(commit, failure);
    const whole = wholeCommit(commit);
    if (asked || whole === undefined || whole === commit) return;
    await inTree(whole, async (host) => requests(await sceneOf(host)));
  }

  /** What the state says of the last completed apply. */
  async function learn({ host, project }: Scene): Promise<void> {
    const completed = (await openState(host.runtime, project).load())?.completed;
    if (completed === undefined) return;
    record.show({ applied_commit: completed.commit, applied_at: completed.at });
  }

  function requireSharedState({ project }: Scene): void {
    if (options.single || project.environment.state.backend !== 'file') return;
    throw new Failure('usage', `the state of ${environment} is a file, which another replica cannot see`, {
      code: 'CONTROLLER_STATE',
      hint: 'keep it in Git (state: { backend: git, … }), or add --single where there is one replica',
    });
  }

  async function reconcile(scene: Scene, commit: string): Promise<void> {
    if (last !== undefined && last.failures > 0) {
      const due = isDue(last, { ...last.circumstances, commit }, now());
      if (!due.due) return record.pause(due.until);
    }
    const since = driftLookedAt === undefined ? undefined : now() - driftLookedAt;
    // Negative: the clock was set back.
    const whole = since === undefined || since < 0 || since >= options.driftIntervalMs;
    const look = await lookAtEnvironment(scene.host, whole);
    if (whole) {
      driftLookedAt = now();
      await quietly('previews-failed', () => tidy(scene.host));
    }
    record.seen(look);
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
    if (due.due) return await attempt(scene, circumstances);
    // What another replica, or this one before it was started anew, has tried.
    if (memory.attempt !== undefined) record.waits(memory.attempt);
    record.pause(due.until);
  }

  async function attempt(scene: Scene, circumstances: Circumstances): Promise<void> {
    const { commit } = circumstances;
    const ended = await endedOf(scene.host, commit, async () => {
      record.applying(commit);
      await chronicle.begin(scene, commit);
    });
    if (ended.word !== undefined) metrics.applied(environment, ended.word);
    const { failure } = ended;
    if (failure !== undefined && (failure.code === 'LOCK_HELD' || stop.aborted)) throw failure;
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
        ? { commit, approvals: met.approvals, live: after.fingerprint, code, reason: shownReason(left) }
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
      record.seen(look);
      return look;
    } catch (error) {
      if (failure === undefined) throw error;
      return undefined;
    }
  }

  async function endedOf(host: Host, commit: string, begin: () => Promise<void>): Promise<Ended> {
    const permission: Permission = options.trustBranch
      ? { by: 'branch' }
      : { by: 'review', sources: (await reviewsOf(host, { commit, branch, address })) ?? [] };
    return await applyCommit(host, environment, permission, begin);
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

  /** The last applied commit says who is told that something is wrong with this one. */
  async function tellFailure(commit: string, failure: Failure): Promise<void> {
    if (!chronicle.listened || failure.kind === 'unavailable') return;
    await inTree(record.status().applied_commit ?? commit, async (host) => {
      await chronicle.failed(await sceneOf(host), commit, failure);
    });
  }

  /** Says at the commit how far it is, where there is a forge token. */
  async function report(commit: string): Promise<void> {
    const status = record.status();
    if (!reporter.isNews(status, commit)) return;
    const from = wholeCommit(commit) ?? commit;
    const problem = await inTree(from, (host) => reporter.report(host, status, commit));
    if (problem !== undefined) log('commit-status-failed', { environment, commit, reason: problem });
  }

  async function tidy(host: Host): Promise<void> {
    const found = await removeOldPreviewsAlone(host, FORGOTTEN_MS);
    if (found === undefined) return;
    log('previews', { environment, removed: found.removed.length, kept: found.kept.length });
  }

  /** What goes wrong beside the work is logged, and keeps nothing from being done. */
  async function quietly(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      troubles.delete(what);
    } catch (error) {
      const { code, message } = failureOf(error);
      if (!stop.aborted && troubles.get(what) !== message) log(what, { environment, code, message });
      troubles.set(what, message);
    }
  }

  function good(commit: string): void {
    last = undefined;
    record.good(commit);
  }

  /** Undefined where nothing failed: somebody else is at work, or this process is asked to end. */
  function fail(commit: string, thrown: unknown): Failure | undefined {
    const failure = failureOf(thrown instanceof Attempted ? thrown.failure : thrown);
    const code = exitCodeOf(failure.kind);
    if (stop.aborted && (failure.kind === 'interrupted' || failure.kind === 'unavailable')) return undefined;
    if (failure.code === 'LOCK_HELD') {
      record.standby(failure, code);
      return undefined;
    }
    const circumstances = thrown instanceof Attempted ? thrown.circumstances : { commit, approvals: [] };
    last = nextAttempt(last, { circumstances, at: now(), code }, pace());
    record.failed(failure, { commit, code, waits: last.failures === 0, retryAt: last.retryAt });
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
    status: () => ({ ...record.status(), working: running !== undefined }),
  };
}

const NOT_CONVERGED = new Failure('partial', 'an apply ended well and left something to do', {
  code: 'NOT_CONVERGED',
});

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
