import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach } from 'vitest';
import type { Address } from '../../src/model/address.ts';
import type { Binding, JournalEntry, State } from '../../src/model/state.ts';
import { type FileStoreOptions, fileStore } from '../../src/state/file/file-store.ts';
import { built } from '../support/built.ts';

export const run = promisify(execFile);

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'assistantctl-state-'));
  folders.push(folder);
  return folder;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export function storeAt(folder: string, changes: Partial<FileStoreOptions> = {}) {
  return fileStore({
    path: join(folder, '.assistantctl', 'state', 'local.json'),
    clock: () => new Date(),
    sleep,
    randomUuid: randomUUID,
    identity: { host: 'here', pid: process.pid, run: null },
    isAlive,
    ...changes,
  });
}

export function emptyState(changes: Partial<State> = {}): State {
  return {
    format_version: '1.0',
    lineage: 'lineage-1',
    serial: 0,
    project: 'northwind-voice',
    environment: 'local',
    api_base: 'http://127.0.0.1/v2',
    account: 'sha256:test',
    resources: {},
    deleted: [],
    ...changes,
  };
}

export function binding(id: string, changes: Partial<Binding> = {}): Binding {
  return {
    remote_id: id,
    base: { name: id },
    foreign: [],
    main_version_id: null,
    staged_version_id: null,
    prevent_destroy: false,
    updated_at: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
}

export function bind(address: Address, id: string): JournalEntry {
  return { op: 'bind', address, binding: binding(id) };
}

export function begin(address: Address, action = 'create', key: string | null = 'k'): JournalEntry {
  return { op: 'begin', address, action, key, at: '2026-01-01T00:00:00.000Z' };
}

/** A module that makes `store` from the built one; the body goes on from there. */
export function childScript(statePath: string, body: string): string {
  return `
    import { randomUUID } from 'node:crypto';
    import { fileStore } from ${JSON.stringify(built('state/file-store'))};
    const isAlive = (pid) => { try { process.kill(pid, 0); return true; } catch { return false; } };
    const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
    const store = fileStore({
      path: ${JSON.stringify(statePath)}, clock: () => new Date(), sleep, randomUuid: randomUUID,
      identity: { host: 'here', pid: process.pid, run: null }, isAlive,
    });
    const binding = (id) => ({ remote_id: id, base: { name: id }, foreign: [], main_version_id: null,
      staged_version_id: null, prevent_destroy: false, updated_at: '2026-01-01T00:00:00.000Z' });
    const init = { op: 'init', state: ${JSON.stringify(emptyState())} };
    ${body}`;
}

/** Runs a module text in a process of its own. */
export function startChild(script: string, wrap: readonly string[] = []): ChildProcess {
  const [command = process.execPath, ...rest] = [
    ...wrap,
    process.execPath,
    '--input-type=module',
    '-e',
    script,
  ];
  return spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
}

export async function outputOf(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  let trouble = '';
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    trouble += part;
  });
  await new Promise((done) => child.once('close', done));
  return text + trouble;
}
