import type { ChildProcess } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { account, finished, KEY, leadingTo, testProject } from './harness.ts';

const SPEC = `kind: assistant
key: front-desk
spec: { name: Front desk, model: openai/gpt-4o, instructions: Old words. }
promotion:
  strategy: canary
  canary: { steps: [{ weight: 10, hold: 0s }, { weight: 50, hold: 1ms }] }
`;

type Fault = 'reset-before' | 'reset-after';

/** A project whose next command is killed at the first request that the pattern fits. */
async function scene() {
  const server = await account({ apiKey: KEY });
  const project = await testProject(leadingTo(server), { 'assistants/front-desk.yaml': SPEC });
  const killedAt = async (pattern: RegExp, kind: Fault, args: readonly string[]): Promise<void> => {
    let child: ChildProcess | undefined;
    server.setFaults(({ method, path }) => {
      if (child === undefined || !pattern.test(`${method} ${path}`)) return undefined;
      child.kill('SIGKILL');
      return { kind };
    });
    child = project.start([...args, '--env', 'account']);
    expect((await finished(child)).signal).toBe('SIGKILL');
    server.setFaults(undefined);
  };
  const run = async (...args: readonly string[]) => project.run(...args, '--env', 'account');
  expect((await run('apply')).code).toBe(0);
  await project.edit('assistants/front-desk.yaml', 'Old words', 'New words');
  return { server, killedAt, run, project };
}

// Twenty processes, one after the other.
describe('a rollout whose process is killed', { timeout: 90_000 }, () => {
  it.each(['reset-before', 'reset-after'] as const)(
    'goes on as if nothing had happened (%s)',
    async (kind) => {
      const { server, killedAt, run } = await scene();
      await killedAt(/POST .*canary-deploys/, kind, ['apply']);
      const resumed = await run('apply');
      expect(resumed.code, resumed.stderr).toBe(0);
      expect(server.store.all('canaries')).toHaveLength(1);
      expect(server.store.all('versions')).toHaveLength(2);
      await killedAt(/PUT .*canary-deploys/, kind, ['rollout', 'tick']);
      expect((await run('rollout', 'tick')).code).toBe(0);
      await killedAt(/POST .*promote/, kind, ['rollout', 'tick']);
      const last = await run('rollout', 'tick', '--format', 'json');
      expect(last.code, last.stderr).toBe(0);
      expect(JSON.parse(last.stdout)).toMatchObject({ rollouts: [{ action: 'promoted' }] });
      expect(server.store.all('canaries')).toEqual([]);
      const [assistant] = server.store.all('assistants');
      const main = server.store.all('versions').find((version) => version.version_id === assistant?.main);
      expect(JSON.stringify(main)).toContain('New words');
      expect((await run('plan', '--detailed-exitcode')).code).toBe(0);
    },
  );

  it('is undone by the next tick when it was being aborted', async () => {
    const { server, killedAt, run } = await scene();
    expect((await run('apply')).code).toBe(0);
    await killedAt(/DELETE .*canary-deploys/, 'reset-before', ['rollout', 'abort', 'assistant/front-desk']);
    expect((await run('rollout', 'tick')).code).toBe(9);
    expect(server.store.all('canaries')).toEqual([]);
    expect(server.store.all('versions')).toHaveLength(2);
    expect((await run('rollout', 'status')).stdout).toContain('No rollout is open');
  });
});

describe('an open rollout, while a document is broken', { timeout: 30_000 }, () => {
  it('is named by promote, aborted all the same, and moves on no further', async () => {
    const { server, run, project } = await scene();
    expect((await run('apply')).code).toBe(0);
    const promoted = await run('promote', 'assistant/front-desk');
    expect(promoted.stderr).toContain('assistantctl rollout promote assistant/front-desk');
    await project.write('assistants/broken.yaml', 'kind: assistant\nspec: { name: }\n  no: yaml\n');
    expect((await run('rollout', 'tick')).code).toBe(3);
    expect(server.store.all('canaries')).toHaveLength(1);
    expect((await run('rollout', 'abort', 'assistant/front-desk')).code).toBe(0);
    expect(server.store.all('canaries')).toEqual([]);
  });
});
