import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { takeSlot } from '../../src/controller/data-slot.ts';
import { processIdentity } from '../../src/operations/session/process-identity.ts';
import { nodeRuntime, type Runtime } from '../../src/runtime.ts';

const GONE = 4_000_000;
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Processes that are told apart by their number; only that of the lock left behind is gone. */
function processes(count: number): readonly Runtime[] {
  const real = nodeRuntime(fileURLToPath(new URL('../..', import.meta.url)));
  return Array.from({ length: count }, (_, index) => ({
    ...real,
    pid: 1_000 + index,
    isAlive: (pid: number) => pid !== GONE,
  }));
}

async function dataWithLock(runtime: Runtime): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'assistantctl-slots-'));
  cleanups.push(() => rm(data, { recursive: true, force: true }));
  await mkdir(join(data, '1'), { recursive: true });
  const left = { ...(await processIdentity(runtime)), pid: GONE };
  await writeFile(join(data, '1', 'lock.json'), JSON.stringify(left));
  return data;
}

describe('the parts of a data folder', () => {
  it('are one for each of several processes that find a part left behind at once', async () => {
    const runtimes = processes(4);
    for (let round = 0; round < 25; round += 1) {
      const data = await dataWithLock(runtimes[0] ?? expect.fail());
      const slots = await Promise.all(runtimes.map((runtime) => takeSlot(runtime, data, false)));
      const folders = slots.map(({ folder }) => folder);
      expect(new Set(folders).size).toBe(runtimes.length);
      await Promise.all(slots.map((slot) => slot.release()));
      const left = await Promise.all(folders.map((folder) => readdir(folder)));
      expect(left.flat()).toEqual([]);
    }
  });

  it('stay with whoever took one that was left behind while another was about to', async () => {
    const [first, second] = processes(2);
    if (first === undefined || second === undefined) expect.fail();
    const data = await dataWithLock(first);
    const lock = join(data, '1', 'lock.json');
    const taken = JSON.stringify(await processIdentity(first));
    const late: Runtime = {
      ...second,
      isAlive: (pid) => {
        if (pid !== GONE) return true;
        writeFileSync(lock, taken);
        return false;
      },
    };
    expect((await takeSlot(late, data, false)).folder).toBe(join(data, '2'));
    expect(readFileSync(lock, 'utf8')).toBe(taken);
    expect(await readdir(join(data, '1'))).toEqual(['lock.json']);
  });

  it('stay with whoever took one over from a process that was away', async () => {
    const [away, next] = processes(2);
    if (away === undefined || next === undefined) expect.fail();
    const data = await dataWithLock(away);
    const slot = await takeSlot(away, data, true);
    // Another machine cannot see that the process is alive, and took the part over.
    await writeFile(join(slot.folder, 'lock.json'), JSON.stringify({ pid: 7, scope: 'elsewhere' }));
    await slot.release();
    await expect(takeSlot(next, data, true)).rejects.toThrow('another controller works');
  });
});
