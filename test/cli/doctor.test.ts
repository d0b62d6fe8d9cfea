import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { PROJECT, type PullProject, pullProject } from '../pull/project.ts';

const DESK = 'kind: assistant\nspec: { name: Desk, instructions: Hi., llm_api_key_ref: openai-key }\n';
const files = { 'assistants/desk.yaml': DESK };

type Finding = { check: string; severity: string; message: string; hint?: string };

async function findings(project: PullProject, ...argv: readonly string[]) {
  const { code, body } = await project.json('doctor', ...argv);
  const list = (body.findings ?? []) as unknown as readonly Finding[];
  return { code, body, of: (check: string) => list.filter((finding) => finding.check === check) };
}

const severities = (list: readonly Finding[]): readonly string[] => list.map(({ severity }) => severity);

describe('doctor', () => {
  it('finds nothing wrong in a project that was applied, and ends with 0', async () => {
    const project = await pullProject(files);
    await project.dashboard('POST', '/integration_secrets', {
      identifier: 'openai-key',
      type: 'bearer',
      token: 'TEST_TOKEN',
    });
    await project.cli('apply', '--yes');
    const { code, of } = await findings(project);
    expect(code).toBe(0);
    for (const check of ['specs', 'state', 'lease', 'key', 'permissions', 'secrets', 'clock', 'upgrade']) {
      expect([check, severities(of(check))]).toEqual([check, ['ok']]);
    }
    expect(of('account')[0]?.hint).toMatch(/^environments\.live\.account: acct-/);
    const text = await project.cli('doctor');
    expect(text.out).toContain('0 errors, 0 warnings');
  });

  it('names a secret that is missing, and one that was rotated; drift tells the second, too', async () => {
    const project = await pullProject(files);
    await project.cli('apply', '--yes');
    const missing = await findings(project);
    expect(missing.code).toBe(0);
    expect(missing.of('secrets')).toMatchObject([{ severity: 'warning' }]);
    await new Promise((done) => setTimeout(done, 5));
    await project.dashboard('POST', '/integration_secrets', {
      identifier: 'openai-key',
      type: 'bearer',
      token: 'TEST_TOKEN',
    });
    const rotated = await findings(project);
    expect(
      rotated
        .of('secrets')
        .map(({ message }) => message)
        .join(),
    ).toContain('got another value');
    const drift = await project.json('drift');
    expect(drift.code).toBe(2);
    expect(JSON.stringify(drift.body.diagnostics)).toContain('SECRET_ROTATED');
    expect((await project.cli('drift')).out).toContain('1 secret was rotated outside Git');
    // The next apply takes note of it, though there is nothing to do.
    project.writes();
    expect((await project.json('apply')).body.outcome).toBe('nothing');
    expect(project.writes()).toEqual([]);
    expect((await project.cli('drift')).code).toBe(0);
    expect(JSON.stringify((await findings(project)).of('secrets'))).not.toContain('got another value');
  });

  it('ends with the code of the worst: broken specs, another account, a key that is refused', async () => {
    const broken = await pullProject({ 'assistants/desk.yaml': 'kind: assistant\nspec: { name: 3 }\n' });
    expect((await findings(broken)).code).toBe(3);

    const other = await pullProject({
      ...files,
      'assistantctl.yaml': PROJECT.replace('    api_key_env', '    account: acct-00000000\n    api_key_env'),
    });
    const elsewhere = await findings(other);
    expect([elsewhere.code, severities(elsewhere.of('account'))]).toEqual([6, ['error']]);

    const locked = await pullProject(files, { apiKey: 'KEY_TEST_OTHER' });
    const refused = await findings(locked);
    expect(refused.code).toBe(4);
  });

  it('tells what comes from an earlier release', async () => {
    const old = PROJECT.replace(
      '    api_key_env: TELNYX_KEY\n',
      '    api_key_env: TELNYX_KEY\n    state: { backend: file }\n',
    );
    const project = await pullProject({ ...files, 'assistantctl.yaml': old });
    await project.cli('apply', '--yes');
    const path = '.assistantctl/state/live.json';
    const state = JSON.parse(await project.read(path)) as {
      resources: Record<string, Record<string, Json>>;
    };
    for (const binding of Object.values(state.resources)) {
      delete binding.read_version_id;
      delete binding.forms;
    }
    await project.write(path, JSON.stringify(state));
    const found = await findings(project);
    expect(found.of('upgrade')[0]?.message).toContain('bound by an earlier release');
    // And what was bound before is neither drift nor a change.
    const plan = await project.json('plan');
    expect(plan.body.changes).toEqual([]);
    expect(plan.body.drift).toEqual([]);
    await project.write('assistants/desk.yaml', DESK.replace('Hi.', 'Hello.'));
    expect((await project.cli('apply', '--yes')).code).toBe(0);
    expect((await findings(project)).of('upgrade')).toMatchObject([{ severity: 'ok' }]);
  });
});

describe('doctor --probe', () => {
  it('wants the account by name, and says which it is', async () => {
    const project = await pullProject();
    await project.dashboard('POST', '/ai/assistants', { name: 'Somebody', instructions: 'x' });
    const asked = await project.cli('doctor', '--probe');
    expect(asked.code).toBe(3);
    expect(asked.err).toMatch(/--account acct-[0-9a-f-]+/);
    const [, account = ''] = /--account (acct-[0-9a-f-]+)/.exec(asked.err) ?? [];
    const wrong = await project.cli('doctor', '--probe', '--account', 'acct-00000000');
    expect(wrong.code).toBe(5);
    expect(project.writes().filter((write) => write.startsWith('POST /ai/tools'))).toEqual([]);
    const { code, body } = await project.json('doctor', '--probe', '--account', account);
    expect(code).toBe(0);
    expect(body).toMatchObject({ account, left: [], found: { abbreviatedList: true, softDelete: true } });
  });

  it('is refused where the project manages something, and where a number is assigned', async () => {
    const project = await pullProject(files);
    await project.cli('apply', '--yes');
    const { err } = await project.cli('doctor', '--probe');
    const [, account = ''] = /--account (acct-[0-9a-f-]+)/.exec(err) ?? [];
    expect((await project.cli('doctor', '--probe', '--account', account)).code).toBe(5);

    const called = await pullProject();
    called.server.store.put('phone_numbers', '1', {
      id: '1',
      phone_number: '+13125550100',
      connection_id: '3',
    });
    called.server.store.commit();
    const asked = await called.cli('doctor', '--probe');
    const [, other = ''] = /--account (acct-[0-9a-f-]+)/.exec(asked.err) ?? [];
    const refused = await called.cli('doctor', '--probe', '--account', other);
    expect([refused.code, refused.err]).toEqual([5, expect.stringContaining('+13125550100')]);
  });
});
