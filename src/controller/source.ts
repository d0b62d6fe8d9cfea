import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../model/errors.ts';
import { runGit, withoutGitSecrets } from '../operations/session/plain-git.ts';
import type { Runtime } from '../runtime.ts';
import { type TreeLock, treeLock } from './tree-lock.ts';

/**
 * The repository that is followed: a mirror of the branch, and work trees of the controller's own. Nobody else works
 * in them, so that whatever a killed process left in their Git folders may be thrown away.
 */
export interface Source {
  /** Fetches the branch and returns its commit. Fails with `unavailable`. */
  fetch(): Promise<string>;
  /** Runs `work` in the tree of that name, at the commit. Several may work in one tree at one commit. */
  at<Result>(tree: string, commit: string, work: (folder: string) => Promise<Result>): Promise<Result>;
}

export interface SourceOptions {
  /** Address of the repository. */
  readonly address: string;
  readonly branch: string;
  /** Folder that no other process works in. */
  readonly folder: string;
  readonly stop: AbortSignal;
}

/** Milliseconds for one fetch. */
const FETCH_MS = 5 * 60_000;

/** What a process that was killed, or a disk that was full, leaves behind. */
const BROKEN =
  /\.lock'?|index file|not a git repository|corrupt|bad object|loose object|is empty|unable to read tree|invalid sha1|reference broken|unresolved deltas/i;

export async function openSource(runtime: Runtime, options: SourceOptions): Promise<Source> {
  const { branch, folder, stop } = options;
  const { address } = options;
  const head = `refs/remotes/origin/${branch}`;
  const run = runGit(runtime.env, { timeoutMs: FETCH_MS, signal: stop });
  const locks = new Map<string, TreeLock>();
  const mirror = join(folder, 'mirror');

  async function git(tree: string, ...args: readonly string[]): Promise<string> {
    // Named outright, so that Git never takes the repository of a folder above for this one.
    const place = [`--git-dir=${join(tree, '.git')}`, `--work-tree=${tree}`];
    const { code, stdout, stderr } = await run([...place, ...args], tree);
    if (code === 0) return stdout.trim();
    throw gitProblem(
      stderr
        .trim()
        .split('\n')
        .findLast((line) => line !== '') ?? 'git was ended',
      stderr,
    );
  }

  async function ready(tree: string): Promise<void> {
    await mkdir(tree, { recursive: true });
    const known = await git(tree, 'config', '--get', 'remote.origin.url').catch(() => undefined);
    if (known === address) return;
    await rm(join(tree, '.git'), { recursive: true, force: true });
    await git(tree, 'init', '--quiet');
    await git(tree, 'config', 'remote.origin.url', address);
    await git(tree, 'config', 'gc.autoDetach', 'false');
    await git(tree, 'config', 'maintenance.autoDetach', 'false');
  }

  /** Once more with what stands in the way removed: first locks of a process that is gone, then all of it. */
  async function mended<Result>(tree: string, work: () => Promise<Result>): Promise<Result> {
    for (const mend of [removeLocks, removeGitFolder]) {
      try {
        await ready(tree);
        return await work();
      } catch (error) {
        if (!(error instanceof Failure) || stop.aborted || !BROKEN.test(String(error.cause))) throw error;
        await mend(tree);
      }
    }
    await ready(tree);
    return await work();
  }

  async function fetch(): Promise<string> {
    return await mended(mirror, async () => {
      // A branch that was rewritten is followed as it is.
      const wanted = `+refs/heads/${branch}:${head}`;
      await git(mirror, 'fetch', '--quiet', '--no-tags', '--', 'origin', wanted);
      return await git(mirror, 'rev-parse', '--verify', '--quiet', `${head}^{commit}`);
    });
  }

  async function checkOut(tree: string, commit: string): Promise<void> {
    await mended(tree, async () => {
      const wanted = `+${head}:${head}`;
      await git(tree, 'fetch', '--quiet', '--no-tags', '--', mirror, wanted);
      // On a branch of the same name, because the name is part of what is recorded.
      await git(tree, 'checkout', '--quiet', '--force', '-B', branch, commit, '--');
      // A state in a file and the data of an embedded API lie there, and not every repository ignores them.
      await git(tree, 'clean', '--quiet', '-ffd', '--exclude', '.assistantctl');
    });
  }

  return {
    fetch,
    at: (name, commit, work) => {
      const tree = join(folder, 'trees', encodeURIComponent(name));
      const lock = locks.get(name) ?? treeLock();
      locks.set(name, lock);
      return lock.at(
        commit,
        () => checkOut(tree, commit),
        () => work(tree),
      );
    },
  };
}

function gitProblem(line: string, cause: string): Failure {
  return new Failure('unavailable', withoutGitSecrets(line.replace(/^(fatal|error): /, '')), {
    code: 'CONTROLLER_GIT',
    hint: 'check that the remote can be reached from here and that the branch exists',
    cause,
  });
}

async function removeLocks(tree: string): Promise<void> {
  const folder = join(tree, '.git');
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  await Promise.all(
    names.filter((name) => name.endsWith('.lock')).map((name) => rm(join(folder, name), { force: true })),
  );
}

/** What else lies in the tree stays: the state of a single replica may be there. */
async function removeGitFolder(tree: string): Promise<void> {
  await rm(join(tree, '.git'), { recursive: true, force: true });
}

/** A name that Git takes for a branch and for nothing else. */
export function requireBranch(branch: string): void {
  const allowed = /^(?![-/.])(?!.*(\.\.|\/\/|@\{|\.lock(\/|$)|\/\.))[\p{L}\p{N}_./@+#%-]+(?<![./])$/u;
  if (allowed.test(branch)) return;
  throw new Failure('usage', `--branch ${JSON.stringify(branch)} is no name of a branch`, {
    code: 'OPTION_INVALID',
    hint: 'write it like main',
  });
}
