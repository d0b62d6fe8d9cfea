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

/** The store that the environment's `state.backend` names. `note` is asked when a session ends. */
export function openState(runtime: Runtime, project: Project, note?: () => ApplyNote): StateStore {
  const { name, state } = project.environment;
  const folder = join(project.root, '.assistantctl', 'state');
  const common = {
    clock: runtime.clock,
    sleep: runtime.sleep,
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
