import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../model/errors.ts';
import { reasonOf } from '../files.ts';
import { withIgnored } from './init-files.ts';

/** The files that a sample folder of the package ships; the sources of the schemas are of no use to users. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !join(entry.parentPath, entry.name).includes(join('schemas', 'src')))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Appends the line once; true when the file was changed. */
export async function ignoreWorkingFiles(path: string): Promise<boolean> {
  const before = existsSync(path) ? await readFile(path, 'utf8') : '';
  const after = withIgnored(before);
  if (after !== before) await writeFile(path, after);
  return after !== before;
}

/** A folder that is yet to be made will do. */
export async function requireFolder(target: string): Promise<void> {
  const found = await stat(target).catch(() => undefined);
  if (found === undefined || found.isDirectory()) return;
  throw new Failure('usage', `${target} is a file, not a folder; nothing was written`, {
    code: 'INIT_NOT_FOLDER',
    hint: 'choose another folder',
  });
}

/** Failures of the disk name the path, as for every file that the user named. */
export async function writingInto<T>(target: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    throw new Failure('usage', `${target} cannot be written: ${reasonOf(cause)}`, {
      code: 'FILE_WRITE',
      hint: 'choose a folder that may be written to',
      cause,
    });
  }
}

/** Nothing was written because of these files. */
export function wouldOverwrite(target: string, existing: readonly string[]): Failure {
  const shown = existing.slice(0, 10).join(', ');
  const more = existing.length > 10 ? ` and ${existing.length - 10} more` : '';
  return new Failure('usage', `${target} already has ${shown}${more}; nothing was written`, {
    code: 'INIT_EXISTS',
    hint: 'choose another folder, or overwrite with --force',
    details: { files: existing },
  });
}
