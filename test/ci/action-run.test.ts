import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../docs/markdown.ts';
import { account, SPECS, writes } from '../e2e/harness.ts';
import { type ForgeServerOptions, forgeServer, type Pull } from '../reviewed/forge-server.ts';
import { bash, type Env, type Ran, shims, temporary } from './pipeline.ts';
import { KEY, type Repository, repository, TITLE } from './repository.ts';

// The action, executed as a workflow would: its one step in bash, on real clones, against a forge and an account.

let bin = '';
beforeAll(async () => {
  bin = await shims();
});

interface Acted extends Ran {
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly folder: string;
}

async function world(options: ForgeServerOptions = {}) {
  const server = await account();
  const forge = await forgeServer(options);
  // Where the state is kept between runs, so that no cache has to be played.
  const remote = `project: acme
default_environment: production
environments:
  production:
    { protected: true, api_key_env: TELNYX_API_KEY, state: { backend: git, remote: origin, ref: refs/assistantctl/production } }
retry: { attempts: 2, budget: 1s }
`;
  const repo = await repository('github', remote);
  const action = parse(await readFile(join(ROOT, 'action.yml'), 'utf8'));
  const act = async (at: string, inputs: Env, more: Env = {}): Promise<Acted> => {
    const folder = await repo.checkout(at);
    const temp = await temporary('action');
    for (const file of ['output', 'summary']) await writeFile(join(temp, file), '');
    const ran = await bash(action.runs.steps[0].run, folder, {
      PATH: `${bin}:${process.env.PATH ?? ''}`,
      HOME: temp,
      RUNNER_TEMP: temp,
      GITHUB_ACTION_PATH: ROOT,
      GITHUB_OUTPUT: join(temp, 'output'),
      GITHUB_STEP_SUMMARY: join(temp, 'summary'),
      TELNYX_BASE_URL: server.url,
      TELNYX_API_KEY: KEY,
      INPUT_PROJECT: '.',
      INPUT_ENVIRONMENT: 'production',
      ...forge.env(repo.git('rev-parse', at)),
      ...inputs,
      ...more,
    });
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
    const lines = (await readFile(join(temp, 'output'), 'utf8')).split('\n').filter(Boolean);
    const outputs = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
    return { ...ran, outputs, summary: await readFile(join(temp, 'summary'), 'utf8'), folder };
  };
  const onRequest = (pull: Pull): Env => ({
    GITHUB_REF: `refs/pull/${pull.number}/merge`,
    GITHUB_SHA: pull.head,
    CHANGE: String(pull.number),
    HEAD_REPOSITORY: 'acme/voice',
  });
  return { server, forge, repo, act, onRequest };
}

/** A branch with an edit, and the commit that GitHub checks out for its pull request. */
async function branch(repo: Repository, name: string, text: string): Promise<string> {
  repo.git('switch', '--quiet', '--create', name, 'main');
  const head = await repo.commit({
    'assistants/billing.yaml': (SPECS['assistants/billing.yaml'] ?? '').replace('invoices', text),
  });
  repo.git('switch', '--quiet', '--detach', 'main');
  repo.git('merge', '--quiet', '--no-ff', '--message', 'what GitHub checks out', name);
  repo.git('branch', `${name}-merge`);
  repo.git('switch', '--quiet', 'main');
  return head;
}

async function merge(repo: Repository, name: string, pull: Pull): Promise<void> {
  repo.git('merge', '--quiet', '--squash', name);
  pull.merged = await repo.commit({});
}

const ok = (ran: Acted): void => expect(ran.code, ran.log).toBe(0);

it('the first push shows what waits, and the plan with that digest alone is applied', {
  timeout: 120_000,
}, async () => {
  const { server, act } = await world();
  const waiting = await act('main', { INPUT_COMMAND: 'apply' });
  expect(waiting.code, waiting.log).toBe(6);
  expect(waiting.outputs).toMatchObject({ 'exit-code': '6', create: '4', changes: '4' });
  expect(waiting.summary).toContain('4 to create');
  expect(writes(server)).toEqual([]);
  const other = await act('main', { INPUT_COMMAND: 'apply', INPUT_DIGEST: 'a'.repeat(64) });
  expect(other.outputs).toMatchObject({ 'exit-code': '6' });
  const applied = await act('main', {
    INPUT_COMMAND: 'apply',
    INPUT_DIGEST: waiting.outputs.digest ?? '',
  });
  ok(applied);
  expect(JSON.parse(await readFile(applied.outputs.report ?? '', 'utf8')).outcome).toBe('applied');
  expect((await act('main', { INPUT_COMMAND: 'drift' })).outputs).toMatchObject({
    'exit-code': '0',
    drift: '0',
    drifted: 'false',
  });
});

describe.each([
  ['the token of the workflow', {}, {}],
  [
    'the token of an app, whose account the input names',
    { account: 'northwind-deploy[bot]' },
    { INPUT_AUTHOR: 'northwind-deploy[bot]' },
  ],
] as const)('with %s', (_, options, inputs) => {
  it('a request is planned, merged by squashing and applied, and told so', { timeout: 120_000 }, async () => {
    const { server, forge, repo, act, onRequest } = await world(options);
    const first = await act('main', { INPUT_COMMAND: 'apply', ...inputs });
    ok(await act('main', { INPUT_COMMAND: 'apply', INPUT_DIGEST: first.outputs.digest ?? '', ...inputs }));
    const head = await branch(repo, 'edit', 'each invoice');
    const pull = forge.open(head);
    const planned = await act('edit-merge', { INPUT_COMMAND: 'plan', ...inputs }, onRequest(pull));
    ok(planned);
    expect(planned.outputs).toMatchObject({ 'exit-code': '0', changes: '1', update: '1', create: '0' });
    expect(planned.outputs.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    for (const file of ['plan', 'page', 'markdown'])
      expect(existsSync(planned.outputs[file] ?? '')).toBe(true);
    ok(await act('edit-merge', { INPUT_COMMAND: 'plan', ...inputs }, onRequest(pull)));
    expect(pull.comments).toHaveLength(1);
    await merge(repo, 'edit', pull);
    const applied = await act('main', { INPUT_COMMAND: 'apply', ...inputs });
    ok(applied);
    expect(pull.comments[0]?.body).toContain('Applied to production');
    const written = writes(server).length;
    ok(await act('main', { INPUT_COMMAND: 'apply', ...inputs }));
    expect(writes(server)).toHaveLength(written);
  });
});

it('what fails is told in the outputs too, and a comment that is denied fails nothing', {
  timeout: 120_000,
}, async () => {
  const { forge, repo, act, onRequest } = await world();
  const hostile = await act('main', { INPUT_ENVIRONMENT: TITLE, INPUT_COMMAND: 'plan' });
  expect(hostile.outputs).toMatchObject({ 'exit-code': '3' });
  expect((await act('main', { INPUT_COMMAND: TITLE })).outputs).toEqual({ 'exit-code': '3' });
  forge.intercept = ({ path }) =>
    path.includes('/commits/') ? { status: 422, json: { message: 'no' } } : undefined;
  const lost = await act('main', { INPUT_COMMAND: 'apply' });
  expect(lost.outputs).toEqual({ 'exit-code': '8' });
  expect(lost.code).toBe(8);
  const pull = forge.open(await branch(repo, 'edit', 'each invoice'));
  forge.intercept = ({ method, path }) =>
    method === 'POST' && path.endsWith('/comments') ? { status: 403, json: { message: 'no' } } : undefined;
  const denied = await act('edit-merge', { INPUT_COMMAND: 'plan' }, onRequest(pull));
  ok(denied);
  expect(denied.summary).toContain('4 to create');
});

it('a fork is planned without a key, and gets no preview; nothing else makes one without a request', {
  timeout: 120_000,
}, async () => {
  const { server, forge, repo, act, onRequest } = await world();
  const pull = forge.open(await branch(repo, 'edit', 'each invoice'));
  const fork = { ...onRequest(pull), HEAD_REPOSITORY: 'mallory/voice', TELNYX_API_KEY: '' };
  const blind = await act('edit-merge', { INPUT_COMMAND: 'plan' }, fork);
  ok(blind);
  expect(pull.comments[0]?.body).toContain('Live not compared');
  ok(await act('edit-merge', { INPUT_COMMAND: 'preview-up' }, fork));
  expect((await act('main', { INPUT_COMMAND: 'preview-up' })).outputs).toEqual({ 'exit-code': '3' });
  expect(server.requests).toEqual([]);
});
