import { openForge } from '../forge/connect.ts';
import type { EnvironmentStatus } from '../model/controller-status.ts';
import { ApiError, Failure } from '../model/errors.ts';
import type { CommitVerdict } from '../model/forge.ts';
import type { Host } from '../operations/host.ts';
import { gatherProject } from '../operations/session/inputs.ts';
import { controllerPlace, forgeFlags } from './forge-place.ts';
import { changeMemory } from './telling.ts';

/** What a commit is told about one environment. Undefined while another replica works, or nothing is known yet. */
export function commitStatusOf(status: EnvironmentStatus): CommitVerdict | undefined {
  const { environment, phase, reason, exit_code: code } = status;
  const name = `assistantctl/${environment}`;
  const why = reason === null ? '' : `: ${reason.message}`;
  switch (phase) {
    case 'in-effect':
      return { name, state: 'success', title: `in effect in ${environment}` };
    case 'waiting':
      return code === 3 || code === 9
        ? { name, state: 'failure', title: `not applied${why}` }
        : { name, state: 'pending', title: `waits for a person${why}` };
    case 'failing':
      return { name, state: 'pending', title: `tried again${why}` };
    case 'starting':
    case 'applying':
    case 'standby':
      return undefined;
    default:
      return phase satisfies never;
  }
}

/** Says at a commit how far it is with an environment: once, whichever replica comes to say it. */
export interface CommitReporter {
  /** Whether there is something to say that this process has not said, and a token to say it with. */
  isNews(status: EnvironmentStatus, commit: string): boolean;
  /** Why it could not be said; undefined when it was, here or by another replica. */
  report(host: Host, status: EnvironmentStatus, commit: string): Promise<string | undefined>;
}

export function commitReporter(env: Host['runtime']['env'], address: string): CommitReporter {
  const hasToken = forgeFlags(env, address) !== undefined;
  let said: string | undefined;
  const textOf = (status: CommitVerdict, commit: string): string => `${commit} ${JSON.stringify(status)}`;
  return {
    isNews: (status, commit) => {
      const told = commitStatusOf(status);
      return hasToken && told !== undefined && textOf(told, commit) !== said;
    },
    report: async (host, status, commit) => {
      const told = commitStatusOf(status);
      if (told === undefined) return undefined;
      const text = textOf(told, commit);
      // Where the project file is broken there is no state to remember it beside.
      const project = await gatherProject(host).catch(() => undefined);
      const mine =
        project === undefined ||
        (await changeMemory({ host, project }, (memory) =>
          memory.commitStatus === text ? undefined : { ...memory, commitStatus: text },
        ));
      said = text;
      return mine ? await setCommitStatus(host, { address, commit }, told) : undefined;
    },
  };
}

async function setCommitStatus(
  host: Host,
  at: { readonly address: string; readonly commit: string },
  status: CommitVerdict,
): Promise<string | undefined> {
  const place = await controllerPlace(host, at.address);
  const forge = place === undefined ? undefined : openForge(host, place);
  if (forge === undefined) return undefined;
  try {
    await forge.setVerdict(at.commit, status);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError || error instanceof Failure) return error.message;
    throw error;
  } finally {
    await forge.close();
  }
}
