import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { account, leadingTo, type TestProject, writes } from './harness.ts';
import { nearProject } from './in-process.ts';

const run = promisify(execFile);
const at = ['--env', 'account'] as const;

async function git(project: TestProject, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: project.folder,
  });
  return stdout;
}

const IN_GIT = '  account:\n    state: { backend: git, remote: origin, ref: refs/assistantctl/account }\n';

async function applied() {
  const server = await account();
  const project = await nearProject(leadingTo(server));
  await git(project, 'init', '-q', '--bare', join(project.folder, 'remote.git'));
  await git(project, 'init', '-q', '-b', 'main');
  await git(project, 'remote', 'add', 'origin', join(project.folder, 'remote.git'));
  await git(project, 'add', 'assistants', 'assistantctl.yaml');
  await git(project, 'commit', '-qm', 'first');
  expect((await project.run('apply', ...at)).code).toBe(0);
  return { project, server, before: writes(server).length };
}

it('an empty backend beside one with bindings is refused with the line to type, and migrate moves them', async () => {
  const { project, server, before } = await applied();
  const show = async (): Promise<unknown> =>
    JSON.parse((await project.run('state', 'list', '--format', 'json', ...at)).stdout).resources;
  const bindings = await show();
  await project.edit('assistantctl.yaml', '  account:\n', IN_GIT);
  for (const command of ['plan', 'apply']) {
    const refused = await project.run(command, ...at);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('assistantctl state migrate --to git --env account');
  }
  const moved = await project.run('state', 'migrate', '--to', 'git', ...at);
  expect(moved.code, moved.stderr).toBe(0);
  expect(moved.stdout).toContain('Moved 4 bindings');
  expect(await show()).toEqual(bindings);
  expect((await project.run('plan', '--detailed-exitcode', ...at)).code).toBe(0);
  expect((await project.run('state', 'migrate', '--to', 'git', ...at)).code).toBe(3);

  // And back, from where the project file does not look any more.
  await project.edit('assistantctl.yaml', IN_GIT, '  account:\n');
  const refused = await project.run('plan', ...at);
  expect(refused.code).toBe(5);
  expect(refused.stderr).toContain('assistantctl state migrate --to file --env account');
  expect((await project.run('state', 'migrate', '--to', 'file', ...at)).code).toBe(0);
  expect(await show()).toEqual(bindings);
  expect((await project.run('plan', '--detailed-exitcode', ...at)).code).toBe(0);
  expect(writes(server)).toHaveLength(before);
});

it('migrate before the project file is changed says what to write there, and joins no two states', async () => {
  const { project } = await applied();
  const moved = await project.run('state', 'migrate', '--to', 'git', ...at);
  expect(moved.stdout).toContain('state: { backend: git, remote: origin, ref: refs/assistantctl/account }');
  expect((await project.run('plan', ...at)).code).toBe(5);
  await project.edit('assistantctl.yaml', '  account:\n', IN_GIT);
  expect((await project.run('plan', '--detailed-exitcode', ...at)).code).toBe(0);
});
