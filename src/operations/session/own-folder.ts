import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../model/errors.ts';
import type { Project } from '../../model/project.ts';
import type { Runtime } from '../../runtime.ts';
import { OWN_FOLDER } from '../../state/ignored-folder.ts';
import { gitFor } from './git.ts';

/** Scripted results of the embedded API are written by people, and may be committed. */
const SCRIPTS = /^\.assistantctl\/emulator\/[^/]+\.scripts\.json$/;

/**
 * The folder for state, log and lease belongs to this machine. Committed, whoever writes a branch could choose what
 * is bound to what; as a symbolic link, where all of that is written.
 */
export async function requireOwnFolder(runtime: Runtime, project: Project): Promise<void> {
  const found = await lstat(join(project.root, OWN_FOLDER)).catch(() => undefined);
  if (found === undefined) return;
  if (found.isSymbolicLink()) {
    throw committed(`${OWN_FOLDER} is a symbolic link`, `remove it: rm ${OWN_FOLDER}`);
  }
  const listed = await gitFor(runtime, project)(['ls-files', '-z', '--', OWN_FOLDER], project.root);
  const files = listed.code === 0 ? listed.stdout.split('\0') : [];
  const file = files.find((name) => name !== '' && !SCRIPTS.test(name));
  if (file === undefined) return;
  throw committed(
    `${file} is committed`,
    `git rm -r --cached ${OWN_FOLDER}, and write ${OWN_FOLDER}/ into .gitignore`,
  );
}

function committed(what: string, hint: string): Failure {
  return new Failure('usage', `${what}: state, log and lease belong to a machine, not to a branch`, {
    code: 'STATE_COMMITTED',
    hint,
  });
}
