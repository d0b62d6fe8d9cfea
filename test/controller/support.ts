import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import type { ControllerStatus, EnvironmentStatus } from '../../src/model/controller-status.ts';
import { finished, spawnCli } from '../e2e/harness.ts';

/** A team with a bare remote, and controllers as processes of the built program. */

export const KEY = 'KEY_TEST_CONTROLLER';
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function git(folder: string, ...args: readonly string[]): string {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  return execFileSync('git', [...who, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export interface Team {
  readonly folder: string;
  readonly clone: string;
  readonly remote: string;
  push(files: Readonly<Record<string, string>>, ...how: readonly string[]): Promise<string>;
}

export const PROJECT = (base: string): string => `project: acme
environments:
  production:
    protected: true
    base_url: ${base}
    state: { backend: git, remote: origin, ref: refs/assistantctl/production }
retry: { attempts: 2, budget: 1s }
`;
export const DESK = (instructions: string, more = ''): string =>
  `kind: assistant\nkey: desk\nspec:\n  name: Desk\n  model: openai/gpt-4o\n  instructions: ${instructions}\n${more}`;

export async function team(base: string): Promise<Team> {
  const folder = await mkdtemp(join(tmpdir(), 'assistantctl-controller-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const [remote, clone] = [join(folder, 'remote.git'), join(folder, 'clone')];
  git(folder, 'init', '--quiet', '--bare', '--initial-branch', 'main', remote);
  git(folder, 'clone', '--quiet', remote, clone);
  const push = async (
    files: Readonly<Record<string, string>>,
    ...how: readonly string[]
  ): Promise<string> => {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(clone, file)), { recursive: true });
      await writeFile(join(clone, file), text);
    }
    git(clone, 'add', '--all');
    git(clone, 'commit', '--quiet', '--allow-empty', '--message', 'change');
    git(clone, 'push', '--quiet', ...how, 'origin', 'HEAD:main');
    return git(clone, 'rev-parse', 'HEAD').trim();
  };
  await push({
    'assistantctl.yaml': PROJECT(base),
    '.gitignore': '.assistantctl/\n',
    'assistants/desk.yaml': DESK('Help.'),
  });
  return { folder, clone, remote, push };
}

export interface Running {
  readonly child: ChildProcess;
  readonly events: readonly { readonly event: string; readonly [name: string]: unknown }[];
  url(): Promise<string>;
  status(): Promise<ControllerStatus>;
  environment(name?: string): Promise<EnvironmentStatus>;
  /** Until it has gone through everything so many times more: what it has not done by then it does not do. */
  rounds(count: number): Promise<void>;
  /** Until the environment is so; fails with what it is. */
  until(what: (status: EnvironmentStatus) => boolean, name?: string): Promise<EnvironmentStatus>;
}

export function start(
  who: Team,
  name: string,
  env: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Running {
  const words = [
    'controller',
    '--interval',
    '1s',
    '--listen',
    '127.0.0.1:0',
    '--data',
    join(who.folder, name),
  ];
  const child = spawnCli(who.clone, [...words, ...flags], { TELNYX_API_KEY: KEY, ...env });
  const events: { readonly event: string; readonly [name: string]: unknown }[] = [];
  let rest = '';
  child.stdout?.on('data', (data: Buffer) => {
    const lines = (rest + data.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) events.push(JSON.parse(line));
  });
  cleanups.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await finished(child);
  });
  const found = async <Value>(
    look: () => Value | undefined | Promise<Value | undefined>,
    what: () => string,
  ) => {
    for (let tries = 0; tries < 1_200; tries += 1) {
      const value = await look();
      if (value !== undefined) return value;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`did not come about: ${what()}`);
  };
  const told = (): string => JSON.stringify(events.slice(-8));
  const url = () =>
    found(() => events.find(({ event }) => event === 'listening')?.url as string | undefined, told);
  const status = async (): Promise<ControllerStatus> =>
    (await (await fetch(`${await url()}/status`)).json()) as ControllerStatus;
  const named = async (name: string | undefined) => {
    const { environments } = await status();
    return name === undefined ? environments[0] : environments.find((one) => one.environment === name);
  };
  const environment = (name?: string) => found(() => named(name), told);
  const until = (what: (one: EnvironmentStatus) => boolean, name?: string) =>
    found(async () => {
      const one = await named(name);
      return one !== undefined && what(one) ? one : undefined;
    }, told);
  const rounds = async (count: number): Promise<void> => {
    for (let left = count; left > 0; left -= 1) {
      const before = (await status()).repository.fetched_at;
      await found(async () => ((await status()).repository.fetched_at !== before ? true : undefined), told);
    }
    await found(async () => {
      const { environments } = await status();
      return environments.every(({ working }) => !working) || undefined;
    }, told);
  };
  return { child, events, url, status, environment, rounds, until };
}

export const inEffect = (commit: string) => (one: EnvironmentStatus) =>
  one.phase === 'in-effect' && one.applied_commit === commit;
