import { describe, expect, test } from 'vitest';
import { inDashboard, liveId } from '../e2e/harness.ts';
import { assistant, entries, type Repository, repository } from './repository.ts';

const FILES = {
  'assistants/billing.yaml': assistant('billing'),
  'assistants/front-desk.yaml': assistant('front-desk'),
};

async function greetingOf({ server }: Repository, name: string): Promise<unknown> {
  const reply = await inDashboard(server, 'GET', `/ai/assistants/${await liveId(server, name)}`);
  return ((await reply.json()) as { greeting: unknown }).greeting;
}

/** Good, then bad, then rolled back; Git still says bad. */
async function rolledBack(): Promise<Repository> {
  const repo = await repository(FILES);
  const { project } = repo;
  expect((await project.run('apply', '--env', 'live')).code).toBe(0);
  await project.edit('assistants/front-desk.yaml', 'Hello.', 'Bad.');
  await repo.commit('bad');
  expect((await project.run('apply', '--env', 'live')).code).toBe(0);
  const back = await project.run(
    'rollback',
    'assistant/front-desk',
    '--env',
    'live',
    '--reason',
    'callers hear nonsense',
  );
  expect(back.code, back.stderr).toBe(0);
  expect(await greetingOf(repo, 'front-desk')).toBe('Hello.');
  return repo;
}

describe('what was rolled back', () => {
  test('is held: the rest is applied, and the apply ends with 5', async () => {
    const repo = await rolledBack();
    const { project } = repo;
    await project.edit('assistants/billing.yaml', 'Hello.', 'New.');
    await repo.commit('another change');
    const ran = await project.run('apply', '--env', 'live', '--format', 'json');
    expect(ran.code, ran.stderr).toBe(5);
    const report = JSON.parse(ran.stdout);
    expect(report.outcome).toBe('partial');
    expect(report.results).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ address: 'assistant/billing', status: 'applied' }),
        expect.objectContaining({
          address: 'assistant/front-desk',
          status: 'not_attempted',
          error: expect.objectContaining({ code: 'HELD' }),
        }),
      ]),
    );
    expect(await greetingOf(repo, 'front-desk')).toBe('Hello.');
    expect(await greetingOf(repo, 'billing')).toBe('New.');
    expect((await project.run('apply', '--env', 'live')).code).toBe(5);
  });

  test.each(['text', 'json', 'markdown', 'html'])(
    'is a caution with its reason in the plan as %s, which ends with 0',
    async (format) => {
      const { project } = await rolledBack();
      const ran = await project.run('plan', '--env', 'live', '--format', format);
      expect(ran.code).toBe(0);
      const words = ran.stdout.replaceAll(/\s+/g, ' ');
      expect(words).toContain('callers hear nonsense');
      if (format === 'markdown') expect(entries(ran.stdout)).toBe(0);
      if (format === 'json') {
        expect(JSON.parse(ran.stdout)).toMatchObject({
          summary: { update: 0 },
          holds: [{ address: 'assistant/front-desk', fields: ['/greeting'], cause: 'rollback' }],
        });
      }
    },
  );

  test('is told by status', async () => {
    const { project } = await rolledBack();
    const ran = await project.run('status', '--env', 'live');
    expect(ran.stdout).toContain('assistant/front-desk held');
    const json = await project.run('status', '--env', 'live', '--format', 'json');
    expect(JSON.parse(json.stdout).holds).toMatchObject([{ address: 'assistant/front-desk' }]);
  });

  test('comes again when somebody says so, once and for all', async () => {
    const repo = await rolledBack();
    const { project } = repo;
    const released = await project.run('apply', '--env', 'live', '--release-hold', 'assistant/front-desk');
    expect(released.code, released.stderr).toBe(0);
    expect(await greetingOf(repo, 'front-desk')).toBe('Bad.');
    expect((await project.run('apply', '--env', 'live')).code).toBe(0);
  });

  test('is free as soon as Git says something else, and then even the same again', async () => {
    const repo = await rolledBack();
    const { project } = repo;
    await project.edit('assistants/front-desk.yaml', 'Bad.', 'Hello.');
    await repo.commit('reverted');
    expect((await project.run('apply', '--env', 'live')).code).toBe(0);
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Bad.');
    await repo.commit('and decided anew');
    expect((await project.run('apply', '--env', 'live')).code).toBe(0);
    expect(await greetingOf(repo, 'front-desk')).toBe('Bad.');
  });

  test('stays held when other fields of it change', async () => {
    const repo = await rolledBack();
    await repo.project.edit('assistants/front-desk.yaml', 'openai/gpt-4o', 'openai/gpt-4.1');
    await repo.commit('another field');
    expect((await repo.project.run('apply', '--env', 'live')).code).toBe(5);
  });

  test('is free after a promotion', async () => {
    const repo = await rolledBack();
    const { project } = repo;
    const listed = await project.run(
      'versions',
      'list',
      'assistant/front-desk',
      '--env',
      'live',
      '--format',
      'json',
    );
    const bad = JSON.parse(listed.stdout).versions.find(
      ({ marks }: { marks: readonly string[] }) => !marks.includes('main'),
    );
    const promoted = await project.run(
      'promote',
      'assistant/front-desk',
      '--env',
      'live',
      '--version',
      bad.version_id,
    );
    expect(promoted.code, promoted.stderr).toBe(0);
    expect((await project.run('apply', '--env', 'live')).code).toBe(0);
  });

  test('follows a document that gets another key', async () => {
    const repo = await rolledBack();
    const { project } = repo;
    const text = await project.read('assistants/front-desk.yaml');
    await project.write(
      'assistants/front-desk.yaml',
      `${text.replace('key: front-desk', 'key: reception')}lifecycle: { moved_from: front-desk }\n`,
    );
    await repo.commit('renamed');
    const ran = await project.run('apply', '--env', 'live', '--format', 'json');
    expect(ran.code, ran.stderr).toBe(5);
    expect(ran.stdout).toContain('assistant/reception');
  });

  test('refuses a saved plan that was made before', async () => {
    const repo = await repository(FILES);
    const { project } = repo;
    await project.run('apply', '--env', 'live');
    await project.edit('assistants/front-desk.yaml', 'Hello.', 'Bad.');
    await repo.commit('bad');
    await project.run('apply', '--env', 'live');
    await project.edit('assistants/front-desk.yaml', 'openai/gpt-4o', 'openai/gpt-4.1');
    await repo.commit('on top');
    const plan = await repo.file('');
    await project.run('plan', '--env', 'live', '--out', plan);
    await project.run('rollback', 'assistant/front-desk', '--env', 'live', '--reason', 'no');
    const ran = await project.run('apply', plan, '--env', 'live');
    expect(ran.code).toBe(6);
    expect(ran.stderr).toContain('held');
  });
});
