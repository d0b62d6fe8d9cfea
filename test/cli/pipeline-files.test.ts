import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { testProject } from '../e2e/harness.ts';
import { inProcess } from '../forge/in-process.ts';

// What init writes for pipelines, and what validate writes for them.

const WORKFLOWS = [
  'assistantctl-operate.yml',
  'assistantctl-preview.yml',
  'assistantctl-watch.yml',
  'assistantctl.yml',
];

describe('init', () => {
  it('adds a pipeline with the names of a project that exists, once', async () => {
    const project = await testProject();
    const made = await inProcess(project, {}, 'init', '--ci', 'github', '--env', 'guarded');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toContain('TELNYX_KEY_OF_ACCOUNT');
    expect((await readdir(join(project.folder, '.github', 'workflows'))).sort()).toEqual(WORKFLOWS);
    const text = await project.read('.github/workflows/assistantctl.yml');
    expect(parse(text).jobs.plan.env).toEqual({ ENVIRONMENT: 'guarded' });
    expect(text).toContain('TELNYX_KEY_OF_ACCOUNT: ${{ secrets.TELNYX_KEY_OF_ACCOUNT }}');
    expect(text).not.toMatch(/production|TELNYX_API_KEY/);
    expect(existsSync(join(project.folder, 'schemas'))).toBe(false);
    const again = await inProcess(project, {}, 'init', '--ci', 'github');
    expect(again.code).toBe(3);
    expect(again.stderr).toContain('assistantctl.yml');
  });

  it('plans and applies every environment that has an account, the protected one last', async () => {
    const project = await testProject();
    const made = await inProcess(
      project,
      {},
      'init',
      '--ci',
      'gitlab',
      '--package',
      'https://example.com/a.tgz',
    );
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const pipeline = parse(await project.read('.gitlab-ci.yml'));
    const names = Object.keys(pipeline).filter((name) => name.startsWith('assistantctl-apply'));
    expect(names).toEqual(['assistantctl-apply-account', 'assistantctl-apply-guarded']);
    expect(pipeline.variables.ASSISTANTCTL_PACKAGE).toBe('https://example.com/a.tgz');
  });

  it('writes the pipeline of a subfolder at the top of the repository, and keeps its state in Git', async () => {
    const { folder, ...project } = await testProject({}, {});
    execFileSync('git', ['init', '--quiet'], { cwd: folder });
    execFileSync('git', ['remote', 'add', 'origin', 'https://github.com/acme/voice.git'], { cwd: folder });
    const made = await inProcess({ ...project, folder }, {}, 'init', 'apps/voice');
    expect(made.stdout).toContain('../../.github/workflows/assistantctl-voice.yml');
    const text = await project.read('.github/workflows/assistantctl-voice.yml');
    expect(parse(text).defaults.run['working-directory']).toBe('apps/voice');
    expect(await project.read('apps/voice/assistantctl.yaml')).toMatch(
      /^ {4}state: \{ backend: git, remote: origin/m,
    );
    expect(text).not.toContain('actions/cache');
  });

  it('writes the pipeline anew with --force, and nothing of the project', async () => {
    const project = await testProject();
    const before = await project.read('assistantctl.yaml');
    const files = await readdir(join(project.folder, 'assistants'));
    expect((await inProcess(project, {}, 'init', '--ci', 'github')).code).toBe(0);
    await project.write('.github/workflows/assistantctl.yml', 'name: old\n');
    const again = await inProcess(project, {}, 'init', '--ci', 'github', '--force');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(await project.read('.github/workflows/assistantctl.yml')).toContain('merge_group:');
    expect(await project.read('assistantctl.yaml')).toBe(before);
    expect(await readdir(join(project.folder, 'assistants'))).toEqual(files);
  });

  it('is bound to the branch of the remote', async () => {
    const project = await testProject();
    const git = (...args: readonly string[]) =>
      execFileSync('git', args, { cwd: project.folder, stdio: ['ignore', 'pipe', 'ignore'] });
    git('init', '--quiet', '--initial-branch', 'trunk');
    git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
    expect((await inProcess(project, {}, 'init', '--ci', 'github')).code).toBe(0);
    const workflow = parse(await project.read('.github/workflows/assistantctl.yml'));
    expect(workflow.on.push.branches).toEqual(['trunk']);
  });

  it('leaves a pipeline that exists alone', async () => {
    const project = await testProject({}, { '.gitlab-ci.yml': 'stages: [test]\n' });
    expect((await inProcess(project, {}, 'init', '--ci', 'gitlab')).code).toBe(0);
    expect(await project.read('.gitlab-ci.yml')).toBe('stages: [test]\n');
    expect(existsSync(join(project.folder, '.gitlab', 'assistantctl.gitlab-ci.yml'))).toBe(true);
  });

  it.each([
    ['GitHub unless something else is there', undefined, false],
    ['GitLab where the remote is one', 'git@gitlab.acme.example:acme/voice.git', true],
    ['GitHub where the remote is one', 'https://github.com/acme/voice.git', false],
  ])('writes for %s', async (_, remote, isGitlab) => {
    const { folder, ...project } = await testProject({}, {});
    const fresh = join(folder, 'fresh');
    await mkdir(fresh);
    if (remote !== undefined) {
      execFileSync('git', ['init', '--quiet'], { cwd: fresh });
      execFileSync('git', ['remote', 'add', 'origin', remote], { cwd: fresh });
    }
    expect((await inProcess({ ...project, folder: fresh }, {}, 'init')).code).toBe(0);
    expect(existsSync(join(fresh, '.gitlab-ci.yml'))).toBe(isGitlab);
    expect(existsSync(join(fresh, '.github'))).toBe(!isGitlab);
    expect(existsSync(join(fresh, 'assistantctl.yaml'))).toBe(true);
  });
});

describe('validate', () => {
  it('writes SARIF and Code Quality with paths from the root of the checkout', async () => {
    const project = await testProject();
    await project.edit('assistants/billing.yaml', 'model:', 'modell:');
    const { folder } = project;
    const env = { GITHUB_WORKSPACE: join(folder, '..') };
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    const args = ['validate', '--format', 'github', '--sarif', 'out.sarif', '--codequality', 'out.json'];
    const found = await inProcess(project, env, ...args);
    expect(found.code).toBe(3);
    expect(found.stdout).toContain(`::error file=${name}/assistants/billing.yaml,line=5,col=3,`);
    const sarif = JSON.parse(await project.read('out.sarif'));
    expect(sarif.runs[0].results[0].locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: `${name}/assistants/billing.yaml` },
      region: { startLine: 5, startColumn: 3 },
    });
    const quality = JSON.parse(await project.read('out.json'));
    expect(quality[0].location).toEqual({ path: `${name}/assistants/billing.yaml`, lines: { begin: 5 } });
    const plain = await inProcess(project, { GITHUB_WORKSPACE: folder }, 'validate', '--format', 'github');
    expect(plain.stdout).toContain('::error file=assistants/billing.yaml,');
  });

  it('writes empty reports when all is well', async () => {
    const project = await testProject();
    const args = ['validate', '--sarif', 'out.sarif', '--codequality', 'reports/out.json'];
    expect((await inProcess(project, {}, ...args)).code).toBe(0);
    expect(JSON.parse(await project.read('out.sarif')).runs[0].results).toEqual([]);
    expect(JSON.parse(await project.read('reports/out.json'))).toEqual([]);
  });
});
