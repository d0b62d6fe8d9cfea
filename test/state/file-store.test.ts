import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StateSession, StateStore } from '../../src/model/state.ts';
import { begin, bind, binding, emptyState, storeAt, temporaryFolder } from './support.ts';

async function firstApply(store: StateStore): Promise<void> {
  const session = await store.open('alice');
  await session.record({ op: 'init', state: emptyState() });
  await session.record(begin('tool/lookup'));
  await session.record(bind('tool/lookup', 'tool-1'));
  await session.close();
}

/** Leaves what a killed process leaves: a session that lost its lease saves nothing when it is closed. */
async function crash(store: StateStore, session: StateSession, folder: string): Promise<void> {
  await store.unlock();
  await session.close();
  expect(await readdir(join(folder, '.assistantctl/state'))).toContain('local.journal');
}

describe('file store', () => {
  it('says that an environment was never applied', async () => {
    const store = storeAt(await temporaryFolder());
    expect(await store.load()).toBeUndefined();
    expect(await store.holder()).toBeUndefined();
  });

  it('keeps what was recorded and leaves one file behind', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    await firstApply(store);
    const state = await store.load();
    expect(state).toEqual(emptyState({ serial: 1, resources: { 'tool/lookup': binding('tool-1') } }));
    expect(await readdir(join(folder, '.assistantctl/state'))).toEqual(['local.json']);
  });

  it('keeps state for its owner alone', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    await firstApply(store);
    const open = await store.open('alice');
    await open.record(bind('tool/other', 'tool-2'));
    const state = join(folder, '.assistantctl/state');
    for (const name of await readdir(state)) expect((await stat(join(state, name))).mode & 0o777).toBe(0o600);
    expect((await stat(state)).mode & 0o777).toBe(0o700);
    await open.close();
  });

  it('raises the serial only when something changed', async () => {
    const store = storeAt(await temporaryFolder());
    await firstApply(store);
    const idle = await store.open('alice');
    await idle.record(bind('tool/lookup', 'tool-1'));
    await idle.close();
    expect((await store.load())?.serial).toBe(1);
    const busy = await store.open('alice');
    await busy.record({ op: 'move', from: 'tool/lookup', to: 'tool/find' });
    await busy.close();
    const state = await store.load();
    expect(state?.serial).toBe(2);
    expect(Object.keys(state?.resources ?? {})).toEqual(['tool/find']);
  });

  it('writes nothing for a session that records nothing', async () => {
    const folder = await temporaryFolder();
    const session = await storeAt(folder).open('alice');
    await session.close();
    await session.close();
    expect(await readdir(join(folder, '.assistantctl/state'))).toEqual([]);
  });

  it('shows recorded steps to readers at once, and snapshots stay as they were', async () => {
    const store = storeAt(await temporaryFolder());
    await firstApply(store);
    const session = await store.open('alice');
    const before = session.current();
    await session.record(bind('test/refund', 'test-1'));
    expect(Object.keys(before?.resources ?? {})).toEqual(['tool/lookup']);
    expect((await store.load())?.resources['test/refund']?.remote_id).toBe('test-1');
    expect(session.current()?.resources['test/refund']?.remote_id).toBe('test-1');
    await session.close();
  });

  it('takes up a broken run: what it recorded is there, what it began is pending until it has an outcome', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    const broken = await store.open('alice');
    await broken.record({ op: 'init', state: emptyState() });
    await Promise.all([
      broken.record(begin('tool/a', 'create', 'key-a')),
      broken.record(bind('tool/b', 'tool-b')),
      broken.record(begin('tool/c', 'create', 'key-c')),
    ]);
    await crash(store, broken, folder);

    const second = await store.open('bob');
    expect(second.pending.map((entry) => entry.address)).toEqual(['tool/a', 'tool/c']);
    expect(second.current()?.serial).toBe(1);
    await second.record(bind('tool/a', 'tool-a'));
    await second.close();

    const third = await store.open('bob');
    expect(third.pending).toEqual([begin('tool/c', 'create', 'key-c')]);
    await third.record({ op: 'fail', address: 'tool/c' });
    await third.close();

    const fourth = await store.open('bob');
    expect(fourth.pending).toEqual([]);
    await fourth.close();
    expect(Object.keys((await store.load())?.resources ?? {})).toEqual(['tool/a', 'tool/b']);
    expect(await readdir(join(folder, '.assistantctl/state'))).toEqual(['local.json']);
  });

  it('does not replay a log whose content was saved before the crash', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    await firstApply(store);
    const log = join(folder, '.assistantctl/state/local.journal');
    const session = await store.open('alice');
    await session.record({ op: 'move', from: 'tool/lookup', to: 'tool/find' });
    await session.record(bind('tool/lookup', 'tool-2'));
    await session.record(begin('tool/late'));
    const text = await readFile(log, 'utf8');
    await session.record({ op: 'fail', address: 'tool/late' });
    await session.close();
    const saved = await store.load();
    await writeFile(log, text);
    expect(await store.load()).toEqual(saved);
    const next = await store.open('bob');
    expect(next.current()).toEqual(saved);
    expect(next.pending.map((entry) => entry.address)).toEqual(['tool/late']);
    await next.close();
  });

  it('refuses a log that continues another state', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    await firstApply(store);
    const session = await store.open('alice');
    await session.record(bind('tool/b', 'tool-2'));
    await crash(store, session, folder);
    const path = join(folder, '.assistantctl/state/local.json');
    await writeFile(path, JSON.stringify(emptyState({ serial: 7 })));
    await expect(store.load()).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    await expect(store.open('bob')).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    expect(await store.holder()).toBeUndefined();
  });

  it('reports a step recorded before the state was begun, and after the session ended', async () => {
    const session = await storeAt(await temporaryFolder()).open('alice');
    await expect(session.record(bind('tool/a', 'x'))).rejects.toMatchObject({ code: 'STATE_SESSION' });
    await session.close();
    await expect(session.record(begin('tool/a'))).rejects.toMatchObject({ code: 'STATE_SESSION' });
  });

  it('clears half-written files of a crash away', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    await firstApply(store);
    const state = join(folder, '.assistantctl/state');
    await writeFile(join(state, 'local.json.1234.tmp'), 'half');
    await writeFile(join(state, 'other.json.1234.tmp'), 'of another environment');
    await (await store.open('alice')).close();
    expect((await readdir(state)).sort()).toEqual(['local.json', 'other.json.1234.tmp']);
  });
});

describe('damage', () => {
  it('reads a state file cut at any byte either whole or not at all', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    await firstApply(store);
    const path = join(folder, '.assistantctl/state/local.json');
    const whole = await readFile(path);
    const state = await store.load();
    for (let size = whole.length - 1; size >= 0; size -= 1) {
      await truncate(path, size);
      const found = await store.load().catch((cause: unknown) => cause);
      if (size === whole.length - 1) expect(found).toEqual(state);
      else expect(found).toMatchObject({ code: 'STATE_CORRUPT', kind: 'usage' });
      await writeFile(path, whole);
    }
  });

  it('names file and byte of the damage', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    await firstApply(store);
    const path = join(folder, '.assistantctl/state/local.json');
    const whole = await readFile(path, 'utf8');
    await writeFile(path, `${whole.slice(0, 40)}\u0000${whole.slice(41)}`);
    await expect(store.load()).rejects.toThrow(/local\.json: is damaged or cut off at byte 40/);
    await writeFile(path, whole.slice(0, 100));
    await expect(store.load()).rejects.toThrow(/at byte 100/);
    await writeFile(path, '');
    await expect(store.load()).rejects.toThrow(/is empty/);
    await writeFile(path, `<<<<<<< HEAD\n${whole}=======\n${whole}>>>>>>> theirs\n`);
    await expect(store.load()).rejects.toThrow(/holds the marks of a merge conflict/);
  });

  it('reads a log cut at any byte as a prefix of what was recorded', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    await firstApply(store);
    const session = await store.open('alice');
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) await session.record(bind(`tool/${name}`, `größe-${name}`));
    await crash(store, session, folder);
    const log = join(folder, '.assistantctl/state/local.journal');
    const whole = await readFile(log);
    let seen = 0;
    for (let size = 0; size <= whole.length; size += 1) {
      await writeFile(log, whole.subarray(0, size));
      const state = await store.load();
      const count = Object.keys(state?.resources ?? {}).length - 1;
      expect(count).toBeGreaterThanOrEqual(seen);
      expect(Object.keys(state?.resources ?? {})).toEqual([
        'tool/lookup',
        ...names.slice(0, count).map((n) => `tool/${n}`),
      ]);
      seen = count;
    }
    expect(seen).toBe(names.length);
  });

  it('goes on after a torn log: the next session records behind it', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    await firstApply(store);
    const session = await store.open('alice');
    await session.record(bind('tool/a', 'x'));
    await session.record(begin('tool/b'));
    await crash(store, session, folder);
    const log = join(folder, '.assistantctl/state/local.journal');
    await writeFile(log, `${await readFile(log, 'utf8')}{"op":"bind","addr`);
    const next = await store.open('bob');
    expect(next.pending).toHaveLength(1);
    await next.record(bind('tool/c', 'y'));
    await crash(store, next, folder);
    expect(Object.keys((await store.load())?.resources ?? {})).toEqual(['tool/a', 'tool/lookup', 'tool/c']);
  });

  it('refuses damage inside the log', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    await firstApply(store);
    const session = await store.open('alice');
    await session.record(bind('tool/a', 'x'));
    await session.record(bind('tool/b', 'y'));
    await crash(store, session, folder);
    const log = join(folder, '.assistantctl/state/local.journal');
    const lines = (await readFile(log, 'utf8')).split('\n');
    await writeFile(log, [lines[0], lines[1]?.slice(3), lines[2], ''].join('\n'));
    await expect(store.load()).rejects.toThrow(/local\.journal: line 2, from byte \d+, is damaged/);
  });

  it.each([
    ['a later major version', { format_version: '2.0' }, 'STATE_FORMAT', 'stale'],
    ['no version', { format_version: 3 }, 'STATE_CORRUPT', 'usage'],
    ['no serial', { serial: 'x' }, 'STATE_CORRUPT', 'usage'],
    ['no resources', { resources: [] }, 'STATE_CORRUPT', 'usage'],
    ['a key that is no address', { resources: { constructor: binding('x') } }, 'STATE_CORRUPT', 'usage'],
    ['an incomplete binding', { resources: { 'tool/a': { remote_id: 'x' } } }, 'STATE_CORRUPT', 'usage'],
    ['an incomplete copy of a deleted resource', { deleted: [{}] }, 'STATE_CORRUPT', 'usage'],
  ])('refuses a state with %s', async (_what, changes, code, kind) => {
    const folder = await temporaryFolder();
    const path = join(folder, '.assistantctl/state/local.json');
    await mkdir(join(folder, '.assistantctl/state'), { recursive: true });
    await writeFile(path, JSON.stringify({ ...emptyState(), ...changes }));
    await expect(storeAt(folder).load()).rejects.toMatchObject({ code, kind });
  });

  it('reads a later minor version and keeps what it does not know', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    await mkdir(join(folder, '.assistantctl/state'), { recursive: true });
    const path = join(folder, '.assistantctl/state/local.json');
    await writeFile(path, JSON.stringify({ ...emptyState(), format_version: '1.7', news: { a: 1 } }));
    const session = await store.open('alice');
    await session.record(bind('tool/a', 'x'));
    await session.close();
    expect(await store.load()).toMatchObject({ format_version: '1.7', news: { a: 1 }, serial: 1 });
  });
});
