import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

export interface TextRead {
  readonly text: string;
  /** True when the file began with a byte order mark, which `text` no longer has. */
  readonly bom: boolean;
}

export interface TextUnreadable {
  readonly code: 'FILE_UNREADABLE' | 'FILE_TOO_LARGE' | 'FILE_NOT_UTF8' | 'FILE_NUL';
  readonly message: string;
  /** Byte offset of the first bad byte, where there is one, with the text before it. */
  readonly before: string;
}

/**
 * Reads a whole text file of at most `maxBytes`. Never throws: what is wrong with the file comes back as a value.
 * Synchronous on purpose: thousands of small files are read several times faster this way.
 */
export function readSpecText(path: string, maxBytes: number): TextRead | TextUnreadable {
  const bytes = readBytes(path, maxBytes);
  if ('code' in bytes) return bytes;
  if (!isUtf8(bytes)) return notUtf8(bytes);
  const text = bytes.toString('utf8');
  const nul = text.indexOf('\0');
  if (nul >= 0)
    return unreadable('FILE_NUL', 'the file contains a NUL byte; it is not text', text.slice(0, nul));
  return text.startsWith('\uFEFF') ? { text: text.slice(1), bom: true } : { text, bom: false };
}

/** One open file for both questions, size and content; not blocking, should it be a pipe. */
function readBytes(path: string, maxBytes: number): Buffer | TextUnreadable {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(file);
    if (!stats.isFile()) return unreadable('FILE_UNREADABLE', 'this is not a regular file');
    if (stats.size > maxBytes) return tooLarge(stats.size, maxBytes);
    const bytes = readAll(file, stats.size, maxBytes);
    return bytes.length > maxBytes ? tooLarge(bytes.length, maxBytes) : bytes;
  } catch (error) {
    return unreadable('FILE_UNREADABLE', `the file cannot be read: ${systemReason(error)}`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function tooLarge(size: number, maxBytes: number): TextUnreadable {
  const found = (size / 1_048_576).toFixed(1);
  const limit = maxBytes / 1_048_576;
  return unreadable('FILE_TOO_LARGE', `the file has ${found} MiB; the limit is ${limit} MiB`);
}

/** Reads an open file until its end. `readFileSync` would ask for the size again, which costs a system call. */
function readAll(file: number, size: number, maxBytes: number): Buffer {
  let bytes = Buffer.allocUnsafe(size + 1);
  let length = 0;
  for (;;) {
    const read = readSync(file, bytes, length, bytes.length - length, null);
    length += read;
    if (read === 0 || length > maxBytes) return bytes.subarray(0, length);
    // Whoever writes the file meanwhile makes it longer than it was.
    if (length === bytes.length) bytes = Buffer.concat([bytes], 2 * length);
  }
}

/** The operating system's reason for a failed file access, in words. */
export function systemReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'ELOOP') return 'its symbolic links form a loop';
  return error instanceof Error ? error.message : String(error);
}

function unreadable(code: TextUnreadable['code'], message: string, before = ''): TextUnreadable {
  return { code, message, before };
}

function notUtf8(bytes: Buffer): TextUnreadable {
  if (
    bytes.length >= 2 &&
    ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
  ) {
    return unreadable('FILE_NOT_UTF8', 'the file is UTF-16; save it as UTF-8');
  }
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isUtf8(trimmed(bytes, middle))) low = middle;
    else high = middle - 1;
  }
  const good = trimmed(bytes, low).toString('utf8');
  return unreadable('FILE_NOT_UTF8', 'the file is not valid UTF-8; save it as UTF-8', good);
}

/** The first `end` bytes without a sequence that the cut would leave incomplete. */
function trimmed(bytes: Buffer, end: number): Buffer {
  let stop = end;
  for (let back = 1; back <= 3 && back <= end; back += 1) {
    const byte = bytes[end - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      if (length > back) stop = end - back;
      break;
    }
  }
  return bytes.subarray(0, stop);
}
