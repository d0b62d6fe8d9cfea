import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

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
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cause;
  }
}
