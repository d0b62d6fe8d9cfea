import { Failure } from '../../model/errors.ts';
import { readGitInfo } from '../../state/git/git-info.ts';
import { firstParentLine, standingTo } from '../../state/git/history.ts';
import type { Host } from '../host.ts';
import { gitFor } from './git.ts';
import { gatherProject } from './inputs.ts';
import { openState } from './open-state.ts';

/** Where the merges are that no completed apply has seen. */
export interface MergeRange {
  /** The commit at hand. */
  readonly commit: string;
  /** Branch at hand. */
  readonly target: string;
  /** The commit of the last completed apply; undefined where there was none. */
  readonly since: string | undefined;
  /** Commits between the two, the newest first; undefined where the clone cannot tell. */
  readonly commits: readonly string[] | undefined;
  /** Whether a commit of the target is older than the one at hand; true also where that cannot be told. */
  isOlder(commit: string): Promise<boolean>;
}

/** What the state and the clone know of the range. */
export async function mergeRange(
  host: Host,
  told: {
    readonly commit: string | undefined;
    readonly target: string | undefined;
    /** The commit of the last completed apply, where it is not that of the state any more. */
    readonly since?: string;
    /** Also what completed applies have seen. */
    readonly whole?: boolean;
  },
): Promise<MergeRange> {
  const project = await gatherProject(host);
  const git = gitFor(host.runtime, project);
  const [info, state] = await Promise.all([
    readGitInfo(project.root, git),
    openState(host.runtime, project).load(),
  ]);
  const commit = told.commit ?? info?.commit;
  if (commit === undefined) {
    throw new Failure('usage', 'it is not known which commit is at hand', {
      code: 'FORGE_COMMIT',
      hint: 'add --commit SHA',
    });
  }
  const target = told.target ?? info?.branch ?? undefined;
  if (target === undefined) {
    throw new Failure('usage', 'it is not known which branch the requests were merged into', {
      code: 'FORGE_BRANCH',
      hint: 'add --branch main',
    });
  }
  const since = told.whole === true ? undefined : (told.since ?? state?.completed?.commit ?? undefined);
  const commits = await firstParentLine(git, project.root, since, commit);
  const isOlder = async (other: string): Promise<boolean> => {
    const { relation } = await standingTo(git, project.root, [other], commit);
    // A clone of all that is at hand does not know later commits.
    return relation === 'behind' || relation === 'unknown';
  };
  return { commit, target, since, commits, isOlder };
}
