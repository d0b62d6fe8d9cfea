import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { account, finished, inDashboard, leadingTo, testProject, writes } from '../e2e/harness.ts';

const apply = ['apply', '--env', 'account'] as const;

async function assistantNames(server: Parameters<typeof inDashboard>[0]): Promise<readonly string[]> {
  const { data } = (await (await inDashboard(server, 'GET', '/ai/assistants')).json()) as {
    data: { name: string }[];
  };
  return data.map(({ name }) => name).sort();
}

describe('SIGTERM', () => {
  it('at any request of a first apply ends in order: 143, everything recorded, and the next apply goes on', async () => {
    for (let at = 0; ; at += 3) {
      const server = await account({ latencyMs: 5 });
      const project = await testProject(leadingTo(server));
      const child = project.start(apply);
      let sent = false;
      server.setFaults((_, index) => {
        if (index === at) {
          sent = true;
          child.kill('SIGTERM');
        }
        return undefined;
      });
      const { code, stderr } = await finished(child);
      server.setFaults(undefined);
      if (!sent) break;
      // The last requests may all be in flight already: then there is nothing left to stop.
      expect([0, 143], stderr).toContain(code);
      const kept = await readdir(join(project.folder, '.assistantctl/state')).catch(() => []);
      expect(kept.filter((name) => name.includes('.lock'))).toEqual([]);
      expect(await project.run(...apply)).toMatchObject({ code: 0 });
      expect((await project.run('plan', '--env', 'account', '--detailed-exitcode')).code).toBe(0);
      expect(await assistantNames(server)).toEqual(['Billing', 'Front desk']);
      await server.close();
    }
  }, 90_000);
});

describe('a disk that refuses the state', () => {
  it('before the first write: nothing is sent, and the message names the file', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server));
    await writeFile(join(project.folder, '.assistantctl'), 'in the way');
    const { code, stderr } = await project.run(...apply);
    expect(code).toBe(3);
    expect(stderr).toContain('.assistantctl');
    expect(writes(server)).toEqual([]);
  });

  it('while the apply works: it stops with 7, and the next one finds everything again', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server));
    const state = join(project.folder, '.assistantctl/state');
    const child = project.start(apply);
    server.setFaults(({ method }) => {
      // A folder in place of the state file: the end of the apply cannot put the new one there.
      if (method !== 'GET') void mkdir(join(state, 'account.json')).catch(() => undefined);
      return undefined;
    });
    const { code, stderr } = await finished(child);
    server.setFaults(undefined);
    expect(code, stderr).toBe(7);
    expect(stderr).toContain('account.json');
    await rm(join(state, 'account.json'), { recursive: true });
    expect(await project.run(...apply)).toMatchObject({ code: 0 });
    expect((await project.run('plan', '--env', 'account', '--detailed-exitcode')).code).toBe(0);
    expect(await assistantNames(server)).toEqual(['Billing', 'Front desk']);
  });

  it('a damaged state is an error with the byte, never an empty one', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server));
    await project.run(...apply);
    const file = join(project.folder, '.assistantctl/state/account.json');
    const whole = await readFile(file, 'utf8');
    const before = writes(server).length;
    for (const part of [0, 0.3, 0.9]) {
      await writeFile(file, whole.slice(0, Math.floor(whole.length * part)));
      const { code, stderr } = await project.run(...apply);
      expect(code).toBe(3);
      expect(stderr).toMatch(/account\.json: (is empty|is damaged or cut off at byte \d+)/);
    }
    expect(writes(server)).toHaveLength(before);
    await writeFile(file, whole);
    expect((await project.run('plan', '--env', 'account', '--detailed-exitcode')).code).toBe(0);
  });
});
