import { describe, expect, it } from 'vitest';
import { account, inDashboard, leadingTo, liveId, testProject, writes } from './harness.ts';

describe('the main loop on an account', () => {
  it('plans, applies, and plans again to nothing', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server));

    const planned = await project.run('plan', '--env', 'account', '--detailed-exitcode', '--format', 'json');
    expect(planned).toMatchObject({ code: 2, stderr: '' });
    expect(JSON.parse(planned.stdout).summary).toMatchObject({ create: 4, update: 0, delete: 0 });
    expect(writes(server)).toEqual([]);

    const applied = await project.run('apply', '--env', 'account', '--format', 'json');
    expect(applied.code).toBe(0);
    const report = JSON.parse(applied.stdout);
    expect(report.outcome).toBe('applied');
    expect(report.results.map((result: { status: string }) => result.status)).toEqual(
      Array(4).fill('applied'),
    );

    const again = await project.run('plan', '--env', 'account', '--detailed-exitcode');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('Nothing to do');

    const before = writes(server).length;
    const nothing = await project.run('apply', '--env', 'account', '--format', 'json');
    expect(nothing.code).toBe(0);
    expect(JSON.parse(nothing.stdout).outcome).toBe('nothing');
    expect(writes(server)).toHaveLength(before);
  });

  it('ships an edit as a version that is promoted', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server));
    await project.run('apply', '--env', 'account');
    const id = await liveId(server, 'Front desk');
    const before = writes(server).length;

    await project.edit('assistants/front-desk.yaml', 'Be brief.', 'Be brief and kind.');
    const planned = await project.run('plan', '--env', 'account');
    expect(planned.code).toBe(0);
    expect(planned.stdout).toContain('Be brief and kind.');
    expect(planned.stdout).toContain('1 to update');

    const applied = await project.run('apply', '--env', 'account', '--format', 'json');
    expect(applied.code).toBe(0);
    const [result] = JSON.parse(applied.stdout).results;
    expect(result).toMatchObject({ address: 'assistant/front-desk', action: 'update', promoted: true });
    expect(writes(server).slice(before)).toEqual([
      `POST /ai/assistants/${id}`,
      `POST /ai/assistants/${id}/versions/${result.version_id}/promote`,
    ]);
    expect((await project.run('plan', '--env', 'account', '--detailed-exitcode')).code).toBe(0);
  });

  it('stages and leaves main alone with --no-promote, and promotes later', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server));
    await project.run('apply', '--env', 'account');
    const id = await liveId(server, 'Billing');
    await project.edit('assistants/billing.yaml', 'You explain invoices.', 'You explain invoices well.');

    const staged = await project.run('apply', '--env', 'account', '--no-promote', '--format', 'json');
    expect(staged.code).toBe(0);
    expect(JSON.parse(staged.stdout).results[0]).toMatchObject({ promoted: false });
    const main = await (await inDashboard(server, 'GET', `/ai/assistants/${id}`)).json();
    expect(main).toMatchObject({ instructions: 'You explain invoices.' });

    const promoted = await project.run('apply', '--env', 'account', '--format', 'json');
    expect(promoted.code).toBe(0);
    const after = await (await inDashboard(server, 'GET', `/ai/assistants/${id}`)).json();
    expect(after).toMatchObject({ instructions: 'You explain invoices well.' });
    expect((await project.run('plan', '--env', 'account', '--detailed-exitcode')).code).toBe(0);
  });

  it('applies targets and what they need, and nothing else', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server));
    const planned = await project.run(
      'plan',
      '--env',
      'account',
      '--target',
      'tool/lookup',
      '--format',
      'json',
    );
    const { changes } = JSON.parse(planned.stdout);
    expect(changes.map((change: { address: string }) => change.address)).toEqual(['tool/lookup']);
    expect((await project.run('apply', '--env', 'account', '--target', 'tool/lookup')).code).toBe(0);
    expect(writes(server)).toEqual(['POST /ai/tools']);
  });

  it('takes over what exists under the same name, once that is allowed', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server));
    await inDashboard(server, 'POST', '/ai/assistants', {
      name: 'Billing',
      model: 'openai/gpt-4o',
      instructions: 'Old ones.',
    });
    const planned = await project.run('plan', '--env', 'account', '--format', 'json');
    expect(JSON.parse(planned.stdout).summary).toMatchObject({ create: 3, adopt: 0, takeover: 1 });
    expect((await project.run('apply', '--env', 'account')).code).toBe(5);
    expect(writes(server)).toHaveLength(1);
    expect((await project.run('apply', '--env', 'account', '--take-over', 'all')).code).toBe(0);
    expect(await liveId(server, 'Billing')).toBeTypeOf('string');
    expect((await project.run('plan', '--env', 'account', '--detailed-exitcode')).code).toBe(0);
  });

  it('works on the embedded API without key and network', async () => {
    const project = await testProject();
    expect((await project.run('plan', '--detailed-exitcode')).code).toBe(2);
    expect((await project.run('apply')).code).toBe(0);
    expect((await project.run('plan', '--detailed-exitcode')).code).toBe(0);
    expect((await project.run('drift')).code).toBe(0);
    const state = JSON.parse(await project.read('.assistantctl/state/local.json'));
    expect(state.api_base).toBe('emulator');
  });
});
