import { setMaxListeners } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ControllerStatus, RepositoryStatus } from '../model/controller-status.ts';
import { type ErrorKind, Failure } from '../model/errors.ts';
import { environmentsOf } from '../operations/session/project-environments.ts';
import type { Runtime, StopSignal } from '../runtime.ts';
import { openClone } from './clone.ts';
import { type EnvironmentWorker, environmentWorker } from './environment-worker.ts';
import type { Log } from './hosts.ts';
import { serveHttp } from './http.ts';
import { createMetrics } from './metrics.ts';

export interface ControllerOptions {
  readonly repository: string;
  readonly branch: string;
  /** Environments, groups and patterns as `--env` takes them; absent: every one that has an account. */
  readonly environments: string | undefined;
  /** Folder of the project in the repository. */
  readonly projectPath: string;
  readonly intervalMs: number;
  readonly driftIntervalMs: number;
  readonly data: string;
  readonly listen: string;
  readonly trustBranch: boolean;
  /** A state in a file will do: there is one replica. */
  readonly single: boolean;
  readonly exitCodeOf: (kind: ErrorKind) => number;
}

/**
 * Follows a branch until a signal comes: fetches, and works on each environment by the very operations of the command
 * line. A failure of one environment never stops another. Resolves to the signal.
 */
export async function runController(runtime: Runtime, options: ControllerOptions): Promise<StopSignal> {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  let signal: StopSignal = 'SIGTERM';
  const release = runtime.onStopSignal((received) => {
    if (stop.signal.aborted) runtime.exitNow(received === 'SIGINT' ? 130 : 143);
    signal = received;
    stop.abort();
  });
  const log = jsonLog(runtime);
  const metrics = createMetrics(() => runtime.clock().getTime() / 1000);
  const startedAt = runtime.clock().toISOString();
  const data = resolve(runtime.cwd, options.data);
  const clone = await openClone(runtime, { ...options, data });
  const workers = new Map<string, EnvironmentWorker>();
  let repository: RepositoryStatus = { commit: null, fetched_at: null, error: null };
  let asleep = new AbortController();

  const status = (): ControllerStatus => ({
    format_version: '1.0',
    version: runtime.version,
    started_at: startedAt,
    branch: options.branch,
    repository,
    schedule: {
      fetch_seconds: Math.round(options.intervalMs / 1000),
      drift_seconds: Math.round(options.driftIntervalMs / 1000),
    },
    environments: [...workers.values()].map((worker) => worker.status()),
  });
  const http = await serveHttp({
    listen: options.listen,
    status,
    metrics,
    ready: () => repository.commit !== null,
    webhookSecret: runtime.env.ASSISTANTCTL_WEBHOOK_SECRET,
    wake: () => asleep.abort(),
  });
  log('listening', { url: http.url, branch: options.branch });

  async function fetchBranch(): Promise<string | undefined> {
    try {
      const commit = await clone.fetch();
      metrics.fetches.inc({ outcome: 'done' });
      if (commit !== repository.commit) log('commit', { commit });
      repository = { commit, fetched_at: runtime.clock().toISOString(), error: null };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      metrics.fetches.inc({ outcome: 'failed' });
      if (repository.error !== error.message) log('fetch-failed', { reason: error.message });
      repository = { ...repository, error: error.message };
    }
    return repository.commit ?? undefined;
  }

  async function round(): Promise<void> {
    const commit = await fetchBranch();
    if (commit === undefined) return;
    await clone.checkOut(commit);
    const folder = join(clone.folder, options.projectPath);
    const names = await environmentsOf(runtime, folder, options);
    for (const name of names) {
      if (workers.has(name)) continue;
      const worker = { ...options, runtime, environment: name, folder, stop: stop.signal, log, metrics };
      workers.set(name, environmentWorker(worker));
    }
    // At once: accounts have nothing to do with each other, and one that hangs holds nobody up.
    await Promise.all(names.map((name) => workers.get(name)?.round(commit)));
  }

  try {
    while (!stop.signal.aborted) {
      asleep = new AbortController();
      try {
        await round();
      } catch (error) {
        // A branch whose project file is broken: what was applied stays, and the next commit may be better.
        const reason = error instanceof Error ? error.message : String(error);
        if (repository.error !== reason) log('round-failed', { reason });
        repository = { ...repository, error: reason };
      }
      if (stop.signal.aborted) break;
      await runtime.sleep(options.intervalMs, AbortSignal.any([stop.signal, asleep.signal]));
    }
  } finally {
    await http.close();
    release();
    log('stopped', { signal });
  }
  return signal;
}

/** One JSON document a line, on stdout as programs of this kind do. */
function jsonLog(runtime: Runtime): Log {
  return (event, fields = {}) => {
    runtime.stdout.write(`${JSON.stringify({ at: runtime.clock().toISOString(), event, ...fields })}\n`);
  };
}

/** Where the project lies in the repository that `--repo .` stands for. */
export function projectPathOf(runtime: Runtime, project: string | undefined): string {
  if (project === undefined) return '';
  const folder = resolve(runtime.cwd, project);
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new Failure('usage', `${project} is no folder`, { code: 'OPTION_INVALID', hint: 'name a folder' });
  }
  return project;
}
