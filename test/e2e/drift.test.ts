import { describe, expect, it } from 'vitest';
import { account, inDashboard, leadingTo, liveId, PROJECT_FILE, testProject, writes } from './harness.ts';

async function driftedProject() {
  const server = await account({ quirks: { stockObjects: false } });
  const project = await testProject(leadingTo(server));
  await project.run('apply', '--env', 'account');
  const id = await liveId(server, 'Front desk');
  await inDashboard(server, 'POST', `/ai/assistants/${id}`, { greeting: 'Yo.' });
  const policy = (drift: string) =>
    project.write(
      'assistantctl.yaml',
      PROJECT_FILE.replace('  account:\n', `  account:\n    drift: ${drift}\n`),
    );
  return { server, project, id, policy };
}

describe('changes outside Git', () => {
  it('are reported by drift with exit 2 and left alone by apply', async () => {
    const { server, project } = await driftedProject();
    const drift = await project.run('drift', '--env', 'account');
    expect(drift).toMatchObject({ code: 2, stderr: '' });
    expect(drift.stdout).toContain('Yo.');
    expect(drift.stdout).toMatch(/^Drift of account: 1 resource changed outside Git\.\n/);

    const json = await project.run('drift', '--env', 'account', '--format', 'json');
    expect(json.code).toBe(2);
    const document = JSON.parse(json.stdout);
    expect(document.drift).toMatchObject([{ address: 'assistant/front-desk' }]);
    expect(document.changes).toEqual([]);

    // What leaves the changes of Git out must never count as their review.
    const markdown = await project.run('drift', '--env', 'account', '--format', 'markdown');
    expect(markdown.stdout).toMatch(/^### Drift of account: 1 resource changed outside Git/);
    expect(markdown.stdout).not.toMatch(/<!-- assistantctl|merge/i);

    const before = writes(server).length;
    expect((await project.run('apply', '--env', 'account')).code).toBe(0);
    expect(writes(server)).toHaveLength(before);
  });

  for (const policy of ['revert', 'fail']) {
    it(`are reported by drift also where an apply would ${policy}`, async () => {
      const { server, project, policy: setPolicy } = await driftedProject();
      await setPolicy(policy);
      const before = writes(server).length;
      const drift = await project.run('drift', '--env', 'account');
      expect(drift).toMatchObject({ code: 2 });
      expect(drift.stdout).toContain('Yo.');
      const json = await project.run('drift', '--env', 'account', '--format', 'json');
      expect(json.code).toBe(2);
      const document = JSON.parse(json.stdout);
      expect(document.drift).toMatchObject([{ address: 'assistant/front-desk' }]);
      expect(document.summary.drift).toBe(1);
      expect(writes(server)).toHaveLength(before);
    });
  }

  it('are told without the credential that somebody typed into the portal', async () => {
    const { server, project, id } = await driftedProject();
    const secret = 'Bearer sk_live_abcdefghijklmnopqrstuvwx123456';
    const reply = await inDashboard(server, 'GET', '/ai/tools');
    const { data } = (await reply.json()) as {
      data: { id: string; display_name: string; tool_definition: object }[];
    };
    // The platform's own tool is there as well.
    const tool = data.find(({ display_name: name }) => name !== 'Default hangup');
    const stored = { name: 'Authorization', value: '{{#integration_secret}}crm{{/integration_secret}}' };
    const spec = await project.read('assistants/lookup.yaml');
    await project.write(
      'assistants/lookup.yaml',
      spec.replace('method: GET', `method: GET, headers: [${JSON.stringify(stored)}]`),
    );
    await project.run('apply', '--env', 'account');
    await inDashboard(server, 'PATCH', `/ai/tools/${tool?.id}`, {
      webhook: { ...tool?.tool_definition, headers: [{ ...stored, value: secret }] },
    });
    await inDashboard(server, 'POST', `/ai/assistants/${id}`, { greeting: `Say ${secret}.` });
    for (const command of ['drift', 'plan']) {
      for (const format of ['text', 'json', 'markdown']) {
        const { stdout, stderr } = await project.run(command, '--env', 'account', '--format', format);
        expect(stdout).toContain('/greeting');
        expect(stdout).toContain('/webhook/headers/Authorization/value');
        expect(stdout + stderr).not.toContain('sk_live');
      }
    }
    await project.run('plan', '--env', 'account', '--out', 'saved.json');
    expect(await project.read('saved.json')).not.toContain('sk_live');
  });

  it('are put back where drift: revert says so', async () => {
    const { server, project, id, policy } = await driftedProject();
    await policy('revert');
    expect((await project.run('apply', '--env', 'account')).code).toBe(0);
    const live = await (await inDashboard(server, 'GET', `/ai/assistants/${id}`)).json();
    expect(live).toMatchObject({ greeting: 'Hello.' });
    const none = await project.run('drift', '--env', 'account');
    expect(none).toMatchObject({
      code: 0,
      stdout: 'No drift: nothing of account was changed outside Git.\n',
    });
  });

  it('stop plan and apply with exit 6 where drift: fail says so', async () => {
    const { server, project, policy } = await driftedProject();
    await policy('fail');
    const planned = await project.run('plan', '--env', 'account', '--format', 'json');
    expect(planned.code).toBe(6);
    expect(JSON.parse(planned.stdout).drift).toHaveLength(1);
    const before = writes(server).length;
    const applied = await project.run('apply', '--env', 'account');
    expect(applied.code).toBe(6);
    expect(applied.stderr).toContain('assistant/front-desk');
    expect(writes(server)).toHaveLength(before);
  });

  it('are a conflict when Git changed the same field otherwise: printed, saved, exit 6', async () => {
    const { server, project, id } = await driftedProject();
    await project.edit('assistants/front-desk.yaml', 'greeting: Hello.', 'greeting: Good day.');
    const planned = await project.run('plan', '--env', 'account', '--out', 'plan.json');
    expect(planned.code).toBe(6);
    expect(planned.stdout).toContain('--take git');
    expect(JSON.parse(await project.read('plan.json')).summary.conflict).toBe(1);

    const before = writes(server).length;
    const refused = await project.run('apply', '--env', 'account', '--format', 'json');
    expect(refused.code).toBe(6);
    expect(JSON.parse(refused.stdout)).toMatchObject({ outcome: 'refused', error: { code: 'CONFLICT' } });
    expect((await project.run('apply', 'plan.json')).code).toBe(6);
    expect(writes(server)).toHaveLength(before);

    const left = await project.run('apply', '--env', 'account', '--take', 'live');
    expect(left.code).toBe(0);
    expect(writes(server)).toHaveLength(before);
    const taken = await project.run('apply', '--env', 'account', '--take', 'git');
    expect(taken.code).toBe(0);
    const live = await (await inDashboard(server, 'GET', `/ai/assistants/${id}`)).json();
    expect(live).toMatchObject({ greeting: 'Good day.' });
  });
});
