import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises';
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
    if (await take(runtime, join(folder, LOCK))) return held(folder);
  }
  throw new Failure('refused', `another controller works in ${data}`, {
    code: 'CONTROLLER_RUNNING',
    hint: single
      ? 'with --single there is one controller; stop the other one first'
      : 'give each replica a folder of its own with --data',
  });
}

async function take(runtime: Runtime, path: string): Promise<boolean> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(JSON.stringify(await processIdentity(runtime)));
      await file.close();
      return true;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    if (!(await isLeftBehind(runtime, path))) return false;
    await rm(path, { force: true });
  }
  return false;
}

async function isLeftBehind(runtime: Runtime, path: string): Promise<boolean> {
  const [text, found] = await Promise.all([
    readFile(path, 'utf8').catch(() => ''),
    stat(path).catch(() => undefined),
  ]);
  if (found === undefined) return true;
  const own = await processIdentity(runtime);
  const [scope, pid] = [/"scope":"(\w+)"/.exec(text)?.[1], Number(/"pid":(\d+)/.exec(text)?.[1])];
  if (own.scope !== undefined && scope === own.scope) return pid === own.pid || !runtime.isAlive(pid);
  // Another container or another boot: only time tells, by the clock of the file system.
  return Date.now() - found.mtimeMs > STALE_MS;
}

function held(folder: string): DataSlot {
  const path = join(folder, LOCK);
  const timer = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, TOUCH_MS);
  timer.unref();
  return {
    folder,
    release: async () => {
      clearInterval(timer);
      await rm(path, { force: true });
    },
  };
}
