import { selectEnvironments } from '../../model/environment-match.ts';
import { Failure } from '../../model/errors.ts';
import type { Runtime } from '../../runtime.ts';
import { findProjectRoot, loadProjectDocument } from '../../specs/project/project.ts';

/** Names of the environments of a project that one process looks after: what `--env` says, or all with an account. */
export async function environmentsOf(
  runtime: Runtime,
  folder: string,
  asked: string | undefined,
): Promise<readonly string[]> {
  const document = await loadProjectDocument(await findProjectRoot(runtime.cwd, folder));
  const all = [...document.environments.values()];
  const { names, unknown } = selectEnvironments(asked ?? 'all', all);
  if (unknown.length > 0 || names.length === 0) {
    throw new Failure('usage', `no environment is meant by ${asked ?? 'all'}`, {
      code: 'ENVIRONMENT_UNKNOWN',
      hint: `known: ${[...document.environments.keys()].join(', ')}`,
    });
  }
  return names;
}
