import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseStatus, readGitInfo } from '../../src/state/git/git-info.ts';
import { feedGit, NO_PROGRAM } from '../../src/state/git/git-run.ts';
import { run, temporaryFolder } from './support.ts';

const environment = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
};

async function repository(): Promise<{ folder: string; git: (...args: string[]) => Promise<string> }> {
  const folder = await temporaryFolder();
  const git = async (...args: string[]) =>
    (await run('git', args, { cwd: folder, env: environment })).stdout.trim();
  await git('init', '-q', '-b', 'trunk');
  return { folder, git };
}

const info = (folder: string) => readGitInfo(folder, feedGit(environment));

describe('readGitInfo', () => {
  it('gives commit, branch and whether anything differs', async () => {
    const { folder, git } = await repository();
    expect(await info(folder)).toBeNull();
    await git('commit', '-q', '--allow-empty', '-m', 'first');
    const commit = await git('rev-parse', 'HEAD');
    expect(await info(folder)).toEqual({ commit, branch: 'trunk', dirty: false });
    await writeFile(join(folder, 'new.yaml'), 'kind: tool');
    expect(await info(folder)).toEqual({ commit, branch: 'trunk', dirty: true });
    await git('add', '.');
    expect((await info(folder))?.dirty).toBe(true);
    await git('commit', '-q', '-m', 'second');
    await git('checkout', '-q', '--detach');
    expect(await info(folder)).toEqual({
      commit: await git('rev-parse', 'HEAD'),
      branch: null,
      dirty: false,
    });
  });

  it('looks at the project alone when the repository holds more', async () => {
    const { folder, git } = await repository();
    await mkdir(join(folder, 'voice'));
    await writeFile(join(folder, 'voice/a.yaml'), 'a: 1');
    await git('add', '.');
    await git('commit', '-q', '-m', 'first');
    await writeFile(join(folder, 'elsewhere.txt'), 'x');
    expect((await info(join(folder, 'voice')))?.dirty).toBe(false);
    expect((await info(folder))?.dirty).toBe(true);
  });

  it('is null without a repository and without git', async () => {
    const folder = await temporaryFolder();
    expect(await info(folder)).toBeNull();
    expect(await readGitInfo(folder, feedGit({ PATH: folder }))).toBeNull();
    expect(await feedGit({ PATH: folder })(['version'], folder)).toMatchObject({ code: NO_PROGRAM });
  });

  it('is not led to another repository by variables of a calling git hook', async () => {
    const { folder, git } = await repository();
    await git('commit', '-q', '--allow-empty', '-m', 'first');
    const outside = await temporaryFolder();
    const runner = feedGit({ ...environment, GIT_DIR: join(folder, '.git'), GIT_WORK_TREE: folder });
    expect(await readGitInfo(outside, runner)).toBeNull();
    const shared = { GIT_COMMON_DIR: outside, GIT_OBJECT_DIRECTORY: join(outside, 'objects') };
    expect(await readGitInfo(folder, feedGit({ ...environment, ...shared }))).not.toBeNull();
  });
});

describe('parseStatus', () => {
  it('takes a branch that is called like a heading for what it is', () => {
    const text =
      '# branch.oid abc\n# branch.head feature/branch.oid\n# branch.upstream origin/x\n# branch.ab +1 -0\n';
    expect(parseStatus(text)).toEqual({ commit: 'abc', branch: 'feature/branch.oid', dirty: false });
  });

  it('is null for text that is none', () => {
    expect(parseStatus('')).toBeNull();
  });
});
