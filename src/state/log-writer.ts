import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FILE_MODE, syncFolder, writeFailure } from './durable.ts';

/**
 * Appends to the write-ahead log. Lines that arrive while the disk is busy share the next sync, so that eight
 * steps at once cost one. A line that could not be written stays queued: it goes out with the next one.
 */
export interface LogWriter {
  /** Durable when it resolves; rejects with STATE_WRITE, or with what the guard rejects with. */
  append(line: string): Promise<void>;
  /** Tries once more what could not be written, then closes the file. Never rejects. */
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * A writer that makes the file, beginning with `header`, when the first line comes. The guard runs before each
 * write and after each sync: nothing counts as recorded that was written after the lease was lost.
 */
export function openLogWriter(path: string, header: string, guard: () => Promise<void>): LogWriter {
  let file: FileHandle | undefined;
  let size = 0;
  let torn = false;
  let unsaved: string[] = [];
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  async function openFile(): Promise<FileHandle> {
    const handle = await open(path, 'a', FILE_MODE);
    size = (await handle.stat()).size;
    return handle;
  }

  async function write(lines: readonly string[]): Promise<void> {
    await guard();
    try {
      file ??= await openFile();
      if (torn) await file.truncate(size);
      const created = size === 0;
      const bytes = Buffer.from((created ? header : '') + lines.join(''));
      torn = true;
      await file.appendFile(bytes);
      await file.datasync();
      if (created) await syncFolder(dirname(path));
      torn = false;
      size += bytes.length;
    } catch (cause) {
      throw writeFailure(path, cause);
    }
    await guard();
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const lines = unsaved;
      unsaved = [];
      try {
        await write(lines);
        for (const one of batch) one.resolve();
      } catch (cause) {
        unsaved = [...lines, ...unsaved];
        for (const one of batch) one.reject(cause);
      }
    }
    running = undefined;
  }

  function append(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      unsaved.push(line);
      waiting.push({ resolve, reject });
      running ??= drain();
    });
  }

  async function close(): Promise<void> {
    await running;
    if (unsaved.length > 0) await write(unsaved).catch(() => undefined);
    // A tail that could not be written whole is cut off again where the disk lets us; readers skip it anyway.
    if (torn) await file?.truncate(size).catch(() => undefined);
    unsaved = [];
    await file?.close().catch(() => undefined);
    file = undefined;
  }

  return { append, close };
}
