import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEmulatorStore } from '../../src/emulator/contract/store.ts';
import { built } from '../support/built.ts';
import { MINIMAL, serve, str } from './harness.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assistantctl-emulator-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const dataFile = () => join(folder, randomUUID(), 'data.json');
const KEY = { 'idempotency-key': 'k' };

describe('the data file', () => {
  test('brings everything back, idempotency records too', async () => {
    const file = dataFile();
    const first = await serve({ dataFile: file });
    const made = await first.done('POST', '/ai/assistants', MINIMAL, KEY);
    await first.done('POST', `/ai/assistants/${str(made, 'id')}`, { greeting: 'x', promote_to_main: false });
    await first.handle.close();
    const second = await serve({ dataFile: file });
    expect(await second.done('GET', `/ai/assistants/${str(made, 'id')}`)).toEqual(made);
    expect((await second.done('GET', `/ai/assistants/${str(made, 'id')}/versions`)).data).toHaveLength(2);
    const again = await second.call('POST', '/ai/assistants', MINIMAL, KEY);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.json).toEqual(made);
  });

  test('reading writes nothing', async () => {
    const file = dataFile();
    const first = await serve({ dataFile: file });
    await first.done('POST', '/ai/assistants', MINIMAL);
    await first.handle.close();
    const before = await readFile(file, 'utf8');
    const second = await serve({ dataFile: file });
    await second.done('GET', '/ai/assistants');
    await second.handle.close();
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  test('keys of yesterday are forgotten when the file is opened', async () => {
    const file = dataFile();
    const first = await serve({ dataFile: file });
    await first.done('POST', '/ai/assistants', MINIMAL, KEY);
    await first.handle.close();
    const tomorrow = new Date(first.clock().getTime() + 25 * 60 * 60 * 1000);
    const second = await serve({ dataFile: file, clock: () => tomorrow });
    expect(second.handle.store.all('idempotency')).toEqual([]);
    expect(second.handle.store.all('assistants')).toHaveLength(1);
  });

  test('a refused request leaves no trace', async () => {
    const file = dataFile();
    const { call } = await serve({ dataFile: file });
    const size = (await stat(file)).size;
    const body = { ...MINIMAL, enabled_features: ['telephony'], tool_ids: ['tool-none'] };
    expect((await call('POST', '/ai/assistants', body)).status).toBe(400);
    expect((await stat(file)).size).toBe(size);
  });

  test('a torn last line is dropped and written over', async () => {
    const file = dataFile();
    const first = openEmulatorStore(file);
    first.put('c', 'a', { n: 1 });
    first.commit();
    first.close();
    await appendFile(file, '[["c","b",{"n":');
    const second = openEmulatorStore(file);
    expect(second.ids('c')).toEqual(['a']);
    second.put('c', 'd', { n: 2 });
    second.commit();
    second.close();
    expect(openEmulatorStore(file).ids('c')).toEqual(['a', 'd']);
  });

  test('damage in the middle and foreign files are refused, and left as they are', async () => {
    const file = dataFile();
    const store = openEmulatorStore(file);
    store.put('c', 'a', { n: 1 });
    store.commit();
    store.close();
    const whole = await readFile(file, 'utf8');
    await writeFile(file, `${whole}oops\n[["c","b",{}]]\n`);
    expect(() => openEmulatorStore(file)).toThrow(/damaged near byte/);
    await writeFile(file, 'my notes');
    expect(() => openEmulatorStore(file)).toThrow(/not a data file/);
    expect(await readFile(file, 'utf8')).toBe('my notes');
    // What was cut off is no new account.
    for (const rest of [whole.slice(0, 20), '']) {
      await writeFile(file, rest);
      expect(() => openEmulatorStore(file)).toThrow(/cut off/);
      expect(await readFile(file, 'utf8')).toBe(rest);
    }
  });

  test('rollback restores what was there', () => {
    const store = openEmulatorStore(undefined);
    store.put('c', 'a', { n: 1 });
    store.commit();
    store.put('c', 'a', { n: 2 });
    store.put('c', 'b', { n: 3 });
    store.remove('c', 'a');
    store.rollback();
    expect(store.all('c')).toEqual([{ n: 1 }]);
  });

  test('two servers on one file see each other', async () => {
    const file = dataFile();
    const one = await serve({ dataFile: file, randomUuid: randomUUID });
    const two = await serve({ dataFile: file, randomUuid: randomUUID });
    const a = await one.done('POST', '/ai/assistants', MINIMAL);
    const b = await two.done('POST', '/ai/assistants', MINIMAL);
    const ids = [str(a, 'id'), str(b, 'id')];
    for (const server of [one, two]) {
      const { data } = await server.done('GET', '/ai/assistants');
      expect(data).toMatchObject(ids.map((id) => ({ id })));
    }
  });

  test('closing rewrites a journal that is mostly history, whole, and others follow', async () => {
    const file = dataFile();
    const store = openEmulatorStore(file);
    const other = openEmulatorStore(file);
    for (let n = 0; n < 2500; n += 1) {
      store.put('c', `k${n % 5}`, { n });
      store.commit();
    }
    const before = (await stat(file)).size;
    store.close();
    expect((await stat(file)).size).toBeLessThan(before / 100);
    expect(await readdir(resolve(file, '..'))).toEqual(['data.json']);
    other.refresh();
    expect(other.all('c')).toEqual([2495, 2496, 2497, 2498, 2499].map((n) => ({ n })));
    expect(openEmulatorStore(file).all('c')).toEqual(other.all('c'));
  });
});

describe('size', () => {
  test('3,000 creates with eight at a time stay linear, and 10,000 resources open fast', async () => {
    const file = dataFile();
    const server = await serve({ dataFile: file, randomUuid: randomUUID });
    const createFrom = async (start: number, end: number) => {
      let next = start;
      const began = performance.now();
      const worker = async () => {
        while (next < end) {
          const n = next++;
          await server.done(
            'POST',
            '/ai/tools',
            { type: 'hangup', display_name: `t${n}` },
            { 'idempotency-key': `k${n}` },
          );
        }
      };
      await Promise.all(Array.from({ length: 8 }, worker));
      return performance.now() - began;
    };
    await createFrom(0, 300);
    const early = await createFrom(300, 1000);
    await createFrom(1000, 2300);
    const late = await createFrom(2300, 3000);
    expect(late).toBeLessThan(early * 3 + 500);
    for (let n = 3000; n < 10_000; n += 1)
      server.handle.store.put('tools', `tool-${n}`, { id: `tool-${n}`, type: 'hangup' });
    server.handle.store.commit();
    await server.handle.close();
    const began = performance.now();
    const again = await serve({ dataFile: file });
    const page = await again.done('GET', '/ai/tools?page%5Bsize%5D=100&page%5Bnumber%5D=100');
    expect(performance.now() - began).toBeLessThan(3000);
    expect(page.data).toHaveLength(100);
    expect(page.meta).toMatchObject({ total_results: 10_000 });
  });
});

describe('kill -9', () => {
  async function startChild(file: string): Promise<{ readonly child: ChildProcess; readonly url: string }> {
    const script = `
      import { randomUUID } from 'node:crypto';
      import { startEmulator } from ${JSON.stringify(built('emulator/server'))};
      const handle = await startEmulator({ dataFile: ${JSON.stringify(file)}, clock: () => new Date(), randomUuid: randomUUID });
      process.stdout.write(handle.url + '\\n');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await new Promise<string>((done, fail) => {
      child.once('exit', () => fail(new Error('the child ended early')));
      child.stdout?.setEncoding('utf8').once('data', (text: string) => done(text.trim()));
    });
    return { child, url };
  }

  test('no acknowledged write is lost and nothing is half there, whenever it comes', async () => {
    const file = dataFile();
    const acknowledged = new Set<string>();
    let attempt = 0;
    for (const delay of [0, 15, 40, 90]) {
      const { child, url } = await startChild(file);
      const ended = new Promise((done) => child.once('exit', done));
      let killing = false;
      const worker = async () => {
        for (;;) {
          attempt += 1;
          const body = JSON.stringify({ ...MINIMAL, name: `n${attempt}`, enabled_features: ['telephony'] });
          const headers = { authorization: 'Bearer KEY_TEST_x', 'idempotency-key': `k${attempt}` };
          const sent = fetch(`${url}/ai/assistants`, {
            method: 'POST',
            body,
            headers,
            signal: AbortSignal.timeout(3000),
          });
          const text = await sent.then((answer) => answer.text()).catch(() => undefined);
          if (text === undefined) return;
          acknowledged.add(str(JSON.parse(text), 'id'));
          // From the first answer on, so that a slow machine kills in the middle of writes, too.
          if (!killing) setTimeout(() => child.kill('SIGKILL'), delay);
          killing = true;
        }
      };
      await Promise.all(Array.from({ length: 8 }, worker));
      await ended;
    }
    const { done } = await serve({ dataFile: file, quirks: { pagedAssistants: false } });
    const { data } = await done('GET', '/ai/assistants');
    const found = new Set(Array.isArray(data) ? data.map((item) => str(item, 'id')) : []);
    expect(acknowledged.size).toBeGreaterThan(3);
    expect([...acknowledged].filter((id) => !found.has(id))).toEqual([]);
    const apps = await done('GET', '/texml_applications?page%5Bsize%5D=1');
    expect(apps.meta).toMatchObject({ total_results: found.size });
  });
});
