import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../model/errors.ts';
import type { Json } from '../model/json.ts';
import { systemReason } from '../specs/problems/text.ts';
import { replaceWhole } from '../state/replace-file.ts';

/** Writes a whole file or nothing, readable by its owner alone. */
export async function writePrivately(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await replaceWhole(path, text, { mode: 0o600, durable: true });
  } catch (cause) {
    throw new Failure('usage', `${path} cannot be written: ${reasonOf(cause)}`, {
      code: 'FILE_WRITE',
      hint: 'name a file in a folder that may be written to',
      cause,
    });
  }
}

/** Writes a file of the project, with its folders; what the disk refuses is told with the path. */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    throw new Failure('usage', `${path} cannot be written: ${reasonOf(cause)}`, {
      code: 'FILE_WRITE',
      hint: 'choose a folder that may be written to',
      cause,
    });
  }
}

/** Reads a file that the user named. */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Failure('usage', `${path} cannot be read: ${systemReason(cause)}`, {
      code: 'FILE_READ',
      hint: 'check the path; it is relative to the working directory',
      cause,
    });
  }
}

/** Reads a JSON file that the user named; what is wrong with it is a usage error. */
export async function readJsonFile(path: string, what: string): Promise<Json> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new Failure('usage', `the ${what} ${path} cannot be read: ${systemReason(cause)}`, {
      code: 'FILE_READ',
      hint: 'check the path; it is relative to the working directory',
      cause,
    });
  }
  try {
    // Some editors and shells begin a file with a byte order mark.
    const value: Json = JSON.parse(text.replace(/^\ufeff/, ''));
    return value;
  } catch (cause) {
    throw new Failure('usage', `the ${what} ${path} is no JSON: ${reasonOf(cause)}`, {
      code: 'FILE_NOT_JSON',
      hint:
        what === 'saved plan'
          ? 'a saved plan is what plan --out FILE writes; it may have been cut off'
          : 'it may have been cut off, or written by another program',
      cause,
    });
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Removes a file that was made and never written. */
export async function removeIfEmpty(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === '') await rm(path);
}
