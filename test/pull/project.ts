import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { run } from '../../src/cli/program.ts';
import type { EmulatorHandle, EmulatorOptions } from '../../src/emulator/contract/contract.ts';
import { startEmulator } from '../../src/emulator/server/server.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { fakeRuntime } from '../cli/runtime.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A project in a temporary folder, an account to go with it, and the program in this process. */
export interface PullProject {
  readonly folder: string;
  readonly server: EmulatorHandle;
  cli(...argv: readonly string[]): Promise<Ran>;
  json(...argv: readonly string[]): Promise<{ readonly code: number; readonly body: JsonObject }>;
  /** A request as a person in the dashboard causes it; undefined when the API refuses. */
  dashboard(method: string, path: string, body?: Json): Promise<JsonObject | undefined>;
  write(file: string, text: string): Promise<void>;
  read(file: string): Promise<string>;
  files(): Promise<readonly string[]>;
  /** Writes that reached the API since the last call. */
  writes(): readonly string[];
  forgetState(): Promise<void>;
}

const cleanups: (() => Promise<void>)[] = [];

export async function endProjects(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

afterEach(endProjects);

export const PROJECT = `project: acme
environments:
  live:
    api_key_env: TELNYX_KEY
    # Where it all starts.
    variables: { brand: Acme Inc, city: 'Chicago' }
retry: { attempts: 2, budget: 1s }
`;

export async function pullProject(
  files: Readonly<Record<string, string>> = {},
  options: Partial<EmulatorOptions> = {},
): Promise<PullProject> {
  const folder = await mkdtemp(join(tmpdir(), 'assistantctl-pull-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const server = await startEmulator({ clock: () => new Date(), randomUuid: randomUUID, ...options });
  cleanups.push(() => server.close());
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  };
  for (const [file, text] of Object.entries({ 'assistantctl.yaml': PROJECT, ...files })) {
    await write(file, text);
  }
  const cli = async (...argv: readonly string[]): Promise<Ran> => {
    const env = {
      TELNYX_KEY: 'KEY_TEST_PULL_012345',
      TELNYX_BASE_URL: server.url,
      PATH: process.env.PATH,
      HOME: folder,
    };
    const runtime = fakeRuntime({
      cwd: folder,
      env: Object.fromEntries(Object.entries(env).map(([k, v]) => [k, v ?? ''])),
    });
    const code = await run(argv, runtime);
    return { code, out: runtime.out(), err: runtime.err() };
  };
  let seen = 0;
  return {
    folder,
    server,
    cli,
    json: async (...argv) => {
      const { code, out } = await cli(...argv, '--format', 'json');
      return { code, body: JSON.parse(out) as JsonObject };
    },
    dashboard: async (method, path, body) => {
      const reply = await fetch(`${server.url}${path}`, {
        method,
        headers: { authorization: 'Bearer KEY_TEST_DASHBOARD', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await reply.text();
      return reply.ok ? (JSON.parse(text === '' ? '{}' : text) as JsonObject) : undefined;
    },
    write,
    read: (file) => readFile(join(folder, file), 'utf8'),
    files: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .filter((file) => !file.startsWith('.'))
        .sort();
    },
    writes: () => {
      const fresh = server.requests.slice(seen).filter(({ method }) => method !== 'GET');
      seen = server.requests.length;
      return fresh.map(({ method, path }) => `${method} ${path}`);
    },
    forgetState: () => rm(join(folder, '.assistantctl'), { recursive: true, force: true }),
  };
}
