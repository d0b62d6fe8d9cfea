import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Replacement {
  readonly mode: number;
  /** Wait until the disk has it: a power cut then leaves the old or the new text too. */
  readonly durable?: boolean;
  /** Part of the temporary file's name; random where none is given. */
  readonly unique?: string;
}

/** Replaces a file as a whole: a crash at any instant leaves the old or the new text. Rejects with the system's error. */
export async function replaceWhole(path: string, text: string, how: Replacement): Promise<void> {
  const { mode, durable = false, unique = randomBytes(6).toString('hex') } = how;
  const temporary = `${path}.${unique}.tmp`;
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(text);
      if (durable) await handle.sync();
    } finally {
      await handle.close();
    }
    await renamePatiently(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cause;
  }
}

const PAUSES = [10, 30, 90, 270, 600];
const IN_USE = ['EPERM', 'EACCES', 'EBUSY'];

/**
 * Renames over a file. On Windows that fails while another process, such as a virus scanner or an editor, has the file
 * open for a moment; it is tried again for a second. Rejects with the system's error.
 */
export async function renamePatiently(
  from: string,
  to: string,
  move: (from: string, to: string) => Promise<void> = rename,
): Promise<void> {
  for (const pause of PAUSES) {
    try {
      return await move(from, to);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (!IN_USE.some((each) => each === code)) throw error;
      await sleep(pause);
    }
  }
  await move(from, to);
}
