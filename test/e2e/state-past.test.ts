import { describe, expect, it } from 'vitest';
import { bareRepository, cloneProject, commitAll, git } from '../reliability/repositories.ts';
import { account, inDashboard, leadingTo, liveId, testProject, writes } from './harness.ts';

const RUN = {
  GITHUB_SERVER_URL: 'https://ci.example',
  GITHUB_REPOSITORY: 'acme/voice',
  GITHUB_RUN_ID: '42',
  GITHUB_ACTOR: 'ada',
};

async function applied(options: Parameters<typeof account>[0] = {}) {
  const server = await account(options);
  const remote = await bareRepository();
  const project = await cloneProject(remote, { ...leadingTo(server), ...RUN });
  const run = (...args: readonly string[]) => project.run(...args, '--env', 'account');
  expect(await run('apply')).toMatchObject({ code: 0 });
  return { server, remote, project, run };
}

describe('state history', () => {
  it('tells who applied what, from which commit and run, with digest and counts', async () => {
    const { remote, project, run } = await applied();
    await project.edit('assistants/billing.yaml', 'You explain invoices.', 'You explain invoices well.');
    await commitAll(project, 'better');
    expect((await run('apply')).code).toBe(0);
    const { stdout } = await run('state', 'history', '--format', 'json');
    const { entries, serial } = JSON.parse(stdout);
    expect(serial).toBe(2);
    expect(entries).toHaveLength(2);
    const commit = await git(project.folder, 'rev-parse', 'HEAD');
    expect(entries[0]).toMatchObject({
      serial: 2,
      run: 'https://ci.example/acme/voice/actions/runs/42',
      commit,
      summary: '0 bound, 1 changed, 0 removed',
      outcome: '1 applied',
    });
    expect(entries[0].holder).toContain('ada');
    expect(entries[0].plan_digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(entries[1].summary).toBe('4 bound, 0 changed, 0 removed');
    const text = await run('state', 'history', '--last', '1');
    expect(text.stdout).toContain(commit.slice(0, 7));
    expect(text.stdout).toContain('actions/runs/42');
    expect(text.stdout.match(/bound/g)).toHaveLength(1);
    // The same is what git itself shows to whoever has only the remote.
    expect(await git(remote, 'log', '--format=%B', 'refs/assistantctl/account')).toContain(
      `Commit: ${commit}`,
    );
  });

  it('says of a state file that it has none, and how to get one', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server));
    expect((await project.run('state', 'history', '--env', 'account')).stdout).toContain('never applied');
    await project.run('apply', '--env', 'account');
    const { code, stdout, stderr } = await project.run('state', 'history', '--env', 'account');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Serial 1.\n' });
    expect(stderr).toContain('backend: git');
    expect((await project.run('state', 'history', '--last', '0', '--env', 'account')).code).toBe(3);
  });
});

describe('state restore', () => {
  it('creates what --prune deleted again, fields that no spec wrote and references included', async () => {
    const { server, project, run } = await applied();
    const id = await liveId(server, 'Front desk');
    await inDashboard(server, 'POST', `/ai/assistants/${id}`, { description: 'set by hand' });
    const greets = await project.read('assistants/greets.yaml');
    const frontDesk = await project.read('assistants/front-desk.yaml');
    await project.remove('assistants/greets.yaml');
    await project.write(
      'assistants/billing.yaml',
      'kind: assistant\nkey: billing\nspec: { name: Billing, model: openai/gpt-4o, instructions: You explain invoices., tools: [] }\n',
    );
    await project.remove('assistants/front-desk.yaml');
    const pruned = await run('apply', '--prune', '--override-limits');
    expect(pruned.code).toBe(0);

    // The test refers to the assistant: that has to be there first, and the message says so.
    const early = await run('state', 'restore', 'test/greets');
    expect(early.code).toBe(5);
    expect(early.stderr).toContain('assistantctl state restore assistant/front-desk');
    expect(await run('state', 'restore', 'assistant/front-desk')).toMatchObject({ code: 0 });
    expect(await run('state', 'restore', 'test/greets')).toMatchObject({ code: 0 });
    const fresh = await liveId(server, 'Front desk');
    expect(fresh).toBe(id);
    const live = await (await inDashboard(server, 'GET', `/ai/assistants/${fresh}`)).json();
    expect(live).toMatchObject({ description: 'set by hand', greeting: 'Hello.' });
    const tests = await (await inDashboard(server, 'GET', '/ai/assistants/tests')).json();
    expect(tests).toMatchObject({ data: [{ name: 'Greets', destination: fresh }] });

    // Twice is refused, and the specs' return finds nothing to do.
    expect((await run('state', 'restore', 'test/greets')).code).toBe(5);
    await project.write('assistants/greets.yaml', greets);
    await project.write('assistants/front-desk.yaml', frontDesk);
    const before = writes(server).length;
    const plan = await run('plan', '--format', 'json');
    expect(JSON.parse(plan.stdout).changes).toEqual([]);
    expect((await run('apply')).code).toBe(0);
    expect(writes(server)).toHaveLength(before);
  });

  it('goes before the apply of a document of the same address, as the plan says', async () => {
    const { server, project, run } = await applied();
    const id = await liveId(server, 'Front desk');
    await inDashboard(server, 'POST', `/ai/assistants/${id}`, { description: 'set by hand' });
    const greets = await project.read('assistants/greets.yaml');
    const frontDesk = await project.read('assistants/front-desk.yaml');
    await project.remove('assistants/greets.yaml');
    await project.remove('assistants/front-desk.yaml');
    await project.write(
      'assistants/billing.yaml',
      'kind: assistant\nkey: billing\nspec: { name: Billing, model: openai/gpt-4o, instructions: You explain invoices., tools: [] }\n',
    );
    expect((await run('apply', '--prune', '--override-limits')).code).toBe(0);
    await project.write('assistants/greets.yaml', greets);
    await project.write('assistants/front-desk.yaml', frontDesk.replace('Hello.', 'Good evening.'));
    const shown = await run('plan');
    expect(shown.stdout).toContain('assistantctl state restore assistant/front-desk');
    expect((await run('state', 'restore', 'assistant/front-desk')).code).toBe(0);
    expect(await liveId(server, 'Front desk')).toBe(id);
    expect((await run('apply')).code).toBe(0);
    const live = await (await inDashboard(server, 'GET', `/ai/assistants/${id}`)).json();
    expect(live).toMatchObject({ description: 'set by hand', greeting: 'Good evening.' });
    const plan = await run('plan', '--format', 'json');
    expect(JSON.parse(plan.stdout).changes).toEqual([]);
  });

  it('brings the same assistant back, without what no longer exists', async () => {
    const { server, project, run } = await applied({ quirks: { softDelete: true } });
    const id = await liveId(server, 'Front desk');
    const groups = '/ai/conversations/insight-groups';
    const group = await (await inDashboard(server, 'POST', groups, { name: 'Gone' })).json();
    const groupId = (group as { data: { id: string } }).data.id;
    await inDashboard(server, 'POST', `/ai/assistants/${id}`, {
      insight_settings: { insight_group_id: groupId },
    });
    await project.remove('assistants/greets.yaml');
    await project.write(
      'assistants/billing.yaml',
      'kind: assistant\nkey: billing\nspec: { name: Billing, model: openai/gpt-4o, instructions: You explain invoices., tools: [] }\n',
    );
    await project.remove('assistants/front-desk.yaml');
    expect((await run('apply', '--prune', '--override-limits')).code).toBe(0);
    await inDashboard(server, 'DELETE', `${groups}/${groupId}`);
    const restored = await run('state', 'restore', 'assistant/front-desk');
    expect(restored.code).toBe(0);
    expect(restored.stderr).toContain('/insight_settings/insight_group_id');
    expect(await liveId(server, 'Front desk')).toBe(id);
    const live = await (await inDashboard(server, 'GET', `/ai/assistants/${id}`)).json();
    expect(live).toMatchObject({ greeting: 'Hello.' });
  });

  it('brings back the form of a revision, and knows which there are', async () => {
    const { server, project, run } = await applied({ quirks: { deleteReferenced: 'allow' } });
    await inDashboard(server, 'DELETE', `/ai/assistants/${await liveId(server, 'Billing')}`);
    await project.write(
      'assistants/front-desk.yaml',
      'kind: assistant\nkey: front-desk\nspec: { name: Front desk, model: openai/gpt-4o, instructions: You answer., tools: [] }\n',
    );
    await project.remove('assistants/billing.yaml');
    expect((await run('apply')).code).toBe(0);
    expect((await run('state', 'restore', 'assistant/billing')).stderr).toContain('nothing is kept');
    expect((await run('state', 'restore', 'assistant/billing', '--at', '99')).stderr).toContain(
      'no revision 99',
    );
    expect(await run('state', 'restore', 'assistant/billing', '--at', '1')).toMatchObject({ code: 0 });
    const plan = JSON.parse((await run('plan', '--format', 'json')).stdout);
    expect(plan.orphans).toMatchObject([{ address: 'assistant/billing' }]);
  });

  it('has nothing to bring back of what was never deleted', async () => {
    const { run } = await applied();
    const refused = await run('state', 'restore', 'assistant/billing');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('nothing is kept');
  });
});

describe('a pipeline without a lasting state', () => {
  it('is told what to configure, once there is none and as long as there is none', async () => {
    const server = await account();
    const project = await testProject({ ...leadingTo(server), CI: 'true' });
    const plan = await project.run('plan', '--env', 'account');
    expect(plan.stderr).toContain('state: { backend: git, remote: origin, ref: refs/assistantctl/account }');
    expect((await project.run('apply', '--env', 'account')).stderr).toContain('does not outlive');
    expect((await project.run('plan', '--env', 'account')).stderr).not.toContain('does not outlive');
    expect((await project.run('plan', '--env', 'local')).stderr).not.toContain('does not outlive');
  });
});
