import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { finished, spawnCli, testProject } from './harness.ts';

describe('init', () => {
  it('writes a project that validates, plans and applies as it is', async () => {
    const { folder } = await testProject({}, {});
    const cli = (...args: readonly string[]) => finished(spawnCli(folder, args));
    const made = await cli('init', 'My Voice');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    for (const file of [
      'assistantctl.yaml',
      '.gitignore',
      '.github/workflows/assistantctl.yml',
      'schemas/assistant.schema.json',
    ]) {
      expect(made.stdout).toContain(file);
    }
    expect(made.stdout).toContain("cd 'My Voice'\n");
    const inside = (...args: readonly string[]) => cli(...args, '--project', 'My Voice');
    expect((await inside('validate')).code).toBe(0);
    expect((await inside('apply')).code).toBe(0);
    expect((await inside('plan', '--detailed-exitcode')).code).toBe(0);
    const { environment, project } = JSON.parse((await inside('plan', '--format', 'json')).stdout);
    expect({ environment, project }).toEqual({ environment: 'local', project: 'my-voice' });
  });

  it('overwrites nothing unless it is told to, and adds to .gitignore once', async () => {
    const project = await testProject({}, { '.gitignore': 'dist/' });
    const refused = await project.run('init');
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain('assistantctl.yaml');
    expect(await readdir(project.folder)).toEqual(['.gitignore', 'assistantctl.yaml']);
    expect((await project.run('init', '--force')).code).toBe(0);
    expect((await project.run('init', '--force')).code).toBe(0);
    expect(await project.read('.gitignore')).toBe('dist/\n.assistantctl/\n*.plan.json\n');
  });
});

describe('init where it cannot write', () => {
  it.each(['notes.txt', 'notes.txt/voice'])('says so: %s', async (where) => {
    const project = await testProject({}, { 'notes.txt': 'Mine.\n' });
    const refused = await project.run('init', where);
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain('notes.txt');
    expect(await project.read('notes.txt')).toBe('Mine.\n');
  });
});

describe('validate', () => {
  it('says what was checked', async () => {
    const project = await testProject();
    const valid = await project.run('validate');
    expect(valid).toMatchObject({ code: 0, stderr: '' });
    expect(valid.stdout).toContain('4 documents are valid for local, account, guarded.');
    const one = await project.run('validate', '--env', 'local', '--format', 'json');
    expect(JSON.parse(one.stdout)).toMatchObject({ documents: 4, environments: ['local'], diagnostics: [] });
  });

  it('lists all problems in each format, exit 3', async () => {
    const project = await testProject();
    await project.edit('assistants/front-desk.yaml', 'tool/lookup', 'tool/nothing');
    await project.edit('assistants/billing.yaml', 'model:', 'modell:');
    const text = await project.run('validate');
    expect(text).toMatchObject({ code: 3, stderr: '' });
    expect(text.stdout).toMatch(/^assistants\/billing\.yaml:5:3 error [A-Z_]+ /m);
    expect(text.stdout).toMatch(/^assistants\/front-desk\.yaml:11:\d+ error [A-Z_]+ /m);
    const github = await project.run('validate', '--format', 'github');
    expect(github.code).toBe(3);
    expect(github.stdout).toMatch(/^::error file=assistants\/billing\.yaml,line=5,col=3,/m);
    const json = await project.run('validate', '--format', 'json');
    expect(json.code).toBe(3);
    const document = JSON.parse(json.stdout);
    expect(document.error).toMatchObject({ kind: 'spec', code: 'SPEC_INVALID' });
    expect(document.diagnostics.length).toBe(document.summary.error + document.summary.warning);
  });
});

describe('schema', () => {
  it.each(['assistant', 'tool', 'mcp_server', 'test', 'project', 'plan', 'report'])(
    'prints that of %s',
    async (kind) => {
      const { folder } = await testProject({}, {});
      const printed = await finished(spawnCli(folder, ['schema', kind]));
      expect(printed).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(printed.stdout).$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    },
  );

  it('names the known ones when it knows none', async () => {
    const { folder } = await testProject({}, {});
    const failed = await finished(spawnCli(folder, ['schema', 'asistant']));
    expect(failed.code).toBe(3);
    expect(failed.stderr).toContain('mcp_server');
  });
});

describe('plan formats', () => {
  it('markdown begins with the marker and carries the digest', async () => {
    const project = await testProject();
    const markdown = await project.run('plan', '--format', 'markdown');
    expect(markdown).toMatchObject({ code: 0, stderr: '' });
    expect(markdown.stdout).toMatch(/^<!-- assistantctl:plan env=local /);
    const { plan_digest } = JSON.parse((await project.run('plan', '--format', 'json')).stdout);
    expect(markdown.stdout).toContain(plan_digest);
  });
});
