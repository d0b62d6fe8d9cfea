import { fileURLToPath } from 'node:url';
import type { Output, Runtime, StopSignal } from '../../src/runtime.ts';

/** A runtime whose output is kept and whose signals are sent by the test. Everything else is real. */
export interface FakeRuntime extends Runtime {
  readonly out: () => string;
  readonly err: () => string;
  readonly exits: readonly number[];
  signal(name: StopSignal): void;
}

export interface FakeOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
  readonly ask?: (question: string) => Promise<string>;
  readonly clock?: () => Date;
  readonly stdin?: string;
}

export function fakeRuntime(options: FakeOptions = {}): FakeRuntime {
  const stdout = collect(options.isTTY === true);
  const stderr = collect(options.isTTY === true);
  const listeners = new Set<(signal: StopSignal) => void>();
  const exits: number[] = [];
  return {
    packageRoot: fileURLToPath(new URL('../..', import.meta.url)),
    version: '0.1.0',
    cwd: options.cwd ?? '/',
    env: options.env ?? {},
    stdout: stdout.output,
    stderr: stderr.output,
    ask: options.ask,
    stdin: async () => options.stdin ?? '',
    lines: async function* () {
      yield* (options.stdin ?? '').split('\n').filter((line) => line !== '');
    },
    host: 'test-host',
    user: 'tester',
    pid: process.pid,
    clock: options.clock ?? (() => new Date()),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      }),
    random: Math.random,
    uuid: () => crypto.randomUUID(),
    onStopSignal: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exitNow: (code) => {
      exits.push(code);
    },
    isAlive: () => true,
    killGroup: (pid) => {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // Nothing of the group is left.
      }
    },
    out: stdout.text,
    err: stderr.text,
    exits,
    signal: (name) => {
      for (const listener of listeners) listener(name);
    },
  };
}

function collect(isTTY: boolean): { readonly output: Output; readonly text: () => string } {
  let written = '';
  const output: Output = {
    isTTY,
    columns: () => (isTTY ? 80 : undefined),
    rows: () => (isTTY ? 24 : undefined),
    write: (text) => {
      written += text;
    },
  };
  return { output, text: () => written };
}
