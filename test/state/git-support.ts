import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { feedGit } from '../../src/state/git/git-run.ts';
import { type GitStoreOptions, gitStore } from '../../src/state/git/git-store.ts';
import { isAlive, run, sleep, temporaryFolder } from './support.ts';

export const gitEnvironment = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
};

export const REF = 'refs/assistantctl/production';

export async function git(folder: string, ...args: string[]): Promise<string> {
  return (await run('git', args, { cwd: folder, env: gitEnvironment })).stdout.trim();
}

/** A bare remote with one commit on its branch. */
export async function bareRemote(): Promise<string> {
  const folder = await temporaryFolder();
  const remote = join(folder, 'remote.git');
  await git(folder, 'init', '-q', '--bare', '-b', 'main', remote);
  const work = await clone(remote, 'seed');
  for (const name of ['first', 'second']) await commit(work, name);
  await git(work, 'push', '-q', 'origin', 'HEAD:main');
  return remote;
}

export async function commit(work: string, message: string): Promise<void> {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  await git(work, ...who, 'commit', '-q', '--allow-empty', '-m', message);
}

export async function clone(remote: string, name: string, ...options: string[]): Promise<string> {
  const folder = join(await temporaryFolder(), name);
  await git('/', 'clone', '-q', ...options, `file://${remote}`, folder);
  return folder;
}

export function storeIn(work: string, changes: Partial<GitStoreOptions> = {}) {
  return gitStore({
    git: feedGit(gitEnvironment),
    root: work,
    remote: 'origin',
    ref: REF,
    environment: 'production',
    logPath: join(work, '.assistantctl/state/production.journal'),
    clock: () => new Date(),
    sleep,
    randomUuid: randomUUID,
    identity: { host: 'here', pid: process.pid, run: 'https://ci.example/run/7' },
    isAlive,
    ...changes,
  });
}
