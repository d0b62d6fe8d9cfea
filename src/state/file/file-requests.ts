import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RequestStore, StoredRequest } from '../../model/request.ts';
import { decodeRequest } from '../requests.ts';

/** Requests as files of a folder beside the state. Taking one is renaming its file, which only one process can. */
export function fileRequests(folder: string): RequestStore {
  async function list(): Promise<readonly StoredRequest[]> {
    const names = await readdir(folder).catch(() => []);
    const texts = await Promise.all(
      names
        .filter((name) => name.endsWith('.json'))
        .map((name) => readFile(join(folder, name), 'utf8').catch(() => '')),
    );
    return texts
      .flatMap((text) => decodeRequest(text) ?? [])
      .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id.localeCompare(b.id)));
  }

  return {
    list,
    add: async (request) => {
      await mkdir(folder, { recursive: true });
      const temporary = join(folder, `${request.id}.tmp`);
      await writeFile(temporary, JSON.stringify(request), { mode: 0o600 });
      await rename(temporary, join(folder, `${request.id}.json`));
    },
    take: async (id) => {
      const taken = join(folder, `${id}.taken`);
      try {
        await rename(join(folder, `${id}.json`), taken);
      } catch {
        return false;
      }
      await rm(taken, { force: true });
      return true;
    },
  };
}
