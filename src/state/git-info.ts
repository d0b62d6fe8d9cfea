import { execFile } from 'node:child_process';
import type { GitInfo } from '../model/plan.ts';

/** Runs `git` with these arguments in a folder; never through a shell. */
export type RunGit = (args: readonly string[], input?: string) => Promise<GitResult>;

export interface GitResult {
  /** Exit status; null when the program could not be started or was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** True when there is no `git` program. */
  readonly missing: boolean;
}

/** 64 MB: more than any listing of a state ref can be. */
const MAX_OUTPUT = 64 * 1024 * 1024;

/**
 * A runner for one folder. `environment` is the whole environment of the program, so that credential helpers
 * and proxies keep working; prompts are switched off, because nobody may be there to answer. Never rejects.
 */
export function gitIn(
  folder: string,
  environment: { readonly [name: string]: string | undefined },
  timeoutMs = 120_000,
): RunGit {
  // Messages are recognised by their English text; a repository chosen by a calling git hook is not ours.
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, ...inherited } = environment;
  const env = { ...inherited, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C', LANGUAGE: '' };
  const options = { cwd: folder, env, timeout: timeoutMs, maxBuffer: MAX_OUTPUT, windowsHide: true };
  return (args, input) =>
    new Promise((resolve) => {
      const child = execFile('git', [...args], options, (error, stdout, stderr) => {
        const code: unknown = error?.code;
        const status = error === null ? 0 : typeof code === 'number' ? code : null;
        resolve({ status, stdout, stderr, missing: code === 'ENOENT' });
      });
      // A git that ends early closes its input; its exit status says why.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input ?? '');
    });
}

/**
 * The commit that the working tree of the runner's folder stands on: full id, branch (null when detached) and
 * whether tracked or new files differ from it. One git call. Null where there is no repository, no commit yet
 * or no git program.
 */
export async function readGitInfo(git: RunGit): Promise<GitInfo | null> {
  const found = await git(['status', '--porcelain=v2', '--branch', '--untracked-files=normal', '--', '.']);
  return found.status === 0 ? parseStatus(found.stdout) : null;
}

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
    dirty: lines.some((line) => !line.startsWith('# ')),
  };
}
