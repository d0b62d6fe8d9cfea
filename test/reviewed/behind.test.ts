import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { inDashboard, leadingTo, liveId } from '../e2e/harness.ts';
import { inProcess } from '../forge/in-process.ts';
import { assistant, type Repository, repository } from './repository.ts';

const execute = promisify(execFile);
const FILE = 'assistants/billing.yaml';

/** Two commits, both applied. */
async function twice(): Promise<Repository & { readonly first: string }> {
  const repo = await repository({ [FILE]: assistant('billing') });
  const { project } = repo;
  expect((await project.run('apply', '--env', 'live')).code).toBe(0);
  const first = await repo.git('rev-parse', 'HEAD');
  await project.edit(FILE, 'Hello.', 'Second.');
  await repo.commit('second');
  expect((await project.run('apply', '--env', 'live')).code).toBe(0);
  return { ...repo, first };
}

async function greeting({ server }: Repository): Promise<unknown> {
  const reply = await inDashboard(server, 'GET', `/ai/assistants/${await liveId(server, 'billing')}`);
  return ((await reply.json()) as { greeting: unknown }).greeting;
}

describe('a commit that is older than the last applied one', () => {
  test('is refused, a caution in plans that end with 0, and applied when somebody says so', async () => {
    const repo = await twice();
    const { project } = repo;
    await repo.git('checkout', '--quiet', repo.first);
    const plan = await project.run('plan', '--env', 'live', '--format', 'json');
    expect(plan.code).toBe(0);
    expect(JSON.parse(plan.stdout)).toMatchObject({ behind: { relation: 'behind' } });
    for (const format of ['text', 'markdown', 'html']) {
      const shown = await project.run('plan', '--env', 'live', '--format', format);
      expect(shown.stdout.replaceAll(/\s+/g, ' '), format).toContain('older than the last applied one');
    }
    const ran = await project.run('apply', '--env', 'live');
    expect(ran.code).toBe(6);
    expect(ran.stderr).toContain('BEHIND');
    expect(await greeting(repo)).toBe('Second.');
    const allowed = await project.run('apply', '--env', 'live', '--allow-behind');
    expect(allowed.code, allowed.stderr).toBe(0);
    expect(await greeting(repo)).toBe('Hello.');
  });

  test('is refused on a history that parted, unless everything was reviewed', async () => {
    const repo = await twice();
    const { project } = repo;
    await repo.git('switch', '--quiet', '--create', 'other', repo.first);
    await project.edit(FILE, 'Hello.', 'Other.');
    await repo.commit('other');
    const ran = await project.run('apply', '--env', 'live');
    expect(ran.code).toBe(6);
    expect(ran.stderr).toContain('parted');
    const plan = await repo.file((await project.run('plan', '--env', 'live', '--format', 'json')).stdout);
    const reviewed = await project.run('apply', '--env', 'live', '--reviewed', plan);
    expect(reviewed.code, reviewed.stderr).toBe(0);
  });

  test('is found out in a shallow clone, which is deepened', async () => {
    const repo = await twice();
    const { project } = repo;
    await repo.git('push', '--quiet', 'origin', 'main');
    await repo.git('push', '--quiet', 'origin', `${repo.first}:refs/heads/old`);
    const remote = await repo.git('remote', 'get-url', 'origin');
    const clone = join(project.folder, 'clone');
    await execute('git', ['clone', '--quiet', '--depth=1', '--branch=main', `file://${remote}`, clone]);
    await execute('cp', ['-r', join(project.folder, '.assistantctl'), clone]);
    const inClone = { ...project, folder: clone };
    const env = leadingTo(repo.server);
    const newest = await inProcess(inClone, env, 'apply', '--env', 'live');
    expect(newest.code, newest.stderr).toBe(0);
    await rm(clone, { recursive: true });
    await execute('git', ['clone', '--quiet', '--depth=1', '--branch=old', `file://${remote}`, clone]);
    await execute('cp', ['-r', join(project.folder, '.assistantctl'), clone]);
    const old = await inProcess(inClone, env, 'apply', '--env', 'live');
    // The commit that was applied is on another branch: a shallow clone is never proof.
    expect([0, 6]).toContain(old.code);
    expect(old.stderr).toMatch(/BEHIND|cannot be told/);
  });

  test('cannot be told where the commit is gone, which is a caution', async () => {
    const repo = await twice();
    await rm(join(repo.project.folder, '.git'), { recursive: true });
    await repo.git('init', '--quiet', '--initial-branch', 'main');
    await repo.project.edit(FILE, 'Second.', 'Third.');
    await repo.commit('begun anew');
    const plan = await repo.project.run('plan', '--env', 'live', '--format', 'markdown');
    expect(plan.stdout).toContain('cannot be told');
    const ran = await repo.project.run('apply', '--env', 'live');
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain('cannot be told');
  });
});

test('a tree that holds more than its commit is told by a plus', async () => {
  const repo = await twice();
  const { project } = repo;
  const head = await repo.git('rev-parse', 'HEAD');
  await project.edit(FILE, 'Second.', 'Not committed.');
  const plan = await project.run('plan', '--env', 'live');
  expect(plan.stdout).toContain(`${head.slice(0, 7)}+`);
  const ran = await project.run('apply', '--env', 'live', '--format', 'json');
  expect(JSON.parse(ran.stdout)).toMatchObject({ commit: `${head}+`, since: head });
  const versions = await project.run(
    'versions',
    'list',
    'assistant/billing',
    '--env',
    'live',
    '--format',
    'json',
  );
  expect(versions.stdout).toContain(`${head.slice(0, 7)}+ `);
  expect(JSON.parse(await project.read('.assistantctl/state/live.json')).completed).toMatchObject({
    commit: head,
    dirty: true,
  });
});

test('a deletion does not run beside a create that failed', async () => {
  const repo = await twice();
  const { project } = repo;
  await project.remove(FILE);
  await project.write('assistants/new.yaml', assistant('new'));
  await repo.commit('replaced');
  const body = { errors: [{ code: '10015', title: 'Bad Request', detail: 'no' }] };
  repo.server.setFaults(({ method, path }) =>
    method === 'POST' && path.endsWith('/ai/assistants') ? { kind: 'status', status: 400, body } : undefined,
  );
  const ran = await project.run('apply', '--env', 'live', '--prune', '--override-limits', '--format', 'json');
  expect(JSON.parse(ran.stdout).results).toEqual([
    expect.objectContaining({ address: 'assistant/new', status: 'failed' }),
    expect.objectContaining({ address: 'assistant/billing', status: 'not_attempted' }),
  ]);
  repo.server.setFaults(undefined);
  const again = await project.run('apply', '--env', 'live', '--prune', '--override-limits');
  expect(again.code, again.stderr).toBe(0);
});
