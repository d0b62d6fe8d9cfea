import { describe, expect, it } from 'vitest';
import { testProject } from '../e2e/harness.ts';
import { forgeServer } from '../reviewed/forge-server.ts';
import { inProcess } from './in-process.ts';

// What `comment` posts beside comments: requests, verdicts, and the issue that says that a branch is ahead.

const COMMIT = 'a'.repeat(40);
const PLAN = ['plan', '--env', 'local', '--format', 'json'] as const;

describe.each([
  ['GitHub', { kind: 'github' }, 'GITHUB_REF', 'refs/pull/1/merge'],
  ['GitLab', { kind: 'gitlab', account: 'project_1_bot' }, 'CI_MERGE_REQUEST_IID', '1'],
] as const)('on %s', (_, options, variable, value) => {
  async function world() {
    const project = await testProject();
    const forge = await forgeServer(options);
    const plan = async (): Promise<void> =>
      project.write('plan.json', (await inProcess(project, {}, ...PLAN)).stdout);
    await plan();
    const comment = (env: Readonly<Record<string, string>>, ...more: readonly string[]) =>
      inProcess(project, env, 'comment', 'plan.json', '--env', 'local', ...more);
    return { project, forge, plan, comment };
  }

  it('opens one request from a branch and brings it up to date', async () => {
    const { forge, comment } = await world();
    const args = ['--request', 'drift/local', '--title', 'Take it over'] as const;
    const made = await comment(forge.env(COMMIT), ...args);
    expect(made).toMatchObject({ code: 0 });
    expect(made.stdout).toContain('The request is created');
    const again = await comment(forge.env(COMMIT), ...args.slice(0, 3), 'Take it all over');
    expect(again.stdout).toContain('The request is updated');
    expect(forge.pulls).toHaveLength(1);
    expect(forge.pulls[0]).toMatchObject({
      branch: 'drift/local',
      target: 'main',
      title: 'Take it all over',
    });
    expect(forge.pulls[0]?.body).toContain('4 to create');
  });

  it('a request that the token may not open is a warning with what to allow', async () => {
    const { forge, comment } = await world();
    forge.intercept = ({ method }) =>
      method === 'POST' ? { status: 403, json: { message: 'not permitted' } } : undefined;
    const made = await comment(forge.env(COMMIT), '--request', 'drift/local');
    expect(made.code).toBe(0);
    expect(made.stderr).toMatch(/nothing was posted.*(Allow GitHub Actions|role Developer)/);
  });

  it('adds a verdict beside the comment, and a refusal of it is a remark', async () => {
    const { forge, comment } = await world();
    const pull = forge.open(COMMIT);
    const env = { ...forge.env(COMMIT), [variable]: value };
    expect((await comment(env, '--check', 'voice / local')).code).toBe(0);
    expect((await comment(env, '--check', 'voice / local', '--exit-code', '5')).code).toBe(0);
    const good = options.kind === 'github' ? ['success', 'failure'] : ['success', 'failed'];
    expect(forge.verdicts.map(({ state }) => state)).toEqual(good);
    expect(forge.verdicts[0]).toMatchObject({ commit: COMMIT, name: 'voice / local' });
    // Only apps may make check runs: any other token makes a commit status.
    forge.intercept = ({ path }) =>
      path.includes('check-runs') ? { status: 403, json: { message: 'You must be an app' } } : undefined;
    expect((await comment(env, '--check', 'voice / local')).stderr).not.toContain('no verdict');
    expect(forge.verdicts.at(-1)).toMatchObject({ name: 'voice / local', state: 'success' });
    forge.intercept = ({ path }) =>
      /check-runs|statuses/.test(path) ? { status: 403, json: { message: 'no' } } : undefined;
    const denied = await comment(env, '--check', 'voice / local');
    expect(denied.code).toBe(0);
    expect(denied.stderr).toContain('note: no verdict in the list of checks');
    expect(pull.comments).toHaveLength(1);
  });

  it('keeps an issue while the branch is ahead, whatever was changed in the account', async () => {
    const { project, forge, plan, comment } = await world();
    const ahead = ['--issue', '--topic', 'ahead'] as const;
    await comment(forge.env(COMMIT), ...ahead);
    await comment(forge.env(COMMIT), ...ahead);
    expect(forge.issues).toMatchObject([{ open: true }]);
    expect(forge.issues[0]?.title).toContain('ahead in local');
    await project.run('apply', '--env', 'local', '--yes');
    await plan();
    await comment(forge.env(COMMIT), ...ahead);
    expect(forge.issues).toMatchObject([{ open: false }]);
  });
});
