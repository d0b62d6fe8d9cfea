import { selectEnvironments } from '../../model/environment-match.ts';
import { Failure } from '../../model/errors.ts';
import type { Runtime } from '../../runtime.ts';
import { chooseEnvironment, findProjectRoot, loadProjectDocument } from '../../specs/project/project.ts';

/**
 * Names of the environments of a project that one process looks after. A state that other replicas cannot see is
 * refused unless there is a single one.
 */
export async function environmentsOf(
  runtime: Runtime,
  folder: string,
  asked: { readonly environments: string | undefined; readonly single: boolean },
): Promise<readonly string[]> {
  const document = await loadProjectDocument(await findProjectRoot(runtime.cwd, folder));
  const all = [...document.environments.values()];
  const { names, unknown } = selectEnvironments(asked.environments ?? 'all', all);
  if (unknown.length > 0 || names.length === 0) {
    throw new Failure('usage', `no environment is meant by ${asked.environments ?? 'all'}`, {
      code: 'ENVIRONMENT_UNKNOWN',
      hint: `known: ${[...document.environments.keys()].join(', ')}`,
    });
  }
  const alone = names.filter(
    (name) => chooseEnvironment(document, name).environment.state.backend === 'file',
  );
  if (alone.length > 0 && !asked.single) {
    throw new Failure(
      'usage',
      `the state of ${alone.join(', ')} is a file, which another replica cannot see`,
      {
        code: 'CONTROLLER_STATE',
        hint: 'keep it in Git (state: { backend: git, … }), or add --single where there is one replica',
      },
    );
  }
  return names;
}
