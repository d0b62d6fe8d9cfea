import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StateSession } from '../../src/model/state.ts';
import { begin, emptyState, isAlive, sleep, storeAt, temporaryFolder } from './support.ts';

const elsewhere = { host: 'elsewhere', pid: 1, run: 'https://ci.example/run/7' };

async function lockFiles(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, '.assistantctl/state'));
  return names
    .filter((name) => name.includes('.lock'))
    .map((name) => join(folder, '.assistantctl/state', name));
}

/** Pretends that the holder stopped renewing this long ago. */
async function age(folder: string, seconds: number): Promise<void> {
  const then = new Date(Date.now() - seconds * 1000);
  for (const file of await lockFiles(folder)) await utimes(file, then, then);
}

/** Winners and codes of the losers. */
async function outcomes(opens: readonly Promise<StateSession>[]): Promise<[StateSession[], unknown[]]> {
  const settled = await Promise.allSettled(opens);
  const won = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const lost = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
  return [won, lost];
}

describe('lease on a file', () => {
  it('keeps a second session out and names the holder', async () => {
    const folder = await temporaryFolder();
    const since = new Date('2026-03-01T10:00:00Z');
    const first = await storeAt(folder, { identity: elsewhere, clock: () => since }).open('alice');
    const later = storeAt(folder, { clock: () => new Date('2026-03-01T10:05:00Z') });
    const refusal = later.open('bob');
    await expect(refusal).rejects.toMatchObject({
      kind: 'refused',
      code: 'LOCK_HELD',
      hint: expect.stringContaining('assistantctl state unlock'),
      details: { holder: { holder: 'alice', host: 'elsewhere', pid: 1, run: elsewhere.run } },
    });
    await expect(refusal).rejects.toThrow(
      'environment local is locked by alice on elsewhere (pid 1, run https://ci.example/run/7) since 2026-03-01T10:00:00.000Z (5 min ago)',
    );
    expect(await later.holder()).toMatchObject({ holder: 'alice', expires_at: '2026-03-01T10:01:00.000Z' });
    await first.close();
    expect(await later.holder()).toBeUndefined();
    await (await later.open('bob')).close();
  });

  it('does not block another environment', async () => {
    const folder = await temporaryFolder();
    const local = await storeAt(folder).open('alice');
    const path = join(folder, '.assistantctl/state/local.staging.json');
    const staging = await storeAt(folder, { path }).open('alice');
    expect(await lockFiles(folder)).toHaveLength(2);
    await local.close();
    await staging.close();
    expect(await lockFiles(folder)).toEqual([]);
  });

  it('takes over at once from a dead process of this machine', async () => {
    const folder = await temporaryFolder();
    const dead = await storeAt(folder, { identity: { host: 'here', pid: 4_000_000, run: null } }).open(
      'alice',
    );
    expect(isAlive(4_000_000)).toBe(false);
    const store = storeAt(folder);
    expect(await store.holder()).toBeUndefined();
    const session = await store.open('bob');
    expect((await store.holder())?.holder).toBe('bob');
    expect(await lockFiles(folder)).toHaveLength(1);
    await dead.close();
    expect((await store.holder())?.holder).toBe('bob');
    await session.close();
  });

  it('takes over from another machine only when the lease was not renewed in time', async () => {
    const folder = await temporaryFolder();
    const gone = await storeAt(folder, { identity: elsewhere }).open('alice');
    const store = storeAt(folder);
    await age(folder, 50);
    await expect(store.open('bob')).rejects.toMatchObject({ code: 'LOCK_HELD' });
    await age(folder, 61);
    const session = await store.open('bob');
    await expect(gone.record(begin('tool/a'))).rejects.toMatchObject({ kind: 'refused', code: 'LEASE_LOST' });
    await gone.close();
    await session.close();
  });

  it.each([-3600, 3600])('is not misled by a clock that is %i seconds off', async (skew) => {
    const folder = await temporaryFolder();
    const clock = () => new Date(Date.now() + skew * 1000);
    const holder = await storeAt(folder, { identity: elsewhere }).open('alice');
    const store = storeAt(folder, { clock });
    await expect(store.open('bob')).rejects.toMatchObject({ code: 'LOCK_HELD' });
    await age(folder, 61);
    await (await store.open('bob')).close();
    await holder.close();
  });

  it('gives a holder of this machine that seems asleep the chance to wake up', async () => {
    const folder = await temporaryFolder();
    const holder = await storeAt(folder).open('alice');
    const [file] = await lockFiles(folder);
    await age(folder, 3600);
    const waking = storeAt(folder, {
      sleep: async () => {
        const text = await readFile(file ?? '', 'utf8');
        await writeFile(file ?? '', text.replace(/"expires_at":"\d{4}/, '"expires_at":"2999'));
      },
    });
    await expect(waking.open('bob')).rejects.toMatchObject({ code: 'LOCK_HELD' });
    await age(folder, 3600);
    const session = await storeAt(folder, { sleep: async () => undefined }).open('bob');
    await expect(holder.record(begin('tool/a'))).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await session.close();
    await holder.close();
  });

  it('is renewed while it is held', async () => {
    const folder = await temporaryFolder();
    const holder = await storeAt(folder, { identity: elsewhere, leaseMs: 1500 }).open('alice');
    const other = storeAt(folder, { leaseMs: 1500 });
    const first = await other.holder();
    await sleep(1700);
    const second = await other.holder();
    expect(second?.id).toBe(first?.id);
    expect(Date.parse(second?.expires_at ?? '')).toBeGreaterThan(Date.parse(first?.expires_at ?? ''));
    await expect(other.open('bob')).rejects.toMatchObject({ code: 'LOCK_HELD' });
    await holder.close();
  });

  it('lets exactly one of many take over the same dead lease', async () => {
    for (let round = 0; round < 20; round += 1) {
      const folder = await temporaryFolder();
      const dead = await storeAt(folder, { identity: { host: 'here', pid: 4_000_000, run: null } }).open('x');
      const [won, lost] = await outcomes(Array.from({ length: 8 }, (_, n) => storeAt(folder).open(`p${n}`)));
      expect(won).toHaveLength(1);
      expect(new Set(lost)).toEqual(new Set(['LOCK_HELD']));
      await won[0]?.close();
      await dead.close();
      expect(await lockFiles(folder)).toEqual([]);
    }
  });

  it('never has two holders while many come and go', async () => {
    const folder = await temporaryFolder();
    let inside = 0;
    let served = 0;
    const worker = async (name: string): Promise<void> => {
      for (let turn = 0; turn < 12; turn += 1) {
        const session = await storeAt(folder)
          .open(name)
          .catch(() => undefined);
        if (session === undefined) continue;
        inside += 1;
        served += 1;
        expect(inside).toBe(1);
        await sleep(1);
        inside -= 1;
        await session.close();
      }
    };
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(worker));
    expect(served).toBeGreaterThan(5);
    expect(await lockFiles(folder)).toEqual([]);
  });

  it('steps back when the name of a dead lease was given up and taken by a living holder meanwhile', async () => {
    const folder = await temporaryFolder();
    const dead = await storeAt(folder, { identity: { host: 'here', pid: 4_000_000, run: null } }).open('x');
    const [file = ''] = await lockFiles(folder);
    const living = { id: 'new', holder: 'bob', host: 'elsewhere', pid: 1, run: null };
    const times = { acquired_at: new Date().toISOString(), expires_at: new Date().toISOString() };
    const randomUuid = () => {
      writeFileSync(file, JSON.stringify({ ...living, ...times }));
      return randomUUID();
    };
    await expect(storeAt(folder, { randomUuid }).open('late')).rejects.toThrow(/locked by bob on elsewhere/);
    expect(await lockFiles(folder)).toEqual([file]);
    await dead.close();
    expect(await lockFiles(folder)).toEqual([file]);
  });

  it('does not judge a process number of another container', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    const holder = await store.open('alice');
    const [file = ''] = await lockFiles(folder);
    const text = await readFile(file, 'utf8');
    const other = text.replace(/"pid":\d+/, '"pid":4000000').replace(/"scope":"[^"]*"/, '"scope":"another"');
    await writeFile(file, other.includes('"scope"') ? other : text);
    await expect(store.open('bob')).rejects.toMatchObject({ code: 'LOCK_HELD' });
    await store.unlock();
    await holder.close();
  });

  it('is removed by unlock, whoever has it, and its holder learns of that', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    expect(await store.unlock()).toBeUndefined();
    const session = await store.open('alice');
    await session.record({ op: 'init', state: emptyState() });
    expect(await store.unlock()).toMatchObject({ holder: 'alice', pid: process.pid });
    expect(await store.holder()).toBeUndefined();
    await expect(session.record(begin('tool/a'))).rejects.toMatchObject({
      kind: 'refused',
      code: 'LEASE_LOST',
    });
    await session.close();
    expect((await store.load())?.lineage).toBe('lineage-1');
  });

  it('treats a lease that is just being written as held, and one left half-written as dead after its time', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    await (await store.open('alice')).close();
    await writeFile(join(folder, '.assistantctl/state/local.lock.1'), '{"id":');
    await expect(store.open('bob')).rejects.toMatchObject({ code: 'LOCK_HELD' });
    await age(folder, 61);
    await (await store.open('bob')).close();
    expect(await lockFiles(folder)).toEqual([]);
  });
});
