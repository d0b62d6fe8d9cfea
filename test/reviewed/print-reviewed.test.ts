import { describe, expect, test } from 'vitest';
import { readMarkers } from '../../src/render/markdown/marker.ts';
import type { Pull } from './forge-server.ts';
import { world } from './world.ts';

describe('comment --print-reviewed', () => {
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

  test('counts what its own account wrote anew, under the name of an app too', async () => {
    const { repo, print, merged } = await world({ account: 'northwind-deploy[bot]' });
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

  test.each([
    [401, 4],
    [403, 4],
    [422, 8],
    [500, 8],
  ])('fails where the forge answers %i, and does not say that nothing was reviewed', async (status, code) => {
    const { repo, forge, print, merged } = await world();
    await merged('one', () => repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'));
    forge.intercept = ({ path }) =>
      path.includes('/commits/') ? { status, json: { message: 'no' } } : undefined;
    expect(await print()).toMatchObject({ code, stdout: '' });
  });
});

function first({ comments }: Pull): Pull['comments'][number] {
  const [comment] = comments;
  if (comment === undefined) throw new Error('there is no comment');
  return comment;
}
