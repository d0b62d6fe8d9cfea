import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { account, inDashboard, leadingTo, liveId, type TestProject, writes } from './harness.ts';
import { nearProject } from './in-process.ts';

const run = promisify(execFile);
const at = ['--env', 'account'] as const;
const assistant = (name: string): string =>
  `kind: assistant\nspec: { name: ${name}, model: openai/gpt-4o, instructions: Hi. }\n`;

async function git(project: TestProject, ...args: readonly string[]): Promise<string> {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false'];
  const { stdout } = await run('git', [...identity, ...args], { cwd: project.folder });
  return stdout;
}

/** A committed and applied project of two teams. */
async function committed() {
  const server = await account();
  const project = await nearProject(leadingTo(server), {
    'assistants/team1/a.yaml': assistant('A'),
    'assistants/team2/b.yaml': assistant('B'),
    '.gitignore': '.assistantctl/\n',
  });
  await git(project, 'init', '-q', '-b', 'main');
  await git(project, 'add', '.');
  await git(project, 'commit', '-qm', 'first');
  expect((await project.run('apply', ...at)).code).toBe(0);
  return { server, project, before: writes(server).length };
}

describe('an incomplete checkout deletes nothing', () => {
  const breakIt: readonly (readonly [string, (project: TestProject) => Promise<unknown>])[] = [
    ['a sparse checkout', (project) => git(project, 'sparse-checkout', 'set', 'assistants/team1')],
    [
      'another case of the extension',
      (project) => git(project, 'mv', 'assistants/team2/b.yaml', 'assistants/team2/b.YAML'),
    ],
    [
      'a file that is not merged',
      async (project) => {
        await git(project, 'checkout', '-qb', 'side');
        await git(project, 'rm', '-q', 'assistants/team2/b.yaml');
        await git(project, 'commit', '-qm', 'gone');
        await git(project, 'checkout', '-q', 'main');
        await project.write('assistants/team2/b.yaml', `${assistant('B')}# edited\n`);
        await git(project, 'commit', '-qam', 'edited');
        await git(project, 'merge', 'side').catch(() => undefined);
        await rm(join(project.folder, 'assistants/team2/b.yaml'), { force: true });
      },
    ],
    [
      'a submodule that was not fetched',
      async (project) => {
        await git(project, 'rm', '-q', 'assistants/team2/b.yaml');
        const head = (await git(project, 'rev-parse', 'HEAD')).trim();
        await git(project, 'update-index', '--add', '--cacheinfo', `160000,${head},assistants/team2`);
        await git(project, 'commit', '-qm', 'submodule');
      },
    ],
  ];

  it.each(breakIt)('%s', async (_, damage) => {
    const { server, project, before } = await committed();
    await damage(project);
    expect((await project.run('plan', '--prune', ...at)).code).toBe(5);
    for (const flags of [[], ['--override-limits'], ['--yes']]) {
      const refused = await project.run('apply', '--prune', ...flags, ...at);
      expect(refused.code).toBe(5);
      expect(refused.stderr).toContain('CHECKOUT_INCOMPLETE');
    }
    expect(writes(server)).toHaveLength(before);
    expect((await project.run('plan', ...at)).code).toBe(0);
  });

  it('while a deletion that is not committed is a caution, and environments can prune by themselves', async () => {
    const { project } = await committed();
    await project.remove('assistants/team2/b.yaml');
    await project.edit('assistantctl.yaml', '  account:\n', '  account:\n    prune: true\n');
    const planned = await project.run('plan', ...at);
    expect(planned.code).toBe(0);
    expect(planned.stdout).toContain('The deletion of assistants/team2/b.yaml is not committed');
    expect(planned.stdout).toContain('1 to delete');
    expect((await project.run('plan', '--no-prune', ...at)).stdout).toContain('Nothing to apply');
    expect((await project.run('apply', ...at)).code).toBe(0);
  });
});

it('losing all that an environment has wants --override-limits', async () => {
  const server = await account();
  const project = await nearProject(leadingTo(server), {
    'assistants/a.yaml': assistant('A'),
    'assistants/base.yaml': 'kind: assistant\nkey: base\nabstract: true\nspec: { model: openai/gpt-4o }\n',
  });
  expect((await project.run('apply', ...at)).code).toBe(0);
  await project.remove('assistants/a.yaml');
  const refused = await project.run('apply', '--prune', ...at);
  expect(refused.code).toBe(5);
  expect(refused.stderr).toContain('LIMIT_ALL');
  expect((await project.run('apply', '--prune', '--override-limits', ...at)).code).toBe(0);
});

it('a plan with --prune does not name --prune as the way to delete what prevent_destroy keeps', async () => {
  const server = await account();
  const project = await nearProject(leadingTo(server), {
    'assistants/a.yaml': assistant('A'),
    'assistants/b.yaml': `${assistant('B')}lifecycle: { prevent_destroy: true }\n`,
  });
  expect((await project.run('apply', ...at)).code).toBe(0);
  await project.remove('assistants/b.yaml');
  const plan = await project.run('plan', '--prune', ...at);
  expect(plan.code, plan.stderr).toBe(0);
  expect(plan.stdout).toContain('DESTROY_PREVENTED');
  expect(plan.stdout).toContain('Stays live although its document is gone: assistant/b.');
  expect(plan.stdout).not.toContain('--prune deletes it');
  expect(plan.stdout).not.toContain('to delete:');
});

describe('what is deleted, restored or moved back in a protected environment', () => {
  it('wants its name: versions prune (which keeps three former mains without being told), rollback, state restore', async () => {
    const server = await account();
    const guarded = ['--env', 'guarded'] as const;
    const project = await nearProject(leadingTo(server), {
      'assistants/a.yaml': assistant('A'),
      'assistants/z.yaml': assistant('Z'),
    });
    for (const words of ['One.', 'Two.', 'Three.', 'Four.', 'Five.', 'Six.']) {
      await project.write('assistants/a.yaml', assistant('A').replace('Hi.', words));
      expect((await project.run('apply', '--approve', 'guarded', ...guarded)).code).toBe(0);
    }
    const prune = ['versions', 'prune', 'assistant/a'] as const;
    expect((await project.run(...prune, ...guarded)).code).toBe(5);
    const before = writes(server).length;
    const dry = JSON.parse((await project.run(...prune, '--dry-run', '--format', 'json', ...guarded)).stdout);
    expect(dry).toMatchObject({ dry_run: true, deleted: { length: 2 } });
    expect(writes(server)).toHaveLength(before);
    expect((await project.run(...prune, '--approve', 'guarded', ...guarded)).stdout).toContain(
      '2 versions deleted, 4 kept',
    );
    const one = await project.run(...prune, '--mains', '1', '--approve', 'guarded', ...guarded);
    expect(one.stdout).toContain('2 versions deleted, 2 kept');
    expect((await project.run('rollback', 'assistant/a', ...guarded)).code).toBe(5);
    expect((await project.run('rollback', 'assistant/a', '--approve', 'guarded', ...guarded)).code).toBe(0);
    await project.remove('assistants/a.yaml');
    const gone = ['--prune', '--override-limits', '--approve', 'guarded', ...guarded] as const;
    expect((await project.run('apply', ...gone)).code).toBe(0);
    expect((await project.run('state', 'restore', 'assistant/a', ...guarded)).code).toBe(5);
    const restored = await project.run('state', 'restore', 'assistant/a', '--approve', 'guarded', ...guarded);
    expect(restored.code).toBe(0);
  });
});

it('phone numbers that lead to a deleted assistant are named before', async () => {
  const server = await account();
  const project = await nearProject(leadingTo(server), {
    'assistants/a.yaml':
      'kind: assistant\nspec: { name: A, model: m, instructions: Hi., enabled_features: [telephony] }\n',
    'assistants/b.yaml': assistant('B'),
  });
  expect((await project.run('apply', ...at)).code).toBe(0);
  const reply = await inDashboard(server, 'GET', `/ai/assistants/${await liveId(server, 'A')}`);
  const { telephony_settings } = (await reply.json()) as {
    telephony_settings: { default_texml_app_id: string };
  };
  const phone_number = '+13125550100';
  const connection_id = telephony_settings.default_texml_app_id;
  server.store.put('phone_numbers', '1', { id: '1', phone_number, connection_id });
  await project.remove('assistants/a.yaml');
  for (const format of ['text', 'markdown', 'json']) {
    const { code, stdout } = await project.run('plan', '--prune', '--format', format, ...at);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`${phone_number} would lead to nothing`);
  }
});

it('apply lists the drift that it leaves', async () => {
  const server = await account();
  const project = await nearProject(leadingTo(server), { 'assistants/a.yaml': assistant('A') });
  expect((await project.run('apply', ...at)).code).toBe(0);
  await inDashboard(server, 'POST', `/ai/assistants/${await liveId(server, 'A')}`, { instructions: 'Hand.' });
  const text = await project.run('apply', ...at);
  expect(text.code).toBe(0);
  expect(text.stdout).toMatch(/left as it is\): 1 resource\n.*assistant\/a {2}\/instructions/);
  const json = JSON.parse((await project.run('apply', '--format', 'json', ...at)).stdout);
  expect(json).toMatchObject({ outcome: 'nothing', drift: [{ address: 'assistant/a' }] });
  expect((await project.run('apply', '--format', 'markdown', ...at)).stdout).toContain('left as it is (1)');
});

it('apply names --recreate, and not --revert-drift, for a resource that was deleted outside Git', async () => {
  const server = await account();
  const project = await nearProject(leadingTo(server), {
    'assistants/a.yaml': assistant('A'),
    'assistants/b.yaml': assistant('B'),
  });
  expect((await project.run('apply', ...at)).code).toBe(0);
  await inDashboard(server, 'DELETE', `/ai/assistants/${await liveId(server, 'A')}`);
  const text = await project.run('apply', ...at);
  expect(text.stdout).toMatch(/assistant\/a {2}deleted\n.*apply --recreate/);
  expect(text.stdout).not.toContain('--revert-drift');
});
