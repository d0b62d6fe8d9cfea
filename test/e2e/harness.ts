import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import type { EmulatorHandle, EmulatorOptions } from '../../src/emulator/contract/contract.ts';
import { startEmulator } from '../../src/emulator/server/server.ts';
import { built } from '../support/built.ts';

export const MAIN = built('main');

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestProject {
  readonly folder: string;
  /** Runs the built program in the project's folder. */
  run(...args: readonly string[]): Promise<Ran>;
  /** With an input, that is what is piped in. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>, input?: string): ChildProcess;
  write(file: string, text: string): Promise<void>;
  read(file: string): Promise<string>;
  edit(file: string, from: string, to: string): Promise<void>;
  remove(file: string): Promise<void>;
}

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export const PROJECT_FILE = `project: acme
default_environment: local
environments:
  local:
    target: emulator
  account:
    api_key_env: TELNYX_KEY_OF_ACCOUNT
  guarded:
    protected: true
    api_key_env: TELNYX_KEY_OF_ACCOUNT
limits: { max_deletes: 1, max_change_percent: 60, min_resources: 4 }
retry: { attempts: 2, budget: 1s }
`;

const FRONT_DESK = `kind: assistant
key: front-desk
spec:
  name: Front desk
  model: openai/gpt-4o
  instructions: |
    You answer the phone.
    Be brief.
    Say goodbye.
  greeting: Hello.
  tool_ids: [{ $ref: tool/lookup }]
  tools:
    - type: handoff
      handoff: { ai_assistants: [{ name: Billing, id: { $ref: assistant/billing } }] }
`;

const BILLING = `kind: assistant
key: billing
spec:
  name: Billing
  model: openai/gpt-4o
  instructions: You explain invoices.
  tools:
    - type: handoff
      handoff: { ai_assistants: [{ name: Front desk, id: { $ref: assistant/front-desk } }] }
`;

const LOOKUP = `kind: tool
key: lookup
spec:
  type: webhook
  display_name: Lookup
  webhook: { name: lookup, description: Finds an order., url: "https://acme.example/orders", method: GET }
`;

const GREETS = `kind: test
key: greets
spec:
  name: Greets
  destination: { $ref: assistant/front-desk }
  instructions: Say hello.
  rubric: [{ name: greets, criteria: The assistant greets. }]
`;

export const SPECS: Readonly<Record<string, string>> = {
  'assistants/front-desk.yaml': FRONT_DESK,
  'assistants/billing.yaml': BILLING,
  'assistants/lookup.yaml': LOOKUP,
  'assistants/greets.yaml': GREETS,
};

/** A project of two assistants that hand off to each other, a shared tool and a test; removed after the test. */
export async function testProject(
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = SPECS,
): Promise<TestProject> {
  const folder = await mkdtemp(join(tmpdir(), 'assistantctl-e2e-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  };
  for (const [file, text] of Object.entries({ 'assistantctl.yaml': PROJECT_FILE, ...files })) {
    await write(file, text);
  }
  const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');
  const start = (
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
    input?: string,
  ): ChildProcess => spawnCli(folder, args, { ...env, ...more }, input);
  return {
    folder,
    start,
    run: (...args) => finished(start(args)),
    write,
    read,
    edit: async (file, from, to) => {
      const text = await read(file);
      if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
      await write(file, text.replace(from, to));
    },
    remove: (file) => rm(join(folder, file)),
  };
}

/** The built program with nothing of this process's environment but PATH. */
export function spawnCli(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input?: string,
): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(input);
  cleanups.push(async () => {
    if (child.exitCode === null) child.kill('SIGKILL');
  });
  return child;
}

export function finished(child: ChildProcess): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** The embedded API in this process, closed after the test. */
export async function account(options: Partial<EmulatorOptions> = {}): Promise<EmulatorHandle> {
  const handle = await startEmulator({ clock: () => new Date(), randomUuid: randomUUID, ...options });
  cleanups.push(() => handle.close());
  return handle;
}

export const KEY = 'KEY_TEST_E2E_0123456789';

/** Environment variables that lead the environments `account` and `guarded` to a server. */
export function leadingTo(server: EmulatorHandle): Readonly<Record<string, string>> {
  return { TELNYX_BASE_URL: server.url, TELNYX_KEY_OF_ACCOUNT: KEY };
}

export function writes(server: EmulatorHandle): readonly string[] {
  return server.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`);
}

/** A change in the dashboard: the request a person would cause there. */
export async function inDashboard(
  server: EmulatorHandle,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  const reply = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
  return reply;
}

/** Id of the only live resource with the name. */
export async function liveId(server: EmulatorHandle, name: string): Promise<string> {
  const reply = await inDashboard(server, 'GET', '/ai/assistants');
  const { data } = (await reply.json()) as { data: { id: string; name: string }[] };
  const found = data.filter((assistant) => assistant.name === name);
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${found.length} assistants called ${name}`);
  return found[0].id;
}
