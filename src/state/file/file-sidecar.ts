import { open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../model/errors.ts';
import type { Sidecar, SidecarStore, StoredRequest } from '../../model/request.ts';
import { makeFolder } from '../durable.ts';
import { replaceWhole } from '../replace-file.ts';
import { decodeMemory, decodeRequest } from '../sidecar.ts';

const MEMORY = 'controller.json';
const LOCK = 'lock';
const TRIES = 100;
const PAUSE_MS = 50;
/** A lock is held for milliseconds: an older one was left behind by a process that is gone. */
const STALE_MS = 10_000;

/** Requests as files of a folder beside the state, one each, and what the controller remembers as another. */
export function fileSidecar(folder: string, sleep: (ms: number) => Promise<void>): SidecarStore {
  async function read(): Promise<Sidecar> {
    const names: readonly string[] = await readdir(folder).catch(() => []);
    const textOf = (name: string): Promise<string> => readFile(join(folder, name), 'utf8').catch(() => '');
    const files = names.filter((name) => name.endsWith('.json') && name !== MEMORY);
    const requests = (await Promise.all(files.map(textOf)))
      .flatMap((text) => decodeRequest(text) ?? [])
      .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id.localeCompare(b.id)));
    return { requests, memory: names.includes(MEMORY) ? decodeMemory(await textOf(MEMORY)) : undefined };
  }

  async function save(name: string, value: object): Promise<void> {
    await replaceWhole(join(folder, name), JSON.stringify(value), { mode: 0o600 });
  }

  async function locked<Result>(work: () => Promise<Result>): Promise<Result> {
    const lock = join(folder, LOCK);
    await makeFolder(folder);
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      try {
        await (await open(lock, 'wx')).close();
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
        const found = await stat(lock).catch(() => undefined);
        if (found !== undefined && Date.now() - found.mtimeMs > STALE_MS) await rm(lock, { force: true });
        await sleep(PAUSE_MS);
        continue;
      }
      try {
        return await work();
      } finally {
        await rm(lock, { force: true });
      }
    }
    throw new Failure('unavailable', `${folder} is written by others all the time`, {
      code: 'REQUESTS_BUSY',
      hint: 'try again in a moment',
    });
  }

  return {
    read,
    write: (change) =>
      locked(async () => {
        const found = await read();
        const next = change(found);
        if (next === undefined) return false;
        const before = new Map(found.requests.map((request) => [request.id, request]));
        const after = new Set(next.requests.map(({ id }) => id));
        for (const request of next.requests) {
          if (before.get(request.id) !== request) await save(nameOf(request), request);
        }
        for (const request of found.requests) {
          if (!after.has(request.id)) await rm(join(folder, nameOf(request)), { force: true });
        }
        if (next.memory !== undefined && next.memory !== found.memory) await save(MEMORY, next.memory);
        return true;
      }),
  };
}

function nameOf({ id }: StoredRequest): string {
  return `${encodeURIComponent(id)}.json`;
}
