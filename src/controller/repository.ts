import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { Failure } from '../model/errors.ts';
import { runGit } from '../operations/session/plain-git.ts';
import type { Runtime } from '../runtime.ts';

/** What is followed: the address of a repository, and the folder of the project in it. */
export interface FollowedRepository {
  readonly address: string;
  /** Relative to the top of the repository; empty for the top itself. */
  readonly projectPath: string;
}

/**
 * What `--repo` and `--project` mean. A folder with a clone stands for its `origin`, and its own project is meant; its
 * work tree is never touched. A bare repository is one itself.
 */
export async function followedRepository(
  runtime: Runtime,
  { repository, project }: { readonly repository: string; readonly project: string | undefined },
): Promise<FollowedRepository> {
  const folder = resolve(runtime.cwd, repository);
  const isClone = repository === '.' || existsSync(join(folder, '.git'));
  if (!isClone) return { address: existsSync(folder) ? folder : repository, projectPath: project ?? '' };
  const git = runGit(runtime.env);
  const { code, stdout } = await git(['remote', 'get-url', 'origin'], folder);
  if (code !== 0) {
    throw new Failure('usage', `the repository at ${repository} has no remote called origin`, {
      code: 'CONTROLLER_REPO',
      hint: 'name the repository by its address: --repo https://…',
    });
  }
  const top = (await git(['rev-parse', '--show-toplevel'], folder)).stdout.trim() || folder;
  const prefix = (await git(['rev-parse', '--show-prefix'], folder)).stdout.trim();
  const projectPath =
    project === undefined ? projectAbove(top, prefix) : relative(top, resolve(top, prefix, project));
  return { address: absolute(stdout.trim(), top), projectPath };
}

/** The nearest folder from there up to the top that has a project file. */
function projectAbove(top: string, prefix: string): string {
  for (let path = join(prefix, '.'); path !== '.' && path !== ''; path = dirname(path)) {
    if (existsSync(join(top, path, 'assistantctl.yaml'))) return path;
  }
  return '';
}

/** A path that a clone names its remote by is meant from the top of that clone. */
function absolute(address: string, top: string): string {
  const isPath = !/^[^/]*:/.test(address) && !isAbsolute(address);
  return isPath ? resolve(top, address) : address;
}
