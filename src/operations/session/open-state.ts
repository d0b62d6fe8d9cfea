import { join } from 'node:path';
import { parseDuration } from '../../model/duration.ts';
import { Failure } from '../../model/errors.ts';
import type { Project } from '../../model/project.ts';
import type { State, StateStore } from '../../model/state.ts';
import { STATE_FORMAT } from '../../model/state.ts';
import type { Runtime } from '../../runtime.ts';
import { fileStore } from '../../state/file/file-store.ts';
import { gitStore } from '../../state/git/git-store.ts';
import { gitFor } from './git.ts';

/** What an apply knows about itself, for stores that keep a history. */
export interface ApplyNote {
  readonly commit: string | null;
  readonly planDigest: string | null;
  /** What the steps came to; null before they ran. */
  readonly outcome: string | null;
}

export interface OpenStateOptions {
  /** Asked when a session ends. */
  readonly note?: () => ApplyNote;
  /** Ends the wait for the lease of a holder that seems to be gone. */
  readonly stop?: AbortSignal;
}

/** The store that the environment's `state.backend` names. */
export function openState(
  runtime: Runtime,
  project: Project,
  { note, stop }: OpenStateOptions = {},
): StateStore {
  const { name, state } = project.environment;
  const folder = join(project.root, '.assistantctl', 'state');
  const common = {
    clock: runtime.clock,
    sleep: (ms: number) => waitFor(runtime, ms, stop),
    randomUuid: runtime.uuid,
    identity: { host: runtime.host, pid: runtime.pid, run: pipelineRun(runtime.env) },
    isAlive: runtime.isAlive,
  };
  const leaseMs = leaseOf(runtime.env);
  const fileLease = leaseMs === undefined ? {} : { leaseMs };
  if (state.backend === 'file') {
    return fileStore({ ...common, ...fileLease, path: join(folder, `${name}.json`) });
  }
  return gitStore({
    ...common,
    ...(leaseMs === undefined ? {} : { leaseMs: 2 * leaseMs }),
    git: gitFor(runtime, project),
    root: project.root,
    remote: state.remote,
    ref: state.ref,
    environment: name,
    logPath: join(folder, `${name}.journal`),
    ...(note === undefined ? {} : { note }),
  });
}

/** Half a wait proves nothing: a lease is not taken over before its time because somebody asked to stop. */
async function waitFor(runtime: Runtime, ms: number, stop: AbortSignal | undefined): Promise<void> {
  await runtime.sleep(ms, stop);
  if (stop?.aborted !== true) return;
  throw new Failure('interrupted', 'stopped while waiting for a lock to end', { code: 'INTERRUPTED' });
}

/** `ASSISTANTCTL_LEASE`, as in `90s`: the same for everybody who works on the environment. */
function leaseOf(env: Runtime['env']): number | undefined {
  const text = env.ASSISTANTCTL_LEASE;
  if (text === undefined || text === '') return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 1_000) return ms;
  throw new Failure('usage', `ASSISTANTCTL_LEASE is no duration of at least 1s: ${text}`, {
    code: 'LEASE_INVALID',
    hint: 'write it like 90s, the same for everybody who works on the environment, or leave it unset',
  });
}

/** Who works on the environment, for the lease. */
export function holderName(runtime: Runtime): string {
  return runtime.env.GITHUB_ACTOR || runtime.env.GITLAB_USER_LOGIN || runtime.user;
}

/** The state of an environment that was never applied. */
export function emptyState(runtime: Runtime, project: Project, apiBase: string, account: string): State {
  return {
    format_version: STATE_FORMAT,
    lineage: runtime.uuid(),
    serial: 0,
    project: project.name,
    environment: project.environment.name,
    api_base: apiBase,
    account,
    resources: {},
    deleted: [],
  };
}

/** Link to the pipeline run as the common CI systems give it. */
function pipelineRun(env: Runtime['env']): string | null {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  if (server && repository && run) return `${server}/${repository}/actions/runs/${run}`;
  return env.CI_JOB_URL || env.BUILD_URL || null;
}
