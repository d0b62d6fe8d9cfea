import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/emulator/contract/contract.ts';
import { account, finished, KEY, PROJECT_FILE, SPECS, testProject, writes } from '../e2e/harness.ts';
import { bareRemote, git } from '../state/git-support.ts';

type Backend = 'file' | 'git';
type Moment = 'while a write is answered' | 'while a write waits to be repeated';

const SLEEPER = 'KEY_TEST_of_the_sleeper';

async function prepared(backend: Backend, faults: (key: string, method: string) => Fault | undefined) {
  const server = await account({
    faults: ({ headers, method }) => faults(headers.authorization ?? '', method),
  });
  const state = backend === 'git' ? '\n    state: { backend: git, remote: origin }' : '';
  const project = await testProject(
    { TELNYX_BASE_URL: server.url, TELNYX_KEY_OF_ACCOUNT: KEY, ASSISTANTCTL_LEASE: '2s' },
    {
      ...SPECS,
      'assistantctl.yaml': PROJECT_FILE.replace(
        'api_key_env: TELNYX_KEY_OF_ACCOUNT',
        `api_key_env: TELNYX_KEY_OF_ACCOUNT${state}`,
      )
        .replace('budget: 1s', 'budget: 10s')
        .concat('concurrency: 1\n'),
      '.gitignore': '.assistantctl/\n',
    },
  );
  await git(project.folder, 'init', '-q', '-b', 'main');
  await git(project.folder, 'remote', 'add', 'origin', `file://${await bareRemote()}`);
  const content = async (from: string, to: string): Promise<void> => {
    await project.edit('assistants/front-desk.yaml', `greeting: ${from}`, `greeting: ${to}`);
    await project.edit('assistants/lookup.yaml', `description: ${from}`, `description: ${to}`);
  };
  await project.edit('assistants/front-desk.yaml', 'greeting: Hello.', 'greeting: First.');
  await project.edit('assistants/lookup.yaml', 'description: Finds an order.', 'description: First.');
  expect((await project.run('apply', '--env', 'account')).code).toBe(0);
  await content('First.', 'Second.');
  return { server, project, content };
}

/** An apply that is stopped at its nth write; another applies newer content meanwhile; then it wakes up. */
async function story(backend: Backend, moment: Moment, nth: number) {
  let sent = 0;
  let stopAt: (() => void) | undefined;
  const { server, project, content } = await prepared(backend, (key, method) => {
    if (!key.includes(SLEEPER) || method === 'GET') return undefined;
    sent += 1;
    if (sent !== nth) return undefined;
    if (moment === 'while a write is answered') {
      stopAt?.();
      return undefined;
    }
    setTimeout(() => stopAt?.(), 300);
    return { kind: 'status', status: 429, headers: { 'retry-after': '1' } };
  });
  const sleeper = project.start(['apply', '--env', 'account', '--format', 'json'], {
    TELNYX_KEY_OF_ACCOUNT: SLEEPER,
  });
  const ended = finished(sleeper);
  await new Promise<void>((resolve) => {
    stopAt = () => {
      sleeper.kill('SIGSTOP');
      resolve();
    };
  });
  await content('Second.', 'Third.');
  let other = await project.run('apply', '--env', 'account', '--take', 'git');
  for (let tries = 0; other.code === 5 && tries < 30; tries += 1) {
    await new Promise((done) => setTimeout(done, 300));
    other = await project.run('apply', '--env', 'account', '--take', 'git');
  }
  const before = { all: writes(server).length, sent };
  sleeper.kill('SIGCONT');
  const woken = await ended;
  const plan = await project.run('plan', '--env', 'account', '--detailed-exitcode');
  return { other, woken, plan, before, after: { all: writes(server).length, sent } };
}

/** A shared tool is updated, then a version is staged and promoted. */
const WRITES = [1, 2, 3];

describe.each(['file', 'git'] as const)('an apply that sleeps past the end of its lease (%s)', (backend) => {
  it.each(['while a write is answered', 'while a write waits to be repeated'] as const)(
    'writes nothing when it wakes up, and says what it had sent: %s',
    async (moment) => {
      const stories = await Promise.all(WRITES.map((nth) => story(backend, moment, nth)));
      for (const [index, { other, woken, plan, before, after }] of stories.entries()) {
        expect([index, other.code, other.stderr]).toEqual([index, 0, other.stderr]);
        expect([index, after]).toEqual([index, before]);
        const wroteNothing = moment === 'while a write waits to be repeated' && index === 0;
        expect([index, woken.code]).toEqual([index, wroteNothing ? 5 : 7]);
        const { outcome, results } = JSON.parse(woken.stdout);
        const statuses: string[] = results.map(({ status }: { status: string }) => status);
        expect(statuses.includes('unknown')).toBe(moment === 'while a write is answered');
        expect(outcome).toBe(wroteNothing ? 'refused' : 'partial');
        expect([index, plan.code, plan.stdout]).toEqual([index, 0, plan.stdout]);
      }
    },
  );
});
