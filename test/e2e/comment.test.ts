import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BOT, CHANGE, type FakeForge, fakeForge, HEAD, MERGED, TOKEN } from '../forge/fake-forge.ts';
import { type Finished, inProcess } from '../forge/in-process.ts';
import { account, inDashboard, leadingTo, liveId, type TestProject, testProject } from './harness.ts';

type Env = Readonly<Record<string, string>>;

/** The variables of a workflow run for the pull request. */
async function onGithub(project: TestProject, forge: FakeForge, more: Env = {}): Promise<Env> {
  const event = join(project.folder, 'event.json');
  await writeFile(event, JSON.stringify({ pull_request: { number: CHANGE, head: { sha: HEAD } } }));
  return {
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: 'acme/voice',
    GITHUB_API_URL: forge.url,
    GITHUB_EVENT_PATH: event,
    GITHUB_SHA: MERGED,
    GITHUB_TOKEN: TOKEN,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_RUN_ID: '99',
    ...more,
  };
}

const onGitlab = (forge: FakeForge, more: Env = {}): Env => ({
  GITLAB_CI: 'true',
  CI_PROJECT_PATH: 'acme/voice',
  CI_API_V4_URL: forge.url,
  CI_MERGE_REQUEST_IID: String(CHANGE),
  CI_COMMIT_SHA: HEAD,
  CI_JOB_URL: 'https://gitlab.example/acme/voice/-/jobs/1',
  GITLAB_TOKEN: TOKEN,
  ...more,
});

/** Runs the program with more variables. */
async function run(project: TestProject, env: Env, args: readonly string[]): Promise<Finished> {
  return await inProcess(project, env, ...args);
}

async function savedPlan(project: TestProject): Promise<{ readonly plan_digest: string }> {
  const planned = await inProcess(project, {}, 'plan', '--out', 'plan.json');
  expect(planned.code, planned.stderr).toBe(0);
  return JSON.parse(await project.read('plan.json'));
}

describe('comment on GitHub', () => {
  it('shows the plan, replaces it by a failure, and takes one line when all is done', async () => {
    const project = await testProject();
    const forge = await fakeForge('github');
    const env = await onGithub(project, forge);
    const { plan_digest: digest } = await savedPlan(project);

    const first = await run(project, env, ['comment', '--plan', 'plan.json', '--format', 'json']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(first.stdout)).toMatchObject({ outcome: 'created', environment: 'local', digest });
    const [comment] = forge.comments;
    expect(comment?.body).toMatch(
      new RegExp(`^<!-- assistantctl:plan env=local project=acme digest=${digest} [^\n]*-->\n`),
    );
    expect(comment?.body).toContain('4 to create');
    expect(comment?.body).toContain('[run](https://github.com/acme/voice/actions/runs/99)');

    await project.edit('assistants/billing.yaml', 'model:', 'modell:');
    const failed = await inProcess(project, {}, 'plan', '--format', 'json');
    expect(failed.code).toBe(3);
    await project.write('failed.json', failed.stdout);
    await run(project, env, ['comment', 'failed.json', '--exit-code', '3']);
    expect(forge.comments).toHaveLength(1);
    expect(comment?.body).toContain('digest=none');
    expect(comment?.body).toContain('failed (exit code 3)');
    expect(comment?.body).toContain('assistants/billing.yaml:5:3');

    await project.edit('assistants/billing.yaml', 'modell:', 'model:');
    expect((await inProcess(project, {}, 'apply')).code).toBe(0);
    await savedPlan(project);
    await run(project, env, ['comment', '--plan', 'plan.json', '--clean', 'line']);
    expect(forge.comments).toHaveLength(1);
    expect(comment?.body.trim().split('\n')).toHaveLength(2);
    expect(comment?.body).toContain('4 resources match');
  });

  it('takes Markdown with the plan it was made from, also from stdin', async () => {
    const project = await testProject();
    const forge = await fakeForge('github');
    const env = await onGithub(project, forge);
    const { plan_digest: digest } = await savedPlan(project);
    await project.write('plan.md', '### Reviewed text\n\nwith a graph\n');
    await run(project, env, ['comment', 'plan.md', '--plan', 'plan.json']);
    expect(forge.comments[0]?.body).toContain('with a graph');
    expect(forge.comments[0]?.body).toContain(`digest=${digest}`);

    // Nothing is piped in: that the command printed nothing is a failure to be shown.
    expect((await run(project, env, ['comment', '--topic', 'notes'])).code).toBe(0);
    expect(forge.comments).toHaveLength(2);
    expect(forge.comments[1]?.body).toContain('Notes for local failed');
  });

  it('says nothing about an older commit', async () => {
    const project = await testProject();
    const forge = await fakeForge('github');
    forge.head = '9'.repeat(40);
    await savedPlan(project);
    const env = await onGithub(project, forge);
    const result = await run(project, env, ['comment', '--plan', 'plan.json']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toContain('999999999999');
    expect(forge.writes()).toEqual([]);
  });

  it.each([401, 403, 404])('%s: the summary of the job has the plan, and nothing failed', async (status) => {
    const project = await testProject();
    const forge = await fakeForge('github', { intercept: () => ({ status, json: { message: 'no' } }) });
    await savedPlan(project);
    await project.write('summary.md', 'earlier\n');
    const summary = join(project.folder, 'summary.md');
    const env = await onGithub(project, forge, { GITHUB_STEP_SUMMARY: summary });
    const result = await run(project, env, ['comment', '--plan', 'plan.json', '--format', 'json']);
    expect(result.code).toBe(0);
    expect(result.stderr).toContain('pull-requests: write');
    expect(JSON.parse(result.stdout)).toMatchObject({ outcome: 'denied', summary: true });
    const text = await project.read('summary.md');
    expect(text).toMatch(/^earlier\n/);
    expect(text).toContain('4 to create');
    expect(text).not.toContain('<!-- assistantctl');
  });

  it('without a token or a summary prints the text', async () => {
    const project = await testProject();
    const forge = await fakeForge('github');
    await savedPlan(project);
    const env = await onGithub(project, forge, { GITHUB_TOKEN: '' });
    const result = await run(project, env, ['comment', '--plan', 'plan.json']);
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('4 to create');
    expect(result.stderr).toContain('secrets.GITHUB_TOKEN');
  });

  it('keeps a huge summary well below 1 MiB', async () => {
    const project = await testProject();
    const forge = await fakeForge('github');
    await project.write('huge.md', `### Huge\n${'ü line of text\n'.repeat(100_000)}`);
    await project.write('summary.md', 'x'.repeat(700_000));
    const env = await onGithub(project, forge, { GITHUB_STEP_SUMMARY: join(project.folder, 'summary.md') });
    expect((await run(project, env, ['comment', 'huge.md'])).code).toBe(0);
    expect(Buffer.byteLength(await project.read('summary.md'))).toBeLessThan(950_000);
    expect(forge.comments[0]?.body.length).toBeLessThan(60_001);
  });

  it('fails when the forge does', async () => {
    const project = await testProject();
    const forge = await fakeForge('github', {
      intercept: () => ({ status: 429, headers: { 'retry-after': '3600' }, json: { message: 'later' } }),
    });
    await savedPlan(project);
    const env = await onGithub(project, forge);
    const result = await run(project, env, ['comment', '--plan', 'plan.json', '--format', 'json']);
    expect(result.code).toBe(8);
    expect(JSON.parse(result.stdout).error).toMatchObject({ code: 'FORGE_RATE' });
    expect(result.stdout + result.stderr).not.toContain(TOKEN);
  });

  it('shows a failure of a project file that cannot be read', async () => {
    const project = await testProject();
    const forge = await fakeForge('github');
    const env = await onGithub(project, forge);
    await savedPlan(project);
    await run(project, env, ['comment', '--plan', 'plan.json', '--env', 'local']);
    await project.write('assistantctl.yaml', 'project: [');
    await project.write('plan.log', 'error: the project file is broken\n');
    await project.write('plan.md', '');
    const args = ['comment', 'plan.md', '--exit-code', '3', '--log', 'plan.log', '--env', 'local'];
    expect((await run(project, env, [...args, '--plan', 'none.json'])).code).toBe(0);
    expect(forge.comments).toHaveLength(1);
    expect(forge.comments[0]?.body).toContain('the project file is broken');
  });

  it('needs no project for a plan, which names its own, and one for anything else', async () => {
    const project = await testProject();
    const forge = await fakeForge('github');
    const env = await onGithub(project, forge);
    await savedPlan(project);
    await project.remove('assistantctl.yaml');
    expect((await run(project, env, ['comment', '--plan', 'plan.json'])).code).toBe(0);
    await project.write('plan.md', '### Text\n');
    expect((await run(project, env, ['comment', 'plan.md'])).code).toBe(3);
    expect((await run(project, env, ['comment', 'plan.md', '--env', 'local'])).code).toBe(0);
    expect(forge.comments).toHaveLength(1);
  });

  it('is a usage error where no forge is known, and for JSON that is neither', async () => {
    const project = await testProject();
    await savedPlan(project);
    const lost = await inProcess(project, {}, 'comment', '--plan', 'plan.json', '--format', 'json');
    expect(lost.code).toBe(3);
    expect(JSON.parse(lost.stdout).error).toMatchObject({ code: 'FORGE_UNKNOWN' });
    await project.write('other.json', '{"a":1}');
    const forge = await fakeForge('github');
    const env = await onGithub(project, forge);
    expect((await run(project, env, ['comment', 'other.json'])).code).toBe(3);
  });
});

describe('comment on GitLab', () => {
  it('shows the plan, and a job token that may not is no failure', async () => {
    const project = await testProject();
    const forge = await fakeForge('gitlab', { user: 'project_1_bot' });
    await savedPlan(project);
    const args = ['comment', '--plan', 'plan.json'];
    expect((await run(project, onGitlab(forge), args)).stdout).toContain('created');
    expect((await run(project, onGitlab(forge), args)).stdout).toContain('unchanged');
    const job = onGitlab(forge, { GITLAB_TOKEN: '', CI_JOB_TOKEN: TOKEN });
    const denied = await run(project, job, args);
    expect(denied.code).toBe(0);
    expect(denied.stderr).toContain('GITLAB_TOKEN');
    expect(denied.stdout).toContain('4 to create');
    expect(forge.comments).toHaveLength(1);
  });
});

describe.each(['github', 'gitlab'] as const)('the reviewed digest on %s', (name) => {
  const on = async (project: TestProject, forge: FakeForge): Promise<Env> => {
    if (name === 'gitlab') {
      return onGitlab(forge, { CI_COMMIT_SHA: MERGED, CI_MERGE_REQUEST_IID: '' });
    }
    return await onGithub(project, forge, { GITHUB_EVENT_PATH: '', GITHUB_REF: 'refs/heads/main' });
  };

  it('is what an apply goes on with, and no other', async () => {
    const server = await account();
    const project = await testProject();
    const to = leadingTo(server);
    const forge = await fakeForge(name, { user: name === 'gitlab' ? 'bot' : null });
    await inProcess(project, to, 'plan', '--env', 'account', '--out', 'plan.json');
    const review = name === 'gitlab' ? onGitlab(forge) : await onGithub(project, forge);
    await run(project, review, ['comment', '--plan', 'plan.json', '--env', 'account']);
    forge.comments.unshift({
      id: 1,
      author: 'mallory',
      body: `<!-- assistantctl:plan env=account project=acme digest=sha256:${'0'.repeat(64)} -->`,
    });
    const printed = await run(project, await on(project, forge), [
      'comment',
      '--print-digest',
      '--env',
      'account',
    ]);
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    expect(printed.stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    const apply = ['apply', '--env', 'account', '--expect-digest', printed.stdout.trim()];
    expect((await inProcess(project, to, ...apply)).code).toBe(0);
    expect((await inProcess(project, to, ...apply)).code).toBe(6);
  });

  it('is missing where nothing was reviewed', async () => {
    const project = await testProject();
    const forge = await fakeForge(name, { user: 'bot' });
    const env = await on(project, forge);
    const none = await run(project, env, ['comment', '--print-digest', '--format', 'json']);
    expect(none.code).toBe(6);
    expect(JSON.parse(none.stdout).error).toMatchObject({ code: 'REVIEW_MISSING' });
    // An App writes under a name of its own, which only people can tell to be the pipeline's.
    const digest = `sha256:${'a'.repeat(64)}`;
    forge.add('voice-ci[bot]', `<!-- assistantctl:plan env=local project=acme digest=${digest} -->\nplan`);
    forge.add('mallory', `<!-- assistantctl:plan env=local project=acme digest=${digest} -->\nplan`);
    const app = await run(project, env, ['comment', '--print-digest']);
    expect(app).toMatchObject({ code: 6, stdout: '' });
    expect(app.stderr).toContain('--author "voice-ci[bot]"');
    expect(app.stderr).not.toContain('mallory');
    forge.add('bot', '<!-- assistantctl:plan env=local project=acme digest=none -->\nfailed');
    expect((await run(project, env, ['comment', '--print-digest'])).stderr).toContain('failed');
    const direct = { ...env, GITHUB_SHA: '4'.repeat(40), CI_COMMIT_SHA: '4'.repeat(40) };
    expect((await run(project, direct, ['comment', '--print-digest'])).stderr).toContain(
      'nothing was reviewed',
    );
  });
});

it('keeps one issue while there is drift', async () => {
  const server = await account();
  const project = await testProject();
  const to = leadingTo(server);
  const forge = await fakeForge('github');
  const env = await onGithub(project, forge, { GITHUB_EVENT_PATH: '' });
  expect((await inProcess(project, to, 'apply', '--env', 'account')).code).toBe(0);
  const watch = async (): Promise<string> => {
    const drift = await inProcess(project, to, 'drift', '--env', 'account', '--format', 'json');
    await project.write('drift.json', drift.stdout);
    return (await run(project, env, ['comment', 'drift.json', '--issue', '--env', 'account'])).stdout;
  };
  expect(await watch()).toContain('nothing to say');
  const id = await liveId(server, 'Billing');
  const change = { instructions: 'Be rude.', promote_to_main: true };
  await inDashboard(server, 'POST', `/ai/assistants/${id}`, change);
  expect(await watch()).toContain('created');
  expect(forge.issues[0]?.title).toBe('assistantctl: drift in account (acme)');
  expect(forge.issues[0]?.body).toContain('Be rude.');
  expect(await watch()).toContain('unchanged');
  await inDashboard(server, 'POST', `/ai/assistants/${id}`, {
    ...change,
    instructions: 'You explain invoices.',
  });
  expect(await watch()).toContain('closed');
  expect(forge.issues.map(({ author, open }) => ({ author, open }))).toEqual([{ author: BOT, open: false }]);
});
