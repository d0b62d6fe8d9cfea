import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-codes.ts';
import { type ControllerOptions, runController } from '../../src/controller/controller.ts';
import type { ControllerStatus, EnvironmentStatus } from '../../src/model/controller-status.ts';
import { nodeRuntime, type Runtime, type StopSignal } from '../../src/runtime.ts';
import { KEY } from './support.ts';

/** Controllers in this process, with a clock that the test moves; Git, files and HTTP are real. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Sleeps that are part of a piece of work pass at once; the pauses between rounds pass when the test says so. */
const LONGEST_INNER_MS = 20_000;

export interface Simulated {
  /** Lets so much time pass at the end of each round, until it is over. */
  pass(ms: number): Promise<void>;
  status(): Promise<ControllerStatus>;
  environment(): Promise<EnvironmentStatus>;
  metrics(): Promise<string>;
  /** Until nothing is under way. */
  settled(): Promise<void>;
  readonly events: readonly { readonly event: string; readonly [name: string]: unknown }[];
  /** Sends a signal; resolves when the controller has ended. */
  stop(): Promise<StopSignal>;
  rounds(): number;
}

export async function simulate(
  options: Pick<ControllerOptions, 'repository'> & Partial<ControllerOptions>,
  { offsetMs = 0, env = {} }: { readonly offsetMs?: number; readonly env?: Runtime['env'] } = {},
): Promise<Simulated> {
  const data = await mkdtemp(join(tmpdir(), 'assistantctl-simulated-'));
  cleanups.push(() => rm(data, { recursive: true, force: true }));
  const real = nodeRuntime(root);
  let now = Date.now() + offsetMs;
  let rounds = 0;
  let sleeping: { readonly until: number; readonly wake: () => void } | undefined;
  let signal: ((signal: StopSignal) => void) | undefined;
  const events: { readonly event: string; readonly [name: string]: unknown }[] = [];
  const runtime: Runtime = {
    ...real,
    cwd: data,
    env: { PATH: process.env.PATH, HOME: data, TELNYX_API_KEY: KEY, ...env },
    stdout: {
      ...real.stdout,
      write: (text) => {
        for (const line of text.trimEnd().split('\n')) events.push(JSON.parse(line));
        if (events.length > 5_000) events.splice(0, 4_000);
      },
    },
    clock: () => new Date(now),
    sleep: (ms, stop) => {
      if (ms < LONGEST_INNER_MS) {
        now += ms;
        return new Promise((resolve) => setImmediate(resolve));
      }
      return new Promise((resolve) => {
        const wake = (): void => {
          stop?.removeEventListener('abort', wake);
          if (sleeping?.wake === wake) sleeping = undefined;
          resolve();
        };
        if (stop?.aborted === true) return resolve();
        stop?.addEventListener('abort', wake);
        rounds += 1;
        sleeping = { until: now + ms, wake };
      });
    },
    onStopSignal: (listener) => {
      signal = listener;
      return () => undefined;
    },
    exitNow: () => undefined,
  };
  const running = runController(runtime, {
    branch: 'main',
    environments: undefined,
    project: undefined,
    intervalMs: 60_000,
    driftIntervalMs: 3_600_000,
    data,
    listen: '127.0.0.1:0',
    events: undefined,
    trustBranch: true,
    single: false,
    exitCodeOf: (kind) => exitCodeOf(kind),
    ...options,
  });
  running.catch(() => undefined);
  cleanups.push(async () => {
    signal?.('SIGTERM');
    await running.catch(() => undefined);
  });
  const url = async (): Promise<string> => {
    for (let tries = 0; tries < 500; tries += 1) {
      const found = events.find(({ event }) => event === 'listening')?.url;
      if (typeof found === 'string') return found;
      await pause(10);
    }
    throw new Error('it does not listen');
  };
  const status = async (): Promise<ControllerStatus> =>
    (await (await fetch(`${await url()}/status`)).json()) as ControllerStatus;
  const settled = async (): Promise<void> => {
    for (let tries = 0; tries < 4_000; tries += 1) {
      if (sleeping !== undefined && (await status()).environments.every(({ working }) => !working)) return;
      await pause(5);
    }
    throw new Error(`it does not come to rest: ${JSON.stringify(events.slice(-5))}`);
  };
  return {
    events,
    status,
    settled,
    rounds: () => rounds,
    environment: async () => {
      const [one] = (await status()).environments;
      if (one === undefined) throw new Error(`no environment: ${JSON.stringify(events.slice(-5))}`);
      return one;
    },
    metrics: async () => await (await fetch(`${await url()}/metrics`)).text(),
    pass: async (ms) => {
      const end = now + ms;
      for (await settled(); sleeping !== undefined && sleeping.until <= end; await settled()) {
        now = Math.max(now, sleeping.until);
        sleeping.wake();
      }
      now = Math.max(now, end);
    },
    stop: async () => {
      signal?.('SIGTERM');
      return await running;
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
