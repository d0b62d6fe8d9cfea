import { existsSync } from 'node:fs';
import { mkdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { Failure } from '../../model/errors.ts';
import { privatePart } from '../../model/private-path.ts';
import { replaceWhole } from '../../state/replace-file.ts';
import { reasonOf } from '../files.ts';

/** Writes a file that does not exist yet; one that does is never touched. */
export async function writeNewFile(root: string, file: string, text: string): Promise<void> {
  const path = join(root, file);
  if (privatePart(file) !== undefined) throw forbidden(file);
  try {
    await mkdir(dirname(path), { recursive: true });
    await requireOwn(root, dirname(path), file);
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

/** Replaces a file's content as a whole or not at all; links are followed and permissions kept. */
export async function replaceFile(root: string, file: string, text: string): Promise<void> {
  try {
    const path = await realpath(join(root, file));
    await requireOwn(root, path, file);
    const { mode } = await stat(path);
    await replaceWhole(path, text, { mode });
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

/** The text of a file; undefined when there is none. */
export async function readFileIfThere(root: string, file: string): Promise<string | undefined> {
  return isThere(root, file) ? await readFile(join(root, file), 'utf8') : undefined;
}

/** Takes a file away that this command made. */
export async function removeFile(root: string, file: string): Promise<void> {
  await rm(join(root, file), { force: true });
}

/** True when something of that name is there, whatever it is. */
export function isThere(root: string, file: string): boolean {
  return existsSync(join(root, file));
}

/** A symbolic link must not lead a live text out of the project, or into what is run or read as a setting. */
async function requireOwn(root: string, path: string, file: string): Promise<void> {
  const way = relative(await realpath(root), await realpath(path)).replaceAll('\\', '/');
  if (way === '..' || way.startsWith('../') || isAbsolute(way) || privatePart(way) !== undefined)
    throw forbidden(file);
}

function forbidden(file: string): Failure {
  return new Failure('usage', `${file} is not written: it leads to where no spec lies`, {
    code: 'FILE_PRIVATE',
    hint: 'no text is read from or written to a place outside the project, below a name with a dot, or node_modules',
  });
}

function unwritable(file: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  return new Failure('usage', `${file} cannot be written: ${reasonOf(cause)}`, {
    code: 'FILE_WRITE',
    hint: 'what was written before stays; correct the cause and pull again',
    cause,
  });
}
