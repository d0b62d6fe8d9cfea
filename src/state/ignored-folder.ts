import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The folder of a project that belongs to this machine. */
export const OWN_FOLDER = '.assistantctl';

/** Scripted results of the embedded API are written by people, and may be committed. */
const TEXT = `# State, log, lease and data of the embedded API belong to this machine, not to a branch.
*
!emulator/
!emulator/*.scripts.json
`;

/**
 * Sees to it that `git add` passes by the `.assistantctl` folder that a path lies in, in a project without our line in its
 * own .gitignore too. What the disk refuses here it refuses again to the write for which the folder is made, which
 * tells it.
 */
export async function ignoreInGit(path: string): Promise<void> {
  let folder = path;
  while (basename(folder) !== OWN_FOLDER) {
    if (dirname(folder) === folder) return;
    folder = dirname(folder);
  }
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, '.gitignore'), TEXT, { flag: 'wx' });
  } catch {
    return;
  }
}
