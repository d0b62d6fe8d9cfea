import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { run } from '../../src/cli/program.ts';
import type { EmulatorHandle, EmulatorOptions } from '../../src/emulator/contract/contract.ts';
import { startEmulator } from '../../src/emulator/server/server.ts';
import { fakeRuntime } from '../cli/runtime.ts';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const PROJECT = `project: acme
environments:
  main: { api_key_env: TELNYX_KEY_OF_MAIN }
retry: { attempts: 1, budget: 1s }
`;

/** An account with checkouts of its specs; commands run in this process. */
export interface Account {
  readonly server: EmulatorHandle;
  /** A checkout with these specs on a machine of its own. */
  checkout(specs: string, hooks?: string): Promise<Checkout>;
}

export interface Checkout {
  readonly folder: string;
  write(specs: string): Promise<void>;
  cli(...args: readonly string[]): Promise<{ code: number; out: string; err: string }>;
}

export async function account(options: Partial<EmulatorOptions> = {}): Promise<Account> {
  const timings = { pendingMs: 1, startingMs: 1, runningMs: 2 };
  const server = await startEmulator({
    clock: () => new Date(),
    randomUuid: randomUUID,
    runTimings: timings,
    ...options,
  });
  cleanups.push(() => server.close());
  const checkout = async (specs: string, hooks = ''): Promise<Checkout> => {
    const folder = await mkdtemp(join(tmpdir(), 'assistantctl-preview-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    const write = async (text: string): Promise<void> => {
      const file = join(folder, 'assistants', 'all.yaml');
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    };
    await writeFile(join(folder, 'assistantctl.yaml'), `${PROJECT}${hooks}`);
    await write(specs);
    const cli = async (...args: readonly string[]) => {
      const env = {
        PATH: process.env.PATH ?? '',
        TELNYX_KEY_OF_MAIN: 'KEY_TEST_PREVIEW',
        TELNYX_BASE_URL: server.url,
        SMOKE_TOKEN: 'smoke-token-1',
        OTHER_TOKEN: 'other-token-1',
      };
      const runtime = fakeRuntime({ cwd: folder, env });
      const sleep = (ms: number, signal?: AbortSignal) => runtime.sleep(Math.min(ms, 20), signal);
      const code = await run(args, { ...runtime, sleep });
      return { code, out: runtime.out(), err: runtime.err() };
    };
    return { folder, write, cli };
  };
  return { server, checkout };
}
