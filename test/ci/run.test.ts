import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { account, inDashboard, liveId, SPECS, writes } from '../e2e/harness.ts';
import { CHANGE, fakeForge, HEAD, TOKEN } from '../forge/fake-forge.ts';
import { type ForgeServer, forgeServer, type Pull } from '../reviewed/forge-server.ts';
import {
  bash,
  type Env,
  type JobRan,
  type Ran,
  type RunnerOptions,
  readWorkflow,
  runJob,
  shims,
  temporary,
} from './pipeline.ts';
import { KEY, type Repository, repository, TITLE } from './repository.ts';

// The shipped pipelines, executed: their steps in bash, on a real repository, against a forge and an account.

let bin = '';
beforeAll(async () => {
  bin = await shims();
});

interface Situation {
  readonly event: 'pull_request' | 'push' | 'schedule' | 'workflow_dispatch';
  /** What is checked out. */
  readonly at: string;
  readonly pull?: Pull;
  readonly fork?: boolean;
  readonly action?: string;
  readonly inputs?: Env;
  readonly needs?: Readonly<Record<string, { readonly outputs: Env }>>;
}

async function onGithub(repo: Repository, forge: ForgeServer, api: string, cache: string, what: Situation) {
  const { pull } = what;
  const event = {
    action: what.action ?? 'opened',
    number: pull?.number,
    repository: { default_branch: 'main' },
    ...(pull !== undefined && {
      pull_request: {
        number: pull.number,
        title: TITLE,
        head: {
          sha: pull.head,
          ref: TITLE,
          repo: { full_name: what.fork === true ? 'fork/voice' : 'acme/voice' },
        },
        base: { sha: repo.git('rev-parse', 'main') },
      },
    }),
  };
  const eventPath = join(await temporary('event'), 'event.json');
  await writeFile(eventPath, JSON.stringify(event));
  const summary = join(dirname(eventPath), 'summary.md');
  const options: RunnerOptions = {
    bin,
    cache,
    checkout: () => repo.checkout(what.at),
    env: {
      CI: 'true',
      ...forge.env(repo.git('rev-parse', what.at)),
      ...(pull === undefined ? {} : { GITHUB_REF: `refs/pull/${pull.number}/merge` }),
      GITHUB_EVENT_PATH: eventPath,
      GITHUB_STEP_SUMMARY: summary,
      TELNYX_BASE_URL: api,
    },
    contexts: {
      github: {
        event_name: what.event,
        event,
        repository: 'acme/voice',
        ref_name: 'main',
        token: what.fork === true ? 'KEY_TEST_FORK' : forge.env('').GITHUB_TOKEN,
        ref: 'refs/x',
      },
      secrets: what.fork === true ? {} : { TELNYX_API_KEY: KEY },
      inputs: what.inputs ?? {},
      needs: what.needs ?? {},
    },
  };
  const run = async (file: string, job: string): Promise<JobRan | undefined> =>
    runJob(await readWorkflow(join(repo.folder, '.github', 'workflows', file)), job, options);
  return { run, summary: () => readFile(summary, 'utf8') };
}

it('GitHub: from the pull request to the merge, the preview, the watch, and by hand', {
  timeout: 240_000,
}, async () => {
  const server = await account();
  const forge = await forgeServer();
  const repo = await repository('github');
  const cache = await temporary('cache');
  const on = (what: Situation) => onGithub(repo, forge, server.url, cache, what);
  const ok = (ran: JobRan | undefined): void => expect(ran?.code, ran?.log).toBe(0);

  // The first push: nobody reviewed it, so it shows its plan and waits for an approval.
  const first = await on({ event: 'push', at: 'main' });
  const waiting = await first.run('assistantctl.yml', 'apply');
  ok(waiting);
  expect(await first.run('assistantctl.yml', 'plan')).toBeUndefined();
  expect(await first.summary()).toContain('4 to create');
  expect(writes(server)).toEqual([]);
  const needs = { apply: { outputs: waiting?.outputs ?? {} } };
  const approval = await on({ event: 'push', at: 'main', needs });
  ok(await approval.run('assistantctl.yml', 'approve'));
  const live = await liveId(server, 'Front desk');
  expect(
    await (await on({ event: 'push', at: 'main', needs: { apply: { outputs: {} } } })).run(
      'assistantctl.yml',
      'approve',
    ),
  ).toBeUndefined();

  // A request is planned against main, previewed, and merged by squashing.
  repo.git('switch', '--quiet', '--create', 'edit');
  const head = await repo.commit({
    'assistants/billing.yaml': (SPECS['assistants/billing.yaml'] ?? '').replace('invoices', 'each invoice'),
  });
  repo.git('switch', '--quiet', '--detach', 'main');
  repo.git('merge', '--quiet', '--no-ff', '--message', 'what GitHub checks out', 'edit');
  repo.git('branch', 'merge-ref');
  repo.git('switch', '--quiet', 'main');
  const pull = forge.open(head);
  const request = await on({ event: 'pull_request', at: 'merge-ref', pull });
  ok(await request.run('assistantctl.yml', 'plan'));
  expect(pull.comments).toHaveLength(1);
  expect(pull.comments[0]?.body).toContain('1 to update');
  ok(await request.run('assistantctl-preview.yml', 'up'));
  expect(pull.comments).toHaveLength(2);
  const fork = await on({ event: 'pull_request', at: 'merge-ref', pull, fork: true });
  expect(await fork.run('assistantctl-preview.yml', 'up')).toBeUndefined();
  const requests = server.requests.length;
  ok(await fork.run('assistantctl.yml', 'plan'));
  expect(server.requests).toHaveLength(requests);
  expect(await fork.summary()).toContain('Live not compared');

  repo.git('merge', '--quiet', '--squash', 'edit');
  pull.merged = await repo.commit({});
  const closed = await on({ event: 'pull_request', at: 'main', pull, action: 'closed' });
  expect(await closed.run('assistantctl-preview.yml', 'up')).toBeUndefined();
  ok(await closed.run('assistantctl-preview.yml', 'down'));
  const before = writes(server).length;
  const push = await on({ event: 'push', at: 'main' });
  const applied = await push.run('assistantctl.yml', 'apply');
  ok(applied);
  expect(applied?.outputs).toMatchObject({ digest: '', 'exit-code': '0' });
  expect(writes(server).length).toBeGreaterThan(before);
  expect(pull.comments[0]?.body.toLowerCase()).toContain('applied');

  // The job once more, and a merge that changes no document: green, and nothing is written.
  const done = writes(server).length;
  ok(await push.run('assistantctl.yml', 'apply'));
  await repo.commit({ 'README.md': 'read me' });
  ok(await (await on({ event: 'push', at: 'main' })).run('assistantctl.yml', 'apply'));
  expect(writes(server)).toHaveLength(done);

  // A broken commit is told with its line.
  repo.git('switch', '--quiet', '--create', 'broken');
  const slip = await repo.commit({
    'assistants/billing.yaml': (SPECS['assistants/billing.yaml'] ?? '').replace('model:', 'modell:'),
  });
  const second = forge.open(slip);
  const broken = await (await on({ event: 'pull_request', at: 'broken', pull: second })).run(
    'assistantctl.yml',
    'plan',
  );
  expect(broken?.code).toBe(3);
  expect(broken?.log).toContain('::error file=assistants/billing.yaml');
  expect(second.comments[0]?.body).toContain('failed (exit code 3)');
  repo.git('switch', '--quiet', 'main');

  // By hand: a rollback without a laptop, and the watch that says what is ahead.
  const inputs = {
    environment: 'production',
    action: 'rollback',
    address: 'assistant/billing',
    reason: TITLE,
    version: '',
    options: '',
  };
  const operate = await on({ event: 'workflow_dispatch', at: 'main', inputs });
  const rolled = await operate.run('assistantctl-operate.yml', 'operate');
  ok(rolled);
  expect(rolled?.log).toContain('"promoted": true');
  await inDashboard(server, 'POST', `/ai/assistants/${live}`, { greeting: 'Howdy.', promote_to_main: true });
  const watch = await (await on({ event: 'schedule', at: 'main' })).run('assistantctl-watch.yml', 'watch');
  expect(watch?.log).not.toContain('pwned');
  expect(existsSync(join(repo.folder, 'pwned'))).toBe(false);
});

interface GitlabJob {
  readonly extends?: string;
  readonly before_script?: readonly string[];
  readonly script: readonly string[];
}

it('GitLab: validate, plan, preview, and an apply that nobody reviewed waits', {
  timeout: 120_000,
}, async () => {
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
    CI_MERGE_REQUEST_DIFF_BASE_SHA: repo.git('rev-parse', 'main~1'),
    CI_COMMIT_SHA: HEAD,
    GITLAB_TOKEN: TOKEN,
    TELNYX_API_KEY: KEY,
  };
  const ok = (ran: Ran): void => expect(ran.code, ran.log).toBe(0);
  const made = async (file: string) => JSON.parse(await readFile(join(folder, file), 'utf8'));

  ok(await job('assistantctl-validate', request));
  expect(await made('code-quality.json')).toEqual([]);
  ok(await job('assistantctl-plan', request));
  expect(await made('counts.json')).toEqual({ create: 4, update: 0, delete: 0 });
  expect(forge.comments[0]?.body).toContain('4 to create');

  await repo.commit({ 'assistants/billing.yaml': 'kind: assistant\nspec: { modell: x }\n' });
  expect((await job('assistantctl-validate', request)).code).toBe(3);
  expect((await made('code-quality.json')).length).toBeGreaterThan(0);
  const broken = await job('assistantctl-plan', request);
  expect(broken.code).toBe(3);
  expect(forge.comments[0]?.body).toContain('failed (exit code 3)');
  expect(writes(server)).toEqual([]);
  expect(existsSync(join(folder, 'pwned'))).toBe(false);
});
