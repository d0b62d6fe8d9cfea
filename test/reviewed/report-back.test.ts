import { describe, expect, test } from 'vitest';
import { readMarker } from '../../src/render/markdown/marker.ts';
import { assistant } from './repository.ts';
import { world } from './world.ts';

const status = (body: string | undefined): string => body?.split('\n')[1] ?? '';

describe('comment --report', () => {
  test('gives each request the status of its own changes, and keeps what was reviewed', async () => {
    const { repo, forge, merged, apply, report, print } = await world();
    const { project } = repo;
    const one = await merged('one', () => project.edit('assistants/billing.yaml', 'Hello.', 'One.'));
    const two = await merged('two', () => project.write('assistants/new.yaml', assistant('new')));
    const open = forge.open('a'.repeat(40));
    forge.say(open, two.request.markdown);
    const body = { errors: [{ code: '10015', title: 'Bad Request', detail: 'no' }] };
    repo.server.setFaults(({ method, path }) =>
      method === 'POST' && path.endsWith('/ai/assistants')
        ? { kind: 'status', status: 400, body }
        : undefined,
    );
    const failed = await apply('--format', 'json');
    expect(failed.code).toBe(7);
    const told = await report(failed.stdout);
    expect(told.code, told.stderr).toBe(0);
    expect(status(one.pull.comments[0]?.body)).toContain('Applied to live');
    expect(status(two.pull.comments[0]?.body)).toContain('Failed');
    expect(status(open.comments[0]?.body)).toContain('Outdated');
    expect(one.pull.comments[0]?.body).not.toContain('Nothing has been applied.');
    expect(readMarker(one.pull.comments[0]?.body ?? '')?.review?.entries).toHaveLength(1);

    repo.server.setFaults(undefined);
    // The comments were changed by our own account: what was reviewed still counts, and the run is repeated.
    expect((await print()).stderr).toBe('');
    const again = await apply('--format', 'json');
    expect(again.code, again.stderr).toBe(0);
    await report(again.stdout);
    expect(status(two.pull.comments[0]?.body)).toContain('Applied to live');
    expect(two.pull.comments[0]?.body.match(/assistantctl:status/g)).toHaveLength(1);
  });

  test('tells a request that nobody reviewed that it waits', async () => {
    const { repo, merged, apply, report } = await world();
    const { pull } = await merged('one', () =>
      repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
    );
    pull.head = 'f'.repeat(40);
    const refused = await apply('--format', 'json');
    expect(refused.code).toBe(6);
    await report(refused.stdout);
    expect(status(pull.comments[0]?.body)).toMatch(/Waiting.*UNREVIEWED/);
  });

  test('tells the request whose change was rolled back', async () => {
    const { repo, merged, apply, report } = await world();
    const { project } = repo;
    const one = await merged('one', () => project.edit('assistants/billing.yaml', 'Hello.', 'One.'));
    const other = await merged('two', () => project.edit('assistants/front-desk.yaml', 'Hello.', 'Two.'));
    await report((await apply('--format', 'json')).stdout);
    const back = await project.run(
      'rollback',
      'assistant/billing',
      '--env',
      'live',
      '--reason',
      'callers complain',
      '--format',
      'json',
    );
    expect(back.code, back.stderr).toBe(0);
    await report(back.stdout);
    expect(status(one.pull.comments[0]?.body)).toMatch(/Rolled back in live.*callers complain/);
    expect(status(other.pull.comments[0]?.body)).toContain('Applied to live');
  });

  test('tells an opened canary as what it is', async () => {
    const { repo, merged, apply, report } = await world();
    const { pull } = await merged('one', () =>
      repo.project.write(
        'assistants/billing.yaml',
        `${assistant('billing', 'One.')}promotion: { strategy: canary, canary: { steps: [{ weight: 10, hold: 30m }, { weight: 50, hold: 30m }] } }\n`,
      ),
    );
    const ran = await apply('--format', 'json');
    expect(ran.code, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout).results[0].rollout).toMatchObject({ weight: 10, next: [50] });
    await report(ran.stdout);
    expect(status(pull.comments[0]?.body)).toMatch(/canary open: 10 % of the calls, 50 % at/);
    const aborted = await repo.project.run(
      'rollout',
      'abort',
      'assistant/billing',
      '--env',
      'live',
      '--reason',
      'too slow',
      '--format',
      'json',
    );
    await report(aborted.stdout);
    expect(status(pull.comments[0]?.body)).toContain('too slow');
    // What was aborted is held as what was rolled back is.
    expect((await repo.project.run('apply', '--env', 'live')).code).toBe(5);
  });
});

describe('a forge that is slow or refuses', () => {
  const editOne = (w: Awaited<ReturnType<typeof world>>, file: string, text: string) => () =>
    w.repo.project.edit(`assistants/${file}.yaml`, 'Hello.', text);

  test('keeps a report no longer than its time, and is told as what it is', async () => {
    const w = await world();
    await w.merged('one', editOne(w, 'billing', 'One.'));
    const applied = await w.apply('--format', 'json');
    expect(applied.code, applied.stderr).toBe(0);
    w.forge.intercept = () => ({ fault: 'hang' });
    const begun = performance.now();
    const told = await w.report(applied.stdout, '--timeout', '400ms');
    expect(told.code).toBe(8);
    expect(performance.now() - begun).toBeLessThan(5_000);
    // Reading what was reviewed has the same bound, and is never taken for an empty set.
    const printed = await w.print('--timeout', '400ms');
    expect(printed.code).toBe(8);
    expect(printed.stdout).toBe('');
  });

  test('on one request keeps no other one from being told', async () => {
    const w = await world();
    const one = await w.merged('one', editOne(w, 'billing', 'One.'));
    const two = await w.merged('two', editOne(w, 'front-desk', 'Two.'));
    const applied = await w.apply('--format', 'json');
    const path = `/issues/${one.pull.number}/comments`;
    const about = (code: number) => (request: { readonly path: string }) =>
      request.path.includes(path) ? { status: code, json: { message: 'locked' } } : undefined;
    w.forge.intercept = about(403);
    const denied = await w.report(applied.stdout);
    expect(denied.code, denied.stderr).toBe(0);
    expect(denied.stderr).toContain(`request ${one.pull.number} was told nothing`);
    expect(status(two.pull.comments[0]?.body)).toContain('Applied to live');
    w.forge.intercept = about(422);
    expect((await w.report(applied.stdout)).code).toBe(8);
    w.forge.intercept = undefined;
    expect((await w.report(applied.stdout)).code).toBe(0);
    expect(status(one.pull.comments[0]?.body)).toContain('Applied to live');
  });

  test('altogether is a warning after the fact, and a refusal where a review is read', async () => {
    const w = await world();
    await w.merged('one', editOne(w, 'billing', 'One.'));
    const denied = () => ({ status: 401, json: { message: 'Bad credentials' } });
    w.forge.intercept = denied;
    expect((await w.print()).code).toBe(4);
    w.forge.intercept = undefined;
    const applied = await w.apply('--format', 'json');
    w.forge.intercept = denied;
    const told = await w.report(applied.stdout);
    expect(told.code, told.stderr).toBe(0);
    expect(told.stderr).toContain('nothing was told to a change request');
  });
});

test('a plan that was made on the merge is not called outdated by its apply', async () => {
  const { repo, forge, merged, apply, report } = await world();
  const edit = (file: string, text: string) => () =>
    repo.project.edit(`assistants/${file}.yaml`, 'Hello.', text);
  const before = await repo.request('before', edit('front-desk', 'Early.'));
  const early = forge.open('a'.repeat(40));
  forge.say(early, before.markdown);
  await merged('one', edit('billing', 'One.'));
  const after = await repo.request('after', edit('front-desk', 'Two.'));
  const open = forge.open('b'.repeat(40));
  forge.say(open, after.markdown);
  await report((await apply('--format', 'json')).stdout);
  expect(status(early.comments[0]?.body)).toContain('Outdated');
  expect(open.comments[0]?.body).toBe(after.markdown);
});

test('a hold keeps no other request waiting in what it is told', async () => {
  const { repo, merged, apply, report } = await world();
  const { project } = repo;
  await merged('one', () => project.edit('assistants/billing.yaml', 'Hello.', 'One.'));
  expect((await apply()).code).toBe(0);
  const back = await project.run('rollback', 'assistant/billing', '--env', 'live', '--yes', '--reason', 'no');
  expect(back.code, back.stderr).toBe(0);
  const two = await merged('two', () => project.edit('assistants/front-desk.yaml', 'Hello.', 'Two.'));
  // The second run finds nothing but what is held.
  for (let round = 0; round < 2; round += 1) {
    const held = await apply('--format', 'json');
    expect(held.code).toBe(5);
    await report(held.stdout);
    expect(status(two.pull.comments[0]?.body)).toContain('Applied to live');
  }
});

test('a request whose set did not fit into its comment is told what became of it', async () => {
  const { repo, merged, apply, report } = await world();
  const one = await merged('one', () => repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'));
  const [comment] = one.pull.comments;
  if (comment === undefined) throw new Error('there is no comment');
  comment.body = comment.body.replace(/ set=\S+/, ' set=over');
  const applied = await apply('--format', 'json');
  expect(applied.code, applied.stderr).toBe(0);
  await report(applied.stdout);
  expect(status(comment.body)).toMatch(/Applied to live at [^:]*:\d\d UTC\*\*$/);
});
