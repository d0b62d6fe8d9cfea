/** `--env` with more than one environment: a list, a group, a pattern, `all`. */
import { namesSeveral, selectEnvironments } from '../../model/environment-match.ts';
import { Failure } from '../../model/errors.ts';
import type { GitInfo } from '../../model/plan.ts';
import { type ReadSpecs, readSpecs } from '../../specs/load/load.ts';
import { chooseEnvironment, findProjectRoot, loadProjectDocument } from '../../specs/project/project.ts';
import type { ProjectDocument } from '../../specs/project/project-build.ts';
import { readGitInfo } from '../../state/git/git-info.ts';
import type { Host } from '../host.ts';
import { gitFor } from './git.ts';
import type { Workspace } from './workspace.ts';

export interface Selection {
  readonly names: readonly string[];
  readonly workspace: Workspace;
}

/**
 * The environments that `--env` names when it names more than one by its form; undefined when it is absent or the
 * name of one. Fails with `Failure('usage')` for what no environment is meant by, and for patterns where a command
 * that writes takes names and groups alone.
 */
export async function selectedEnvironments(
  host: Host,
  takes: 'patterns' | 'names',
): Promise<Selection | undefined> {
  const { env } = host.flags;
  if (env === undefined) return undefined;
  const root = await findProjectRoot(host.runtime.cwd, host.flags.project);
  const document = await loadProjectDocument(root);
  if (document.environments.has(env)) return undefined;
  const environments = [...document.environments.values()];
  const { names, unknown, patterns } = selectEnvironments(env, environments);
  if (unknown.length > 0 || names.length === 0) {
    // A single unknown word is reported as an unknown environment, not as a pattern without matches.
    if (!namesSeveral(env)) return undefined;
    throw new Failure('usage', `no environment or group is meant by ${unknown.join(', ') || env}`, {
      code: 'ENVIRONMENT_UNKNOWN',
      hint: `known: ${known(document).join(', ')}`,
    });
  }
  if (takes === 'names' && patterns.length > 0) {
    throw new Failure(
      'usage',
      `this command writes, so ${patterns.join(', ')} is not enough to name environments`,
      {
        code: 'ENVIRONMENT_PATTERN',
        hint: `name them, or a group: --env ${names.join(',')}`,
      },
    );
  }
  return { names, workspace: openWorkspace(host, document) };
}

function known({ environments }: ProjectDocument): readonly string[] {
  const groups = [...environments.values()].flatMap((each) => each.groups);
  return [...new Set([...environments.keys(), ...groups, 'all'])];
}

function openWorkspace(host: Host, document: ProjectDocument): Workspace {
  let specs: ReadSpecs | undefined;
  let git: Promise<GitInfo | null> | undefined;
  const [any] = document.environments.keys();
  return {
    document,
    specs: () => {
      specs ??= readSpecs(document, [...document.environments.values()]);
      return specs;
    },
    git: () => {
      git ??= readGitInfo(document.root, gitFor(host.runtime, chooseEnvironment(document, any)));
      return git;
    },
  };
}
