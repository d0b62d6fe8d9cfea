import { join } from 'node:path';
import type { Project } from '../../model/project.ts';
import type { RequestStore } from '../../model/request.ts';
import type { Runtime } from '../../runtime.ts';
import { fileRequests } from '../../state/file/file-requests.ts';
import { gitRemote } from '../../state/git/git-remote.ts';
import { gitRequests } from '../../state/git/git-requests.ts';
import type { Host } from '../host.ts';
import { gitFor } from './git.ts';
import { gatherProject } from './inputs.ts';
import { holderName } from './open-state.ts';

/** The requests of an environment, beside its state. */
export function openRequests(runtime: Runtime, project: Project): RequestStore {
  const { name, state } = project.environment;
  if (state.backend === 'file') {
    return fileRequests(join(project.root, '.assistantctl', 'state', `${name}.requests`));
  }
  const { remote, ref } = state;
  return gitRequests({
    remote: gitRemote({
      git: gitFor(runtime, project),
      root: project.root,
      remote,
      randomUuid: runtime.uuid,
    }),
    remoteName: remote,
    ref,
    clock: runtime.clock,
  });
}

/** Leaves a request for whoever works on the environment next; returns its id. */
export async function leaveRequest(
  host: Host,
  kind: 'approve' | 'run',
  words: readonly string[],
): Promise<string> {
  const { runtime } = host;
  const project = await gatherProject(host);
  const id = runtime.uuid();
  const at = runtime.clock().toISOString();
  await openRequests(runtime, project).add({ id, kind, words, by: holderName(runtime), at });
  return id;
}

/** Digests of plans that people approved and that nobody has used yet. */
export async function pendingApprovals(host: Host): Promise<readonly string[]> {
  const project = await gatherProject(host);
  const requests = await openRequests(host.runtime, project).list();
  return requests.filter(({ kind }) => kind === 'approve').flatMap(({ words }) => words);
}

/** Takes the approval of a plan; false when somebody else used it. */
export async function takeApproval(host: Host, digest: string): Promise<boolean> {
  const project = await gatherProject(host);
  const store = openRequests(host.runtime, project);
  const request = (await store.list()).find(
    ({ kind, words }) => kind === 'approve' && words.includes(digest),
  );
  return request !== undefined && (await store.take(request.id));
}
