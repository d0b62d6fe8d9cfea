import { describe, expect, it } from 'vitest';
import { account, PROJECT_FILE, SPECS, testProject } from '../e2e/harness.ts';

const SECRET = 'KEY_TEST_forge_token_of_the_job';

describe('a project file that names another secret of the job as the API key', () => {
  it('sends it nowhere, in no command, and validate points at the line', async () => {
    const server = await account();
    const project = await testProject(
      { TELNYX_BASE_URL: server.url, GITHUB_TOKEN: SECRET },
      { ...SPECS, 'assistantctl.yaml': PROJECT_FILE.replaceAll('TELNYX_KEY_OF_ACCOUNT', 'GITHUB_TOKEN') },
    );
    for (const args of [
      ['plan'],
      ['drift'],
      ['apply'],
      ['preview', 'up', '--id', 'pr-1'],
      ['pull', '--adopt'],
      ['assistant', 'list'],
      ['rollout', 'tick'],
    ]) {
      const ran = await project.run(...args, '--env', 'account');
      expect([args[0], ran.code]).toEqual([args[0], 3]);
      expect(ran.stdout + ran.stderr).toContain('GITHUB_TOKEN');
      expect(ran.stdout + ran.stderr).not.toContain(SECRET);
    }
    expect(server.requests).toEqual([]);
    const validated = await project.run('validate');
    expect(validated.code).toBe(3);
    expect(validated.stdout).toMatch(/assistantctl\.yaml:7:18 error KEY_VARIABLE/);
  });

  it('is believed where the pipeline says so', async () => {
    const server = await account();
    const project = await testProject(
      { TELNYX_BASE_URL: server.url, ACME_VOICE: SECRET, ASSISTANTCTL_KEY_VARIABLES: 'ACME_VOICE' },
      { ...SPECS, 'assistantctl.yaml': PROJECT_FILE.replaceAll('TELNYX_KEY_OF_ACCOUNT', 'ACME_VOICE') },
    );
    expect((await project.run('validate')).code).toBe(0);
    expect((await project.run('plan', '--env', 'account')).code).toBe(0);
    expect(server.requests.length).toBeGreaterThan(0);
  });
});

describe('a project file that leads the key elsewhere', () => {
  it.each([
    'https://attacker.example/v2',
    'http://attacker.example/v2',
    'https://api.telnyx.com.attacker.example',
  ])('is refused before anything is sent: %s', async (address) => {
    const project = await testProject(
      { TELNYX_API_KEY: SECRET },
      {
        ...SPECS,
        'assistantctl.yaml': `project: acme\nenvironments:\n  account: { base_url: "${address}" }\n`,
      },
    );
    const ran = await project.run('plan', '--format', 'json');
    expect(ran.code).toBe(4);
    expect(JSON.parse(ran.stdout)).toMatchObject({ error: { kind: 'auth', code: 'HOST_UNTRUSTED' } });
    expect(ran.stdout + ran.stderr).not.toContain(SECRET);
  });
});
