import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bareRepository, cloneProject } from '../reliability/repositories.ts';
import { account, inDashboard, leadingTo, liveId, type TestProject, testProject, writes } from './harness.ts';

async function applied() {
  const server = await account();
  const project = await testProject(leadingTo(server));
  expect(await project.run('apply', '--env', 'account')).toMatchObject({ code: 0 });
  return { server, project, before: writes(server).length };
}

async function unchanged(project: TestProject, environment: string): Promise<void> {
  const plan = await project.run('plan', '--env', environment, '--detailed-exitcode');
  expect(plan.code, plan.stdout + plan.stderr).toBe(0);
}

async function renameEnvironment(project: TestProject): Promise<void> {
  await project.edit('assistantctl.yaml', '  account:', '  live:');
}

describe('refactors without harm', () => {
  it('a document that moves to another file and folder stays the same resource', async () => {
    const { server, project, before } = await applied();
    await mkdir(join(project.folder, 'assistants/phones'));
    await rename(
      join(project.folder, 'assistants/billing.yaml'),
      join(project.folder, 'assistants/phones/all.yaml'),
    );
    await unchanged(project, 'account');
    expect(writes(server)).toHaveLength(before);
  });

  it('a new document has no setting that nobody wrote', async () => {
    const { project } = await applied();
    const spec = '{ type: hangup, display_name: Bye, hangup: {} }';
    await project.write('assistants/tools/bye.yaml', `kind: tool\nspec: ${spec}\n`);
    const planned = await project.run('plan', '--env', 'account', '--format', 'json');
    expect(planned.code, planned.stderr).toBe(0);
    const plan = JSON.parse(planned.stdout);
    expect(plan.summary.create).toBe(1);
    expect(plan.settings ?? []).toEqual([]);
  });

  it('a key that changes keeps the remote id with moved_from, references and all', async () => {
    const { server, project, before } = await applied();
    const id = await liveId(server, 'Billing');
    await project.edit(
      'assistants/billing.yaml',
      'key: billing',
      'key: invoices\nlifecycle: { moved_from: billing }',
    );
    await project.edit('assistants/front-desk.yaml', 'assistant/billing', 'assistant/invoices');
    expect((await project.run('apply', '--env', 'account')).code).toBe(0);
    const shown = await project.run(
      'state',
      'show',
      'assistant/invoices',
      '--env',
      'account',
      '--format',
      'json',
    );
    expect(JSON.parse(shown.stdout).remote_id).toBe(id);
    await unchanged(project, 'account');
    expect(writes(server)).toHaveLength(before);
  });

  it('moved_from with two bound keys is refused once, and is not taken for a rename without the line', async () => {
    const { project } = await applied();
    const spec = '{ type: hangup, display_name: Bye, hangup: {} }';
    await project.write('assistants/bye.yaml', `kind: tool\nspec: ${spec}\n`);
    await project.write('assistants/so-long.yaml', `kind: tool\nspec: ${spec.replace('Bye', 'So long')}\n`);
    expect(await project.run('apply', '--env', 'account')).toMatchObject({ code: 0 });
    await rm(join(project.folder, 'assistants/bye.yaml'));
    await rm(join(project.folder, 'assistants/so-long.yaml'));
    await project.write(
      'assistants/both.yaml',
      `kind: tool\nlifecycle: { moved_from: [bye, so-long] }\nspec: ${spec}\n`,
    );
    const apply = await project.run('apply', '--env', 'account', '--format', 'json');
    expect(apply.code).toBe(6);
    const { error } = JSON.parse(apply.stdout);
    expect(error.code).toBe('MOVED_FROM_AMBIGUOUS');
    expect(error.message).toMatch(/tool\/bye .* and tool\/so-long /);
    expect(error.details.diagnostics).toHaveLength(1);
    const plan = await project.run('plan', '--env', 'account');
    expect(plan.code).toBe(6);
    expect(plan.stderr.match(/moved_from of tool\/both/g)).toHaveLength(1);
  });

  it('a renamed environment whose state file stays behind adopts by name and removes nothing', async () => {
    const { server, project, before } = await applied();
    const id = await liveId(server, 'Front desk');
    await inDashboard(server, 'POST', `/ai/assistants/${id}`, { tags: ['by-hand'], promote_to_main: true });
    await renameEnvironment(project);
    expect((await project.run('apply', '--env', 'live')).code).toBe(0);
    await unchanged(project, 'live');
    expect(writes(server)).toHaveLength(before + 1);
    const live = await (await inDashboard(server, 'GET', `/ai/assistants/${id}`)).json();
    expect(live).toMatchObject({ tags: ['by-hand'] });
  });

  it('a renamed environment keeps its state with `state claim`, and nobody takes another one by mistake', async () => {
    const server = await account();
    const project = await cloneProject(await bareRepository(), leadingTo(server));
    await project.run('apply', '--env', 'account');
    const before = writes(server).length;
    await renameEnvironment(project);
    const refused = await project.run('plan', '--env', 'live');
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain('assistantctl state claim acme/account');
    expect((await project.run('state', 'claim', 'acme/other', '--env', 'live')).code).toBe(5);
    expect(await project.run('state', 'claim', 'acme/account', '--env', 'live')).toMatchObject({ code: 0 });
    await unchanged(project, 'live');
    expect((await project.run('apply', '--env', 'live')).code).toBe(0);
    expect(writes(server)).toHaveLength(before);
    expect((await project.run('state', 'claim', 'acme/account', '--env', 'local')).code).toBe(3);
  });

  it('the state of another account is refused before any write', async () => {
    const { project } = await applied();
    const other = await account();
    const child = await project.run('plan', '--env', 'account');
    expect(child.code).toBe(0);
    const moved = await testProject(leadingTo(other));
    await mkdir(join(moved.folder, '.assistantctl/state'), { recursive: true });
    await moved.write(
      '.assistantctl/state/account.json',
      await project.read('.assistantctl/state/account.json'),
    );
    const refused = await moved.run('apply', '--env', 'account');
    expect(refused.code).toBe(6);
    expect(writes(other)).toEqual([]);
  });
});
