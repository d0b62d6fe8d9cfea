import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Project } from '../../model/project.ts';
import type { Runtime } from '../../runtime.ts';
import { gitFor } from './git.ts';

/** The project as a commit or tree has it, in a folder of its own beside the working tree. */
export interface CommitFiles {
  /** Folder of the project file. */
  readonly root: string;
  remove(): Promise<void>;
}

/**
 * Writes the project's files as they are in a tree, through an index of its own: neither the working tree nor the
 * index of the clone is touched. Undefined when git cannot do it.
 */
export async function filesOf(
  runtime: Runtime,
  project: Pick<Project, 'root' | 'keyVariables'>,
  tree: string,
): Promise<CommitFiles | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'assistantctl-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const git = gitFor(runtime, project, { index: join(folder, 'index') });
  const run = async (args: readonly string[], input?: string): Promise<string | undefined> => {
    const { code, stdout } = await git(args, project.root, input);
    return code === 0 ? stdout : undefined;
  };
  try {
    const prefix = await run(['rev-parse', '--show-prefix']);
    const read = await run(['read-tree', tree]);
    const listed = read === undefined ? undefined : await run(['ls-files', '-z']);
    const target = join(folder, 'tree');
    const written =
      listed === undefined
        ? undefined
        : await run(['checkout-index', '-z', '--stdin', `--prefix=${target}/`], listed);
    if (prefix === undefined || written === undefined) {
      await remove();
      return undefined;
    }
    return { root: join(target, prefix.trim()), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
