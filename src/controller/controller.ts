import { setMaxListeners } from 'node:events';
import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { ControllerStatus, RepositoryStatus } from '../model/controller-status.ts';
import { type ErrorKind, Failure } from '../model/errors.ts';
import { processName } from '../operations/session/process-identity.ts';
import { environmentsOf } from '../operations/session/project-environments.ts';
import type { Runtime, StopSignal } from '../runtime.ts';
import { takeSlot } from './data-slot.ts';
import { shownReason } from './environment-record.ts';
import { type EnvironmentWorker, environmentWorker } from './environment-worker.ts';
import { failureOf } from './failures.ts';
import type { Log } from './hosts.ts';
import { serveHttp } from './http.ts';
import { createMetrics } from './metrics.ts';
import { followedRepository } from './repository.ts';
import { openSource, requireBranch } from './source.ts';

export interface ControllerOptions {
  readonly repository: string;
  readonly branch: string;
  /** Environments, groups and patterns as `--env` takes them; absent: every one that has an account. */
  readonly environments: string | undefined;
  /** Folder of the project in the repository, as it was typed. */
  readonly project: string | undefined;
  readonly intervalMs: number;
  readonly driftIntervalMs: number;
  readonly data: string;
  readonly listen: string;
  readonly trustBranch: boolean;
  /** File that events are appended to; `-` is the log. */
  readonly events: string | undefined;
  /** A state in a file will do: there is one replica. */
  readonly single: boolean;
  readonly exitCodeOf: (kind: ErrorKind) => number;
}

/** Milliseconds that the work under way has after the signal to stop. What it leaves then is as after a kill. */
const LAST_WORK_MS = 28_000;

/** Milliseconds between two fetches, however many webhooks come. */
const SHORTEST_PAUSE_MS = 1_000;

/** Name of the work tree that the project file is read in, and of the only one of a single replica. */
const HEAD_TREE = 'head';
const ONLY_TREE = 'all';

/**
 * Follows a branch until a signal comes: fetches, and works on each environment by the very operations of the command
 * line. Environments have nothing to do with each other: one that fails, or that waits for a test, holds nobody up.
 * Resolves to the signal.
 */
export async function runController(runtime: Runtime, options: ControllerOptions): Promise<StopSignal> {
  requireBranch(options.branch);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  let signal = 'SIGTERM' as StopSignal;
  const release = runtime.onStopSignal((received) => {
    if (stop.signal.aborted) runtime.exitNow(received === 'SIGINT' ? 130 : 143);
    signal = received;
    stop.abort();
  });
  const log = jsonLog(runtime);
  const metrics = createMetrics(() => runtime.clock().getTime() / 1000);
  const startedAt = runtime.clock().toISOString();
  const { address, projectPath } = await followedRepository(runtime, options);
  const slot = await takeSlot(runtime, resolve(runtime.cwd, options.data), options.single);
  const own = await processName(runtime);
  const workers = new Map<string, EnvironmentWorker>();
  let fetched: Omit<RepositoryStatus, 'error'> = { commit: null, fetched_at: null };
  /** What is wrong with the remote, and with the project file of the commit; each is logged once. */
  const wrong: { fetch: string | null; project: string | null } = { fetch: null, project: null };
  let asleep = new AbortController();

  const status = (): ControllerStatus => ({
    format_version: '1.0',
    version: runtime.version,
    started_at: startedAt,
    branch: options.branch,
    repository: { ...fetched, error: wrong.fetch ?? wrong.project },
    schedule: {
      fetch_seconds: Math.round(options.intervalMs / 1000),
      drift_seconds: Math.round(options.driftIntervalMs / 1000),
    },
    environments: [...workers.values()].map((worker) => worker.status()),
  });

  try {
    const source = await openSource(runtime, {
      address,
      branch: options.branch,
      folder: slot.folder,
      stop: stop.signal,
    });
    const http = await serveHttp({
      listen: options.listen,
      status,
      metrics,
      ready: () => fetched.commit !== null,
      webhookSecret: runtime.env.ASSISTANTCTL_WEBHOOK_SECRET,
      wake: () => asleep.abort(),
    });
    log('listening', { url: http.url, branch: options.branch });
    try {
      while (!stop.signal.aborted) {
        asleep = new AbortController();
        await round(source);
        const pause = Math.min(options.intervalMs, SHORTEST_PAUSE_MS);
        await runtime.sleep(pause, stop.signal);
        if (stop.signal.aborted) break;
        await runtime.sleep(options.intervalMs - pause, AbortSignal.any([stop.signal, asleep.signal]));
      }
      if (!(await finished(runtime, [...workers.values()]))) {
        log('stop-timeout', { signal });
        runtime.exitNow(signal === 'SIGINT' ? 130 : 143);
      }
    } finally {
      await http.close();
    }
  } finally {
    await slot.release();
    release();
  }
  log('stopped', { signal });
  return signal;

  async function fetchBranch(source: Source): Promise<void> {
    try {
      const commit = await source.fetch();
      metrics.fetched('done');
      if (commit !== fetched.commit) log('commit', { commit });
      fetched = { commit, fetched_at: runtime.clock().toISOString() };
      wrong.fetch = null;
    } catch (error) {
      if (stop.signal.aborted) return;
      metrics.fetched('failed');
      const reason = `${options.branch} cannot be fetched: ${failureOf(error).message}`;
      if (wrong.fetch !== reason) log('fetch-failed', { reason });
      wrong.fetch = reason;
    }
  }

  /** Fetches, and wakes the environments that have nothing to do. */
  async function round(source: Source): Promise<void> {
    await fetchBranch(source);
    const { commit } = fetched;
    if (commit === null || stop.signal.aborted) return;
    try {
      await meet(source, commit);
      wrong.project = null;
    } catch (error) {
      // A branch whose project file is broken: what was applied stays, and the next commit may be better.
      const reason = shownReason(failureOf(error)).message;
      if (wrong.project !== reason && !stop.signal.aborted) log('round-failed', { reason });
      wrong.project = reason;
    }
    // Also where the project file is broken: each environment says so where it is asked.
    for (const worker of workers.values()) worker.wake(commit);
  }

  /** Begins with environments that are new in the project file, and ends with those that are gone. */
  async function meet(source: Source, commit: string): Promise<void> {
    const names = await source.at(HEAD_TREE, commit, (tree) =>
      environmentsOf(runtime, projectIn(tree, projectPath), options.environments),
    );
    for (const [name, worker] of workers) {
      if (names.includes(name)) continue;
      workers.delete(name);
      worker.end();
      log('left', { environment: name });
    }
    for (const environment of names) {
      if (workers.has(environment)) continue;
      const tree = options.single ? ONLY_TREE : `env-${environment}`;
      const worker = environmentWorker({
        ...options,
        runtime,
        environment,
        address,
        own,
        stop: stop.signal,
        log,
        metrics,
        ceiling: slot.folder,
        at: (wanted, work) => source.at(tree, wanted, (folder) => work(projectIn(folder, projectPath))),
      });
      workers.set(environment, worker);
    }
  }
}

type Source = Awaited<ReturnType<typeof openSource>>;

/** Waits for the work under way, but not for longer than whoever stops a process waits: false. */
async function finished(runtime: Runtime, workers: readonly EnvironmentWorker[]): Promise<boolean> {
  const ended = new AbortController();
  const work = Promise.all(workers.map((worker) => worker.idle())).finally(() => ended.abort());
  const late = runtime.sleep(LAST_WORK_MS, ended.signal).then(() => ended.signal.aborted);
  return await Promise.race([work.then(() => true), late]);
}

/** One JSON document a line, on stdout as programs of this kind do. */
function jsonLog(runtime: Runtime): Log {
  return (event, fields = {}) => {
    runtime.stdout.write(`${JSON.stringify({ at: runtime.clock().toISOString(), event, ...fields })}\n`);
  };
}

/** The folder of the project in a work tree. A path or a link of the branch does not lead out of it. */
function projectIn(tree: string, path: string): string {
  const folder = resolve(tree, path);
  const real = existsSync(folder) ? realpathSync(folder) : folder;
  const inside = relative(existsSync(tree) ? realpathSync(tree) : tree, real);
  if (!isAbsolute(path) && inside.split(/[\\/]/)[0] !== '..' && !isAbsolute(inside)) return join(tree, path);
  throw new Failure('usage', `--project ${path} is no folder of the repository`, {
    code: 'OPTION_INVALID',
    hint: 'name the folder of the project from the top of the repository',
  });
}
