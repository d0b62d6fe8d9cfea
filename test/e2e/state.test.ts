import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { account, leadingTo, liveId, PROJECT_FILE, testProject, writes } from './harness.ts';

const execute = promisify(execFile);

async function applied() {
  const server = await account();
  const project = await testProject(leadingTo(server));
  await project.run('apply', '--env', 'account');
  const state = (...args: readonly string[]) => project.run('state', ...args, '--env', 'account');
  return { server, project, state, id: await liveId(server, 'Billing') };
}

describe('state', () => {
  it('lists and shows what is bound', async () => {
    const { state, id } = await applied();
    const list = await state('list');
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect(list.stdout).toContain('assistant/billing');
    expect(list.stdout).toContain(id);
    const json = JSON.parse((await state('list', '--format', 'json')).stdout);
    expect(json.resources['assistant/billing'].remote_id).toBe(id);
    expect((await state('show', 'assistant/billing')).stdout).toContain('You explain invoices.');
    const one = JSON.parse((await state('show', 'assistant/billing', '--format', 'json')).stdout);
    expect(one).toMatchObject({ address: 'assistant/billing', remote_id: id });
  });

  it('is empty before the first apply', async () => {
    const project = await testProject();
    expect(await project.run('state', 'list')).toMatchObject({ code: 0 });
    expect(JSON.parse((await project.run('state', 'list', '--format', 'json')).stdout)).toEqual({
      resources: {},
    });
    expect((await project.run('state', 'show', 'assistant/billing')).code).toBe(3);
    expect((await project.run('state', 'unlock')).stdout).toContain('Not locked');
  });

  it('mv renames without touching the account', async () => {
    const { server, project, state } = await applied();
    const before = writes(server).length;
    expect((await state('mv', 'test/greets', 'test/hello')).code).toBe(0);
    await project.edit('assistants/greets.yaml', 'key: greets', 'key: hello');
    expect((await project.run('plan', '--env', 'account', '--detailed-exitcode')).code).toBe(0);
    expect(writes(server)).toHaveLength(before);
    expect((await state('mv', 'test/greets', 'test/other')).code).toBe(3);
    expect((await state('mv', 'test/hello', 'tool/hello')).code).toBe(3);
    expect((await state('mv', 'assistant/billing', 'assistant/front-desk')).code).toBe(5);
  });

  it('rm forgets and import binds again, with no base and nothing removed', async () => {
    const { server, project, state, id } = await applied();
    expect((await state('rm', 'assistant/billing')).code).toBe(0);
    expect((await state('rm', 'assistant/billing')).code).toBe(3);
    expect((await state('import', 'assistant/billing', 'assistant-none')).code).toBe(3);
    expect((await state('import', 'assistant/billing', await liveId(server, 'Front desk'))).code).toBe(5);
    const before = writes(server).length;
    const imported = await state('import', 'assistant/billing', id);
    expect(imported.code).toBe(0);
    expect(imported.stdout).toContain('Billing');
    expect((await state('import', 'assistant/billing', id)).stdout).toContain('already');
    expect((await project.run('apply', '--env', 'account')).code).toBe(0);
    expect(writes(server)).toHaveLength(before);
    expect((await project.run('plan', '--env', 'account', '--detailed-exitcode')).code).toBe(0);
  });

  it('import begins a state where there is none', async () => {
    const { server, project, id } = await applied();
    await project.remove('.assistantctl/state/account.json');
    const import_ = await project.run('state', 'import', 'assistant/billing', id, '--env', 'guarded');
    expect(import_.code).toBe(0);
    expect(JSON.parse(await project.read('.assistantctl/state/guarded.json'))).toMatchObject({
      environment: 'guarded',
      resources: { 'assistant/billing': { remote_id: id, base: null } },
    });
    const planned = await project.run('plan', '--env', 'guarded', '--format', 'json');
    expect(JSON.parse(planned.stdout).summary).toMatchObject({ create: 0, adopt: 3 });
    expect(await liveId(server, 'Billing')).toBe(id);
  });

  it('of another project is refused', async () => {
    const { project } = await applied();
    await project.write('assistantctl.yaml', PROJECT_FILE.replace('project: acme', 'project: other'));
    for (const command of [['plan'], ['apply'], ['state', 'rm', 'assistant/billing']]) {
      const refused = await project.run(...command, '--env', 'account');
      expect(refused.code).toBe(6);
      expect(refused.stderr).toContain('acme');
    }
  });

  it('can live on a ref of a Git remote', async () => {
    const project = await testProject();
    const git = (...args: readonly string[]) => execute('git', [...args], { cwd: project.folder });
    await project.write(
      'assistantctl.yaml',
      PROJECT_FILE.replace(
        '    target: emulator\n',
        '    target: emulator\n    state: { backend: git, remote: origin, ref: refs/assistantctl/local }\n',
      ),
    );
    await git('init', '-q', '--bare', join(project.folder, 'remote.git'));
    await git('init', '-q');
    await git('remote', 'add', 'origin', join(project.folder, 'remote.git'));
    await git('add', 'assistantctl.yaml', 'assistants');
    await git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', 'specs');

    const first = await project.run('apply', '--format', 'json');
    expect(first.code).toBe(0);
    const { plan_digest, results } = JSON.parse(first.stdout);
    expect(results).toHaveLength(4);
    expect((await project.run('plan', '--detailed-exitcode')).code).toBe(0);
    const bare = join(project.folder, 'remote.git');
    const log = await git('--git-dir', bare, 'log', '--format=%B', 'refs/assistantctl/local');
    expect(log.stdout).toContain(plan_digest);
  });
});
