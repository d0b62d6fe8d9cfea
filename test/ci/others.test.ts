import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { blocksOf } from '../docs/markdown.ts';
import { account, liveId, SPECS, writes } from '../e2e/harness.ts';
import { bash, shims, temporary } from './pipeline.ts';
import { KEY, PROJECT, repository } from './repository.ts';

// The recipes of docs/ci-others.md, executed: each script in bash, on a real repository, against an account.

interface Recipe {
  readonly name: string;
  readonly review: string;
  readonly plan: string;
  readonly apply: string;
  /** What the system tells a review. */
  readonly target: string;
}

const blocks = blocksOf('docs/ci-others.md');
const block = (mark: string): string => {
  const found = blocks.find(({ text }) => text.startsWith(`${mark}\n`));
  if (found === undefined) throw new Error(`the page has no block ${mark}`);
  return found.text;
};

/** Scripts of a Bitbucket step, one after the other. */
function bitbucket(): Recipe {
  const { pipelines } = parse(block('# bitbucket'));
  const script = (step: { step: { script: readonly string[] } }): string => step.step.script.join('\n');
  const [review] = pipelines['pull-requests']['**'];
  const [plan, apply] = pipelines.branches.main;
  return {
    name: 'Bitbucket',
    review: script(review),
    plan: script(plan),
    apply: script(apply),
    target: 'BITBUCKET_PR_DESTINATION_BRANCH',
  };
}

function azure(): Recipe {
  const { stages } = parse(block('# azure'));
  const scripts: readonly string[] = stages.map((stage: { jobs: readonly unknown[] }) => {
    const found = /"bash":"((?:[^"\\]|\\.)*)"/.exec(JSON.stringify(stage.jobs));
    return JSON.parse(`"${found?.[1] ?? ''}"`);
  });
  const [review = '', plan = '', apply = ''] = scripts;
  return { name: 'Azure DevOps', review, plan, apply, target: 'SYSTEM_PULLREQUEST_TARGETBRANCH' };
}

function jenkins(): Recipe {
  const scripts = [...block('// jenkins').matchAll(/sh '''\n([\s\S]*?)'''/g)].map(([, text]) => text ?? '');
  const [review = '', plan = '', apply = ''] = scripts;
  return { name: 'Jenkins', review, plan, apply, target: 'CHANGE_TARGET' };
}

const RECIPES: readonly Recipe[] = [
  {
    name: 'a shell alone',
    review: block('# review'),
    plan: block('# plan'),
    apply: block('# apply'),
    target: 'TARGET_BRANCH',
  },
  bitbucket(),
  azure(),
  jenkins(),
];

describe.each(RECIPES)('$name', (recipe) => {
  it('reviews a branch, plans what was merged and applies that plan', { timeout: 120_000 }, async () => {
    const server = await account();
    const project = PROJECT.replace(
      'protected: true,',
      'protected: true, state: { backend: git, remote: origin, ref: refs/assistantctl/production },',
    );
    const repo = await repository('github', project, SPECS);
    const bin = await shims();
    const env = {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: await temporary('home'),
      CI: 'true',
      ASSISTANTCTL_PACKAGE: 'https://packages.example/assistantctl.tgz',
      TELNYX_API_KEY: KEY,
      TELNYX_BASE_URL: server.url,
      [recipe.target]: 'main',
    };

    const merged = async (): Promise<void> => {
      const plan = await repo.checkout();
      const planned = await bash(recipe.plan, plan, env);
      expect(planned.code, planned.log).toBe(0);
      const workspace = await temporary('workspace');
      const apply = await repo.checkout();
      // The file of the run reaches the next step where each system puts it.
      const place = recipe.apply.includes('PIPELINE_WORKSPACE') ? await made(workspace, 'plan') : apply;
      await copyFile(join(plan, 'plan.json'), join(place, 'plan.json'));
      const applied = await bash(recipe.apply, apply, { ...env, PIPELINE_WORKSPACE: workspace });
      expect(applied.code, applied.log).toBe(0);
    };
    await merged();
    expect(await liveId(server, 'Front desk')).toBeTruthy();

    repo.git('checkout', '--quiet', '-b', 'greeting');
    await repo.commit({
      'assistants/front-desk.yaml': (SPECS['assistants/front-desk.yaml'] ?? '').replace(
        'name: Front desk',
        'name: Front desk\n  description: answers first',
      ),
    });
    const before = writes(server).length;
    const branch = await repo.checkout('greeting');
    const reviewed = await bash(recipe.review, branch, env);
    expect(reviewed.code, reviewed.log).toBe(0);
    expect(reviewed.log).toContain('answers first');
    expect(existsSync(join(branch, 'plan.md'))).toBe(true);
    expect(writes(server)).toHaveLength(before);

    repo.git('checkout', '--quiet', 'main');
    repo.git('merge', '--quiet', '--no-ff', '--message', 'merge', 'greeting');
    await merged();
    expect(writes(server).length).toBeGreaterThan(before);
  });
});

async function made(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  return path;
}
