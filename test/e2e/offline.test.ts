import { expect, it } from 'vitest';
import { inProcess } from '../forge/in-process.ts';
import { account, leadingTo, testProject } from './harness.ts';

it('plans against the last apply without key and request, marked and never applied', async () => {
  const server = await account();
  const project = await testProject();
  const to = leadingTo(server);
  expect((await inProcess(project, to, 'apply', '--env', 'account')).code).toBe(0);
  const requests = server.requests.length;
  const offline = async (...args: readonly string[]) => {
    return await inProcess(project, {}, 'plan', '--env', 'account', '--offline', ...args);
  };

  const clean = await offline('--detailed-exitcode', '--format', 'json');
  expect(clean.code, clean.stdout + clean.stderr).toBe(0);
  expect(JSON.parse(clean.stdout)).toMatchObject({ options: { offline: true }, changes: [], drift: [] });

  await project.edit('assistants/billing.yaml', 'You explain invoices.', 'You explain every invoice.');
  const text = await offline(
    '--detailed-exitcode',
    '--out',
    'offline.json',
    '--gitlab-report',
    'counts.json',
  );
  expect(text.code).toBe(2);
  expect(text.stdout).toContain('Live not compared');
  expect(text.stdout).toContain('every invoice');
  expect(JSON.parse(await project.read('counts.json'))).toEqual({ create: 0, update: 1, delete: 0 });
  expect((await offline('--format', 'markdown')).stdout).toContain('Live not compared');

  const refused = await inProcess(project, to, 'apply', 'offline.json', '--format', 'json');
  expect(refused.code).toBe(6);
  expect(JSON.parse(refused.stdout).error).toMatchObject({ code: 'PLAN_OFFLINE' });
  expect(server.requests.slice(requests).filter(({ method }) => method !== 'GET')).toEqual([]);
  // The digest is over what is written and how it is released: who planned the same change has the same digest.
  const { plan_digest: digest } = JSON.parse(await project.read('offline.json'));
  const live = await inProcess(project, to, 'plan', '--env', 'account', '--format', 'json');
  expect(JSON.parse(live.stdout).plan_digest).toBe(digest);
});

it('shows everything as new where nothing was ever applied', async () => {
  const project = await testProject();
  const planned = await inProcess(project, {}, 'plan', '--env', 'account', '--offline', '--format', 'json');
  expect(planned.code, planned.stderr).toBe(0);
  expect(JSON.parse(planned.stdout).summary).toMatchObject({ create: 4, update: 0 });
});

it('shows an orphan and a rename', async () => {
  const project = await testProject();
  expect((await inProcess(project, {}, 'apply')).code).toBe(0);
  await project.remove('assistants/greets.yaml');
  const planned = await inProcess(project, {}, 'plan', '--offline', '--prune', '--format', 'json');
  expect(JSON.parse(planned.stdout).changes).toMatchObject([{ address: 'test/greets', action: 'delete' }]);
});
