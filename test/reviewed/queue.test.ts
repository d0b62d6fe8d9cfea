import { describe, expect, test } from 'vitest';
import { readMarker } from '../../src/render/markdown/marker.ts';
import { inDashboard, liveId } from '../e2e/harness.ts';
import { inProcess } from '../forge/in-process.ts';
import type { ForgeServer, Pull } from './forge-server.ts';
import { assistant, type Repository, type Request } from './repository.ts';
import { world as begin, type World } from './world.ts';

// What forges do between the review and the target: queues, trains, stacks, and merges that meet in one text.

const GITLAB = { kind: 'gitlab', account: 'project_1_bot' } as const;

async function greetingOf({ server }: Repository, name: string): Promise<unknown> {
  const reply = await inDashboard(server, 'GET', `/ai/assistants/${await liveId(server, name)}`);
  return ((await reply.json()) as { greeting: unknown }).greeting;
}

/** A request with its comment, still open. */
async function open(
  { repo, forge }: World,
  name: string,
  edit: () => Promise<void>,
  options: { readonly from?: string; readonly target?: string } = {},
): Promise<{ readonly request: Request; readonly pull: Pull }> {
  const request = await repo.request(name, edit, options);
  const pull = forge.open(await repo.git('rev-parse', name), options.target ?? 'main');
  forge.say(pull, request.markdown);
  return { request, pull };
}

const text = (name: string): string => `assistants/${name}.yaml`;

describe('a merge queue', () => {
  test('checks each group on top of the one before, and what it merges at once is applied at once', async () => {
    const w = await begin();
    const { repo, apply } = w;
    const made = [
      await open(w, 'one', () => repo.project.edit(text('billing'), 'Hello.', 'One.')),
      await open(w, 'two', () => repo.project.edit(text('front-desk'), 'Hello.', 'Two.')),
      await open(w, 'three', () => repo.project.write(text('new'), assistant('new'))),
      await open(w, 'four', () => repo.project.write('README.md', 'read me')),
    ];
    await repo.git('switch', '--quiet', '--create', 'gh-readonly-queue/main', 'main');
    for (const { request, pull } of made) {
      const base = await repo.git('rev-parse', 'HEAD');
      await repo.merge(request);
      pull.merged = await repo.git('rev-parse', 'HEAD');
      // The check of the group, as the event `merge_group` has it run: nothing of it is posted.
      const checked = await repo.project.run('plan', '--env', 'live', '--base', base, '--format', 'markdown');
      expect(checked.code, checked.stderr).toBe(0);
      expect(readMarker(checked.stdout)?.review?.entries).toEqual(
        readMarker(pull.comments[0]?.body ?? '')?.review?.entries,
      );
    }
    await repo.git('switch', '--quiet', 'main');
    await repo.git('merge', '--quiet', '--ff-only', 'gh-readonly-queue/main');
    const applied = await apply();
    expect(applied.code, applied.stderr).toBe(0);
    expect([await greetingOf(repo, 'billing'), await greetingOf(repo, 'front-desk')]).toEqual([
      'One.',
      'Two.',
    ]);
    // Each merge has a run of its own, and those that come late find nothing to do.
    expect((await apply()).code).toBe(0);
  });
});

describe('a merge train', () => {
  /** The plan of a pipeline for merged results: the commit is the train's, and the comment is about the branch. */
  async function planOnTrain({ repo, forge }: World, { pull }: { readonly pull: Pull }): Promise<void> {
    const commit = await repo.git('rev-parse', 'HEAD');
    const env = {
      ...forge.env(commit),
      CI_COMMIT_BRANCH: '',
      CI_MERGE_REQUEST_IID: String(pull.number),
      CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: pull.head,
      TELNYX_KEY_OF_ACCOUNT: 'KEY_TEST_TRAIN',
      TELNYX_BASE_URL: repo.server.url,
    };
    const plan = await inProcess(
      repo.project,
      env,
      ...['plan', '--env', 'live', '--base', 'HEAD^1', '--format', 'markdown'],
    );
    expect(plan.code, plan.stderr).toBe(0);
    const file = await repo.file(plan.stdout);
    const said = await inProcess(repo.project, env, 'comment', file, '--env', 'live');
    expect(said.code, said.stderr).toBe(0);
    expect(pull.comments).toHaveLength(1);
    expect(readMarker(pull.comments[0]?.body ?? '')?.review?.head).toBe(pull.head);
  }

  test('plans each request again on top of those before it, and all of them are applied', async () => {
    const w = await begin(GITLAB);
    const { repo, apply } = w;
    const made = [
      await open(w, 'one', () => repo.project.edit(text('billing'), 'Hello.', 'One.')),
      await open(w, 'two', () => repo.project.edit(text('billing'), 'openai/gpt-4o', 'openai/gpt-4.1')),
      await open(w, 'three', () => repo.project.write(text('new'), assistant('new'))),
    ];
    for (const one of made) {
      await repo.merge(one.request, 'merge');
      one.pull.merged = await repo.git('rev-parse', 'HEAD');
      await planOnTrain(w, one);
    }
    const applied = await apply();
    expect(applied.code, applied.stderr).toBe(0);
    expect(await greetingOf(repo, 'billing')).toBe('One.');
    const again = await repo.project.run('plan', '--env', 'live', '--detailed-exitcode');
    expect(again.code, again.stdout).toBe(0);
  });
});

describe('stacked requests', () => {
  test('count one by one, also where the upper one was planned on the lower one alone', async () => {
    const w = await begin();
    const { repo, apply } = w;
    const lower = await open(w, 'lower', () => repo.project.edit(text('billing'), 'Hello.', 'One.'));
    const upper = await open(w, 'upper', () => repo.project.edit(text('front-desk'), 'Hello.', 'Two.'), {
      from: 'lower',
      target: 'lower',
    });
    await repo.merge(lower.request, 'merge');
    lower.pull.merged = await repo.git('rev-parse', 'HEAD');
    const first = await apply();
    expect(first.code, first.stderr).toBe(0);
    expect(await greetingOf(repo, 'front-desk')).toBe('Hello.');
    // The forge aims the upper one at main when the branch of the lower one goes.
    Object.assign(upper.pull, { target: 'main' });
    await repo.merge(upper.request, 'merge');
    upper.pull.merged = await repo.git('rev-parse', 'HEAD');
    const second = await apply();
    expect(second.code, second.stderr).toBe(0);
    expect(await greetingOf(repo, 'front-desk')).toBe('Two.');
  });

  test('of which the upper one was merged into the lower one are reviewed with the lower one or not at all', async () => {
    const w = await begin();
    const { repo, forge, apply } = w;
    const lower = await open(w, 'lower', () => repo.project.edit(text('billing'), 'Hello.', 'One.'));
    const upper = await open(w, 'upper', () => repo.project.edit(text('front-desk'), 'Hello.', 'Two.'), {
      from: 'lower',
      target: 'lower',
    });
    await repo.git('switch', '--quiet', 'lower');
    await repo.merge(upper.request, 'merge');
    upper.pull.merged = await repo.git('rev-parse', 'HEAD');
    await repo.git('switch', '--quiet', 'main');
    // The lower one has another head now, and its plan is of the old one.
    lower.pull.head = await repo.git('rev-parse', 'lower');
    await repo.merge(lower.request);
    lower.pull.merged = await repo.git('rev-parse', 'HEAD');
    expect((await apply()).code).toBe(6);
    await planAgain(w, forge, lower.pull, 'lower', 'main~1');
    const applied = await apply();
    expect(applied.code, applied.stderr).toBe(0);
  });
});

/** What the pipeline of a branch does when it is pushed again. */
async function planAgain(
  { repo }: World,
  forge: ForgeServer,
  pull: Pull,
  branch: string,
  target: string,
): Promise<void> {
  await repo.git('switch', '--quiet', branch);
  const plan = await repo.project.run('plan', '--env', 'live', '--base', target, '--format', 'markdown');
  await repo.git('switch', '--quiet', 'main');
  pull.comments.splice(0);
  forge.say(pull, plan.stdout);
}

describe('two requests that edit one text', () => {
  const PROMPT = 'prompts/billing.md';
  const lines = (first: string, last: string): string =>
    [first, ...Array.from({ length: 8 }, (_, index) => `Rule ${index}.`), last, ''].join('\n');

  async function withPrompt(): Promise<World> {
    const w = await begin();
    const { repo } = w;
    await repo.project.write(`assistants/${PROMPT}`, lines('Be brief.', 'Say goodbye.'));
    await repo.project.edit(
      text('billing'),
      'instructions: You are billing.',
      `instructions: { $file: ${PROMPT} }`,
    );
    await repo.commit('prompt in a file');
    expect((await repo.project.run('apply', '--env', 'live')).code).toBe(0);
    return w;
  }

  test('and are merged without a conflict come to a text that nobody reviewed', async () => {
    const w = await withPrompt();
    const { repo, apply } = w;
    const edits = [
      await open(w, 'top', () =>
        repo.project.write(`assistants/${PROMPT}`, lines('Be kind.', 'Say goodbye.')),
      ),
      await open(w, 'end', () =>
        repo.project.write(`assistants/${PROMPT}`, lines('Be brief.', 'Wish a good day.')),
      ),
    ];
    for (const { request, pull } of edits) {
      await repo.merge(request);
      pull.merged = await repo.git('rev-parse', 'HEAD');
    }
    const ran = await apply();
    expect(ran.code).toBe(6);
    expect(ran.stderr).toContain('update assistant/billing /instructions');
    // Read by a person, exactly this one is applied.
    const digest = /--expect-digest ([0-9a-f]{64})/.exec(ran.stderr)?.[1] ?? '';
    expect((await repo.project.run('apply', '--env', 'live', '--expect-digest', digest)).code).toBe(0);
  });

  test('are covered where the later one was planned on top of the earlier one', async () => {
    const w = await withPrompt();
    const { repo, forge, apply } = w;
    const top = await open(w, 'top', () =>
      repo.project.write(`assistants/${PROMPT}`, lines('Be kind.', 'Say goodbye.')),
    );
    const end = await open(w, 'end', () =>
      repo.project.write(`assistants/${PROMPT}`, lines('Be brief.', 'Wish a good day.')),
    );
    await repo.merge(top.request);
    top.pull.merged = await repo.git('rev-parse', 'HEAD');
    await planAgain(w, forge, end.pull, 'end', 'main');
    await repo.merge(end.request);
    end.pull.merged = await repo.git('rev-parse', 'HEAD');
    const ran = await apply();
    expect(ran.code, ran.stderr).toBe(0);
  });
});

describe('more changes than a comment holds', () => {
  const many = (value: string): string =>
    `  dynamic_variables:\n${Array.from({ length: 900 }, (_, index) => `    variable_${index}: "${value}"\n`).join('')}`;

  test('are covered as a whole, and not beside another request; the plan of the run holds them all', async () => {
    const w = await begin();
    const { repo, apply } = w;
    await repo.project.write(text('billing'), assistant('billing', 'Hello.', many('a')));
    await repo.commit('many variables');
    expect((await repo.project.run('apply', '--env', 'live')).code).toBe(0);
    const big = await open(w, 'big', () =>
      repo.project.write(text('billing'), assistant('billing', 'Hello.', many('b'))),
    );
    expect(readMarker(big.request.markdown)?.review?.entries).toBeUndefined();
    expect(big.request.markdown).toMatch(/artifact|as a whole|whole plan/);
    await repo.git('switch', '--quiet', 'big');
    const plan = await repo.project.run('plan', '--env', 'live', '--base', 'main', '--format', 'json');
    await repo.git('switch', '--quiet', 'main');
    const artifact = await repo.file(plan.stdout);
    const small = await open(w, 'small', () => repo.project.edit(text('front-desk'), 'Hello.', 'Two.'));
    for (const { request, pull } of [big, small]) {
      await repo.merge(request);
      pull.merged = await repo.git('rev-parse', 'HEAD');
    }
    const refused = await apply();
    expect(refused.code).toBe(6);
    const applied = await apply('--reviewed', artifact);
    expect(applied.code, applied.stderr).toBe(0);
  });
});
