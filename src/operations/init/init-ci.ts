import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../model/project.ts';
import { findProjectRoot, loadProject } from '../../specs/project/project.ts';
import { feedGit } from '../../state/git/git-run.ts';
import type { Host } from '../host.ts';
import type { PipelineNames } from './init-files.ts';
import { fillPipeline } from './init-files.ts';

export type CiSystem = 'github' | 'gitlab';

export interface InitFile {
  /** Relative to the project. */
  readonly file: string;
  readonly text: string;
}

/** The CI system that the folder belongs to: by its files, else by its remote, else GitHub. */
export async function guessCi(host: Host, target: string): Promise<CiSystem> {
  if (existsSync(join(target, '.github'))) return 'github';
  if (existsSync(join(target, '.gitlab-ci.yml'))) return 'gitlab';
  if (!existsSync(target)) return 'github';
  const remote = await feedGit(host.runtime.env)(['remote', 'get-url', 'origin'], target);
  return remote.code === 0 && /gitlab/i.test(remote.stdout) ? 'gitlab' : 'github';
}

/** The pipeline of the CI system as the package ships it, with the project's own names in it. */
export async function pipelineFiles(
  packageRoot: string,
  ci: CiSystem,
  target: string,
  names: PipelineNames,
): Promise<readonly InitFile[]> {
  const read = async (...path: readonly string[]): Promise<string> =>
    fillPipeline(await readFile(join(packageRoot, 'ci', ...path), 'utf8'), names);
  if (ci === 'gitlab') {
    // A pipeline that is there already takes ours in with `include: { local: … }`.
    const taken = existsSync(join(target, '.gitlab-ci.yml'));
    const file = taken ? join('.gitlab', 'assistantctl.gitlab-ci.yml') : '.gitlab-ci.yml';
    return [{ file, text: await read('gitlab.yml') }];
  }
  const templates = (await readdir(join(packageRoot, 'ci', 'github'))).sort();
  return await Promise.all(
    templates.map(async (name) => ({
      file: join('.github', 'workflows', name),
      text: await read('github', name),
    })),
  );
}

/** The names of a project that exists: the environment that `--env` names, else `production`, else the account's. */
export async function namesOf(host: Host, target: string): Promise<PipelineNames> {
  const root = await findProjectRoot(target, '.');
  const { version } = host.runtime;
  const load = async (name: string | undefined): Promise<Environment> =>
    (await loadProject(root, name)).environment;
  const named = host.flags.env;
  if (named !== undefined) return { version, ...shape(await load(named)) };
  const any = await loadProject(root, undefined).catch(() => undefined);
  const all = any?.environments ?? [];
  const environments = await Promise.all(all.map(load));
  const chosen =
    environments.find(({ name }) => name === 'production') ??
    environments.find(({ target: kind }) => kind === 'api');
  return chosen === undefined ? { version, ...SAMPLE } : { version, ...shape(chosen) };
}

/** What the templates and the sample project say. */
export const SAMPLE = { environment: 'production', keyVariable: 'TELNYX_API_KEY' } as const;

function shape({ name, apiKeyEnv }: Environment): Omit<PipelineNames, 'version'> {
  return { environment: name, keyVariable: apiKeyEnv };
}
