import { join } from 'node:path';
import { Failure } from '../model/errors.ts';
import type { Project } from '../model/project.ts';
import type { State, StateStore } from '../model/state.ts';
import { STATE_FORMAT } from '../model/state.ts';
import type { Runtime } from '../runtime.ts';
import { fileStore } from '../state/file-store.ts';

/** The store that the environment's `state.backend` names. */
export function openStore(runtime: Runtime, project: Project): StateStore {
  const { environment } = project;
  if (environment.state.backend === 'git') {
    throw new Failure('usage', 'the state backend git is not available in this release', {
      code: 'STATE_BACKEND',
      hint: 'use state: { backend: file } for this environment',
    });
  }
  return fileStore({
    path: join(project.root, '.assistantctl', 'state', `${environment.name}.json`),
    clock: runtime.clock,
    sleep: runtime.sleep,
    randomUuid: runtime.uuid,
    identity: { host: runtime.host, pid: runtime.pid, run: pipelineRun(runtime.env) },
    isAlive: runtime.isAlive,
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
