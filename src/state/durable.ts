import { constants, readFileSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../model/errors.ts';
import { ignoreInGit } from './ignored-folder.ts';
import { replaceWhole } from './replace-file.ts';

/** Files of the state are for their owner alone: bindings tell what an account holds. */
export const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** The text of a file, or undefined when there is none. Other trouble becomes STATE_READ. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    return unread(path, cause);
  }
}

/**
 * As {@link readText}, at once: nothing comes between the look and what follows it. For small files that are read
 * before every request, too: the asynchronous way waits behind the log's writes and costs ten times as much.
 */
export function readTextNow(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    return unread(path, cause);
  }
}

function unread(path: string, cause: unknown): undefined {
  if (errnoCode(cause) === 'ENOENT' || errnoCode(cause) === 'ENOTDIR') return undefined;
  throw new Failure('usage', `${path} cannot be read: ${causeText(cause)}`, {
    code: 'STATE_READ',
    hint: 'make the file readable for this user',
    details: { file: path },
    cause,
  });
}

/** Replaces a file so that a crash at any instant leaves the old or the new text. Rejects with STATE_WRITE. */
export async function writeAtomic(path: string, text: string, unique: string): Promise<void> {
  try {
    await replaceWhole(path, text, { mode: FILE_MODE, durable: true, unique });
    await syncFolder(dirname(path));
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}

/** Removes a file for good; no file is fine. Rejects with STATE_WRITE. */
export async function removeDurably(path: string): Promise<void> {
  try {
    await unlink(path);
    await syncFolder(dirname(path));
  } catch (cause) {
    if (errnoCode(cause) !== 'ENOENT') throw writeFailure(path, cause);
  }
}

/** Removes half-written files that a crash left behind. Only the holder of the lease may; failures are ignored. */
export async function removeLeftovers(folder: string, prefixes: readonly string[]): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names) {
    const mine = name.endsWith('.tmp') && prefixes.some((prefix) => name.startsWith(prefix));
    if (mine) await rm(join(folder, name), { force: true }).catch(() => undefined);
  }
}

/** Makes the folder and its parents. Rejects with STATE_WRITE. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: FOLDER_MODE });
  } catch (cause) {
    throw writeFailure(path, cause);
  }
  await ignoreInGit(path);
}

/** Makes creations, renames and removals in a folder survive a power cut, where the system can do that. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY).catch(() => undefined);
  // Windows cannot open folders and some file systems cannot sync them: nothing more can be done there.
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** STATE_WRITE: the disk refused; says where and why. Of kind `usage`, because nothing was sent yet. */
export function writeFailure(path: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  return new Failure('usage', `${path} cannot be written: ${causeText(cause)}`, {
    code: 'STATE_WRITE',
    hint: 'free space or fix the permissions, then run the same command again: what was done is looked up, not repeated',
    details: { file: path },
    cause,
  });
}

/** The system's error code (`ENOENT`, …) of anything thrown. */
export function errnoCode(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}

function causeText(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
