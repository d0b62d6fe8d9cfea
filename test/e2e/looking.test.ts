import { describe, expect, it } from 'vitest';
import { account, leadingTo } from './harness.ts';
import { nearProject } from './in-process.ts';

describe('show prints a saved plan', () => {
  it.each(['text', 'markdown', 'html', 'json'])('as %s, without project, key or network', async (format) => {
    const project = await nearProject({});
    const planned = await project.run('plan', '--out', 'plan.json', '--format', 'json');
    await project.remove('assistantctl.yaml');
    const shown = await project.run('show', 'plan.json', '--format', format);
    expect(shown, shown.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toContain('assistant/front-desk');
    if (format === 'json') expect(JSON.parse(shown.stdout)).toEqual(JSON.parse(planned.stdout));
    if (format === 'text') expect(shown.stdout).toContain('assistantctl apply plan.json');
  });

  it('refuses what is no plan with exit 3', async () => {
    const project = await nearProject({});
    await project.write('x.json', '{}');
    expect(await project.run('show', 'x.json')).toMatchObject({ code: 3, stdout: '' });
    expect(await project.run('show', 'gone.json')).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('status says in ten lines where an environment stands', () => {
  it('before and after an apply', async () => {
    const project = await nearProject({});
    const before = await project.run('status');
    expect(before).toMatchObject({ code: 0, stderr: '' });
    expect(before.stdout.trimEnd().split('\n')).toHaveLength(10);
    expect(before.stdout).toMatch(
      /^plan +4 to create, 0 to update, 0 to delete, 0 to promote; 0 unchanged$/m,
    );
    expect(before.stdout).toMatch(/^next +assistantctl plan --env local$/m);
    await project.run('apply', '--yes');
    const after = await project.run('status', '--format', 'json');
    const report = JSON.parse(after.stdout);
    expect(report).toMatchObject({ environment: 'local', state: { bound: 4 }, next: 'nothing to do' });
    expect(report.plan.summary).toMatchObject({ create: 0, unchanged: 4 });
  });

  it('when the key is missing, the specs are wrong or the account is away, and exits 0', async () => {
    const server = await account();
    const project = await nearProject({});
    const keyless = await project.run('status', '--env', 'account');
    expect(keyless.code).toBe(0);
    expect(keyless.stdout).toMatch(/^next +set the variable TELNYX_KEY_OF_ACCOUNT$/m);
    await project.edit('assistants/billing.yaml', 'name: Billing', 'nam: Billing');
    const wrong = await project.run('status');
    expect(wrong.code).toBe(0);
    expect(wrong.stdout).toMatch(/^next +assistantctl validate/m);
    const away = await nearProject(leadingTo(server));
    await server.close();
    const unreachable = await away.run('status', '--env', 'account');
    expect(unreachable.code).toBe(0);
    expect(unreachable.stdout).toMatch(/^plan +not known: /m);
  });
});

describe('validate FILE…', () => {
  it('shows the problems of the named documents alone', async () => {
    const project = await nearProject({});
    await project.edit('assistants/billing.yaml', 'name: Billing', 'nam: Billing');
    const wrong = await project.run('validate', 'assistants/billing.yaml', 'assistants/lookup.yaml');
    expect(wrong.code).toBe(3);
    expect(wrong.stdout).toContain('assistants/billing.yaml:');
    const right = await project.run('validate', `${project.folder}/assistants/front-desk.yaml`);
    expect(right, right.stdout).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 file is valid'),
    });
    expect((await project.run('validate')).code).toBe(3);
  });

  it('fails when the project file is broken, and for a file that is not there', async () => {
    const project = await nearProject({});
    expect(await project.run('validate', 'production')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('assistantctl validate --env production'),
    });
    await project.write('assistantctl.yaml', 'project: [');
    expect((await project.run('validate', 'assistants/lookup.yaml')).code).toBe(3);
  });
});

it('schema --write renews the schemas of the project once', async () => {
  const project = await nearProject({});
  await project.write('schemas/assistant.schema.json', '{}');
  const first = await project.run('schema', '--write');
  expect(first.stdout).toContain('wrote schemas/assistant.schema.json');
  expect(JSON.parse(await project.read('schemas/assistant.schema.json'))).toHaveProperty('$schema');
  const second = await project.run('schema', '--write');
  expect(second).toMatchObject({ code: 0, stdout: 'The schemas are those of this version.\n' });
});
