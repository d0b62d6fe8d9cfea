import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import type { EmulatorHandle } from '../../src/emulator/contract/contract.ts';
import { account, finished, inDashboard, leadingTo, type TestProject, testProject } from '../e2e/harness.ts';
import { tellFigures } from './figures.ts';
import { bareRepository, cloneProject, git } from './repositories.ts';

export type Backend = 'file' | 'git';

/** One thing that an apply can be at when it is killed. */
export interface Scenario {
  readonly name: string;
  /** Applied in peace before. */
  readonly prepare: (project: TestProject) => Promise<void>;
  /** What changes in the specs for the apply that is killed. */
  readonly change: (project: TestProject) => Promise<void>;
  /** The command that is killed, and the one that comes after. */
  readonly command: readonly string[];
  readonly again: readonly string[];
  /** Names of everything live at the end. */
  readonly expected: readonly string[];
}

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'assistantctl-kill-'));
  folders.push(folder);
  return folder;
}

async function names(server: EmulatorHandle): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of ['/ai/assistants', '/ai/tools', '/ai/assistants/tests']) {
    const { data } = (await (await inDashboard(server, 'GET', path)).json()) as {
      data: { name?: string; display_name?: string }[];
    };
    // The platform's own tool is there in every account.
    const own = data.filter(({ display_name: name }) => name !== 'Default hangup');
    found.push(...own.map((item) => item.name ?? item.display_name ?? ''));
  }
  return found.sort();
}

interface Place {
  readonly project: TestProject;
  readonly server: EmulatorHandle;
}

/** A project on a server of its own; with the Git backend on a remote of its own too. */
async function place(backend: Backend, dataFile: string, remote: string, latencyMs = 0): Promise<Place> {
  const server = await account({ dataFile, latencyMs });
  const env = leadingTo(server);
  const project = backend === 'git' ? await cloneProject(remote, env) : await testProject(env);
  return { project, server };
}

/**
 * Kills the command right after its k-th write reached the server, for every k until it gets through, and
 * checks after each kill that one clean apply puts everything right. Returns the number of kills.
 */
export async function killEverywhere(
  scenario: Scenario,
  backend: Backend,
  latencyMs: number,
): Promise<number> {
  const stock = await temporary();
  const remote = await bareRepository();
  const first = await place(backend, join(stock, 'account.jsonl'), remote);
  await scenario.prepare(first.project);
  await scenario.change(first.project);
  await first.server.close();
  for (let k = 1; ; k += 1) {
    const copy = await temporary();
    await cp(join(stock, 'account.jsonl'), join(copy, 'account.jsonl')).catch(() => undefined);
    await cp(remote, join(copy, 'remote.git'), { recursive: true });
    const server = await account({ dataFile: join(copy, 'account.jsonl'), latencyMs });
    const project = await testProject({ GIT_CONFIG_NOSYSTEM: '1', ...leadingTo(server) });
    await rm(project.folder, { recursive: true });
    await cp(first.project.folder, project.folder, { recursive: true });
    if (backend === 'git')
      await git(project.folder, 'remote', 'set-url', 'origin', `file://${join(copy, 'remote.git')}`);

    const child = project.start([...scenario.command, '--env', 'account']);
    let writes = 0;
    server.setFaults(({ method }) => {
      if (method !== 'GET') writes += 1;
      if (writes === k) child.kill('SIGKILL');
      return undefined;
    });
    const { signal, code, stderr } = await finished(child);
    server.setFaults(undefined);
    if (signal === null && writes < k) {
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      await tellFigures({ test: 'kills', scenario: scenario.name, backend, latencyMs, kills: k - 1 });
      return k - 1;
    }
    // What had reached the server has its effect, though nobody waits for the reply any more.
    await new Promise((done) => setTimeout(done, latencyMs + 10));
    const where = `${scenario.name}, ${backend}, killed at write ${k}`;
    const again = await project.run(...scenario.again, '--env', 'account');
    expect(again.code, `${where}: ${again.stderr}${again.stdout}`).toBe(0);
    const plan = await project.run('plan', '--env', 'account', '--detailed-exitcode');
    expect(plan.code, `${where}: ${plan.stdout}${plan.stderr}`).toBe(0);
    expect(await names(server), where).toEqual([...scenario.expected].sort());
    await server.close();
    await rm(copy, { recursive: true, force: true });
    await rm(project.folder, { recursive: true, force: true });
  }
}
