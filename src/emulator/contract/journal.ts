import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';

/** Append-only file of JSON lines, headed by a line that names the format. */
export interface Journal {
  /** Writes one line with a single system call. */
  append(line: Json): void;
  /** Reads lines that other processes added, or everything when the file was replaced. */
  refresh(): void;
  /** Closes the file; rewrites it first when this process wrote and most of its lines are outdated. */
  close(liveRecords: number, snapshot: () => Iterable<Json>): void;
}

export interface JournalReader {
  readonly replay: (line: Json) => void;
  /** Forgets everything replayed so far. */
  readonly reset: () => void;
}

const HEADER = '{"format":"assistantctl-emulator","version":1}';
const CHUNK = 1 << 20;
const WORTH_COMPACTING = 1000;
const NEWLINE = 0x0a;

function readFrom(fd: number, offset: number): Buffer {
  const parts: Buffer[] = [];
  let at = offset;
  for (;;) {
    const part = Buffer.allocUnsafe(CHUNK);
    const length = fs.readSync(fd, part, 0, CHUNK, at);
    if (length === 0) return Buffer.concat(parts);
    parts.push(part.subarray(0, length));
    at += length;
  }
}

function writeAll(fd: number, textLine: string): number {
  const bytes = Buffer.from(textLine, 'utf8');
  let written = 0;
  while (written < bytes.length) written += fs.writeSync(fd, bytes, written);
  return bytes.length;
}

/** Makes the file with its first line in one step, so that a file without it was cut off. */
function createWhole(file: string): void {
  if (fs.existsSync(file)) return;
  fs.mkdirSync(dirname(file), { recursive: true });
  const begun = `${file}.${randomBytes(6).toString('hex')}.new`;
  fs.writeFileSync(begun, `${HEADER}\n`, { mode: 0o600 });
  try {
    fs.linkSync(begun, file);
  } catch (error) {
    // Another process was first; a file system without links takes the file itself.
    if (!fs.existsSync(file)) fs.copyFileSync(begun, file, fs.constants.COPYFILE_EXCL);
    else if (!isTaken(error)) throw error;
  } finally {
    fs.rmSync(begun, { force: true });
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function damaged(file: string, problem: string, cause?: unknown): Failure {
  return new Failure('usage', `the data of the embedded API cannot be read: ${file} ${problem}`, {
    code: 'EMULATOR_DATA',
    hint: 'restore the file; or remove it, and the embedded account begins empty',
    details: { file },
    cause,
  });
}

/** Opens or creates the file with its folder. Fails with `usage` when it was cut off or is something else. */
export function openJournal(file: string, reader: JournalReader): Journal {
  createWhole(file);
  let fd = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_APPEND | fs.constants.O_CREAT, 0o600);
  let known = 0;
  let inode = fs.fstatSync(fd).ino;
  let lines = 0;
  let wrote = false;

  const takeLine = (line: string, last: boolean): boolean => {
    if (known === 0) {
      if (line !== HEADER) throw damaged(file, 'is not a data file of the embedded API (unknown first line)');
      return true;
    }
    try {
      reader.replay(JSON.parse(line));
      lines += 1;
      return true;
    } catch (cause) {
      if (last) return false;
      throw damaged(file, `is damaged near byte ${known}`, cause);
    }
  };
  const readNew = (): void => {
    const bytes = readFrom(fd, known);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      if (!takeLine(bytes.toString('utf8', start, end), end === bytes.length - 1)) break;
      known += end + 1 - start;
      start = end + 1;
    }
  };
  const reload = (): void => {
    known = 0;
    lines = 0;
    reader.reset();
    readNew();
  };

  readNew();
  if (known === 0) {
    const head = readFrom(fd, 0).toString('utf8');
    fs.closeSync(fd);
    if (head === '') throw damaged(file, 'is empty, so its data was cut off');
    if (HEADER.startsWith(head)) throw damaged(file, 'was cut off in its first line');
    throw damaged(file, 'is not a data file of the embedded API');
  }

  return {
    append: (line) => {
      if (fs.fstatSync(fd).size > known) readNew();
      // What is left past the last whole line was torn by a kill and never acknowledged.
      if (fs.fstatSync(fd).size > known) fs.ftruncateSync(fd, known);
      known += writeAll(fd, `${JSON.stringify(line)}\n`);
      lines += 1;
      wrote = true;
    },
    refresh: () => {
      const now = fs.statSync(file, { throwIfNoEntry: false });
      if (now === undefined) return;
      if (now.ino !== inode) {
        fs.closeSync(fd);
        fd = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_APPEND);
        inode = now.ino;
        reload();
      } else if (now.size < known) reload();
      else if (now.size > known) readNew();
    },
    close: (liveRecords, snapshot) => {
      if (wrote && lines > 2 * liveRecords + WORTH_COMPACTING) {
        const temporary = `${file}.tmp`;
        const next = fs.openSync(temporary, 'w', 0o600);
        writeAll(next, `${HEADER}\n`);
        let batch = '';
        for (const line of snapshot()) {
          batch += `${JSON.stringify(line)}\n`;
          if (batch.length > CHUNK) {
            writeAll(next, batch);
            batch = '';
          }
        }
        writeAll(next, batch);
        fs.fsyncSync(next);
        fs.closeSync(next);
        fs.fsyncSync(fd);
        // Windows renames over no file that is open. Where another process has it open, it stays as long as it is.
        fs.closeSync(fd);
        try {
          fs.renameSync(temporary, file);
        } catch {
          fs.rmSync(temporary, { force: true });
        }
        return;
      }
      if (wrote) fs.fsyncSync(fd);
      fs.closeSync(fd);
    },
  };
}
