import { join } from 'node:path';
import { formatEntries, parseEntries, setEntryOf } from '../../canonical/set-entries.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Project } from '../../model/project.ts';
import type { Sidecar, SidecarStore, StoredRequest } from '../../model/request.ts';
import type { ReviewedSet } from '../../model/review.ts';
import type { JudgedUnit } from '../../plan/review-verdict.ts';
import type { Runtime } from '../../runtime.ts';
import { fileSidecar } from '../../state/file/file-sidecar.ts';
import { gitRemote } from '../../state/git/git-remote.ts';
import { gitSidecar } from '../../state/git/git-sidecar.ts';
import type { Host } from '../host.ts';
import { gitFor } from './git.ts';
import { gatherProject } from './inputs.ts';
import { holderName } from './open-state.ts';

/** The sidecar of an environment: requests of people, and what the controller remembers. */
export function openSidecar(runtime: Runtime, project: Project): SidecarStore {
  const { name, state } = project.environment;
  const { clock, random, sleep, uuid } = runtime;
  if (state.backend === 'file') {
    return fileSidecar(join(project.root, '.assistantctl', 'state', `${name}.requests`), sleep);
  }
  const { remote, ref } = state;
  const git = gitFor(runtime, project);
  return gitSidecar({
    remote: gitRemote({ git, root: project.root, remote, randomUuid: uuid }),
    remoteName: remote,
    ref,
    clock,
    sleep,
    random,
    randomUuid: uuid,
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
  const request = {
    id: runtime.uuid(),
    kind,
    words,
    by: holderName(runtime),
    at: runtime.clock().toISOString(),
  };
  await openSidecar(runtime, project).write(
    (found) => ({ ...found, requests: [...found.requests, request] }),
    { author: request.by, message: `${kind}: ${words.join(' ')}` },
  );
  return request.id;
}

/** Replaces a request, or removes it; false when it is gone, or `change` leaves it as it is. */
export function changeRequest(
  host: Host,
  project: Project,
  id: string,
  change: (request: StoredRequest) => StoredRequest | undefined,
  message: string,
): Promise<boolean> {
  return openSidecar(host.runtime, project).write(
    (found) => {
      const request = found.requests.find((one) => one.id === id);
      if (request === undefined) return undefined;
      const next = change(request);
      if (next === request) return undefined;
      return {
        ...found,
        requests: found.requests.flatMap((one) => (one.id !== id ? [one] : next === undefined ? [] : [next])),
      };
    },
    { author: holderName(host.runtime), message },
  );
}

/** Changes what the controller remembers; undefined from `change`: nothing is to be written. */
export function remember(
  host: Host,
  project: Project,
  change: (memory: JsonObject | undefined) => JsonObject | undefined,
): Promise<boolean> {
  return openSidecar(host.runtime, project).write(
    (found) => {
      const memory = change(found.memory);
      return memory === undefined ? undefined : { ...found, memory };
    },
    { author: holderName(host.runtime), message: 'controller: remembered' },
  );
}

/** An approval as what reviewers agree to: one plan as a whole, and once an apply has begun it, the parts of that plan. */
export function approvedSets(project: Project, { requests }: Sidecar): readonly ReviewedSet[] {
  const common = {
    project: project.name,
    environment: project.environment.name,
    head: null,
    ttlMs: project.reviewTtlMs,
  };
  return requests
    .filter(({ kind }) => kind === 'approve')
    .flatMap(({ words, at, entries }) => {
      const begun = entries === undefined ? undefined : parseEntries(entries);
      return [
        ...words.map((plan_digest) => ({ ...common, at, plan_digest, entries: undefined })),
        ...(begun === undefined ? [] : [{ ...common, at, plan_digest: words[0] ?? '', entries: begun }]),
      ];
    });
}

/** Writes the allowed changes into the approval of a plan, so that an apply that was cut off may be finished. */
export async function beginApproval(
  host: Host,
  project: Project,
  { digest, units }: { readonly digest: string; readonly units: readonly JudgedUnit[] },
): Promise<void> {
  const { requests } = await openSidecar(host.runtime, project).read();
  const found = requests.find(({ kind, words }) => kind === 'approve' && words.includes(digest));
  if (found === undefined || found.entries !== undefined) return;
  const entries = formatEntries(units.map(setEntryOf));
  await changeRequest(host, project, found.id, (request) => ({ ...request, entries }), `begun: ${found.id}`);
}

/** Removes the approvals that an apply that ended well has used. */
export async function endApprovals(host: Host, project: Project, digest: string): Promise<void> {
  await openSidecar(host.runtime, project).write(
    (found) => {
      const requests = found.requests.filter(
        ({ kind, words, entries }) =>
          kind !== 'approve' || (entries === undefined && !words.includes(digest)),
      );
      return requests.length === found.requests.length ? undefined : { ...found, requests };
    },
    { author: holderName(host.runtime), message: `used: ${digest}` },
  );
}
