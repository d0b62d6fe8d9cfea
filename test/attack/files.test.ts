import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { account, inDashboard, leadingTo, liveId, SPECS, testProject } from '../e2e/harness.ts';
import { git } from '../state/git-support.ts';

const SECRET = 'a-secret-of-the-checkout';

async function checkout(files: Readonly<Record<string, string>> = {}) {
  const server = await account();
  const project = await testProject(leadingTo(server), { ...SPECS, ...files });
  await git(project.folder, 'init', '-q', '-b', 'main');
  await git(project.folder, 'config', 'http.extraheader', SECRET);
  const secrets = [
    '.npmrc',
    '.env',
    '.github/workflows/x.yml',
    '.assistantctl/state/x.json',
    'node_modules/x/y.md',
  ];
  for (const file of secrets) await project.write(file, `${SECRET}\n`);
  return { server, project };
}

describe('$file', () => {
  it.each([
    '../.git/config',
    '../.GIT/config',
    '../.npmrc',
    '../.env',
    '../.github/workflows/x.yml',
    '../.assistantctl/state/x.json',
    '../node_modules/x/y.md',
    '../Node_Modules/x/y.md',
    '.hidden/x.md',
    'prompts/../../.git/config',
  ])('reads nothing of %s, and does not say whether it is there', async (path) => {
    const { project } = await checkout({ 'assistants/.hidden/x.md': SECRET });
    await project.edit('assistants/billing.yaml', 'You explain invoices.', `{ $file: "${path}" }`);
    const ran = await project.run('validate');
    expect(ran.code).toBe(3);
    expect(ran.stdout).toMatch(/FILE_PRIVATE/);
    expect(ran.stdout + ran.stderr).not.toContain(SECRET);
  });

  it('reads nothing there through a symbolic link either, and names no such file as similar', async () => {
    const { project } = await checkout();
    await symlink('../.git/config', join(project.folder, 'assistants/link.md'));
    await symlink('../.github', join(project.folder, 'assistants/folder'));
    await symlink('../.npmrc', join(project.folder, 'assistants/spec.yaml'));
    for (const path of ['link.md', 'folder/workflows/x.yml', '../npmrc']) {
      await project.write(
        'assistants/extra.yaml',
        `kind: assistant\nspec: { name: Extra, model: openai/gpt-4o, instructions: { $file: ${path} } }\n`,
      );
      const ran = await project.run('validate');
      expect([path, ran.code]).toEqual([path, 3]);
      expect(ran.stdout + ran.stderr).not.toContain(SECRET);
      expect(ran.stdout).not.toContain('did you mean .npmrc');
    }
  });
});

describe('pull', () => {
  it('writes nothing through a symbolic link into what is run or read as a setting', async () => {
    const { server, project } = await checkout();
    await project.write('assistants/words.md', 'You explain invoices.\n');
    await project.edit('assistants/billing.yaml', 'You explain invoices.', '{ $file: words.md }');
    expect((await project.run('apply', '--env', 'account')).code).toBe(0);
    const evil = '[core]\n\tfsmonitor = touch x\n';
    await inDashboard(server, 'POST', `/ai/assistants/${await liveId(server, 'Billing')}`, {
      instructions: evil,
      promote_to_main: true,
    });
    const before = await readFile(join(project.folder, '.git/config'), 'utf8');
    await project.remove('assistants/words.md');
    await symlink('../.git/config', join(project.folder, 'assistants/words.md'));
    const pulled = await project.run('pull', '--drift', '--env', 'account');
    expect(pulled.code).toBe(3);
    expect(await readFile(join(project.folder, '.git/config'), 'utf8')).toBe(before);
  });

  it('adopts into no folder that leads elsewhere', async () => {
    const { server, project } = await checkout();
    await inDashboard(server, 'POST', '/ai/assistants', {
      name: 'Night desk',
      model: 'openai/gpt-4o',
      instructions: 'Hello.\n'.repeat(80),
    });
    await mkdir(join(project.folder, 'outside'), { recursive: true });
    await symlink('../.github/workflows', join(project.folder, 'assistants/prompts'));
    const pulled = await project.run('pull', '--adopt', '--env', 'account');
    expect(pulled.code).toBe(3);
    expect(existsSync(join(project.folder, '.github/workflows/night-desk.md'))).toBe(false);
  });
});

describe('a project whose .gitignore says nothing of .assistantctl', () => {
  it.each(['account', 'local'])('keeps it out of every commit all the same: %s', async (env) => {
    const { project } = await checkout();
    await project.write('.gitignore', '');
    for (const command of ['apply --yes', 'plan --detailed-exitcode', 'drift']) {
      const ran = await project.run(...command.split(' '), '--env', env);
      expect(ran.code, ran.stderr).toBe(0);
      await git(project.folder, 'add', '-A');
      expect(await git(project.folder, 'ls-files', '.assistantctl')).toBe('');
    }
    await project.write('.assistantctl/emulator/local.scripts.json', '[]');
    await git(project.folder, 'add', '-A');
    expect(await git(project.folder, 'ls-files', '.assistantctl')).toContain('local.scripts.json');
  });
});

describe('a branch that brings its own .assistantctl', () => {
  it('is refused, committed or as a symbolic link, and scripted results of the embedded API are not', async () => {
    const { server, project } = await checkout();
    const run = async (...args: readonly string[]) => {
      const ran = await project.run(...args, '--env', 'account', '--format', 'json');
      return { code: ran.code, found: JSON.parse(ran.stdout).error?.code };
    };
    expect((await run('plan')).code).toBe(0);
    await project.write('.assistantctl/emulator/local.scripts.json', '[]');
    await git(project.folder, 'add', '-f', '.assistantctl/emulator');
    expect((await run('plan')).code).toBe(0);
    await git(project.folder, 'add', '-f', '.assistantctl/state/x.json');
    for (const args of [['plan'], ['apply'], ['drift'], ['pull', '--drift'], ['state', 'list']]) {
      expect(await run(...args)).toEqual({ code: 3, found: 'STATE_COMMITTED' });
    }
    await git(project.folder, 'rm', '-q', '-r', '--cached', '.assistantctl');
    expect((await run('plan')).code).toBe(0);
    const elsewhere = join(project.folder, 'elsewhere');
    await cp(join(project.folder, '.assistantctl'), elsewhere, { recursive: true });
    await import('node:fs/promises').then(({ rm }) =>
      rm(join(project.folder, '.assistantctl'), { recursive: true, force: true }),
    );
    await symlink('elsewhere', join(project.folder, '.assistantctl'));
    expect(await run('plan')).toEqual({ code: 3, found: 'STATE_COMMITTED' });
    await writeFile(join(elsewhere, 'x'), '');
    expect(server.requests.some(({ method }) => method !== 'GET')).toBe(false);
  });
});
