import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bind, childScript, emptyState, outputOf, startChild, storeAt, temporaryFolder } from './support.ts';

function statePath(folder: string): string {
  return join(folder, '.assistantctl/state/local.json');
}

/** Records steps for ever, eight at a time, and prints the number of each one that was acknowledged. */
const RECORD_FOREVER = `
  const session = await store.open('child');
  if (session.current() === undefined) await session.record(init);
  const known = Object.keys(session.current().resources).length;
  let next = known;
  const worker = async () => {
    for (;;) {
      const n = next++;
      await session.record({ op: 'begin', address: 'tool/t' + n, action: 'create', key: 'k' + n, at: 'now' });
      await session.record({ op: 'bind', address: 'tool/t' + n, binding: binding('id-' + n) });
      process.stdout.write(n + '\\n');
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));`;

describe('kill -9', () => {
  it('loses no acknowledged step, whenever it comes, and the next run goes on at once', async () => {
    const folder = await temporaryFolder();
    const acknowledged = new Set<string>();
    for (const delay of [1, 7, 20, 45, 90]) {
      const child = startChild(childScript(statePath(folder), RECORD_FOREVER));
      const output = outputOf(child);
      await new Promise((started) => child.stdout?.once('data', started));
      setTimeout(() => child.kill('SIGKILL'), delay);
      const lines = (await output).split('\n');
      expect(lines.length).toBeGreaterThan(1);
      for (const line of lines.slice(0, -1)) acknowledged.add(line);
      const state = await storeAt(folder).load();
      const bound = new Set(Object.keys(state?.resources ?? {}));
      for (const n of acknowledged) expect(bound).toContain(`tool/t${n}`);
    }
    const session = await storeAt(folder).open('parent');
    const bound = session.current()?.resources ?? {};
    for (const step of session.pending) expect(Object.hasOwn(bound, step.address)).toBe(false);
    for (const step of session.pending) await session.record({ op: 'fail', address: step.address });
    await session.close();
    expect(await readdir(join(folder, '.assistantctl/state'))).toEqual(['local.json']);
  });
});

describe('two processes', () => {
  it('lets one of two that start together work and tells the other who it is', async () => {
    const folder = await temporaryFolder();
    const body = `
      process.stdin.once('data', async () => {
        try {
          const session = await store.open('child ' + process.pid);
          await sleep(300);
          await session.close();
          process.stdout.write('worked');
        } catch (error) {
          process.stdout.write(error.code + ' ' + error.message);
        }
        process.exit(0);
      });
      process.stdout.write('ready;');`;
    const children = [1, 2, 3].map(() => startChild(childScript(statePath(folder), body)));
    const outputs = children.map(outputOf);
    await Promise.all(children.map((child) => new Promise((ready) => child.stdout?.once('data', ready))));
    for (const child of children) child.stdin?.end('go');
    const results = (await Promise.all(outputs)).map((text) => text.replace('ready;', ''));
    expect(results.filter((text) => text === 'worked')).toHaveLength(1);
    const pids = children.map((child) => `child ${child.pid}`);
    for (const text of results.filter((one) => one !== 'worked')) {
      expect(text).toMatch(
        /^LOCK_HELD environment local is locked by (child \d+|an apply that just started)/,
      );
      expect(text.includes('just started') || pids.some((pid) => text.includes(pid))).toBe(true);
    }
  });
});

describe('a disk that refuses', () => {
  it('says which file could not be written and keeps everything recorded before', async () => {
    const folder = await temporaryFolder();
    const body = `
      const session = await store.open('child');
      await session.record(init);
      let good = 0;
      let failure;
      while (failure === undefined) {
        await session.record({ op: 'bind', address: 'tool/t' + good, binding: binding('x'.repeat(500)) })
          .then(() => { good += 1; }, (error) => { failure = error; });
      }
      const again = await session.record({ op: 'fail', address: 'tool/z' }).catch((error) => error.code);
      const closed = await session.close().catch((error) => error.code);
      process.stdout.write(JSON.stringify({ good, kind: failure.kind, code: failure.code, message: failure.message, again, closed }));`;
    // A limit on file size makes the operating system refuse in the middle of a write, as a full disk does.
    const script = childScript(statePath(folder), body);
    const child = startChild(script, ['sh', '-c', 'ulimit -f 16; exec "$0" "$@"']);
    const output = await outputOf(child);
    const result: unknown = JSON.parse(output);
    expect(result).toMatchObject({
      kind: 'partial',
      code: 'STATE_WRITE',
      again: 'STATE_WRITE',
      closed: 'STATE_WRITE',
    });
    const { good, message } = Object(result);
    expect(message).toContain('local.journal cannot be written: EFBIG');
    expect(good).toBeGreaterThan(5);
    const session = await storeAt(folder).open('parent');
    const resources = session.current()?.resources ?? {};
    for (let n = 0; n < good; n += 1) expect(resources[`tool/t${n}`]?.remote_id).toHaveLength(500);
    await session.record(bind('tool/more', 'x'));
    await session.close();
    expect(await readdir(join(folder, '.assistantctl/state'))).toEqual(['local.json']);
  });

  it('does not start where the folder cannot be made', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.assistantctl'), 'a file');
    const store = storeAt(folder);
    expect(await store.load()).toBeUndefined();
    await expect(store.open('alice')).rejects.toMatchObject({
      kind: 'usage',
      code: 'STATE_WRITE',
      message: expect.stringContaining(join(folder, '.assistantctl')),
    });
  });

  it('keeps the old state when the new one cannot be put in its place', async () => {
    const folder = await temporaryFolder();
    const path = statePath(folder);
    const store = storeAt(folder);
    const session = await store.open('alice');
    await session.record({ op: 'init', state: emptyState() });
    await session.record(bind('tool/a', 'x'));
    await mkdir(path);
    await expect(session.close()).rejects.toMatchObject({ kind: 'partial', code: 'STATE_WRITE' });
    expect(await readdir(dirname(path))).toEqual(['local.journal', 'local.json']);
    await rm(path, { recursive: true });
    expect((await store.load())?.resources['tool/a']?.remote_id).toBe('x');
  });

  it('reads without writing: a plan needs no write access', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(folder);
    const session = await store.open('alice');
    await session.record({ op: 'init', state: emptyState() });
    await session.close();
    const before = await readFile(statePath(folder), 'utf8');
    await chmod(dirname(statePath(folder)), 0o500);
    expect((await store.load())?.serial).toBe(1);
    expect(await store.holder()).toBeUndefined();
    await chmod(dirname(statePath(folder)), 0o700);
    expect(await readFile(statePath(folder), 'utf8')).toBe(before);
  });
});
