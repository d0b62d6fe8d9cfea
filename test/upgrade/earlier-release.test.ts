import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_QUIRKS } from '../../src/emulator/contract/quirks.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { type PullProject, pullProject } from '../pull/project.ts';

/**
 * What an earlier release left behind is taken over without loss. The folder holds what that release wrote itself, on the
 * embedded API that it brought along: `applied` after two applies, with a version that waits for its promotion; `killed`
 * in the middle of a first apply.
 */

const LEFT = join(import.meta.dirname, 'earlier-release');

const PROJECT = (more = ''): string => `project: northwind
default_environment: local
environments:
  local:
    target: emulator
    variables: { brand: Northwind }
${more}`;

async function left(
  what: 'applied' | 'killed',
  {
    numbers = 'quoted',
    more = '',
  }: { readonly numbers?: 'quoted' | 'as written'; readonly more?: string } = {},
): Promise<PullProject> {
  const project = await pullProject({ 'assistantctl.yaml': PROJECT(more) });
  await cp(join(LEFT, 'specs'), join(project.folder, 'assistants'), { recursive: true });
  if (numbers === 'quoted') {
    const desk = await project.read('assistants/desk.yaml');
    await project.write('assistants/desk.yaml', desk.replace('zip: 02134', 'zip: 2134'));
  }
  const own = join(project.folder, '.assistantctl');
  const state = what === 'applied' ? 'state.json' : 'journal';
  for (const [from, to] of [
    [state, what === 'applied' ? 'state/local.json' : 'state/local.journal'],
    ['emulator.data', 'emulator/local.json'],
  ] as const) {
    await mkdir(dirname(join(own, to)), { recursive: true });
    await cp(join(LEFT, what, from), join(own, to));
  }
  return project;
}

type Finding = { readonly check: string; readonly severity: string; readonly message: string };

async function upgrades(project: PullProject): Promise<readonly string[]> {
  const { body } = await project.json('doctor');
  return (body.findings as unknown as readonly Finding[])
    .filter(({ check }) => check === 'upgrade')
    .map(({ severity, message }) => `${severity}: ${message}`);
}

async function summary(project: PullProject): Promise<JsonObject> {
  const { body } = await project.json('plan');
  const { unmanaged: _count, ...rest } = body.summary as JsonObject;
  return Object.fromEntries(Object.entries(rest).filter(([, count]) => count !== 0));
}

const bindings = async (project: PullProject): Promise<Readonly<Record<string, JsonObject>>> =>
  (
    JSON.parse(await project.read('.assistantctl/state/local.json')) as {
      resources: Record<string, JsonObject>;
    }
  ).resources;

describe('a state that an earlier release applied', () => {
  it('plans to nothing, is neither drift nor a conflict, and keeps every id', async () => {
    const project = await left('applied');
    const before = await bindings(project);
    expect(await summary(project)).toEqual({ unchanged: 6, pending: 1 });
    expect((await project.cli('drift')).code).toBe(0);
    expect(await upgrades(project)).toEqual([
      'info: 1 assistant was bound by an earlier release: plans read by id until the next apply',
    ]);
    expect((await project.cli('apply', '--yes')).code).toBe(0);
    const after = await bindings(project);
    const ids = (all: typeof before): Json =>
      Object.fromEntries(Object.entries(all).map(([address, { remote_id: id }]) => [address, id ?? null]));
    expect(ids(after)).toEqual(ids(before));
    for (const [address, { base }] of Object.entries(before)) expect(after[address]?.base).toEqual(base);
    expect(await upgrades(project)).toEqual(['ok: nothing is of an earlier release']);
  });

  it('still knows the version that waited, and promotes it', async () => {
    const project = await left('applied');
    const { staged_version_id: waiting } = (await bindings(project))['assistant/billing'] ?? {};
    const promoted = await project.json('promote', 'assistant/billing');
    expect(promoted.code).toBe(0);
    expect((await bindings(project))['assistant/billing']).toMatchObject({ main_version_id: waiting });
    expect(await summary(project)).toEqual({ unchanged: 7 });
  });

  it('ships the next edit, takes elements away, and rolls back to a main of that time', async () => {
    const project = await left('applied');
    const desk = await project.read('assistants/desk.yaml');
    const edited = desk
      .replace('Thank you', 'Thanks again')
      .replace('tags: [voice, managed]', 'tags: [voice]');
    await project.write('assistants/desk.yaml', edited);
    expect((await project.cli('apply', '--yes')).code).toBe(0);
    expect(await summary(project)).toEqual({ unchanged: 6, pending: 1 });
    const { mains } = (await bindings(project))['assistant/desk'] ?? {};
    const [first] = mains as unknown as readonly { version_id: string }[];
    const back = await project.cli('rollback', 'assistant/desk', '--to', first?.version_id ?? '');
    expect(back.code).toBe(0);
  });

  it('finds that the unquoted number was never the text', async () => {
    const project = await left('applied', { numbers: 'as written' });
    expect((await project.cli('plan')).code).toBe(3);
    expect(await upgrades(project)).toContain(
      'warning: 1 unquoted number loses digits or signs in YAML; earlier releases sent what YAML made of it',
    );
    const desk = await project.read('assistants/desk.yaml');
    await project.write('assistants/desk.yaml', desk.replace('zip: 02134', 'zip: "02134"'));
    const { body } = await project.json('plan');
    expect(body.changes).toMatchObject([
      { fields: [{ path: '/dynamic_variables/zip', before: 2134, after: '02134' }] },
    ]);
    expect((await project.cli('apply', '--yes')).code).toBe(0);
    expect(await summary(project)).toEqual({ unchanged: 6, pending: 1 });
  });

  it('behaves alike where the embedded API has the older readings', async () => {
    const older = {
      abbreviatedList: false,
      pagedAssistants: false,
      nullHandling: 'clear',
      stockObjects: false,
    };
    expect(Object.keys(DEFAULT_QUIRKS)).toEqual(expect.arrayContaining(Object.keys(older)));
    const project = await left('applied');
    const quirks = JSON.stringify(older);
    await project.write('assistantctl.yaml', `${PROJECT()}    quirks: ${quirks}\n`);
    expect(await summary(project)).toEqual({ unchanged: 6, pending: 1 });
  });
});

describe('an apply of an earlier release that was killed', () => {
  it('is ended by the next one: no twin, and nothing asked', async () => {
    const project = await left('killed');
    expect((await project.cli('apply', '--yes')).code).toBe(0);
    expect(await summary(project)).toMatchObject({ unchanged: 6 });
    const text = await readFile(join(project.folder, '.assistantctl/emulator/local.json'), 'utf8');
    for (const name of ['CRM', 'Mood', 'Quality']) {
      const ids = Object.values(await bindings(project)).filter(
        ({ base }) => (base as JsonObject | null)?.name === name,
      );
      expect([name, ids.length, text.includes(name)]).toEqual([name, 1, true]);
    }
  });
});

describe('settings of an earlier release', () => {
  const spec = 'kind: assistant\nspec: { name: A, instructions: You are A. }\n';
  const api = (lines: string): string => `project: northwind\nenvironments:\n  live:\n${lines}`;

  it.each([
    [
      'the address of a state remote',
      '    api_key_env: TELNYX_KEY\n    state: { backend: git, remote: "https://git.example.com/state.git" }\n',
      'warning: state.remote is an address; it has to be the name of a remote of the clone',
    ],
    [
      'a key variable of any name',
      '    api_key_env: VOICE_KEY\n',
      'warning: VOICE_KEY does not look like a key of Telnyx',
    ],
  ])('%s', async (_, lines, told) => {
    const project = await pullProject({ 'assistantctl.yaml': api(lines), 'assistants/a.yaml': spec });
    expect(await upgrades(project)).toEqual([told]);
  });

  it('a pipeline that looks for a digest in comments', async () => {
    const project = await pullProject({
      'assistants/a.yaml': spec,
      '.github/workflows/assistants.yml': 'run: assistantctl comment --print-digest --env live\n',
    });
    expect((await upgrades(project)).join()).toContain(
      '.github/workflows/assistants.yml: written before reviewed sets',
    );
    await writeFile(
      join(project.folder, '.github/workflows/assistants.yml'),
      'run: assistantctl plan --base "$BASE" --format markdown\n',
    );
    expect(await upgrades(project)).toEqual(['ok: nothing is of an earlier release']);
  });
});
