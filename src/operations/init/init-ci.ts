import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { Failure } from '../../model/errors.ts';
import type { Environment, Project } from '../../model/project.ts';
import { loadDesired } from '../../specs/load/load.ts';
import { findProjectRoot, loadProject } from '../../specs/project/project.ts';
import { type FeedGit, feedGit } from '../../state/git/git-run.ts';
import type { Host } from '../host.ts';
import type { PipelineEnvironment, PipelineFacts, PipelineFile } from './pipelines/facts.ts';
import { githubPipeline } from './pipelines/github.ts';
import { gitlabPipeline } from './pipelines/gitlab.ts';

export type CiSystem = 'github' | 'gitlab';

/** Where a pipeline is written, and for which system. */
export interface PipelinePlace {
  /** Top of the repository, because nobody looks for a pipeline anywhere else. */
  readonly repository: string;
  /** Folder of the project below it, with forward slashes; empty for the top itself. */
  readonly projectPath: string;
  readonly ci: CiSystem;
  /** The branch that others merge into. */
  readonly branch: string;
}

/** The repository around a folder, which may not exist yet; the CI system by its files, else by its remote, else GitHub. */
export async function pipelinePlace(
  host: Host,
  target: string,
  ci: CiSystem | undefined,
): Promise<PipelinePlace> {
  const git = feedGit(host.runtime.env);
  const existing = nearest(target);
  const top = await git(['rev-parse', '--show-toplevel'], existing);
  const repository = top.code === 0 ? top.stdout.trim() : target;
  const projectPath = top.code === 0 ? below(repository, target) : '';
  const place = { repository, projectPath, branch: await mainBranch(git, existing) };
  if (ci !== undefined) return { ...place, ci };
  if (existsSync(join(repository, '.github'))) return { ...place, ci: 'github' };
  if (existsSync(join(repository, '.gitlab-ci.yml'))) return { ...place, ci: 'gitlab' };
  const remote = await git(['remote', 'get-url', 'origin'], existing);
  const gitlab = remote.code === 0 && /gitlab/i.test(remote.stdout);
  return { ...place, ci: gitlab ? 'gitlab' : 'github' };
}

/** That of the remote; else the usual name that a branch has here; else `main`. */
async function mainBranch(git: FeedGit, folder: string): Promise<string> {
  const remote = await git(['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD'], folder);
  const named = remote.code === 0 ? remote.stdout.trim().replace(/^origin\//, '') : '';
  if (named !== '') return named;
  for (const usual of ['main', 'master']) {
    const known = await git(['rev-parse', '--quiet', '--verify', `refs/heads/${usual}`], folder);
    if (known.code === 0) return usual;
  }
  return 'main';
}

/** Whether the repository around a folder has a remote named origin, which can hold a state. */
export async function hasOrigin(host: Host, target: string): Promise<boolean> {
  return (await feedGit(host.runtime.env)(['remote', 'get-url', 'origin'], nearest(target))).code === 0;
}

/** The nearest folder upwards that exists. Below a file there is nothing. */
function nearest(path: string): string {
  if (existsSync(path) && statSync(path).isDirectory()) return path;
  return nearest(join(path, '..'));
}

function below(repository: string, target: string): string {
  const there = nearest(target);
  const real = join(realpathSync(there), relative(there, target));
  return relative(realpathSync(repository), real).replaceAll('\\', '/');
}

/** The files of the pipeline, relative to the repository. */
export function pipelineFiles(
  { repository, projectPath, ci, branch }: PipelinePlace,
  project: Pick<PipelineFacts, 'environments' | 'canaries' | 'packageSpec'>,
): readonly PipelineFile[] {
  const word = projectPath === '' ? '' : `-${basename(projectPath).replace(/[^A-Za-z0-9_-]/g, '-')}`;
  const facts: PipelineFacts = { ...project, projectPath, slug: word, branch };
  if (ci === 'github') return githubPipeline(facts);
  // A pipeline that is there already takes ours in with `include: { local: … }`.
  const taken = projectPath !== '' || existsSync(join(repository, '.gitlab-ci.yml'));
  const file = taken ? `.gitlab/assistantctl${word}.gitlab-ci.yml` : '.gitlab-ci.yml';
  return [{ file, text: gitlabPipeline(facts) }];
}

/**
 * What a pipeline has to know of a project that exists: the environment that `--env` names, otherwise every one that has
 * an account; those that are not protected come first, and a canary in any of them counts.
 */
export async function projectFacts(
  host: Host,
  target: string,
): Promise<Pick<PipelineFacts, 'environments' | 'canaries'>> {
  const root = await findProjectRoot(target, '.');
  const first = await loadProject(root, host.flags.env);
  const names = host.flags.env === undefined ? first.environments : [first.environment.name];
  const projects = await Promise.all(names.map((name) => loadProject(root, name)));
  const accounts = projects
    .filter(({ environment }) => environment.target === 'api')
    .toSorted((a, b) => Number(a.environment.protected) - Number(b.environment.protected));
  const [one = SAMPLE, ...more] = accounts.map(({ environment }) => factsOf(environment));
  const canaries = (await Promise.all(accounts.map(hasCanaries))).includes(true);
  return { environments: [one, ...more], canaries };
}

/** Specs that cannot be read yet have no canaries: a pipeline may come before them. */
async function hasCanaries(project: Project): Promise<boolean> {
  try {
    const { resources } = await loadDesired(project);
    return [...resources.values()].some(({ promotion }) => promotion?.strategy === 'canary');
  } catch (error) {
    if (error instanceof Failure && error.kind === 'spec') return false;
    throw error;
  }
}

/** What the sample project says. */
export const SAMPLE: PipelineEnvironment = {
  name: 'production',
  keyVariable: 'TELNYX_API_KEY',
  gitState: false,
  revertsDrift: false,
};

function factsOf({ name, apiKeyEnv, state, drift }: Environment): PipelineEnvironment {
  const gitState = state.backend === 'git';
  return { name, keyVariable: apiKeyEnv, gitState, revertsDrift: drift === 'revert' };
}
