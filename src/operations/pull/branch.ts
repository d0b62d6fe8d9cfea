import { Failure } from '../../model/errors.ts';
import type { PullReport } from '../../model/pull.ts';
import type { FeedGit } from '../../state/git/git-run.ts';

/**
 * Fails with `usage` unless the folder is in a repository with a commit, without a branch of that name and without
 * changes to its files: the commit is to hold what was pulled and nothing else.
 */
export async function requireNewBranch(git: FeedGit, root: string, name: string): Promise<void> {
  const head = await git(['rev-parse', '--verify', '--quiet', 'HEAD'], root);
  if (head.code !== 0) {
    throw new Failure('usage', `${root} is in no Git repository with a commit, so no branch can be made`, {
      code: 'GIT_NO_REPOSITORY',
      hint: 'commit the project first, or pull without --pr-branch',
    });
  }
  const valid = await git(['check-ref-format', '--branch', name], root);
  if (valid.code !== 0 || name.startsWith('-')) {
    throw new Failure('usage', `${name} is no name for a branch`, { code: 'BRANCH_INVALID' });
  }
  const known = await git(['rev-parse', '--verify', '--quiet', `refs/heads/${name}`], root);
  if (known.code !== 0) {
    await requireClean(git, root);
    return;
  }
  throw new Failure('usage', `the branch ${name} exists already`, {
    code: 'BRANCH_EXISTS',
    hint: 'choose another name, for example one with the date in it',
  });
}

async function requireClean(git: FeedGit, root: string): Promise<void> {
  const { stdout } = await git(['status', '--porcelain', '--untracked-files=no', '--', '.'], root);
  const changed = stdout.split('\n').filter((line) => line !== '');
  if (changed.length === 0) return;
  throw new Failure('usage', 'files of the project have changes that are not committed', {
    code: 'GIT_DIRTY',
    hint: 'commit or stash them first, so that the branch holds what was pulled alone',
    details: { files: changed.map((line) => line.slice(3)) },
  });
}

/** Commits the pulled files, and nothing else, on a new branch that is then checked out. Never pushes. */
export async function commitOnBranch(
  git: FeedGit,
  root: string,
  name: string,
  report: PullReport,
): Promise<{ readonly name: string; readonly commit: string }> {
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await git(args, root);
    if (code === 0) return stdout.trim();
    throw new Failure('partial', `git ${args[0] ?? ''} failed: ${stderr.trim() || `exit ${code}`}`, {
      code: 'GIT_FAILED',
      hint: 'the files are written; commit them by hand',
      details: { files: report.files },
    });
  };
  await run('switch', '--create', name);
  await run('add', '--', ...report.files);
  const identity = (await git(['config', 'user.email'], root)).code === 0 ? [] : ANONYMOUS;
  await run(...identity, 'commit', '--quiet', '--message', message(report), '--', ...report.files);
  return { name, commit: await run('rev-parse', 'HEAD') };
}

/** Pipelines seldom have an identity. */
const ANONYMOUS = ['-c', 'user.name=assistantctl', '-c', 'user.email=assistantctl@localhost'];

function message({ environment, adopted, updated }: PullReport): string {
  const parts = [
    ...updated.map(({ address, fields }) => `${address}: ${fields.map(({ path }) => path).join(', ')}`),
    ...adopted.map(({ address, remote_id }) => `${address}: adopted (${remote_id})`),
  ];
  return `Pull ${environment}: ${parts.length === 1 ? '1 resource' : `${parts.length} resources`}\n\n${parts.join('\n')}\n`;
}
