import { describe, expect, it } from 'vitest';
import { account, leadingTo, liveId, testProject, writes } from './harness.ts';

async function applied() {
  const server = await account();
  const project = await testProject(leadingTo(server));
  await project.run('apply', '--env', 'account');
  return { server, project, before: writes(server).length };
}

describe('safety', () => {
  it('wants approval for a protected environment, before any network', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server));
    const refused = await project.run('apply', '--env', 'guarded');
    expect(refused).toMatchObject({ code: 5, stdout: '' });
    expect(refused.stderr).toContain('--approve guarded');
    expect((await project.run('apply', '--env', 'guarded', '--approve', 'account')).code).toBe(5);
    expect(server.requests).toHaveLength(0);
    expect((await project.run('apply', '--env', 'guarded', '--approve', 'guarded')).code).toBe(0);
  });

  it('keeps an orphan until --prune, and keeps a copy of what it deletes', async () => {
    const { server, project, before } = await applied();
    await project.remove('assistants/greets.yaml');
    const planned = await project.run('plan', '--env', 'account', '--format', 'json');
    expect(JSON.parse(planned.stdout).orphans).toMatchObject([{ address: 'test/greets' }]);
    expect((await project.run('apply', '--env', 'account')).code).toBe(0);
    expect(writes(server)).toHaveLength(before);

    expect((await project.run('apply', '--env', 'account', '--prune')).code).toBe(0);
    expect(writes(server).slice(before)).toEqual([
      expect.stringMatching(/^DELETE \/ai\/assistants\/tests\//),
    ]);
    const state = JSON.parse(await project.read('.assistantctl/state/account.json'));
    expect(state.deleted).toMatchObject([{ address: 'test/greets', config: { name: 'Greets' } }]);
    expect((await project.run('plan', '--env', 'account', '--prune', '--detailed-exitcode')).code).toBe(0);
  });

  it('refuses more deletes than the limit, and says so in the plan already', async () => {
    const { server, project, before } = await applied();
    await project.remove('assistants/greets.yaml');
    await project.remove('assistants/front-desk.yaml');
    await project.edit('assistants/billing.yaml', 'assistant/front-desk', 'assistant/billing');
    const planned = await project.run('plan', '--env', 'account', '--prune');
    // The branch can mend it, so the plan ends as the apply would.
    expect(planned.code).toBe(5);
    expect(planned.stderr).toContain('LIMIT_DELETES');
    const refused = await project.run('apply', '--env', 'account', '--prune', '--format', 'json');
    expect(refused.code).toBe(5);
    expect(JSON.parse(refused.stdout)).toMatchObject({ outcome: 'refused', error: { kind: 'refused' } });
    expect(writes(server)).toHaveLength(before);
    expect((await project.run('apply', '--env', 'account', '--prune', '--override-limits')).code).toBe(0);
  });

  it('never deletes for an empty specs folder', async () => {
    const { server, project, before } = await applied();
    for (const file of ['front-desk', 'billing', 'lookup', 'greets']) {
      await project.remove(`assistants/${file}.yaml`);
    }
    const refused = await project.run('apply', '--env', 'account', '--prune', '--override-limits');
    expect(refused.code).not.toBe(0);
    expect(writes(server)).toHaveLength(before);
  });

  it('names the holder when another apply is at work', async () => {
    const server = await account({ latencyMs: 400 });
    const project = await testProject(leadingTo(server));
    const first = project.run('apply', '--env', 'account');
    while (server.requests.length === 0) await new Promise((done) => setTimeout(done, 20));
    const second = await project.run('apply', '--env', 'account', '--format', 'json');
    expect(second.code).toBe(5);
    expect(JSON.parse(second.stdout).error).toMatchObject({
      code: 'LOCK_HELD',
      message: expect.stringContaining('pid'),
    });
    expect((await first).code).toBe(0);
    expect(await liveId(server, 'Billing')).toBeTypeOf('string');
  });
});
