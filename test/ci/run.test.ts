import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../docs/markdown.ts';
import { account, inDashboard, liveId, MAIN, SPECS, writes } from '../e2e/harness.ts';
import { CHANGE, type FakeForge, fakeForge, HEAD, MERGED, TOKEN } from '../forge/fake-forge.ts';
import {
  bash,
  type Env,
  type Ran,
  type RunnerOptions,
  readWorkflow,
  runJob,
  shims,
  temporary,
} from './pipeline.ts';

// The shipped pipelines, executed: their steps in bash, on a real repository, against a forge and an account.

const PROJECT = `project: acme
default_environment: production
environments:
  production: { protected: true, api_key_env: TELNYX_API_KEY }
retry: { attempts: 2, budget: 1s }
`;
const KEY = 'KEY_TEST_PIPELINE';
const TITLE = '$(touch pwned) `touch pwned` "; touch pwned; "';

let bin = '';
beforeAll(async () => {
  bin = await shims();
});

interface Repository {
  readonly folder: string;
  commit(files: Readonly<Record<string, string>>): Promise<void>;
  checkout(): Promise<string>;
}

async function repository(ci: 'github' | 'gitlab'): Promise<Repository> {
  const folder = await temporary('origin');
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
  git('init', '--quiet', '--initial-branch', 'main');
  const commit = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    git('add', '--all');
    git('commit', '--quiet', '--message', 'change');
  };
  await commit({ 'assistantctl.yaml': PROJECT, ...SPECS });
  execFileSync(process.execPath, [MAIN, 'init', '--ci', ci], { cwd: folder });
  await commit({});
  return {
    folder,
    commit,
    checkout: async () => {
      const clone = await temporary('clone');
      execFileSync('git', ['clone', '--quiet', folder, clone]);
      return clone;
    },
  };
}

interface Situation {
  readonly event: 'pull_request' | 'push' | 'schedule';
  readonly fork?: boolean;
  readonly action?: string;
  readonly schedule?: string;
}

async function onGithub(repo: Repository, forge: FakeForge, api: string, cache: string, what: Situation) {
  const event = {
    action: what.action ?? 'opened',
    number: CHANGE,
    schedule: what.schedule,
    ...(what.event === 'pull_request' && {
      pull_request: {
        number: CHANGE,
        title: TITLE,
        head: {
          sha: HEAD,
          ref: TITLE,
          repo: { full_name: what.fork === true ? 'fork/voice' : 'acme/voice' },
        },
        base: { sha: 'base' },
      },
    }),
  };
  const eventPath = join(await temporary('event'), 'event.json');
  await writeFile(eventPath, JSON.stringify(event));
  const options: RunnerOptions = {
    bin,
    cache,
    checkout: repo.checkout,
    env: {
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'acme/voice',
      GITHUB_API_URL: forge.url,
      GITHUB_EVENT_PATH: eventPath,
      GITHUB_SHA: MERGED,
      GITHUB_STEP_SUMMARY: join(dirname(eventPath), 'summary.md'),
      TELNYX_BASE_URL: api,
    },
    contexts: {
      github: {
        event_name: what.event,
        event,
        repository: 'acme/voice',
        token: what.fork === true ? 'KEY_TEST_FORK' : TOKEN,
        ref: 'refs/x',
      },
      secrets: what.fork === true ? {} : { TELNYX_API_KEY: KEY },
      inputs: {},
    },
  };
  const run = async (file: string, job: string): Promise<Ran | undefined> =>
    runJob(await readWorkflow(join(repo.folder, '.github', 'workflows', file)), job, options);
  return { run, summary: () => readFile(options.env.GITHUB_STEP_SUMMARY ?? '', 'utf8') };
}

it('GitHub: from the pull request to the merge, the preview, the drift', { timeout: 120_000 }, async () => {
  const server = await account();
  const forge = await fakeForge('github');
  const repo = await repository('github');
  const cache = await temporary('cache');
  const on = (what: Situation) => onGithub(repo, forge, server.url, cache, what);
  const ok = (ran: Ran | undefined): void => expect(ran?.code, ran?.log).toBe(0);

  const pull = await on({ event: 'pull_request' });
  ok(await pull.run('assistantctl.yml', 'plan'));
  expect(await pull.run('assistantctl.yml', 'apply')).toBeUndefined();
  expect(forge.comments).toHaveLength(1);
  expect(forge.comments[0]?.body).toContain('4 to create');
  expect(await pull.summary()).toContain('4 to create');
  expect(writes(server)).toEqual([]);

  const push = await on({ event: 'push' });
  ok(await push.run('assistantctl.yml', 'apply'));
  expect(await push.run('assistantctl.yml', 'plan')).toBeUndefined();
  const live = await liveId(server, 'Front desk');

  // What was reviewed is not what would happen now: nothing does.
  const done = writes(server).length;
  expect((await push.run('assistantctl.yml', 'apply'))?.code).toBe(6);
  expect(writes(server)).toHaveLength(done);

  await repo.commit({
    'assistants/billing.yaml': (SPECS['assistants/billing.yaml'] ?? '').replace('model:', 'modell:'),
  });
  const broken = await pull.run('assistantctl.yml', 'plan');
  expect(broken?.code).toBe(3);
  expect(broken?.log).toContain('::error file=assistants/billing.yaml');
  expect(forge.comments).toHaveLength(1);
  expect(forge.comments[0]?.body).toContain('failed (exit code 3)');
  expect((await push.run('assistantctl.yml', 'apply'))?.code).toBe(6);

  await repo.commit({
    'assistants/billing.yaml': (SPECS['assistants/billing.yaml'] ?? '').replace('invoices', 'each invoice'),
  });
  ok(await pull.run('assistantctl.yml', 'plan'));
  expect(forge.comments[0]?.body).toContain('1 to update');
  ok(await pull.run('assistantctl-preview.yml', 'up'));
  expect(forge.comments).toHaveLength(2);
  expect(forge.comments[1]?.body).toMatch(/^<!-- assistantctl:preview env=production /);
  const closed = await on({ event: 'pull_request', action: 'closed' });
  expect(await closed.run('assistantctl-preview.yml', 'up')).toBeUndefined();
  ok(await closed.run('assistantctl-preview.yml', 'down'));

  const fork = await on({ event: 'pull_request', fork: true });
  expect(await fork.run('assistantctl-preview.yml', 'up')).toBeUndefined();
  const requests = server.requests.length;
  ok(await fork.run('assistantctl.yml', 'plan'));
  expect(server.requests).toHaveLength(requests);
  expect(await fork.summary()).toContain('Live not compared');
  expect(forge.comments[0]?.body).not.toContain('Live not compared');

  ok(await push.run('assistantctl.yml', 'apply'));

  const watch = await on({ event: 'schedule', schedule: '23 5 * * *' });
  ok(await watch.run('assistantctl-watch.yml', 'drift'));
  expect(await watch.run('assistantctl-watch.yml', 'rollout')).toBeUndefined();
  expect(forge.issues).toEqual([]);
  await inDashboard(server, 'POST', `/ai/assistants/${live}`, { greeting: 'Howdy.', promote_to_main: true });
  ok(await watch.run('assistantctl-watch.yml', 'drift'));
  expect(forge.issues[0]?.body).toContain('Howdy.');
  const tick = await on({ event: 'schedule', schedule: '*/15 * * * *' });
  ok(await tick.run('assistantctl-watch.yml', 'rollout'));
});

interface GitlabJob {
  readonly extends?: string;
  readonly before_script?: readonly string[];
  readonly script: readonly string[];
}

it('GitLab: from the merge request to the merge, the preview, the drift', { timeout: 120_000 }, async () => {
  const server = await account();
  const forge = await fakeForge('gitlab', { user: 'project_1_bot' });
  const repo = await repository('gitlab');
  const pipeline: Readonly<Record<string, GitlabJob>> & { readonly variables: Env } = parse(
    await readFile(join(repo.folder, '.gitlab-ci.yml'), 'utf8'),
  );
  const folder = await repo.checkout();
  const job = async (name: string, env: Env): Promise<Ran> => {
    execFileSync('git', ['pull', '--quiet'], { cwd: folder });
    const own = pipeline[name];
    const base = [own?.extends, '.assistantctl'].map((parent) => pipeline[parent ?? '']?.before_script);
    const lines = [...(base.find(Boolean) ?? []), ...(own?.script ?? ['exit 99'])];
    return await bash(lines.join('\n'), folder, {
      PATH: `${bin}:${process.env.PATH ?? ''}`,
      HOME: folder,
      GITLAB_CI: 'true',
      CI: 'true',
      CI_PROJECT_PATH: 'acme/voice',
      CI_PROJECT_DIR: folder,
      CI_API_V4_URL: forge.url,
      TELNYX_BASE_URL: server.url,
      ...pipeline.variables,
      ...env,
    });
  };
  const request = {
    CI_MERGE_REQUEST_IID: String(CHANGE),
    CI_MERGE_REQUEST_TITLE: TITLE,
    CI_COMMIT_SHA: HEAD,
    GITLAB_TOKEN: TOKEN,
    TELNYX_API_KEY: KEY,
  };
  const merged = { CI_COMMIT_SHA: MERGED, GITLAB_TOKEN: TOKEN, TELNYX_API_KEY: KEY };
  const ok = (ran: Ran): void => expect(ran.code, ran.log).toBe(0);
  const made = async (file: string) =>
    JSON.parse(await readFile(join(folder, '.assistantctl', 'ci', file), 'utf8'));

  ok(await job('assistantctl-validate', request));
  expect(await made('code-quality.json')).toEqual([]);
  ok(await job('assistantctl-plan', request));
  expect(await made('counts.json')).toEqual({ create: 4, update: 0, delete: 0 });
  expect(forge.comments[0]?.body).toContain('4 to create');
  ok(await job('assistantctl-apply', merged));
  expect((await job('assistantctl-apply', merged)).code).toBe(6);

  await repo.commit({
    'assistants/billing.yaml': (SPECS['assistants/billing.yaml'] ?? '').replace('invoices', 'each invoice'),
  });
  ok(
    await job('assistantctl-plan', { ...request, TELNYX_API_KEY: '', GITLAB_TOKEN: '', CI_JOB_TOKEN: TOKEN }),
  );
  expect(forge.comments[0]?.body).toContain('4 to create');
  ok(await job('assistantctl-plan', request));
  expect(forge.comments[0]?.body).toContain('1 to update');
  ok(await job('assistantctl-preview', request));
  expect(forge.comments).toHaveLength(2);
  ok(await job('assistantctl-preview-down', request));
  ok(await job('assistantctl-apply', merged));

  const live = await liveId(server, 'Front desk');
  await inDashboard(server, 'POST', `/ai/assistants/${live}`, { greeting: 'Howdy.', promote_to_main: true });
  ok(await job('assistantctl-drift', merged));
  expect(forge.issues[0]?.body).toContain('Howdy.');
  ok(await job('assistantctl-rollout', merged));

  await repo.commit({ 'assistants/billing.yaml': 'kind: assistant\nspec: { modell: x }\n' });
  expect((await job('assistantctl-validate', request)).code).toBe(3);
  expect((await made('code-quality.json')).length).toBeGreaterThan(0);
  const broken = await job('assistantctl-plan', request);
  expect(broken.code).toBe(3);
  expect(forge.comments[0]?.body).toContain('failed (exit code 3)');
  expect(existsSync(join(folder, 'pwned'))).toBe(false);
});

it('the action reads its inputs as they are', { timeout: 120_000 }, async () => {
  const server = await account();
  const forge = await fakeForge('github');
  const repo = await repository('github');
  const folder = await repo.checkout();
  const action = parse(await readFile(join(ROOT, 'action.yml'), 'utf8'));
  const [step] = action.runs.steps;
  const temp = await temporary('action');
  const act = async (inputs: Env, more: Env = {}): Promise<Ran & { readonly outputs: string }> => {
    await writeFile(join(temp, 'output'), '');
    const ran = await bash(step.run, folder, {
      PATH: `${bin}:${process.env.PATH ?? ''}`,
      HOME: temp,
      RUNNER_TEMP: temp,
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION_PATH: ROOT,
      GITHUB_OUTPUT: join(temp, 'output'),
      GITHUB_REPOSITORY: 'acme/voice',
      GITHUB_API_URL: forge.url,
      GITHUB_REF: `refs/pull/${CHANGE}/merge`,
      GITHUB_SHA: HEAD,
      GITHUB_TOKEN: TOKEN,
      CHANGE: String(CHANGE),
      TELNYX_BASE_URL: server.url,
      TELNYX_API_KEY: KEY,
      INPUT_PROJECT: '.',
      INPUT_ENVIRONMENT: 'production',
      ...inputs,
      ...more,
    });
    return { ...ran, outputs: await readFile(join(temp, 'output'), 'utf8') };
  };
  const blind = await act({ INPUT_COMMAND: 'plan' }, { TELNYX_API_KEY: '' });
  expect(blind.code, blind.log).toBe(0);
  expect(forge.comments[0]?.body).toContain('Live not compared');
  expect(server.requests).toEqual([]);
  const planned = await act({ INPUT_COMMAND: 'plan' });
  expect(planned.code, planned.log).toBe(0);
  expect(planned.outputs).toMatch(/^digest=sha256:[0-9a-f]{64}\nexit-code=0\n$/);
  expect(forge.comments).toHaveLength(1);

  const hostile = { INPUT_ENVIRONMENT: TITLE, INPUT_COMMAND: 'plan' };
  expect((await act(hostile)).outputs).toContain('exit-code=3');
  expect((await act({ INPUT_COMMAND: TITLE })).code).toBe(3);
  expect(existsSync(join(folder, 'pwned'))).toBe(false);

  const push = { GITHUB_REF: 'refs/heads/main', GITHUB_SHA: MERGED };
  const applied = await act({ INPUT_COMMAND: 'apply' }, push);
  expect(applied.code, applied.log).toBe(0);
  expect((await act({ INPUT_COMMAND: 'drift' }, push)).outputs).toBe('exit-code=0\n');
});
