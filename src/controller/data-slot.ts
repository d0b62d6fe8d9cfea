import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../model/errors.ts';
import { processIdentity } from '../operations/session/process-identity.ts';
import type { Runtime } from '../runtime.ts';

/**
 * A part of the data folder that one process has to itself. Two controllers that are started with one data folder
 * must not put a work tree to two commits, so that the second takes another part. The part of a process that is gone
 * is taken again.
 */
export interface DataSlot {
  readonly folder: string;
  release(): Promise<void>;
}

const LOCK = 'lock.json';
const MOST_SLOTS = 16;
/** The lock is touched that often, and counts as left behind after that long where its process cannot be seen. */
const TOUCH_MS = 20_000;
const STALE_MS = 90_000;

/** `single`: the state lies in the first slot, so that no other will do. */
export async function takeSlot(runtime: Runtime, data: string, single: boolean): Promise<DataSlot> {
  for (let number = 1; number <= (single ? 1 : MOST_SLOTS); number += 1) {
    const folder = join(data, String(number));
    await mkdir(folder, { recursive: true });
    const text = JSON.stringify({ ...(await processIdentity(runtime)), id: runtime.uuid() });
    if (await take(runtime, join(folder, LOCK), text)) return held(folder, text);
  }
  throw new Failure('refused', `another controller works in ${data}`, {
    code: 'CONTROLLER_RUNNING',
    hint: single
      ? 'with --single there is one controller; stop the other one first'
      : 'give each replica a folder of its own with --data',
  });
}

async function take(runtime: Runtime, path: string, own: string): Promise<boolean> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await make(path, own)) return true;
    const [text, found] = await Promise.all([textOf(path), stat(path).catch(() => undefined)]);
    if (found === undefined) continue;
    if (!(await isLeftBehind(runtime, text, found))) return false;
    if (await replaceLeftBehind(path, text, own)) return true;
  }
  return false;
}

/** False where there is a lock. */
async function make(path: string, own: string): Promise<boolean> {
  try {
    await writeFile(path, own, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (isExisting(error)) return false;
    throw error;
  }
}

/**
 * Several processes may find one lock left behind at once: one after the other replaces it, and only while it still is
 * that one.
 */
async function replaceLeftBehind(path: string, text: string, own: string): Promise<boolean> {
  const turn = `${path}.turn`;
  try {
    await mkdir(turn);
  } catch (error) {
    if (!isExisting(error)) throw error;
    const found = await stat(turn).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > STALE_MS)
      await rm(turn, { recursive: true, force: true });
    return false;
  }
  try {
    if ((await textOf(path)) !== text) return false;
    await rm(path, { force: true });
    return await make(path, own);
  } finally {
    await rm(turn, { recursive: true, force: true });
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

async function isLeftBehind(
  runtime: Runtime,
  text: string,
  found: { readonly mtimeMs: number },
): Promise<boolean> {
  const own = await processIdentity(runtime);
  const [scope, pid] = [/"scope":"(\w+)"/.exec(text)?.[1], Number(/"pid":(\d+)/.exec(text)?.[1])];
  if (own.scope !== undefined && scope === own.scope) return pid === own.pid || !runtime.isAlive(pid);
  // Another container or another boot: only time tells, by the clock of the file system.
  return Date.now() - found.mtimeMs > STALE_MS;
}

function held(folder: string, own: string): DataSlot {
  const path = join(folder, LOCK);
  const isOwn = async (): Promise<boolean> => (await textOf(path)) === own;
  const timer = setInterval(() => {
    const now = new Date();
    isOwn()
      .then((mine) => (mine ? utimes(path, now, now) : undefined))
      .catch(() => undefined);
  }, TOUCH_MS);
  timer.unref();
  return {
    folder,
    release: async () => {
      clearInterval(timer);
      if (await isOwn()) await rm(path, { force: true });
    },
  };
}
