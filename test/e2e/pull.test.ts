import { describe, expect, it } from 'vitest';
import { account, inDashboard, leadingTo, liveId, testProject, writes } from './harness.ts';

const EMPTY = `project: acme
environments:
  account: { api_key_env: TELNYX_KEY_OF_ACCOUNT }
retry: { attempts: 2, budget: 1s }
`;

describe('an account that someone clicked together', () => {
  it('becomes a repository that plans to nothing, and dashboard edits come back into it', async () => {
    const server = await account();
    const first = await testProject(leadingTo(server));
    expect((await first.run('apply', '--env', 'account')).code).toBe(0);
    const before = writes(server).length;

    const project = await testProject(leadingTo(server), { 'assistantctl.yaml': EMPTY });
    const pulled = await project.run('pull', '--adopt');
    expect(pulled).toMatchObject({ code: 0, stderr: '' });
    expect(pulled.stdout).toContain('The plan is empty now.');
    expect((await project.run('validate')).code).toBe(0);
    expect((await project.run('plan', '--detailed-exitcode')).code).toBe(0);
    expect((await project.run('apply')).code).toBe(0);
    expect(writes(server)).toHaveLength(before);
    expect(await project.read('assistants/front-desk.yaml')).toContain('{ $ref: assistant/billing }');
    expect(await project.read('assistants/tests/greets.yaml')).toContain('{ $ref: assistant/front-desk }');

    const id = await liveId(server, 'Front desk');
    await inDashboard(server, 'POST', `/ai/assistants/${id}`, { greeting: 'Good evening: hello.' });
    expect((await project.run('drift')).code).toBe(2);
    const back = await project.run('pull', '--drift', '--format', 'json');
    expect(back.code).toBe(0);
    expect(JSON.parse(back.stdout)).toMatchObject({
      format_version: '1.0',
      environment: 'account',
      updated: [{ address: 'assistant/front-desk', fields: [{ path: '/greeting' }] }],
      plan: { changes: 0, drift: 0, conflicts: 0 },
    });
    expect(await project.read('assistants/front-desk.yaml')).toContain('greeting: "Good evening: hello."\n');
    expect((await project.run('drift')).code).toBe(0);
    const why = await project.run('explain', 'assistant/front-desk', '/greeting');
    expect(why.stdout).toContain('assistants/front-desk.yaml:');
  });

  it('is adopted by the next run when the first one is killed between files and bindings', async () => {
    const server = await account();
    for (const name of ['A', 'B', 'C'])
      await inDashboard(server, 'POST', '/ai/assistants', { name, instructions: 'Hi.' });
    const project = await testProject(leadingTo(server), {
      'assistantctl.yaml': EMPTY,
      // What a killed run leaves: some of the files and no state.
      'assistants/a.yaml': 'kind: assistant\nkey: a\nspec: { name: A, instructions: Hi. }\n',
    });
    expect((await project.run('pull', '--adopt')).code).toBe(0);
    const plan = JSON.parse((await project.run('plan', '--format', 'json')).stdout);
    expect(plan.changes).toEqual([]);
    expect((await project.run('state', 'list')).stdout).toContain('assistant/a');
    expect((await project.run('apply')).code).toBe(0);
    expect((await project.run('plan', '--detailed-exitcode')).code).toBe(0);
    expect(writes(server).filter((write) => write !== 'POST /ai/assistants')).toEqual([]);
  });

  it('copies assistants from another platform', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server), { 'assistantctl.yaml': EMPTY });
    const words = ['import', '--provider', 'retell', '--api-key-ref', 'retell_key'];
    expect((await project.run(...words)).code).toBe(0);
    expect((await project.run(...words)).code).toBe(5);
    expect((await project.run('plan', '--detailed-exitcode')).code).toBe(0);
  });
});
