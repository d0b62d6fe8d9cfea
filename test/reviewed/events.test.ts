import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { Failure } from '../../src/model/errors.ts';
import { refusalHappenings } from '../../src/operations/events/happenings.ts';
import { leadingTo } from '../e2e/harness.ts';
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

  test.each([
    ['answers 500', { status: 500 }],
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
