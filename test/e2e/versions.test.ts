import { describe, expect, it } from 'vitest';
import { account, inDashboard, leadingTo, liveId, type Ran, type TestProject } from './harness.ts';
import { nearProject } from './in-process.ts';

const cli = (project: TestProject, ...args: string[]): Promise<Ran> =>
  project.run(...args, '--env', 'account', '--format', 'json');

async function applied() {
  const server = await account();
  const project = await nearProject(leadingTo(server));
  expect((await project.run('apply', '--env', 'account')).code).toBe(0);
  return { server, project };
}

type Listed = { versions: { version_id: string; name: string | null; marks: string[] }[] };

async function list(project: TestProject): Promise<Listed['versions']> {
  const ran = await cli(project, 'versions', 'list', 'assistant/billing');
  expect(ran.code, ran.stderr).toBe(0);
  return (JSON.parse(ran.stdout) as Listed).versions;
}

async function grow(project: TestProject, from: string, to: string): Promise<void> {
  await project.edit('assistants/billing.yaml', from, to);
  expect((await project.run('apply', '--env', 'account')).code).toBe(0);
}

describe('versions', () => {
  it('are listed, shown and compared with each other, with main and with Git', async () => {
    const { project } = await applied();
    await grow(project, 'You explain invoices.', 'You explain bills.');
    const [main, former] = await list(project);
    expect(main?.marks).toEqual(['main']);
    expect(former?.marks).toEqual(['was main']);
    const shown = await project.run('versions', 'show', 'assistant/billing', 'main', '--env', 'account');
    expect(shown.stdout).toContain('You explain bills.');
    expect(shown.stdout).toContain('assistant/front-desk');
    const between = await cli(
      project,
      'versions',
      'diff',
      'assistant/billing',
      former?.version_id ?? '',
      'main',
    );
    expect(JSON.parse(between.stdout).fields).toMatchObject([
      { path: '/instructions', before: 'You explain invoices.', after: 'You explain bills.' },
    ]);
    const git = await project.run('versions', 'diff', 'assistant/billing', '--env', 'account');
    expect(git.stdout).toContain('no difference');
    await project.edit('assistants/billing.yaml', 'bills', 'everything');
    const ahead = await project.run('versions', 'diff', 'assistant/billing', '--env', 'account');
    expect(ahead.stdout).toContain('You explain everything.');
    const unknown = await cli(project, 'versions', 'show', 'assistant/billing', 'nothing');
    expect(unknown.code).toBe(3);
    expect(JSON.parse(unknown.stdout).error.code).toBe('VERSION_UNKNOWN');
    expect((await cli(project, 'versions', 'list', 'tool/lookup')).code).toBe(3);
  });

  it('are pruned, but never main, a canary member, a preview or what waits', async () => {
    const { server, project } = await applied();
    const id = await liveId(server, 'Billing');
    for (const text of ['a', 'b', 'c']) {
      await inDashboard(server, 'POST', `/ai/assistants/${id}`, {
        instructions: text,
        promote_to_main: false,
        version_name: text === 'c' ? 'abc1234 preview:pr-1 01234567' : text,
      });
    }
    const named = new Map((await list(project)).map((version) => [version.name, version.version_id]));
    await inDashboard(server, 'POST', `/ai/assistants/${id}/canary-deploys`, {
      rules: [{ serve: { rollout: [{ version_id: named.get('a'), weight: 5 }] } }],
    });
    await project.edit('assistants/billing.yaml', 'You explain invoices.', 'You explain bills.');
    expect((await project.run('apply', '--env', 'account', '--no-promote')).code).toBe(0);
    const before = await list(project);
    const pruned = await cli(project, 'versions', 'prune', 'assistant/billing', '--keep', '0');
    expect(pruned.code, pruned.stderr).toBe(0);
    const after = await list(project);
    expect(after.flatMap(({ marks }) => marks).sort()).toEqual(['canary', 'main', 'preview', 'waiting']);
    expect(JSON.parse(pruned.stdout).deleted).toContain(named.get('b'));
    expect(before.length - after.length).toBe(JSON.parse(pruned.stdout).deleted.length);
    expect((await cli(project, 'versions', 'prune', 'assistant/billing', '--keep', 'x')).code).toBe(3);
  });
});

describe('test', () => {
  it('runs tests by address, assistant, suite and version', async () => {
    const { server, project } = await applied();
    const one = await project.run('test', 'run', 'test/greets', '--env', 'account', '--junit', 'out.xml');
    expect(one.code, one.stderr).toBe(0);
    expect(one.stdout).toContain('The test passed.');
    expect(await project.read('out.xml')).toContain('<testcase name="Greets" classname="test/greets"');
    expect((await cli(project, 'test', 'run', 'assistant/front-desk')).code).toBe(0);
    const none = await cli(project, 'test', 'run', 'assistant/billing');
    expect(none.code).toBe(9);
    expect(JSON.parse(none.stdout).error.code).toBe('TESTS_NONE');
    const hasty = await cli(project, 'test', 'run', 'test/greets', '--timeout', '0s');
    expect(JSON.parse(hasty.stdout).error.code).toBe('OPTION_INVALID');
    const empty = await cli(project, 'test', 'run', '--suite', 'nothing');
    expect(empty.code).toBe(9);
    expect(JSON.parse(empty.stdout).error.code).toBe('SUITE_EMPTY');
    const version = await cli(project, 'test', 'run', 'test/greets', '--version', '20200101T000000000000');
    expect(version.code).toBe(3);
    expect(JSON.parse(version.stdout).error.code).toBe('VERSION_UNKNOWN');
    server.setScripts([{ test: 'Greets', rubric: { greets: 'failed' }, logs: 'It said <nothing> & left.' }]);
    const failed = await cli(project, 'test', 'run', '--junit', 'reports/new/out.xml');
    expect(failed.code).toBe(9);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      outcome: 'failed',
      tests: [{ address: 'test/greets', outcome: 'failed', rubric: [{ criteria: 'The assistant greets.' }] }],
      error: { kind: 'gate', code: 'TESTS_FAILED' },
    });
    expect(await project.read('reports/new/out.xml')).toContain('It said &lt;nothing&gt; &amp; left.');
    const page = await project.run('test', 'run', '--format', 'markdown', '--env', 'account');
    expect(page.stdout).toContain('| test | address | result | time |');
    expect(page.code).toBe(9);
  });

  it('shows a flaky test as flaky', async () => {
    const { server, project } = await applied();
    server.setScripts([{ test: 'Greets', sequence: ['passed', 'failed', 'passed', 'passed'] }]);
    for (let run = 0; run < 4; run += 1) await project.run('test', 'run', 'test/greets', '--env', 'account');
    const shown = await project.run('test', 'history', 'test/greets', '--env', 'account');
    expect(shown.stdout).toMatch(/75 % of 4\s.*flaky/);
    const recent = await cli(project, 'test', 'history', 'test/greets', '--last', '2');
    expect(JSON.parse(recent.stdout).tests).toMatchObject([{ pass_rate: 1, flaky: false, passed: 2 }]);
  });
});
