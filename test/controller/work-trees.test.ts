import { mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { account, finished, writes } from '../e2e/harness.ts';
import { DESK, git, inEffect, PROJECT, start, team } from './support.ts';

const GATED = `promotion:
  strategy: gated
  gate: { tests: [{ $ref: test/greets }], timeout: 5m }
`;
const TEST = `kind: test
key: greets
spec:
  name: Greets
  instructions: You are a caller.
  destination: { $ref: assistant/desk }
  max_duration_seconds: 60
  rubric: [{ name: Greeting, criteria: Greets }]
`;

describe('the work trees of a controller', { timeout: 120_000 }, () => {
  it('are two when two controllers are started with one data folder', async () => {
    const server = await account();
    const acme = await team(server.url);
    const one = start(acme, 'data', {}, '--trust-branch');
    const first = git(acme.clone, 'rev-parse', 'HEAD').trim();
    await one.until(inEffect(first));
    const two = start(acme, 'data', {}, '--trust-branch');
    await two.until(inEffect(first));
    expect((await readdir(join(acme.folder, 'data'))).sort()).toEqual(['1', '2']);
    const next = await acme.push({ 'assistants/desk.yaml': DESK('Help well.') });
    await Promise.all([one.until(inEffect(next)), two.until(inEffect(next))]);
    one.child.kill('SIGKILL');
    await finished(one.child);
    // Its part is taken again by whoever comes next.
    const three = start(acme, 'data', {}, '--trust-branch');
    await three.until(inEffect(next));
    expect((await readdir(join(acme.folder, 'data'))).sort()).toEqual(['1', '2']);
    expect(writes(server).filter((write) => write === 'POST /ai/assistants')).toHaveLength(1);
  });

  it('are mended whatever a process that was killed left in them', async () => {
    const server = await account();
    const acme = await team(server.url);
    const data = join(acme.folder, 'data', '1');
    const first = git(acme.clone, 'rev-parse', 'HEAD').trim();
    const begun = start(acme, 'data', {}, '--trust-branch');
    await begun.until(inEffect(first));
    begun.child.kill('SIGKILL');
    await finished(begun.child);
    const tree = join(data, 'trees', 'env-production');
    const breakages: readonly (() => Promise<unknown>)[] = [
      () => writeFile(join(tree, '.git', 'index.lock'), ''),
      () => truncate(join(tree, '.git', 'index'), 7),
      () => rm(join(tree, '.git', 'HEAD')),
      () => rm(join(data, 'mirror', '.git', 'objects'), { recursive: true }),
      () => writeFile(join(data, 'mirror', '.git', 'config'), '[core'),
      async () => {
        await rm(join(tree, '.git'), { recursive: true });
        await mkdir(join(tree, '.git'));
      },
      () => writeFile(join(tree, 'assistants', 'stray.yaml'), 'kind: nothing\n'),
    ];
    for (const [number, breakIt] of breakages.entries()) {
      await breakIt();
      const next = await acme.push({ 'assistants/desk.yaml': DESK(`Help, number ${number}.`) });
      const running = start(acme, 'data', {}, '--trust-branch');
      await running.until(inEffect(next));
      running.child.kill('SIGKILL');
      await finished(running.child);
    }
  });

  it('never are the clone that the controller was started in', async () => {
    const server = await account();
    const acme = await team(server.url);
    await writeFile(join(acme.clone, 'assistants', 'desk.yaml'), DESK('Not committed.'));
    await writeFile(join(acme.clone, 'notes.txt'), 'mine');
    const before = git(acme.clone, 'status', '--porcelain=v2', '--branch', '--untracked-files=all');
    // Its data lies in the clone, and looks like a repository that is none.
    const data = join(acme.clone, '.assistantctl', 'controller', '1');
    await mkdir(join(data, 'mirror', '.git'), { recursive: true });
    await mkdir(join(data, 'trees', 'env-production', '.git'), { recursive: true });
    const running = start(acme, join('clone', '.assistantctl', 'controller'), {}, '--trust-branch');
    const first = git(acme.clone, 'rev-parse', 'HEAD').trim();
    await running.until(inEffect(first));
    expect(git(acme.clone, 'status', '--porcelain=v2', '--branch', '--untracked-files=all')).toBe(before);
  });

  it('are one for each environment, so that a test of one holds nobody up', async () => {
    const slow = await account({ scripts: [{ test: 'Greets', outcome: 'never' }] });
    const quick = await account();
    const project = PROJECT(slow.url).replace('production:', 'slow:').replaceAll('/production', '/slow');
    const both = project.replace(
      'retry:',
      `  quick:
    base_url: ${quick.url}
    api_key_env: TELNYX_API_KEY_QUICK
    state: { backend: git, remote: origin, ref: refs/assistantctl/quick }
retry:`,
    );
    const acme = await team(slow.url);
    await acme.push({ 'assistantctl.yaml': both, 'assistants/greets.yaml': TEST });
    const keys = { TELNYX_API_KEY_QUICK: 'KEY_TEST_QUICK' };
    const running = start(acme, 'one', keys, '--trust-branch');
    const first = git(acme.clone, 'rev-parse', 'HEAD').trim();
    await running.until(inEffect(first), 'slow');
    await running.until(inEffect(first), 'quick');
    await acme.push({ 'assistants/desk.yaml': DESK('Greet.', `${GATED}`) });
    await running.until(({ phase }) => phase === 'applying', 'slow');
    const other = DESK('Other.').replace('key: desk', 'key: other').replace('Desk', 'Other');
    const next = await acme.push({ 'assistants/other.yaml': `${other}only: [quick]\n` });
    await running.until(inEffect(next), 'quick');
    const slowNow = (await running.status()).environments.find(({ environment }) => environment === 'slow');
    expect(slowNow?.phase).toBe('applying');
  });
});
