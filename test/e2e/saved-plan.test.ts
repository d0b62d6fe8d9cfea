import { describe, expect, it } from 'vitest';
import { account, inDashboard, leadingTo, liveId, testProject, writes } from './harness.ts';

async function savedPlan() {
  const server = await account();
  const project = await testProject(leadingTo(server));
  const planned = await project.run('plan', '--env', 'guarded', '--out', 'plan.json', '--format', 'json');
  if (planned.code !== 0) throw new Error(planned.stderr);
  return { server, project, plan: JSON.parse(planned.stdout) };
}

describe('a saved plan', () => {
  it('is the approval for a protected environment, and does nothing the second time', async () => {
    const { server, project, plan } = await savedPlan();
    expect(JSON.parse(await project.read('plan.json'))).toEqual(plan);
    expect(await project.read('plan.json')).not.toContain('KEY_TEST');

    const applied = await project.run('apply', 'plan.json', '--format', 'json');
    expect(applied.code).toBe(0);
    const report = JSON.parse(applied.stdout);
    expect(report).toMatchObject({ outcome: 'applied', plan_digest: plan.plan_digest });

    const before = writes(server).length;
    const again = await project.run('apply', 'plan.json', '--format', 'json');
    expect(again.code).toBe(0);
    const statuses = JSON.parse(again.stdout).results.map((result: { status: string }) => result.status);
    expect(statuses).toEqual(Array(4).fill('skipped'));
    expect(writes(server)).toHaveLength(before);
  });

  it('may begin with a byte order mark', async () => {
    const { project, plan } = await savedPlan();
    await project.write('plan.json', `\ufeff${JSON.stringify(plan, null, 2)}`);
    expect(await project.run('apply', 'plan.json')).toMatchObject({ code: 0 });
  });

  it('is refused with every reason at once when it no longer fits', async () => {
    const { server, project, plan } = await savedPlan();
    const old = { ...plan, created_at: '2020-01-01T00:00:00.000Z', expires_at: '2020-01-02T00:00:00.000Z' };
    const other = { ...old, tool: { name: 'assistantctl', version: '9.0.0' } };
    await project.write('plan.json', JSON.stringify(other));
    await project.edit('assistants/billing.yaml', 'You explain invoices.', 'You explain bills.');

    const refused = await project.run('apply', 'plan.json', '--format', 'json');
    expect(refused.code).toBe(6);
    const { outcome, error } = JSON.parse(refused.stdout);
    expect(outcome).toBe('refused');
    expect(error.kind).toBe('stale');
    const reasons = error.details.reasons.join('\n');
    expect(reasons).toContain('9.0.0');
    expect(reasons).toContain('expired');
    expect(reasons).toContain('specs');
    const text = await project.run('apply', 'plan.json');
    expect(text).toMatchObject({ code: 6, stdout: '' });
    for (const reason of error.details.reasons) expect(text.stderr.replace(/\s+/g, ' ')).toContain(reason);
    expect(writes(server)).toEqual([]);
  });

  it('is refused for another environment', async () => {
    const { project } = await savedPlan();
    const refused = await project.run('apply', 'plan.json', '--env', 'account');
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain('guarded');
  });

  it('is refused when its content was edited', async () => {
    const { project } = await savedPlan();
    await project.edit('plan.json', 'You explain invoices.', 'You explain nothing.');
    const refused = await project.run('apply', 'plan.json');
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain('plan_digest');
  });

  it('is refused when a resource that it touches was changed meanwhile', async () => {
    const { server, project } = await savedPlan();
    await project.run('apply', 'plan.json');
    await project.edit('assistants/billing.yaml', 'You explain invoices.', 'You explain bills.');
    await project.run('plan', '--env', 'guarded', '--out', 'next.json');
    const id = await liveId(server, 'Billing');
    await inDashboard(server, 'POST', `/ai/assistants/${id}`, {
      greeting: 'Billing?',
      instructions: 'Others.',
    });
    const before = writes(server).length;
    const refused = await project.run('apply', 'next.json');
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain('assistant/billing');
    expect(writes(server)).toHaveLength(before);
  });

  it.each([
    ['missing.json', undefined, 'cannot be read'],
    ['broken.json', '{"format_version":"1.0",', 'no JSON'],
    ['other.json', '{"hello":"world"}', 'not a saved plan'],
  ])('that is none is a usage error: %s', async (file, text, message) => {
    const project = await testProject();
    if (text !== undefined) await project.write(file, text);
    const refused = await project.run('apply', file);
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain(message);
  });
});

describe('--expect-digest', () => {
  it('goes on with what was reviewed and refuses anything else', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server));
    const { plan_digest } = JSON.parse(
      (await project.run('plan', '--env', 'account', '--format', 'json')).stdout,
    );
    const apply = ['apply', '--env', 'account', '--expect-digest'];
    const refused = await project.run(...apply, 'sha256:0123');
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain(plan_digest);
    expect(writes(server)).toEqual([]);
    const applied = await project.run(...apply, plan_digest.replace('sha256:', ''));
    expect(applied.code).toBe(0);
    expect(writes(server).length).toBeGreaterThan(0);
  });
});
