import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readMarkers } from '../../src/render/markdown/marker.ts';
import { account, inDashboard, liveId, SPECS, writes } from '../e2e/harness.ts';
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
  readonly needs?: Readonly<Record<string, { readonly result?: string; readonly outputs: Env }>>;
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
  expect(pull.comments[1]?.body).toContain('Removed: nothing of this preview is left');
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
  const clock = await on({ event: 'schedule', at: 'main' });
  const watch = await clock.run('assistantctl-watch.yml', 'watch');
  ok(watch);
  expect(watch?.outputs).toEqual({ drift: 'true' });
  expect(forge.issues.map(({ title }) => title)).toEqual(['assistantctl: drift in production (acme)']);
  // What was changed outside Git comes back as one request, however often it is looked for.
  for (let round = 0; round < 2; round += 1) {
    const found = { watch: { outputs: watch?.outputs ?? {} } };
    ok(
      await (await on({ event: 'schedule', at: 'main', needs: found })).run(
        'assistantctl-watch.yml',
        'propose',
      ),
    );
  }
  const proposed = forge.pulls.filter(({ branch }) => branch === 'assistantctl/drift-production');
  expect(proposed).toMatchObject([{ title: 'Take over what was changed outside Git in production' }]);
  expect(repo.git('diff', 'main', 'assistantctl/drift-production')).toContain('+  greeting: Howdy.');
  expect(existsSync(join(repo.folder, 'pwned'))).toBe(false);
});

interface GitlabJob {
  readonly extends?: string;
  readonly before_script?: readonly string[];
  readonly script: readonly string[];
}

it('GitLab: the approval of what nobody reviewed, a merge request to its merge, the watch, and by hand', {
  timeout: 240_000,
}, async () => {
  const server = await account();
  const forge = await forgeServer({ kind: 'gitlab', account: 'project_1_bot' });
  const repo = await repository('gitlab');
  await symlink(join(repo.folder, '.git'), `${repo.folder}.git`);
  const pipeline: Readonly<Record<string, GitlabJob>> & { readonly variables: Env } = parse(
    await readFile(join(repo.folder, '.gitlab-ci.yml'), 'utf8'),
  );
  // A runner keeps its clone, and the cache brings the state file into it.
  const folder = await repo.checkout();
  const job = async (name: string, at: string, env: Env = {}): Promise<Ran> => {
    const commit = repo.git('rev-parse', at);
    execFileSync('git', ['fetch', '--quiet', 'origin'], { cwd: folder });
    execFileSync('git', ['checkout', '--quiet', '--force', '--detach', commit], { cwd: folder });
    const own = pipeline[name];
    const bases = [own?.extends, '.assistantctl'].map((parent) => pipeline[parent ?? '']?.before_script);
    const lines = [...(bases.find(Boolean) ?? []), ...(own?.script ?? ['exit 99'])];
    return await bash(lines.join('\n'), folder, {
      PATH: `${bin}:${process.env.PATH ?? ''}`,
      HOME: folder,
      CI: 'true',
      CI_PROJECT_DIR: folder,
      CI_PROJECT_URL: repo.folder,
      TELNYX_BASE_URL: server.url,
      TELNYX_API_KEY: KEY,
      ...pipeline.variables,
      ...forge.env(commit),
      ...env,
    });
  };
  const ok = (ran: Ran): void => expect(ran.code, ran.log).toBe(0);
  const made = async (file: string) => JSON.parse(await readFile(join(folder, file), 'utf8'));
  const onRequest = (pull: Pull): Env => ({
    CI_COMMIT_BRANCH: '',
    CI_MERGE_REQUEST_IID: String(pull.number),
    CI_MERGE_REQUEST_TITLE: TITLE,
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
  });

  // The first push: its plan is in the log, the job warns, and the manual job behind it applies exactly that.
  expect((await job('assistantctl-approve', 'main')).log).toContain('Nothing waits for an approval.');
  const waiting = await job('assistantctl-apply', 'main');
  expect(waiting.code, waiting.log).toBe(6);
  expect(waiting.log).toContain('4 to create');
  expect(writes(server)).toEqual([]);
  ok(await job('assistantctl-approve', 'main'));
  expect(writes(server)).not.toEqual([]);
  const first = repo.git('rev-parse', 'main');

  repo.git('switch', '--quiet', '--create', 'edit');
  const head = await repo.commit({
    'assistants/billing.yaml': (SPECS['assistants/billing.yaml'] ?? '').replace('invoices', 'each invoice'),
  });
  repo.git('switch', '--quiet', 'main');
  const pull = forge.open(head);
  ok(await job('assistantctl-validate', 'edit', onRequest(pull)));
  expect(await made('code-quality.json')).toEqual([]);
  ok(await job('assistantctl-plan', 'edit', onRequest(pull)));
  expect(await made('counts.json')).toEqual({ create: 0, update: 1, delete: 0 });
  expect(pull.comments).toHaveLength(1);
  expect(pull.comments[0]?.body).toContain('1 to update');
  ok(await job('assistantctl-preview', 'edit', onRequest(pull)));
  ok(await job('assistantctl-preview-down', 'edit', onRequest(pull)));
  expect(pull.comments[1]?.body).toContain('Removed');
  // A fork gets no variables that are protected.
  const requests = server.requests.length;
  ok(await job('assistantctl-plan', 'edit', { ...onRequest(pull), TELNYX_API_KEY: '', GITLAB_TOKEN: '' }));
  expect(server.requests).toHaveLength(requests);

  repo.git('merge', '--quiet', '--no-ff', '--message', 'Merge', 'edit');
  pull.merged = repo.git('rev-parse', 'main');
  ok(await job('assistantctl-apply', 'main'));
  expect(pull.comments[0]?.body).toContain('Applied to production');
  const done = writes(server).length;
  ok(await job('assistantctl-apply', 'main'));
  // The job of an older merge that comes late, or is run again.
  const late = await job('assistantctl-apply', first);
  ok(late);
  expect(late.log).toContain('A later commit is applied already');
  expect(writes(server)).toHaveLength(done);

  // By hand.
  const form = {
    ASSISTANTCTL_ACTION: 'rollback',
    ADDRESS: 'assistant/billing',
    REASON: TITLE,
    VERSION: '',
    OPTIONS: '',
  };
  const rolled = await job('assistantctl-operate', 'main', form);
  ok(rolled);
  expect(rolled.log).toContain('"promoted": true');
  expect(pull.comments[0]?.body).toContain('Rolled back in production');

  // Once a day: what differs, what waits, and what was changed outside Git as a merge request.
  const live = await liveId(server, 'Front desk');
  await inDashboard(server, 'POST', `/ai/assistants/${live}`, { greeting: 'Howdy.', promote_to_main: true });
  await repo.commit({
    'assistants/billing.yaml': (SPECS['assistants/billing.yaml'] ?? '').replace('invoices', 'all invoices'),
  });
  for (let round = 0; round < 2; round += 1) ok(await job('assistantctl-watch', 'main'));
  expect(forge.issues.map(({ title }) => title)).toEqual([
    'assistantctl: drift in production (acme)',
    'assistantctl: main is ahead of production',
  ]);
  expect(forge.pulls.filter(({ branch }) => branch === 'assistantctl/drift-production')).toHaveLength(1);
  expect(repo.git('diff', 'main', 'assistantctl/drift-production')).toContain('+  greeting: Howdy.');

  const slip = await repo.commit({ 'assistants/billing.yaml': 'kind: assistant\nspec: { modell: x }\n' });
  const second = forge.open(slip);
  expect((await job('assistantctl-validate', 'main', onRequest(second))).code).toBe(3);
  expect((await made('code-quality.json')).length).toBeGreaterThan(0);
  expect((await job('assistantctl-plan', 'main', onRequest(second))).code).toBe(3);
  expect(second.comments[0]?.body).toContain('failed (exit code 3)');
  expect(existsSync(join(folder, 'pwned'))).toBe(false);
});

it('GitHub, two environments: one comment reviews both, and each is told what became of it', {
  timeout: 240_000,
}, async () => {
  const [staging, production] = [await account(), await account()];
  const forge = await forgeServer();
  const repo = await repository(
    'github',
    `project: acme
default_environment: staging
environments:
  staging: { api_key_env: TELNYX_API_KEY, base_url: "${staging.url}" }
  production: { protected: true, api_key_env: TELNYX_API_KEY, base_url: "${production.url}" }
retry: { attempts: 2, budget: 1s }
`,
    {
      'assistants/billing.yaml':
        'kind: assistant\nspec: { name: Billing, model: openai/gpt-4o, instructions: x }\n',
    },
  );
  const cache = await temporary('cache');
  const on = (what: Situation) => onGithub(repo, forge, '', cache, what);
  const ok = (ran: JobRan | undefined): void => expect(ran?.code, ran?.log).toBe(0);
  const skipped = { result: 'skipped', outputs: { digest: '' } };

  repo.git('switch', '--quiet', '--create', 'edit');
  const head = await repo.commit({ 'README.md': 'read me' });
  repo.git('switch', '--quiet', '--detach', 'main');
  repo.git('merge', '--quiet', '--no-ff', '--message', 'what GitHub checks out', 'edit');
  repo.git('branch', 'merge-ref');
  repo.git('switch', '--quiet', 'main');
  // Nothing is applied yet: what main already says waits for somebody, and this request changes none of it.
  const pull = forge.open(head);
  ok(await (await on({ event: 'pull_request', at: 'merge-ref', pull })).run('assistantctl.yml', 'plan'));
  expect(pull.comments).toHaveLength(1);
  expect(pull.comments[0]?.body).toMatch(/\| `staging` \| 1 to create.*\n\| `production` \| 1 to create/);
  expect(forge.verdicts).toMatchObject([{ commit: head, state: 'success' }]);

  const first = await (await on({ event: 'push', at: 'main' })).run('assistantctl.yml', 'apply-staging');
  ok(first);
  const after = (result: string, digest = '') => ({
    'apply-staging': { result: 'success', outputs: { digest } },
    'approve-staging': { ...skipped, result },
  });
  const digest = first?.outputs.digest ?? '';
  // Production does not overtake staging, which still waits for its approval.
  const early = await on({ event: 'push', at: 'main', needs: after('skipped', digest) });
  expect(await early.run('assistantctl.yml', 'apply-production')).toBeUndefined();
  ok(await early.run('assistantctl.yml', 'approve-staging'));
  const later = await on({ event: 'push', at: 'main', needs: after('success', digest) });
  const second = await later.run('assistantctl.yml', 'apply-production');
  ok(second);
  const needs = { 'apply-production': { result: 'success', outputs: second?.outputs ?? {} } };
  ok(await (await on({ event: 'push', at: 'main', needs })).run('assistantctl.yml', 'approve-production'));
  expect([writes(staging).length > 0, writes(production).length > 0]).toEqual([true, true]);

  repo.git('switch', '--quiet', 'edit');
  pull.head = await repo.commit({
    'assistants/billing.yaml':
      'kind: assistant\nspec: { name: Billing, model: openai/gpt-4o, instructions: y }\n',
  });
  repo.git('switch', '--quiet', '--detach', 'main');
  repo.git('merge', '--quiet', '--no-ff', '--message', 'what GitHub checks out', 'edit');
  repo.git('branch', '--force', 'merge-ref');
  repo.git('switch', '--quiet', 'main');
  ok(await (await on({ event: 'pull_request', at: 'merge-ref', pull })).run('assistantctl.yml', 'plan'));
  expect(pull.comments).toHaveLength(1);
  repo.git('merge', '--quiet', '--squash', 'edit');
  pull.merged = await repo.commit({});
  ok(await (await on({ event: 'push', at: 'main' })).run('assistantctl.yml', 'apply-staging'));
  const merged = await on({ event: 'push', at: 'main', needs: after('skipped') });
  ok(await merged.run('assistantctl.yml', 'apply-production'));
  const body = pull.comments[0]?.body ?? '';
  expect(body).toContain('**production: Applied');
  expect(body).toContain('**staging: Applied');
  // What was reviewed is still read from it.
  expect(readMarkers(body).map(({ environment }) => environment)).toEqual([
    'staging_production',
    'staging',
    'production',
  ]);
});
