import type { GitInfo } from '../../model/plan.ts';

/** Runs git with these arguments in a folder, without a shell and without prompts; never rejects. */
export type RunGit = (args: readonly string[], cwd: string) => Promise<GitFinished>;

export interface GitFinished {
  /** Exit status; null when the program could not be started or was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const STATUS = ['status', '--porcelain=v2', '--branch', '--untracked-files=normal', '--', '.'];

/**
 * The commit that a project stands on: full id, branch (null when detached) and whether tracked or new files
 * below the folder differ from it. One git call. Null where there is no repository, no commit or no git.
 */
export async function readGitInfo(
  root: string,
  git: RunGit,
  remark: (text: string) => void = () => undefined,
): Promise<GitInfo | null> {
  const found = await git(STATUS, root);
  if (isOwnedByOther(found.stderr)) remark(OWNED_BY_OTHER);
  return found.code === 0 ? parseStatus(found.stdout) : null;
}

/** Git does not touch a clone of another user, which the clone of a container job often is. */
export function isOwnedByOther(stderr: string): boolean {
  return /dubious ownership|safe\.directory/i.test(stderr);
}

export const OWNER_HINT = 'git config --global --add safe.directory "$(pwd)"';

const OWNED_BY_OTHER =
  'warning: git refuses this clone because it belongs to another user, so the commit is not recorded.\n' +
  `  Allow it, in the root of the clone: ${OWNER_HINT}\n`;

/** Reads `git status --porcelain=v2 --branch`; null before the first commit. */
export function parseStatus(text: string): GitInfo | null {
  const lines = text.split('\n').filter((line) => line !== '');
  const header = (name: string): string | undefined => {
    const start = `# branch.${name} `;
    return lines.find((line) => line.startsWith(start))?.slice(start.length);
  };
  const commit = header('oid');
  if (commit === undefined || commit === '(initial)') return null;
  const branch = header('head');
  return {
    commit,
    branch: branch === undefined || branch === '(detached)' ? null : branch,
    dirty: lines.some((line) => !line.startsWith('# ') && !isOurFolder(line)),
  };
}

/** The folder of the file state and of the embedded API, where no .gitignore names it: nothing of it is applied. */
function isOurFolder(line: string): boolean {
  return /^\? "?(?:.*\/)?\.assistantctl\//.test(line);
}
