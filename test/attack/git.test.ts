import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { feedGit } from '../../src/state/git/git-run.ts';
import { account, leadingTo, SPECS, testProject } from '../e2e/harness.ts';
import { bareRemote, clone, git, REF, storeIn } from '../state/git-support.ts';
import { temporaryFolder } from '../state/support.ts';

/** A program that a configuration of the branch names; it leaves a file with its environment. */
async function spy(folder: string): Promise<{ readonly program: string; readonly ran: () => boolean }> {
  const trace = join(folder, 'ran.txt');
  const program = join(folder, 'spy.sh');
  await writeFile(program, `#!/bin/sh\nenv > '${trace}'\n[ $# -eq 0 ] && cat\n`);
  await chmod(program, 0o755);
  return { program, ran: () => existsSync(trace) };
}

/** What a branch can commit: the files of a bare repository, in any folder. */
async function plantBare(folder: string, config: string): Promise<void> {
  await mkdir(join(folder, 'objects'), { recursive: true });
  await mkdir(join(folder, 'refs/heads'), { recursive: true });
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/main\n');
  await writeFile(join(folder, 'config'), config);
}

const withMonitor = (program: string): string =>
  `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = ${program}\n`;

describe('a branch that brings the files of a bare repository', () => {
  const attacks = [
    ['a file monitor', withMonitor],
    [
      'a content filter',
      (program: string) =>
        `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n[filter "x"]\n\tclean = ${program}\n\trequired = true\n`,
    ],
  ] as const;

  it.each(attacks)('runs nothing through %s, in any command', async (_what, config) => {
    const server = await account();
    const project = await testProject(leadingTo(server));
    const outside = await temporaryFolder();
    const { program, ran } = await spy(outside);
    await git(project.folder, 'init', '-q', '-b', 'main');
    await mkdir(join(project.folder, 'voice'));
    for (const name of ['assistantctl.yaml', 'assistants']) {
      await cp(join(project.folder, name), join(project.folder, 'voice', name), { recursive: true });
    }
    const voice = join(project.folder, 'voice');
    await plantBare(voice, '');
    await git(voice, '--git-dir=.', '--work-tree=.', 'add', 'assistants');
    await plantBare(voice, config(program));
    await writeFile(join(voice, '.gitattributes'), '*.yaml filter=x\n');
    await writeFile(join(voice, 'assistants/lookup.yaml'), SPECS['assistants/lookup.yaml'] ?? '');
    for (const args of [
      ['validate'],
      ['plan', '--env', 'account'],
      ['plan', '--env', 'account', '--offline'],
      ['graph', '--env', 'account'],
      ['apply', '--env', 'account'],
      ['pull', '--env', 'account', '--drift'],
    ]) {
      const { code } = await project.run(...args, '--project', 'voice');
      expect([args[0], code]).toEqual([args[0], 0]);
    }
    expect(ran()).toBe(false);
    // The plant is a real one: plain git runs it.
    await git(voice, 'status').catch(() => undefined);
    expect(ran()).toBe(true);
  });

  it('says what is wrong where state needs Git', async () => {
    const project = await testProject();
    await git(project.folder, 'init', '-q', '-b', 'main');
    await plantBare(join(project.folder, 'voice'), '');
    await expect(storeIn(join(project.folder, 'voice')).load()).rejects.toMatchObject({
      kind: 'usage',
      code: 'GIT_BARE_LAYOUT',
    });
  });
});

describe('git of a clone', () => {
  it('runs no file monitor and no hook that the clone configures', async () => {
    const work = await clone(await bareRemote(), 'a');
    const { program, ran } = await spy(await temporaryFolder());
    await git(work, 'config', 'core.fsmonitor', program);
    for (const hook of ['post-checkout', 'pre-commit', 'pre-push', 'reference-transaction']) {
      await writeFile(join(work, '.git/hooks', hook), `#!/bin/sh\n${program} < /dev/null\n`);
      await chmod(join(work, '.git/hooks', hook), 0o755);
    }
    const runner = feedGit({ PATH: process.env.PATH, HOME: work });
    expect((await runner(['status', '--porcelain'], work)).code).toBe(0);
    expect((await runner(['switch', '--create', 'other'], work)).code).toBe(0);
    expect(ran()).toBe(false);
  });

  it('starts helpers without API keys, and with what credential helpers need', async () => {
    const work = await clone(await bareRemote(), 'a');
    const env = {
      PATH: process.env.PATH,
      HOME: work,
      GITHUB_TOKEN: 'forge',
      TELNYX_API_KEY: 'KEY_TEST_1',
      TELNYX_API_KEY_STAGING: 'KEY_TEST_2',
      ACME_VOICE_KEY: 'KEY_TEST_3',
      ASSISTANTCTL_NOTIFY_SECRET: 'KEY_TEST_4',
    };
    const runner = feedGit(env, { withheld: ['ACME_VOICE_KEY'] });
    const { stdout } = await runner(['-c', 'alias.env=!env', 'env'], work);
    expect(stdout).toContain('GITHUB_TOKEN=forge');
    expect(stdout).not.toContain('KEY_TEST');
  });

  it('never uses ext:: addresses, whatever the clone allows', async () => {
    const work = await clone(await bareRemote(), 'a');
    const { program, ran } = await spy(await temporaryFolder());
    await git(work, 'config', 'protocol.ext.allow', 'always');
    await git(work, 'remote', 'set-url', 'origin', `ext::${program}`);
    await expect(storeIn(work).load()).rejects.toThrow();
    expect(ran()).toBe(false);
  });
});

describe('state.remote', () => {
  it.each([
    'https://attacker.example/x.git',
    'attacker.example:x.git',
    'file:///tmp/x.git',
    'ext::sh -c id',
    './evil',
    '../evil',
    '/evil',
    'a/../evil',
    '--upload-pack=evil',
    '',
  ])('is refused when it is no name: %s', (remote) => {
    expect(() => storeIn('/nowhere', { remote })).toThrow(/must be the name of a remote/);
  });

  it('is no folder of the branch, whatever the folder is called', async () => {
    const work = await clone(await bareRemote(), 'a');
    execFileSync('git', ['init', '-q', '--bare', join(work, 'evil')]);
    const { program, ran } = await spy(await temporaryFolder());
    await writeFile(join(work, 'evil/hooks/update'), `#!/bin/sh\n${program} < /dev/null\n`);
    await chmod(join(work, 'evil/hooks/update'), 0o755);
    await expect(storeIn(work, { remote: 'evil' }).open('alice')).rejects.toMatchObject({
      kind: 'usage',
      code: 'GIT_REMOTE_MISSING',
    });
    expect(ran()).toBe(false);
    expect(await git(join(work, 'evil'), 'for-each-ref')).not.toContain(REF);
  });
});
