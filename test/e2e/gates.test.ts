import { describe, expect, it } from 'vitest';
import type { EmulatorHandle } from '../../src/emulator/contract/contract.ts';
import {
  account,
  finished,
  inDashboard,
  leadingTo,
  liveId,
  type Ran,
  SPECS,
  type TestProject,
  writes,
} from './harness.ts';
import { nearProject } from './in-process.ts';

type Report = {
  outcome: string;
  results: {
    address: string;
    status: string;
    version_id: string | null;
    promoted: boolean;
    error: { code: string } | null;
    tests?: {
      name: string;
      outcome: string;
      attempts: number;
      remembered: boolean;
      conversation_id: string | null;
    }[];
  }[];
  error?: { code: string };
};

const GATED = `promotion:
  strategy: gated
  gate: { tests: [{ $ref: test/greets }], timeout: 20s }
`;

async function gatedProject(promotion = GATED): Promise<{ server: EmulatorHandle; project: TestProject }> {
  const server = await account();
  const project = await nearProject(leadingTo(server), {
    ...SPECS,
    'assistants/front-desk.yaml': `${SPECS['assistants/front-desk.yaml'] ?? ''}${promotion}`,
  });
  const applied = await project.run('apply', '--env', 'account');
  expect(applied.code, applied.stderr).toBe(0);
  return { server, project };
}

const json = (ran: Ran): Report => JSON.parse(ran.stdout) as Report;
const cli = (project: TestProject, ...args: string[]): Promise<Ran> =>
  project.run(...args, '--env', 'account', '--format', 'json');

async function main(server: EmulatorHandle): Promise<{ id: string; greeting: string; version_id: string }> {
  const id = await liveId(server, 'Front desk');
  return (await (await inDashboard(server, 'GET', `/ai/assistants/${id}`)).json()) as never;
}

const runs = (server: EmulatorHandle): number => writes(server).filter((line) => /\/runs$/.test(line)).length;

describe('a gated change', () => {
  it('goes live when its tests pass on its own version', async () => {
    const { server, project } = await gatedProject();
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Good day.');
    const plan = await project.run('plan', '--env', 'account');
    expect(plan.stdout).toContain('promoted to main once it passed 1 test');
    const applied = await cli(project, 'apply');
    expect(applied.code, applied.stdout + applied.stderr).toBe(0);
    const [result] = json(applied).results;
    expect(result).toMatchObject({
      promoted: true,
      tests: [{ name: 'Greets', outcome: 'passed', attempts: 1 }],
    });
    const trigger = server.requests.find(({ method, path }) => method === 'POST' && path.endsWith('/runs'));
    expect(trigger?.body).toEqual({ destination_version_id: result?.version_id });
    expect(trigger?.idempotencyKey).toBeDefined();
    expect((await main(server)).greeting).toBe('Good day.');
    expect((await project.run('plan', '--env', 'account', '--detailed-exitcode')).code).toBe(0);
  });

  it('stops with exit 9 when one fails, and ships once it is fixed', async () => {
    const { server, project } = await gatedProject();
    const before = await main(server);
    server.setScripts([
      {
        test: 'Greets',
        instructions: 'Bark',
        rubric: { greets: 'failed' },
        logs: 'line one\nWoof, it said.',
      },
    ]);
    await project.edit('assistants/front-desk.yaml', 'Be brief.', 'Bark.');
    const failed = await project.run('apply', '--env', 'account');
    expect(failed.code).toBe(9);
    expect(failed.stdout).toContain('Next: assistantctl plan --env account');
    for (const part of [
      'Greets',
      'test/greets',
      'greets',
      'The assistant greets.',
      'conversation ',
      'Woof, it said.',
    ]) {
      expect(failed.stdout).toContain(part);
    }
    expect(await main(server)).toEqual(before);
    const again = await cli(project, 'apply');
    expect(again.code).toBe(9);
    expect(json(again).results[0]).toMatchObject({ status: 'failed', error: { code: 'GATE_FAILED' } });
    const staged = writes(server).filter((line) => line === `POST /ai/assistants/${before.id}`).length;
    // The staged version of the failed change was taken up again by the second apply.
    expect(staged).toBeLessThanOrEqual(2);
    await project.edit('assistants/front-desk.yaml', 'Bark.', 'Be kind.');
    expect((await project.run('apply', '--env', 'account')).code).toBe(0);
    expect(await main(server)).not.toEqual(before);
  });

  it('retries an error once, then counts it', async () => {
    const { server, project } = await gatedProject();
    server.setScripts([{ test: 'Greets', sequence: ['error', 'passed'] }]);
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'One.');
    const first = await cli(project, 'apply');
    expect(first.code).toBe(0);
    expect(json(first).results[0]?.tests).toMatchObject([{ outcome: 'passed', attempts: 2 }]);
    server.setScripts([{ test: 'Greets', outcome: 'error' }]);
    await project.edit('assistants/front-desk.yaml', 'One.', 'Two.');
    const second = await cli(project, 'apply');
    expect(second.code).toBe(9);
    expect(json(second).results[0]?.tests).toMatchObject([{ outcome: 'error', attempts: 2 }]);
  });

  it('is not tested again on the same content, unless asked', async () => {
    const { server, project } = await gatedProject();
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Once.');
    await cli(project, 'apply');
    await project.edit('assistants/front-desk.yaml', 'Once.', 'Hello.');
    await cli(project, 'apply');
    const before = runs(server);
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Once.');
    const third = await cli(project, 'apply');
    expect(json(third).results[0]?.tests).toMatchObject([
      { outcome: 'passed', remembered: true, attempts: 0 },
    ]);
    expect(runs(server)).toBe(before);
    await project.edit('assistants/front-desk.yaml', 'Once.', 'Hello.');
    await project.run('apply', '--env', 'account', '--rerun-tests');
    expect(runs(server)).toBe(before + 1);
    // Another test is another result.
    await project.edit('assistants/greets.yaml', 'The assistant greets.', 'It greets well.');
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Once.');
    await cli(project, 'apply');
    expect(runs(server)).toBe(before + 2);
  });

  it('waits no longer than its timeout', async () => {
    const { server, project } = await gatedProject(GATED.replace('20s', '1s'));
    server.setScripts([{ test: 'Greets', outcome: 'never' }]);
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Slow.');
    const failed = await cli(project, 'apply');
    expect(failed.code).toBe(9);
    expect(json(failed).results[0]).toMatchObject({
      error: { code: 'GATE_TIMEOUT' },
      tests: [{ outcome: 'timeout' }],
    });
    expect((await main(server)).greeting).toBe('Hello.');
  });

  it('fails when its test is deleted while it runs', async () => {
    const { server, project } = await gatedProject();
    server.setScripts([{ test: 'Greets', outcome: 'never' }]);
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Gone.');
    const applying = cli(project, 'apply');
    while (runs(server) === 0) await new Promise((done) => setTimeout(done, 50));
    const { data } = (await (await inDashboard(server, 'GET', '/ai/assistants/tests')).json()) as {
      data: { test_id: string }[];
    };
    await inDashboard(server, 'DELETE', `/ai/assistants/tests/${data[0]?.test_id ?? ''}`);
    const failed = await applying;
    expect(failed.code, failed.stderr).toBe(9);
    expect(json(failed).results[0]?.tests).toMatchObject([{ outcome: 'missing' }]);
    expect((await main(server)).greeting).toBe('Hello.');
  });

  it('is not promoted over a main that somebody else moved meanwhile', async () => {
    const { server, project } = await gatedProject();
    server.setScripts([{ test: 'Greets', slow_ms: 1_500 }]);
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Mine.');
    const applying = cli(project, 'apply');
    while (runs(server) === 0) await new Promise((done) => setTimeout(done, 50));
    const { id } = await main(server);
    await inDashboard(server, 'POST', `/ai/assistants/${id}`, { greeting: 'Theirs.' });
    const failed = await applying;
    expect(failed.code, failed.stdout).toBe(6);
    expect(json(failed).results[0]?.error?.code).toMatch(/MAIN_MOVED|CHANGED/);
    expect((await main(server)).greeting).toBe('Theirs.');
  });

  it('uses the tests of its suites, from the specs and from the account', async () => {
    const suite = 'promotion:\n  strategy: gated\n  gate: { suites: [release-gate] }\n';
    const server = await account();
    const greets = (SPECS['assistants/greets.yaml'] ?? '').replace(
      '  name: Greets',
      '  name: Greets\n  test_suite: release-gate',
    );
    const project = await nearProject(leadingTo(server), {
      ...SPECS,
      'assistants/greets.yaml': greets,
      'assistants/front-desk.yaml': `${SPECS['assistants/front-desk.yaml'] ?? ''}${suite}`,
    });
    expect((await project.run('apply', '--env', 'account')).code).toBe(0);
    const { id } = await main(server);
    const test = {
      name: 'By hand',
      instructions: 'Ask.',
      rubric: [{ name: 'r', criteria: 'c' }],
      test_suite: 'release-gate',
    };
    await inDashboard(server, 'POST', '/ai/assistants/tests', { ...test, destination: id });
    const billing = await liveId(server, 'Billing');
    await inDashboard(server, 'POST', '/ai/assistants/tests', {
      ...test,
      name: 'Other',
      destination: billing,
    });
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Suite.');
    const applied = await cli(project, 'apply');
    expect(applied.code, applied.stdout).toBe(0);
    expect(
      json(applied)
        .results[0]?.tests?.map(({ name }) => name)
        .sort(),
    ).toEqual(['By hand', 'Greets']);
  });

  it('runs from a saved plan too, and applying that again is a clean no-op', async () => {
    const { server, project } = await gatedProject();
    server.setScripts([{ test: 'Greets', outcome: 'failed' }]);
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Saved.');
    expect((await project.run('plan', '--env', 'account', '--out', 'p.json')).code).toBe(0);
    expect((await cli(project, 'apply', 'p.json')).code).toBe(9);
    server.setScripts([]);
    expect((await cli(project, 'apply', 'p.json')).code).toBe(0);
    expect((await main(server)).greeting).toBe('Saved.');
    const sent = writes(server).length;
    const again = await cli(project, 'apply', 'p.json');
    expect(again.code, again.stdout).toBe(0);
    expect(json(again).results).toMatchObject([{ status: 'skipped' }]);
    expect(writes(server).length).toBe(sent);
  });

  it('is closed for a suite that has no test of this assistant', async () => {
    const server = await account();
    const greets = (SPECS['assistants/greets.yaml'] ?? '')
      .replace('  name: Greets', '  name: Greets\n  test_suite: s')
      .replace('assistant/front-desk', 'assistant/billing');
    const suite = 'promotion:\n  strategy: gated\n  gate: { suites: [s] }\n';
    const project = await nearProject(leadingTo(server), {
      ...SPECS,
      'assistants/greets.yaml': greets,
      'assistants/front-desk.yaml': `${SPECS['assistants/front-desk.yaml'] ?? ''}${suite}`,
    });
    expect((await project.run('apply', '--env', 'account')).code).toBe(0);
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Empty.');
    const failed = await cli(project, 'apply');
    expect(failed.code).toBe(9);
    expect(json(failed).results[0]?.error?.code).toBe('GATE_SUITE_EMPTY');
    expect((await main(server)).greeting).toBe('Hello.');
  });
});

describe('a signal while a gate waits', () => {
  it('ends the wait with 130, leaves main alone and lets the next apply go on', async () => {
    const { server, project } = await gatedProject();
    server.setScripts([{ test: 'Greets', outcome: 'never' }]);
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Cut.');
    const child = project.start(['apply', '--env', 'account', '--format', 'json']);
    const ended = finished(child);
    while (runs(server) === 0) await new Promise((done) => setTimeout(done, 50));
    child.kill('SIGINT');
    const ran = await ended;
    expect(ran.code, ran.stderr).toBe(130);
    expect(json(ran).results[0]?.tests).toMatchObject([{ outcome: 'interrupted' }]);
    expect((await main(server)).greeting).toBe('Hello.');
    server.setScripts([]);
    expect((await cli(project, 'apply')).code).toBe(0);
    expect((await main(server)).greeting).toBe('Cut.');
  });

  it('killed, the next apply takes up the staged version', async () => {
    const { server, project } = await gatedProject();
    server.setScripts([{ test: 'Greets', outcome: 'never' }]);
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Killed.');
    const child = project.start(['apply', '--env', 'account']);
    const ended = finished(child);
    while (runs(server) === 0) await new Promise((done) => setTimeout(done, 50));
    child.kill('SIGKILL');
    await ended;
    server.setScripts([]);
    const { id } = await main(server);
    const staged = (): number => writes(server).filter((line) => line === `POST /ai/assistants/${id}`).length;
    const count = staged();
    const applied = await finished(project.start(['apply', '--env', 'account']));
    expect(applied.code, applied.stderr).toBe(0);
    expect(staged()).toBe(count);
    expect((await main(server)).greeting).toBe('Killed.');
  });
});

describe('promote', () => {
  it('refuses what is not there, not wanted any more or not built on main', async () => {
    const { server, project } = await gatedProject('promotion: { strategy: manual }\n');
    const code = async (...args: string[]): Promise<string> => {
      const ran = await cli(project, 'promote', ...args);
      return `${ran.code} ${json(ran).error?.code ?? json(ran).outcome}`;
    };
    expect(await code('assistant/nobody')).toBe('3 NOT_BOUND');
    expect(await code('tool/lookup')).toBe('3 KIND_MISMATCH');
    expect(await code('--version', 'x')).toBe('3 VERSION_NEEDS_ADDRESS');
    expect(await code('assistant/front-desk', '--version', '20200101T000000000000')).toBe(
      '3 VERSION_UNKNOWN',
    );
    expect(await code('assistant/front-desk')).toBe('0 nothing');
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Later.');
    await cli(project, 'apply');
    const { id } = await main(server);
    await inDashboard(server, 'POST', `/ai/assistants/${id}`, { description: 'theirs' });
    expect(await code()).toBe('6 MAIN_MOVED');
    await cli(project, 'apply');
    await project.edit('assistants/front-desk.yaml', 'Later.', 'Never.');
    expect(await code('assistant/front-desk')).toBe('6 CANDIDATE_OUTDATED');
    await project.edit('assistants/front-desk.yaml', 'Never.', 'Later.');
    await inDashboard(server, 'POST', `/ai/assistants/${id}/canary-deploys`, {
      rules: [{ serve: { rollout: [{ version_id: (await main(server)).version_id, weight: 1 }] } }],
    });
    expect(await code()).toMatch(/^5 /);
    expect((await main(server)).greeting).toBe('Hello.');
    await inDashboard(server, 'DELETE', `/ai/assistants/${id}/canary-deploys`);
    expect(await code()).toBe('0 applied');
    expect((await main(server)).greeting).toBe('Later.');
  });

  it('of a version runs the gate that the spec has', async () => {
    const { server, project } = await gatedProject();
    const { id, version_id: first } = await main(server);
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Newer.');
    await cli(project, 'apply');
    server.setScripts([{ test: 'Greets', outcome: 'failed' }]);
    const failed = await cli(project, 'promote', 'assistant/front-desk', '--version', first);
    expect(failed.code).toBe(9);
    expect((await main(server)).greeting).toBe('Newer.');
    server.setScripts([]);
    expect((await cli(project, 'promote', 'assistant/front-desk', '--version', first)).code).toBe(0);
    expect(await main(server)).toMatchObject({ id, greeting: 'Hello.' });
  });
});

describe('a change that waits', () => {
  it('in a protected environment is promoted by the command that apply names', async () => {
    const project = await nearProject(leadingTo(await account()), {
      ...SPECS,
      'assistants/front-desk.yaml': `${SPECS['assistants/front-desk.yaml']}promotion: { strategy: manual }\n`,
    });
    const guarded = ['--env', 'guarded', '--format', 'json'];
    expect((await project.run('apply', '--approve', 'guarded', ...guarded)).code).toBe(0);
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Later.');
    const { next } = JSON.parse((await project.run('apply', '--approve', 'guarded', ...guarded)).stdout);
    expect(next).toBe('assistantctl promote --approve guarded --env guarded');
    const promoted = await project.run(...next.split(' ').slice(1), '--format', 'json');
    expect(json(promoted).results).toMatchObject([{ address: 'assistant/front-desk', promoted: true }]);
  });

  it('under strategy manual is staged, pending, and promoted by promote', async () => {
    const { server, project } = await gatedProject('promotion: { strategy: manual }\n');
    const before = await main(server);
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Later.');
    const applied = await cli(project, 'apply');
    expect(applied.code).toBe(0);
    expect(json(applied).results[0]).toMatchObject({ status: 'applied', promoted: false });
    expect(await main(server)).toEqual(before);
    const plan = await cli(project, 'plan', '--detailed-exitcode');
    expect(plan.code).toBe(0);
    expect(JSON.parse(plan.stdout)).toMatchObject({
      changes: [],
      drift: [],
      pending: [{ address: 'assistant/front-desk', what: 'promotion' }],
    });
    expect((await project.run('plan', '--env', 'account')).stdout).toContain('staged, waiting for promote');
    const earlier = writes(server).length;
    expect((await cli(project, 'apply')).code).toBe(0);
    expect(writes(server).length).toBe(earlier);
    const promoted = await cli(project, 'promote');
    expect(promoted.code, promoted.stderr).toBe(0);
    expect(json(promoted).results).toMatchObject([{ address: 'assistant/front-desk', promoted: true }]);
    expect((await main(server)).greeting).toBe('Later.');
    const after = await cli(project, 'plan');
    expect(JSON.parse(after.stdout)).toMatchObject({ changes: [], drift: [] });
    expect(JSON.parse(after.stdout).pending).toBeUndefined();
    expect(json(await cli(project, 'promote')).outcome).toBe('nothing');
  });

  it('by --no-promote is promoted by the next apply without being staged again', async () => {
    const { server, project } = await gatedProject('');
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Later.');
    expect((await cli(project, 'apply', '--no-promote')).code).toBe(0);
    const { id } = await main(server);
    const staged = (): number => writes(server).filter((line) => line === `POST /ai/assistants/${id}`).length;
    const count = staged();
    expect((await cli(project, 'apply')).code).toBe(0);
    expect(staged()).toBe(count);
    expect((await main(server)).greeting).toBe('Later.');
  });
});

describe('rollback', () => {
  it('never leads to the half of a new assistant that was made to close a cycle', async () => {
    const { project } = await gatedProject('');
    for (const address of ['assistant/front-desk', 'assistant/billing']) {
      const none = await cli(project, 'rollback', address);
      expect(`${none.code} ${json(none).error?.code}`).toBe('3 NO_EARLIER_MAIN');
    }
  });

  it('goes back to the former main, and the plan shows what Git would change', async () => {
    const { server, project } = await gatedProject('');
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Worse.');
    await cli(project, 'apply');
    const back = await cli(project, 'rollback', 'assistant/front-desk', '--reason', 'complaints');
    expect(back.code, back.stderr).toBe(0);
    expect((await main(server)).greeting).toBe('Hello.');
    const state = JSON.parse(await project.read('.assistantctl/state/account.json')) as {
      resources: { [address: string]: { mains: { reason: string; undone?: boolean }[] } };
    };
    expect(state.resources['assistant/front-desk']?.mains.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('created'),
      expect.stringContaining('apply'),
      'rollback: complaints',
    ]);
    const plan = await cli(project, 'plan');
    expect(JSON.parse(plan.stdout)).toMatchObject({
      changes: [],
      holds: [{ address: 'assistant/front-desk', fields: ['/greeting'], reason: 'rollback: complaints' }],
    });
    await project.edit('assistants/front-desk.yaml', 'Worse.', 'Hello.');
    expect(JSON.parse((await cli(project, 'plan')).stdout)).toMatchObject({ changes: [], drift: [] });
    const listed = await project.run('versions', 'list', 'assistant/front-desk', '--env', 'account');
    expect(listed.stdout).toMatch(/rollback: complaints/);
    const none = await cli(project, 'rollback', 'assistant/front-desk');
    expect(none.code).toBe(3);
    expect(json(none).error?.code).toBe('NO_EARLIER_MAIN');
  });

  it('is refused by an open canary, and by a version nobody knows', async () => {
    const { server, project } = await gatedProject('');
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Worse.');
    const report = json(await cli(project, 'apply'));
    const version = report.results[0]?.version_id;
    const unknown = await cli(project, 'rollback', 'assistant/front-desk', '--to', '20200101T000000000000');
    expect(unknown.code).toBe(3);
    expect(json(unknown).error?.code).toBe('VERSION_UNKNOWN');
    const { id } = await main(server);
    await inDashboard(server, 'POST', `/ai/assistants/${id}/canary-deploys`, {
      rules: [{ serve: { rollout: [{ version_id: version, weight: 10 }] } }],
    });
    const refused = await cli(project, 'rollback', 'assistant/front-desk');
    expect(refused.code).toBe(5);
    expect((await main(server)).greeting).toBe('Worse.');
  });
});
