import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { applyProject } from '../../src/operations/apply/apply-project.ts';
import type { Host } from '../../src/operations/host.ts';
import { findDrift } from '../../src/operations/plan/find-drift.ts';
import { hasDifferences, planProject } from '../../src/operations/plan/plan-project.ts';
import { previewUp } from '../../src/operations/preview/preview-up.ts';
import { listPreviewTraces, removePreview } from '../../src/operations/preview/remove.ts';
import { promoteVersions } from '../../src/operations/release/promote.ts';
import { rollBack } from '../../src/operations/release/rollback.ts';
import { gatherProject } from '../../src/operations/session/inputs.ts';
import { readState, withAccount, withConnection, withLease } from '../../src/operations/session/opener.ts';
import { migrateState } from '../../src/operations/state/migrate.ts';
import { testProject } from '../e2e/harness.ts';
import { testHost } from './host.ts';

// Use cases as a program without a screen starts them: on a project on disk and the embedded API, without a line of
// arguments and without reading what a person would see.

const run = promisify(execFile);
const nobody = { asksPerson: false, confirm: async () => undefined };
const FRONT_DESK = 'assistants/front-desk.yaml';

async function applied() {
  const project = await testProject();
  const host = testHost(project.folder);
  expect(await apply(host)).toMatchObject({ executed: { outcome: 'applied' } });
  return { project, host };
}

const apply = (host: Host, promote = true) => applyProject(host, undefined, { ...nobody, promote });

const greeting = async (host: Host): Promise<unknown> =>
  withAccount(host, await gatherProject(host), async ({ api }, state) => {
    const id = state?.resources['assistant/front-desk']?.remote_id ?? '';
    return (await api.get('assistant', id))?.config.greeting;
  });

describe('promote and rollback', () => {
  test('a staged version waits, becomes main, and main goes back to the one before', async () => {
    const { project, host } = await applied();
    await project.edit(FRONT_DESK, 'Hello.', 'Good day.');
    expect(await apply(host, false)).toMatchObject({ executed: { outcome: 'applied' } });
    expect(await greeting(host)).toBe('Hello.');
    const moved = await promoteVersions(host, ['front-desk'], nobody);
    expect(moved.results).toMatchObject([{ address: 'assistant/front-desk', promoted: true }]);
    expect(await greeting(host)).toBe('Good day.');
    const back = await rollBack(host, 'assistant/front-desk', { ...nobody, reason: 'too formal' });
    expect(back.results).toMatchObject([{ address: 'assistant/front-desk', status: 'applied' }]);
    expect(await greeting(host)).toBe('Hello.');
  });

  test('a refusal of whoever is asked leaves main where it is', async () => {
    const { project, host } = await applied();
    await project.edit(FRONT_DESK, 'Hello.', 'Good day.');
    await apply(host, false);
    const confirm = async (): Promise<never> => {
      throw new Error('no');
    };
    await expect(promoteVersions(host, ['front-desk'], { confirm })).rejects.toThrow('no');
    expect(await greeting(host)).toBe('Hello.');
    expect((await readState(host, await gatherProject(host)))?.resources).toHaveProperty(
      'assistant/front-desk.staged_version_id',
      expect.any(String),
    );
  });
});

test('drift is what somebody changed outside Git, and nothing that Git changed', async () => {
  const { project, host } = await applied();
  await project.edit('assistants/billing.yaml', 'You explain invoices.', 'You explain bills.');
  expect(await findDrift(host)).toMatchObject({ changed: false, plan: { drift: [], changes: [] } });
  await withAccount(host, await gatherProject(host), async ({ api }, state) => {
    const id = state?.resources['assistant/front-desk']?.remote_id ?? '';
    const main = await api.get('assistant', id);
    const { resource } = await api.stageVersion(id, { ...main?.config, greeting: 'Moin.' }, 'by hand');
    await api.promoteVersion(id, resource.versionId ?? '');
  });
  const found = await findDrift(host);
  expect(found.changed).toBe(true);
  expect(found.plan.drift).toMatchObject([
    { address: 'assistant/front-desk', fields: [{ path: '/greeting' }] },
  ]);
});

describe('planning for a reader', () => {
  const request = { blastRadius: true, saves: true, headOf: async (commit: string | null) => commit };

  test('gives the plan with what its reviewers agree to, and writes nothing', async () => {
    const { project, host } = await applied();
    expect(hasDifferences((await planProject(host, request)).plan)).toBe(false);
    await project.edit(FRONT_DESK, 'Hello.', 'Good day.');
    const planned = await planProject(host, request);
    expect(planned).toMatchObject({ head: null, target: undefined, refused: [], obstacles: [], notes: [] });
    expect(planned.plan.changes).toMatchObject([{ action: 'update', address: 'assistant/front-desk' }]);
    expect(planned.plan.review?.set).toMatchObject([
      { action: 'update', address: 'assistant/front-desk', path: '/greeting' },
    ]);
    expect(planned.blastRadius?.assistants.map(({ address }) => address)).toContain('assistant/front-desk');
    expect(hasDifferences(planned.plan)).toBe(true);
    expect(await greeting(host)).toBe('Hello.');
  });

  test('says what nobody reviewed, and which source does not count', async () => {
    const { project, host } = await applied();
    await project.edit(FRONT_DESK, 'Hello.', 'Good day.');
    const reviewed = [{ name: 'comment.md', sets: [], problem: 'has no marker' }];
    const { plan } = await planProject(host, { ...request, reviewed });
    expect(plan.reviewed).toMatchObject({ covered: false, notes: ['comment.md: has no marker'] });
    expect(plan.diagnostics.map(({ code }) => code)).toContain('UNREVIEWED');
  });

  test('returns a plan that apply would refuse, with the reasons', async () => {
    const { project, host } = await applied();
    await project.edit('assistantctl.yaml', 'max_change_percent: 60', 'max_change_percent: 0');
    await project.edit(FRONT_DESK, 'Hello.', 'Good day.');
    const { plan, refused } = await planProject(host, request);
    expect(plan.changes).toHaveLength(1);
    expect(refused).toHaveLength(1);
  });

  test.each(['target', 'revertDrift', 'releaseHold'])('fails on a %s that nothing has', async (option) => {
    const { host } = await applied();
    const unknown = planProject(host, { ...request, [option]: ['assistant/nobody'] });
    await expect(unknown).rejects.toMatchObject({ kind: 'usage' });
  });
});

test('preview up stages what the branch changes, tests it, and down leaves no trace', async () => {
  const { project, host } = await applied();
  await project.edit(FRONT_DESK, 'Hello.', 'Good day.');
  const { report, exitKind } = await previewUp(host, {
    id: 'pr-7',
    tests: true,
    linked: false,
    against: 'main',
  });
  expect(exitKind).toBeNull();
  expect(report).toMatchObject({ preview: 'pr-7', outcome: 'passed', tests: [{ outcome: 'passed' }] });
  expect(report.parts.map(({ address }) => address)).toContain('assistant/front-desk');
  expect(await greeting(host)).toBe('Hello.');
  expect((await removePreview(host, 'pr-7')).kept).toEqual([]);
  expect((await listPreviewTraces(host, undefined)).traces).toEqual([]);
});

test('state migrate moves what is bound into a Git ref, and an apply there has nothing to do', async () => {
  const { project, host } = await applied();
  const git = (...args: readonly string[]) =>
    run('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: project.folder });
  await git('init', '-q', '--bare', join(project.folder, 'remote.git'));
  await git('init', '-q', '-b', 'main');
  await git('remote', 'add', 'origin', join(project.folder, 'remote.git'));
  const before = await readState(host, await gatherProject(host));
  const moved = await migrateState(host, { to: 'git' });
  expect(moved).toMatchObject({ bindings: 4, line: expect.stringContaining('backend: git') });
  await project.edit(
    'assistantctl.yaml',
    '    target: emulator\n',
    `    target: emulator\n    ${moved.line}\n`,
  );
  expect((await readState(host, await gatherProject(host)))?.resources).toEqual(before?.resources);
  expect(await apply(host)).toMatchObject({ executed: { outcome: 'nothing' } });
});

describe('the opener', () => {
  test('gives the lease and the connection back when the work fails', async () => {
    const { host } = await applied();
    const project = await gatherProject(host);
    const fail = async (): Promise<never> => {
      throw new Error('halfway');
    };
    await expect(withLease(host, project, fail)).rejects.toThrow('halfway');
    await expect(withConnection(host, project, fail)).rejects.toThrow('halfway');
    expect(await withLease(host, project, async ({ save }) => await save())).toBeUndefined();
  });

  test('refuses a state of another project everywhere but where it is made its own', async () => {
    const { project, host } = await applied();
    await project.edit('assistantctl.yaml', 'project: acme', 'project: other');
    const renamed = await gatherProject(host);
    const foreign = { code: 'STATE_FOREIGN' };
    await expect(readState(host, renamed)).rejects.toMatchObject(foreign);
    await expect(withAccount(host, renamed, async () => 1)).rejects.toMatchObject(foreign);
    await expect(withLease(host, renamed, async () => 1)).rejects.toMatchObject(foreign);
    await expect(apply(host)).rejects.toMatchObject(foreign);
    const owner = async () => 1;
    expect(await withLease(host, renamed, owner, { anyOwner: true })).toBe(1);
  });
});
