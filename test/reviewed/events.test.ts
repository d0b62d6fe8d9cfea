import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { Failure } from '../../src/model/errors.ts';
import type { RolloutReport } from '../../src/model/rollout-report.ts';
import { refusalHappenings, rolloutHappenings } from '../../src/operations/events/happenings.ts';
import { inDashboard, leadingTo, liveId } from '../e2e/harness.ts';
import { inProcess } from '../forge/in-process.ts';
import { buildPlan } from '../render/builders.ts';
import { type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';
import { assistant, PROJECT, repository } from './repository.ts';

const FILE = 'assistants/billing.yaml';
const NOTIFY = `notify:
  - { on: [applied, rolled_back], webhook: { url_env: ASSISTANTCTL_NOTIFY_URL, secret_env: ASSISTANTCTL_NOTIFY_SECRET } }
`;

const receivers: ScriptedServer[] = [];
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
});

async function receiver(reply: object = { status: 204 }): Promise<ScriptedServer> {
  const server = await startScriptedServer(() => reply);
  receivers.push(server);
  return server;
}

async function eventsIn(file: string): Promise<readonly { type: string; subject?: string; data: object }[]> {
  const text = await readFile(file, 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('--events', () => {
  test('appends CloudEvents with names and counts, and no text of a document', async () => {
    const repo = await repository({ [FILE]: assistant('billing') });
    const { project } = repo;
    const file = await repo.file('');
    await project.run('apply', '--env', 'live', '--events', file);
    await project.edit(FILE, 'Hello.', 'Not for anybody else.');
    await repo.commit('edit');
    await project.run('plan', '--env', 'live', '--events', file);
    await project.run('apply', '--env', 'live', '--events', file);
    await project.run('rollback', 'assistant/billing', '--env', 'live', '--events', file);
    await project.run('apply', '--env', 'live', '--events', file);
    const events = await eventsIn(file);
    expect(events.map(({ type }) => type.replace('assistantctl.', ''))).toEqual([
      'applied',
      'planned',
      'promoted',
      'applied',
      'rolled_back',
      'waiting',
    ]);
    expect(events[1]).toMatchObject({
      specversion: '1.0',
      source: '/assistantctl/acme/live',
      data: { changes: [{ address: 'assistant/billing', action: 'update', paths: ['/greeting'] }] },
    });
    expect(await readFile(file, 'utf8')).not.toContain('anybody else');
  });

  test('go to stderr, and a file that cannot be written is a warning', async () => {
    const repo = await repository({ [FILE]: assistant('billing') });
    const shown = await repo.project.run('plan', '--env', 'live', '--events', '-', '--format', 'json');
    expect(shown.stderr).toContain('"type":"assistantctl.planned"');
    expect(JSON.parse(shown.stdout).summary.create).toBe(1);
    const lost = await repo.project.run('apply', '--env', 'live', '--events', 'no/such/folder/file');
    expect(lost.code).toBe(0);
    expect(lost.stderr).toContain('warning: the events could not be written');
  });
});

test('an apply that waits for a person to allow a take-over is told as waiting', () => {
  const refused = new Failure('refused', 'not allowed', { code: 'TAKE_OVER_NEEDED' });
  expect(refusalHappenings(buildPlan({}), refused)).toMatchObject([{ type: 'waiting' }]);
});

describe('each type', () => {
  const GREETS = `kind: test
key: greets
spec:
  name: Greets
  destination: { $ref: assistant/billing }
  instructions: Say hello.
  rubric: [{ name: greets, criteria: The assistant greets. }]
`;

  async function begun(files: Readonly<Record<string, string>> = {}) {
    const repo = await repository({ [FILE]: assistant('billing'), ...files });
    expect((await repo.project.run('apply', '--env', 'live')).code).toBe(0);
    const file = await repo.file('');
    return {
      repo,
      /** Runs a command and gives the types of what it tells. */
      told: async (...args: readonly string[]): Promise<readonly string[]> => {
        const { length } = await read(file);
        await repo.project.run(...args, '--env', 'live', '--events', file);
        return (await read(file)).slice(length).map(({ type }) => type.replace('assistantctl.', ''));
      },
    };
  }

  async function read(file: string) {
    return (await readFile(file, 'utf8')) === '' ? [] : await eventsIn(file);
  }

  test('failed: what could not even be planned, and what the API refused as a whole', async () => {
    const { repo, told } = await begun();
    const body = { errors: [{ code: '10009', title: 'Authentication failed', detail: 'no' }] };
    repo.server.setFaults(() => ({ kind: 'status', status: 401, body }));
    expect(await told('apply')).toEqual(['failed']);
    repo.server.setFaults(undefined);
    await repo.project.edit(FILE, 'model:', 'modell:');
    expect(await told('apply')).toEqual(['failed']);
    await repo.project.edit(FILE, 'modell:', 'model:');
    await repo.project.edit(FILE, 'Hello.', 'Hi.');
    const refused = { errors: [{ code: '10015', title: 'Bad Request', detail: 'no' }] };
    repo.server.setFaults(({ method }) =>
      method === 'POST' ? { kind: 'status', status: 400, body: refused } : undefined,
    );
    expect(await told('apply')).toEqual(['failed']);
    // A slip of the keyboard is no news.
    expect(await told('apply', '--target', 'assistant/nobody')).toEqual([]);
  });

  test('partly: one of two', async () => {
    const { repo, told } = await begun({ 'assistants/desk.yaml': assistant('desk') });
    await repo.project.edit(FILE, 'Hello.', 'Hi.');
    await repo.project.write('assistants/new.yaml', assistant('new'));
    const body = { errors: [{ code: '10015', title: 'Bad Request', detail: 'no' }] };
    repo.server.setFaults(({ method, path }) =>
      method === 'POST' && path.endsWith('/ai/assistants')
        ? { kind: 'status', status: 400, body }
        : undefined,
    );
    expect(await told('apply')).toEqual(['promoted', 'partly']);
  });

  test('waiting: an approval, and what nobody reviewed', async () => {
    const { repo, told } = await begun({
      'assistantctl.yaml': PROJECT.replace('live: {', 'live: { protected: false,'),
    });
    await repo.project.edit(FILE, 'Hello.', 'Hi.');
    expect(await told('apply', '--reviewed', '/dev/null')).toEqual(['waiting']);
    await repo.project.edit('assistantctl.yaml', 'protected: false', 'protected: true');
    expect(await told('apply')).toEqual(['waiting']);
  });

  test('gate: a version that did not pass', async () => {
    const { repo, told } = await begun({
      'assistants/greets.yaml': GREETS,
      [FILE]: `${assistant('billing')}promotion: { strategy: gated, gate: { tests: [{ $ref: test/greets }], timeout: 20s } }\n`,
    });
    repo.server.setScripts([{ test: 'Greets', rubric: { greets: 'failed' } }]);
    await repo.project.edit(FILE, 'Hello.', 'Hi.');
    const types = await told('apply');
    expect(types).toContain('gate');
    expect(types).not.toContain('promoted');
  });

  test('drift and behind: in plans, in drift and in applies', async () => {
    const { repo, told } = await begun();
    const first = await repo.git('rev-parse', 'HEAD');
    await inDashboard(repo.server, 'POST', `/ai/assistants/${await liveId(repo.server, 'billing')}`, {
      greeting: 'By hand.',
      promote_to_main: true,
    });
    expect(await told('drift')).toEqual(['drift']);
    expect(await told('plan')).toEqual(['planned', 'drift']);
    expect(await told('apply')).toEqual(['applied', 'drift']);
    await repo.commit('another');
    expect(await told('apply')).toEqual(['applied', 'drift']);
    await repo.git('checkout', '--quiet', first);
    expect(await told('plan')).toEqual(['planned', 'behind', 'drift']);
    expect(await told('apply')).toEqual(['behind']);
  });

  test('rollout.step, rollout.aborted and rollout.promoted: from the canary to its end', async () => {
    const canary =
      'promotion: { strategy: canary, canary: { steps: [{ weight: 10, hold: 30m }, { weight: 50, hold: 30m }] } }\n';
    const { repo, told } = await begun({ [FILE]: `${assistant('billing')}${canary}` });
    await repo.project.edit(FILE, 'Hello.', 'Hi.');
    expect(await told('apply')).toEqual(['rollout.step', 'applied']);
    expect(await told('rollout', 'tick')).toEqual([]);
    expect(await told('rollout', 'promote', 'assistant/billing')).toEqual(['rollout.promoted']);
    await repo.project.edit(FILE, 'Hi.', 'Good day.');
    await told('apply');
    expect(await told('rollout', 'abort', 'assistant/billing')).toEqual(['rollout.aborted']);
  });

  test('rollout.paused: what a tick says of a version that it does not trust', () => {
    const entry = { address: 'assistant/billing', action: 'paused', version_id: 'v', weight: 10, step: 0 };
    const report = { environment: 'live', rollouts: [{ ...entry, next_at: null, deadline_at: null }] };
    expect(rolloutHappenings(report as unknown as RolloutReport)).toMatchObject([
      { type: 'rollout.paused', subject: 'assistant/billing' },
    ]);
  });
});

describe('notify', () => {
  async function world(url: string) {
    const repo = await repository({
      [FILE]: assistant('billing'),
      'assistantctl.yaml': `${PROJECT}${NOTIFY}`,
    });
    const env = {
      ...leadingTo(repo.server),
      ASSISTANTCTL_NOTIFY_URL: url,
      ASSISTANTCTL_NOTIFY_SECRET: 'KEY_TEST_NOTIFY',
    };
    return {
      repo,
      run: (...args: readonly string[]) => inProcess(repo.project, env, ...args, '--env', 'live'),
    };
  }

  test('sends what was asked for, signed', async () => {
    const server = await receiver();
    const { run } = await world(`${server.url}/hook?token=1`);
    expect((await run('apply')).code).toBe(0);
    expect((await run('plan')).code).toBe(0);
    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    const body = request?.body ?? '';
    expect(JSON.parse(body)).toMatchObject({ type: 'assistantctl.applied', data: { environment: 'live' } });
    expect(request?.headers['x-assistantctl-signature']).toBe(
      `sha256=${createHmac('sha256', 'KEY_TEST_NOTIFY').update(body).digest('hex')}`,
    );
  });

  test('goes where the last applied commit says, and not where a branch does', async () => {
    const server = await receiver();
    const { repo, run } = await world(server.url);
    expect((await run('apply')).code).toBe(0);
    await repo.project.edit('assistantctl.yaml', NOTIFY, '');
    await repo.project.edit(FILE, 'Hello.', 'Hi.');
    expect((await run('rollback', 'assistant/billing')).code).not.toBe(0);
    await repo.commit('without notify');
    await repo.project.run('plan', '--env', 'live');
    expect(server.requests).toHaveLength(1);
  });

  test('one that hangs costs its time once, and keeps no other one waiting', {
    timeout: 40_000,
  }, async () => {
    const [silent, quick] = [await receiver({ fault: 'hang' }), await receiver()];
    const both = `notify:
  - { on: [applied, promoted], webhook: { url_env: ASSISTANTCTL_NOTIFY_SILENT } }
  - { on: [applied, promoted], webhook: { url_env: ASSISTANTCTL_NOTIFY_QUICK } }
`;
    const repo = await repository({ [FILE]: assistant('billing'), 'assistantctl.yaml': `${PROJECT}${both}` });
    expect((await repo.project.run('apply', '--env', 'live')).code).toBe(0);
    await repo.project.edit(FILE, 'Hello.', 'Hi.');
    await repo.commit('edit');
    const env = {
      ...leadingTo(repo.server),
      ASSISTANTCTL_NOTIFY_SILENT: silent.url,
      ASSISTANTCTL_NOTIFY_QUICK: quick.url,
    };
    const before = Date.now();
    const ran = await inProcess(repo.project, env, 'apply', '--env', 'live');
    expect(ran.code).toBe(0);
    expect(Date.now() - before).toBeLessThan(18_000);
    expect(silent.requests).toHaveLength(1);
    expect(quick.requests).toHaveLength(2);
    expect(ran.stderr.match(/was not delivered: the receiver did not answer/g)).toHaveLength(2);
  });

  test.each([
    ['answers 500', { status: 500 }],
    ['sends elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
    ['hangs up', { fault: 'reset' }],
  ])('is a warning where the receiver %s', async (_, reply) => {
    const server = await receiver(reply);
    const { run } = await world(server.url);
    const ran = await run('apply');
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('warning: assistantctl.applied was not delivered');
    expect(ran.stderr).not.toContain(server.url);
  });
});
