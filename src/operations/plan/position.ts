import type { Diagnostic } from '../../model/diagnostic.ts';
import { Failure } from '../../model/errors.ts';
import type { CommitPosition } from '../../model/review.ts';
import type { State } from '../../model/state.ts';
import { standingTo } from '../../state/git/history.ts';
import type { Host } from '../host.ts';
import { gitFor } from '../session/git.ts';
import type { Inputs } from '../session/inputs.ts';

/** Milliseconds that a shallow clone may take to fetch more of its history. */
const FETCH_MS = 60_000;

/**
 * How the commit at hand stands to that of the last completed apply; undefined where it contains it, or nothing is
 * known to compare with. `more`: commits that the plan was merged with.
 */
export async function commitPosition(
  host: Host,
  { project, git: info }: Pick<Inputs, 'project' | 'git'>,
  state: State | undefined,
  more: readonly string[] = [],
): Promise<CommitPosition | undefined> {
  const applied = state?.completed?.commit ?? undefined;
  if (applied === undefined) return undefined;
  if (info === null) return { relation: 'unknown', applied, why: 'there is no commit to compare it with' };
  const git = gitFor(host.runtime, project, { timeoutMs: FETCH_MS });
  const { relation, why } = await standingTo(git, project.root, [info.commit, ...more], applied);
  return relation === 'contains' ? undefined : { relation, applied, ...(why !== undefined && { why }) };
}

/** Why an apply from here is refused: it would take back what was applied from elsewhere. */
export function behindFailure(position: CommitPosition): Failure {
  return new Failure('stale', positionText(position), {
    code: 'BEHIND',
    hint: 'check out the newest commit; or take it back on purpose with: assistantctl apply --allow-behind',
    details: { relation: position.relation, applied: position.applied },
  });
}

export function positionCaution(position: CommitPosition): Diagnostic {
  const { relation } = position;
  return {
    severity: 'warning',
    code: relation === 'unknown' ? 'BEHIND_UNKNOWN' : 'BEHIND',
    caution: true,
    message: positionText(position),
    hint:
      relation === 'unknown'
        ? 'fetch more of the history, so that it can be told'
        : 'apply refuses this: check out the newest commit, or apply with --allow-behind',
  };
}

function positionText({ relation, applied, why }: CommitPosition): string {
  const last = `the last applied one (${applied.slice(0, 12)})`;
  switch (relation) {
    case 'behind':
      return `this commit is older than ${last}`;
    case 'parted':
      return `this commit and ${last} are on histories that parted`;
    case 'unknown':
      return `whether this commit contains ${last} cannot be told${why === undefined ? '' : `: ${why}`}`;
    default:
      return relation satisfies never;
  }
}
