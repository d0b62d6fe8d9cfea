import { describe, expect, test } from 'vitest';
import { readMarkers } from '../../src/render/markdown/marker.ts';
import type { ForgeServerOptions, Pull } from './forge-server.ts';
import { world as begin } from './world.ts';

const GITHUB = { kind: 'github', account: 'github-actions[bot]' } as const;
const GITLAB = { kind: 'gitlab', account: 'project_1_bot' } as const;

describe.each([
  ['GitHub', GITHUB],
  ['GitLab', GITLAB],
])('comment --print-reviewed on %s', (_, forge) => {
  const world = (options: ForgeServerOptions = {}) => begin({ ...forge, ...options });

  test('prints nothing, and 0, where nothing was merged', async () => {
    const { print, apply } = await world();
    expect(await print()).toMatchObject({ code: 0, stdout: '' });
    expect((await apply()).code).toBe(0);
  });

  test('prints a marker a request, the oldest merge first, since the last completed apply', async () => {
    const { repo, print, merged, apply } = await world();
    const { project } = repo;
    await merged('one', () => project.edit('assistants/billing.yaml', 'Hello.', 'One.'));
    await merged('two', () => project.edit('assistants/front-desk.yaml', 'Hello.', 'Two.'));
    const printed = await print();
    expect(readMarkers(printed.stdout).map(({ review }) => review?.change)).toEqual([1, 3]);
    const applied = await apply();
    expect(applied.code, applied.stderr).toBe(0);
    await merged('three', () => project.edit('assistants/billing.yaml', 'One.', 'Three.'));
    expect(readMarkers((await print()).stdout)).toHaveLength(1);
    expect((await apply()).code).toBe(0);
    // The green run once more, and a merge that changes no spec.
    expect((await apply()).code).toBe(0);
    await merged('readme', () => project.write('README.md', 'read me'));
    expect((await apply()).code).toBe(0);
    expect(await print()).toMatchObject({ code: 0, stdout: '' });
  });

  test.each([
    [
      'whose comment somebody else changed last',
      (pull: Pull) => Object.assign(first(pull), { editor: 'mallory', edited: true }),
    ],
    [
      'whose plan is of another commit than the one merged',
      (pull: Pull) => Object.assign(pull, { head: 'f'.repeat(40) }),
    ],
    ['that comes from a fork', (pull: Pull) => Object.assign(pull, { fork: true })],
    [
      'whose only marker is by its author',
      (pull: Pull) => pull.comments.splice(0, 1, { ...first(pull), author: 'mallory' }),
    ],
    ['without any plan', (pull: Pull) => pull.comments.splice(0)],
  ])('does not count a request %s', async (_, forge) => {
    const { repo, print, merged, apply } = await world();
    const { pull } = await merged('one', () =>
      repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
    );
    forge(pull);
    const printed = await print();
    expect(printed).toMatchObject({ code: 0, stdout: '' });
    expect(printed.stderr).toContain(`request ${pull.number}`);
    const applied = await apply();
    expect(applied.code).toBe(6);
    expect(applied.stderr).toContain('UNREVIEWED');
  });

  test('does not count a request into another branch', async () => {
    const { repo, forge, print } = await world();
    const request = await repo.request('one', () =>
      repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
    );
    const pull = forge.open(await repo.git('rev-parse', 'one'), 'release');
    forge.say(pull, request.markdown);
    await repo.merge(request);
    pull.merged = await repo.git('rev-parse', 'HEAD');
    expect((await print()).stdout).toBe('');
  });

  test.each([
    ['squash', 1],
    ['merge', 1],
    ['rebase', 1],
  ] as const)('finds a request that was merged by %s', async (how, count) => {
    const { repo, print, merged, apply } = await world();
    // A branch that is merged by a fast-forward has the commit that was planned.
    await merged('one', () => repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'), how);
    expect(readMarkers((await print()).stdout)).toHaveLength(count);
    const applied = await apply();
    expect(applied.code, applied.stderr).toBe(0);
  });

  test('an old set that is shown again does not count for what a push brings back', async () => {
    const { repo, print, merged, apply } = await world();
    const { pull } = await merged('one', () =>
      repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
    );
    expect((await apply()).code).toBe(0);
    await merged('two', () => repo.project.edit('assistants/billing.yaml', 'One.', 'Two.'));
    expect((await apply()).code).toBe(0);
    await repo.project.edit('assistants/billing.yaml', 'Two.', 'One.');
    await repo.commit('pushed without a review');
    expect(pull.comments).toHaveLength(1);
    expect((await print()).stdout).toBe('');
    expect((await apply()).code).toBe(6);
  });

  test('counts what its own account wrote anew, under the name of an app too', async () => {
    const { repo, print, merged } = await begin({ account: 'northwind-deploy[bot]' });
    const { pull } = await merged('one', () =>
      repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
    );
    Object.assign(first(pull), { editor: 'northwind-deploy[bot]', edited: true });
    expect((await print()).stdout).toBe('');
    const printed = await print('--author', 'northwind-deploy[bot]');
    expect(readMarkers(printed.stdout)).toHaveLength(1);
  });

  test('does not count a changed comment where the forge does not say by whom', async () => {
    const { repo, print, merged } = await world({ graph: false });
    const { pull } = await merged('one', () =>
      repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
    );
    expect(readMarkers((await print()).stdout)).toHaveLength(1);
    first(pull).edited = true;
    expect((await print()).stdout).toBe('');
  });

  const statuses: readonly (readonly [number, number])[] = [
    [401, 4],
    [403, 4],
    [404, 4],
    [422, 8],
    // Tried again for seconds: once is enough.
    ...(forge.kind === 'github' ? [[500, 8] as const] : []),
  ];
  test.each(statuses)(
    'fails where the forge answers %i, and does not say that nothing was reviewed',
    async (status, code) => {
      const { repo, forge, print, merged } = await world();
      await merged('one', () => repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'));
      forge.intercept = ({ path }) =>
        path.includes('/commits/') ? { status, json: { message: 'no' } } : undefined;
      expect(await print()).toMatchObject({ code, stdout: '' });
    },
  );

  test.each([
    ['a page of HTML', { status: 200, text: '<html>Sign in</html>' }],
    ['an object instead of a list', { status: 200, json: { message: 'moved' } }],
  ])('fails where the forge answers %s', async (_what, reply) => {
    const { repo, forge, print, merged } = await world();
    await merged('one', () => repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'));
    forge.intercept = ({ path }) => (path.includes('/commits/') ? reply : undefined);
    expect(await print()).toMatchObject({ code: 8, stdout: '' });
  });
});

function first({ comments }: Pull): Pull['comments'][number] {
  const [comment] = comments;
  if (comment === undefined) throw new Error('there is no comment');
  return comment;
}

test.each([
  ['somebody', 'mallory'],
  ['somebody whom the forge does not name', undefined],
])('a forged set of %s does not count after our own status was written on the comment', async (_, editor) => {
  const w = await begin(GITHUB);
  const { repo, forge } = w;
  const two = await repo.request('two', () =>
    repo.project.edit('assistants/front-desk.yaml', 'Hello.', 'Two.'),
  );
  const { pull } = await w.merged('one', () =>
    repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
  );
  const [comment] = pull.comments;
  if (comment === undefined) throw new Error('there is no comment');
  // Somebody with the right to edit others' comments.
  Object.assign(comment, { body: `${comment.body}\n`, edited: true, editor });
  const refused = await w.apply('--format', 'json');
  expect(refused.code).toBe(6);
  expect((await w.report(refused.stdout)).code).toBe(0);
  expect(comment.editor).not.toBe(editor);
  expect(comment.body).toContain('Waiting');
  // The job is run again.
  const printed = await w.print();
  expect(printed).toMatchObject({ code: 0, stdout: '' });
  expect((await w.apply('--format', 'json')).code).toBe(6);
  // An open request is marked as outdated, and its set does not come to count by that either.
  const open = forge.open('b'.repeat(40));
  const marked = forge.say(open, two.markdown);
  Object.assign(marked, { edited: true, editor });
  const allowed = await repo.project.run('apply', '--env', 'live', '--yes', '--format', 'json');
  expect((await w.report(allowed.stdout)).code).toBe(0);
  expect(marked.body).toContain('Outdated');
  expect(readMarkers(marked.body)[0]?.review).toBeUndefined();
});

test('the comment names the two sides of a merge that no clone has', async () => {
  const { repo } = await begin(GITHUB);
  await repo.git('switch', '--quiet', '--create', 'side');
  await repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.');
  const head = await repo.commit('side');
  await repo.git('switch', '--quiet', '--detach', 'main');
  const base = await repo.git('rev-parse', 'HEAD');
  await repo.git('merge', '--quiet', '--no-ff', '--message', 'made for the run', 'side');
  const event = await repo.file(JSON.stringify({ pull_request: { number: 1, head: { sha: head } } }));
  const variables = { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/voice', GITHUB_EVENT_PATH: event };
  const child = repo.project.start(
    ['plan', '--env', 'live', '--base', 'HEAD^1', '--format', 'markdown'],
    variables,
  );
  let said = '';
  child.stdout?.on('data', (chunk) => {
    said += String(chunk);
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(said).toContain(`from \`${head.slice(0, 12)}\` merged with \`${base.slice(0, 12)}\``);
  expect(said).not.toContain((await repo.git('rev-parse', 'HEAD')).slice(0, 12));
});
