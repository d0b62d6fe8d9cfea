import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bareRepository, cloneProject } from '../reliability/repositories.ts';
import { account, inDashboard, KEY, leadingTo, testProject, writes } from './harness.ts';

describe('failures', () => {
  it('a missing key exits 4 and names the variable', async () => {
    const project = await testProject();
    for (const command of [['plan'], ['apply'], ['drift'], ['state', 'import', 'tool/lookup', 'x']]) {
      const failed = await project.run(...command, '--env', 'account');
      expect(failed).toMatchObject({ code: 4, stdout: '' });
      expect(failed.stderr).toContain('TELNYX_KEY_OF_ACCOUNT');
    }
  });

  it('a rejected key exits 4 and is not printed', async () => {
    const server = await account({ apiKey: 'KEY_TEST_ANOTHER' });
    const project = await testProject(leadingTo(server));
    const failed = await project.run('plan', '--env', 'account', '--verbose', '--format', 'json');
    expect(failed.code).toBe(4);
    expect(JSON.parse(failed.stdout).error.kind).toBe('auth');
    expect(failed.stderr).toContain('401');
    expect(failed.stdout + failed.stderr).not.toContain(KEY);
  });

  it('an API that is down exits 8, for plan and for an apply that wrote nothing', async () => {
    const server = await account({ faults: () => ({ kind: 'status', status: 503 }) });
    const project = await testProject(leadingTo(server));
    for (const command of ['plan', 'apply']) {
      const failed = await project.run(command, '--env', 'account', '--format', 'json');
      expect(failed.code).toBe(8);
      expect(JSON.parse(failed.stdout).error).toMatchObject({ kind: 'unavailable' });
    }
    expect(writes(server)).toEqual([]);
    const lock = await project.run('state', 'unlock', '--env', 'account');
    expect(lock.stdout).toContain('Not locked');
  });

  it('a remote that refuses the state after the work is part of the report, and exits 7', async () => {
    const server = await account();
    const remote = await bareRepository();
    const hook = join(remote, 'hooks/pre-receive');
    const frozen = 'while read -r _ _ ref; do case $ref in *-lease) ;; *) exit 1 ;; esac; done';
    for (const format of ['json', 'text']) {
      const project = await cloneProject(remote, leadingTo(server));
      await writeFile(hook, `#!/bin/sh\n${frozen}\n`, { mode: 0o755 });
      const failed = await project.run('apply', '--env', 'account', '--format', format);
      expect(failed.code).toBe(7);
      expect(failed.stderr).toContain('GIT_REJECTED');
      if (format === 'json') {
        expect(JSON.parse(failed.stdout)).toMatchObject({
          outcome: 'partial',
          results: Array.from({ length: 4 }, () => ({ status: 'applied' })),
          next: 'assistantctl apply --env account',
          error: { code: 'GIT_REJECTED' },
        });
      } else {
        expect(failed.stdout).toContain('Applied, but not recorded in the state: 4 applied.');
        expect(failed.stdout).toContain('Next: assistantctl apply --env account');
      }
      await rm(hook);
    }
    const project = await cloneProject(remote, leadingTo(server));
    expect(await project.run('apply', '--env', 'account')).toMatchObject({ code: 0 });
    const plan = await project.run('plan', '--env', 'account', '--detailed-exitcode');
    expect(plan.code).toBe(0);
  });

  it('an API that fails in the middle exits 7, and the next apply converges', async () => {
    let broken = true;
    const server = await account({
      faults: ({ method, path }) =>
        broken && method === 'POST' && path === '/ai/assistants/tests'
          ? {
              kind: 'status',
              status: 422,
              body: { detail: [{ loc: ['body', 'rubric'], msg: 'no', type: 'value_error' }] },
            }
          : undefined,
    });
    const project = await testProject(leadingTo(server));
    const failed = await project.run('apply', '--env', 'account', '--format', 'json');
    expect(failed.code).toBe(7);
    const report = JSON.parse(failed.stdout);
    expect(report.outcome).toBe('partial');
    expect(report.results).toContainEqual(
      expect.objectContaining({ address: 'test/greets', status: 'failed' }),
    );
    expect(report.next).toContain('assistantctl');
    const [problem] = report.results.find(({ address }: { address: string }) => address === 'test/greets')
      .error.problems;
    expect(problem).toEqual({
      pointer: '/rubric',
      message: 'no',
      at: expect.stringMatching(/^assistants\/greets\.yaml:7:\d+$/),
    });
    broken = false;
    expect((await project.run('apply', '--env', 'account')).code).toBe(0);
    expect((await project.run('plan', '--env', 'account', '--detailed-exitcode')).code).toBe(0);
  });

  it('the command to type after a prune that failed deletes again, and is allowed the same', async () => {
    let broken = false;
    const server = await account({
      faults: ({ method }) => (broken && method === 'DELETE' ? { kind: 'status', status: 422 } : undefined),
    });
    const project = await testProject(leadingTo(server));
    expect((await project.run('apply', '--env', 'account')).code).toBe(0);
    await rm(join(project.folder, 'assistants/greets.yaml'));
    broken = true;
    const failed = await project.run(
      ...['apply', '--prune', '--override-limits', '--env', 'account', '--format', 'json'],
    );
    expect(failed.code).toBe(7);
    const { next } = JSON.parse(failed.stdout);
    expect(next).toBe('assistantctl apply --prune --override-limits --env account');
    broken = false;
    const again = await project.run(...next.split(' ').slice(1), '--format', 'json');
    expect(JSON.parse(again.stdout).results).toMatchObject([
      { address: 'test/greets', action: 'delete', status: 'applied' },
    ]);
  });

  it('after a rollback, a promotion or a restore that failed the command to type is the same again', async () => {
    let broken = false;
    const server = await account({
      faults: ({ method, path }) =>
        broken && method === 'POST' && (path.endsWith('/promote') || path.endsWith('/tests'))
          ? { kind: 'status', status: 422 }
          : undefined,
    });
    const project = await testProject(leadingTo(server));
    const at = ['--env', 'account'];
    const file = join(project.folder, 'assistants/billing.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(join(project.folder, '.gitignore'), '.assistantctl/\n');
    expect((await project.run('apply', ...at)).code).toBe(0);
    await writeFile(file, text.replace(/name: .*/, 'name: Billing two'));
    expect((await project.run('apply', '--no-promote', ...at)).code).toBe(0);
    const failing = async (...words: readonly string[]) => {
      broken = true;
      const failed = await project.run(...words, ...at, '--format', 'json');
      broken = false;
      return [failed.code, JSON.parse(failed.stdout).next];
    };
    expect(await failing('promote')).toEqual([7, 'assistantctl promote --env account']);
    expect((await project.run('promote', ...at)).code).toBe(0);
    expect(await failing('rollback', 'assistant/billing')).toEqual([
      7,
      'assistantctl rollback assistant/billing --env account',
    ]);
    await rm(join(project.folder, 'assistants/greets.yaml'));
    expect((await project.run('apply', '--prune', ...at)).code).toBe(0);
    expect(await failing('state', 'restore', 'test/greets')).toEqual([
      7,
      'assistantctl state restore test/greets --env account',
    ]);
  });

  it('a plan that cannot be made whole exits 5 as its apply does, printed and saved', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server));
    for (const instructions of ['One.', 'Two.']) {
      await inDashboard(server, 'POST', '/ai/assistants', { name: 'Billing', instructions });
    }
    const before = writes(server).length;
    for (const more of [[], ['--detailed-exitcode']]) {
      const args = ['--env', 'account', '--format', 'json', '--out', 'plan.json', ...more];
      const planned = await project.run('plan', ...args);
      expect(planned.code).toBe(5);
      expect(planned.stderr).toContain('error NAME_AMBIGUOUS');
      expect(planned.stderr).toContain('assistantctl state import assistant/billing assistant-');
      const printed = JSON.parse(planned.stdout);
      expect(printed.diagnostics).toContainEqual(
        expect.objectContaining({ severity: 'error', code: 'NAME_AMBIGUOUS' }),
      );
      expect(JSON.parse(await project.read('plan.json'))).toEqual(printed);
    }
    expect((await project.run('apply', '--env', 'account')).code).toBe(5);
    expect(writes(server)).toHaveLength(before);
  });

  it('spec errors exit 3 with all their positions, before any network', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server));
    await project.edit('assistants/front-desk.yaml', 'tool/lookup', 'tool/nothing');
    await project.edit('assistants/billing.yaml', 'model:', 'modell:');
    for (const command of ['plan', 'apply', 'drift']) {
      const failed = await project.run(command, '--env', 'account');
      expect(failed).toMatchObject({ code: 3, stdout: '' });
      expect(failed.stderr).toMatch(/assistants\/front-desk\.yaml:\d+:\d+ error /);
      expect(failed.stderr).toMatch(/assistants\/billing\.yaml:\d+:\d+ error /);
    }
    const json = await project.run('plan', '--env', 'account', '--format', 'json');
    const { error } = JSON.parse(json.stdout);
    expect(error).toMatchObject({ kind: 'spec', code: 'SPEC_INVALID' });
    expect(error.details.diagnostics.length).toBeGreaterThanOrEqual(2);
    expect(server.requests).toHaveLength(0);
  });

  it('a bad project file exits 3 with positions', async () => {
    const project = await testProject();
    await project.write('assistantctl.yaml', 'project: Acme Inc\nenvironments:\n  local: { target: moon }\n');
    for (const command of ['validate', 'plan', 'state list']) {
      const failed = await project.run(...command.split(' '), '--env', 'local');
      expect(failed.code).toBe(3);
      expect(failed.stdout + failed.stderr).toMatch(/assistantctl\.yaml:1:\d+ error /);
      expect(failed.stdout + failed.stderr).toMatch(/assistantctl\.yaml:3:\d+ error /);
    }
  });

  it('an unknown environment and a missing project exit 3', async () => {
    const project = await testProject();
    const unknown = await project.run('plan', '--env', 'produktion');
    expect(unknown.code).toBe(3);
    expect(unknown.stderr).toContain('guarded');
    const none = await project.run('plan', '--project', '/');
    expect(none.code).toBe(3);
    expect(none.stderr).toContain('assistantctl init');
  });

  it('--verbose logs requests on stderr and leaves stdout alone', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server));
    const planned = await project.run('plan', '--env', 'account', '--verbose', '--format', 'json');
    expect(planned.code).toBe(0);
    expect(JSON.parse(planned.stdout).summary.create).toBe(4);
    expect(planned.stderr).toMatch(/GET \/ai\/assistants\S* 200 \d+ ms/);
    expect(planned.stderr).not.toContain(KEY);
  });
});
