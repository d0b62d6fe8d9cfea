import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../model/errors.ts';
import { runGit } from '../operations/session/plain-git.ts';
import type { Runtime } from '../runtime.ts';

/** A clone of the controller's own: nobody else works in it, so that it may be put to any commit. */
export interface OwnClone {
  readonly folder: string;
  /** Fetches the branch and returns its commit. Fails with `unavailable`. */
  fetch(): Promise<string>;
  /** Puts the work tree to the commit: the files of the branch and nothing else. */
  checkOut(commit: string): Promise<void>;
}

export interface CloneOptions {
  /** Address of the repository, or a folder whose `origin` it is. */
  readonly repository: string;
  readonly branch: string;
  /** Folder of the controller's own data. */
  readonly data: string;
}

/** Makes the clone, or takes the one that is there. */
export async function openClone(runtime: Runtime, options: CloneOptions): Promise<OwnClone> {
  const { branch, data } = options;
  const folder = join(data, 'clone');
  const git = runGit(runtime.env);
  const address = await addressOf(runtime, options.repository);
  await mkdir(data, { recursive: true });
  if (existsSync(folder) && (await git(['remote', 'get-url', 'origin'], folder)).stdout.trim() !== address) {
    await rm(folder, { recursive: true, force: true });
  }
  const head = `refs/remotes/origin/${branch}`;

  async function ready(): Promise<void> {
    if (existsSync(join(folder, '.git'))) return;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await must(['init', '--quiet'], 'the clone cannot be made');
    await must(['remote', 'add', 'origin', address], 'the clone cannot be made');
  }

  async function must(args: readonly string[], what: string): Promise<string> {
    const { code, stdout, stderr } = await git(args, folder);
    if (code === 0) return stdout.trim();
    throw new Failure('unavailable', `${what}: ${stderr.trim().split('\n').at(-1) ?? ''}`, {
      code: 'CONTROLLER_GIT',
      hint: 'check that the remote can be reached from here and that the branch exists',
    });
  }

  return {
    folder,
    fetch: async () => {
      await ready();
      // A branch that was pushed anew by force is followed as it is.
      await must(
        ['fetch', '--quiet', '--no-tags', 'origin', `+refs/heads/${branch}:${head}`],
        `${branch} cannot be fetched`,
      );
      return await must(['rev-parse', `${head}^{commit}`], `${branch} has no commit`);
    },
    checkOut: async (commit) => {
      // On a branch of the same name, because the name is part of what is recorded.
      await must(['checkout', '--quiet', '--force', '-B', branch, commit], `${commit} cannot be checked out`);
      // A state in a file and the data of an embedded API lie there, and not every repository ignores them.
      await must(
        ['clean', '--quiet', '-ffd', '--exclude', '.assistantctl'],
        'the work tree cannot be cleaned',
      );
    },
  };
}

/** `.` or another folder stands for its `origin`: its work tree is never touched. */
async function addressOf(runtime: Runtime, repository: string): Promise<string> {
  const folder = join(runtime.cwd, repository);
  const local = repository === '.' || existsSync(join(folder, '.git'));
  if (!local) return repository;
  const { code, stdout } = await runGit(runtime.env)(['remote', 'get-url', 'origin'], folder);
  if (code === 0) return stdout.trim();
  throw new Failure('usage', `the repository at ${repository} has no remote called origin`, {
    code: 'CONTROLLER_REPO',
    hint: 'name the repository by its address: --repo https://…',
  });
}
