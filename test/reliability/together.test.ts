import { describe, expect, it } from 'vitest';
import {
  account,
  finished,
  inDashboard,
  leadingTo,
  type Ran,
  SPECS,
  type TestProject,
} from '../e2e/harness.ts';
import { bareRepository, cloneProject } from './repositories.ts';

const ownTool = (n: number): string => `kind: tool
key: own-${n}
spec: { type: hangup, display_name: Own ${n}, hangup: { description: Ends the call. } }
`;

async function toolNames(server: Parameters<typeof inDashboard>[0]): Promise<readonly string[]> {
  const reply = await inDashboard(server, 'GET', '/ai/tools?page[size]=100');
  const { data } = (await reply.json()) as { data: { display_name: string }[] };
  // The platform's own tool is there in every account.
  return data.flatMap(({ display_name: name }) => (name === 'Default hangup' ? [] : [name])).sort();
}

describe('applies of one environment from separate clones of one remote', () => {
  it.each([2, 8])(
    '%i at once: one works, the others are told who; no twin, no lost update',
    async (count) => {
      const server = await account({ latencyMs: 30 });
      const remote = await bareRepository();
      const clones: TestProject[] = [];
      for (let n = 0; n < count; n += 1) {
        const specs = { ...SPECS, [`assistants/own-${n}.yaml`]: ownTool(n) };
        clones.push(await cloneProject(remote, { ...leadingTo(server), GITHUB_ACTOR: `worker-${n}` }, specs));
      }
      const ran = await Promise.all(
        clones.map((project) => finished(project.start(['apply', '--env', 'account']))),
      );
      const done = ran.flatMap(({ code }, n) => (code === 0 ? [n] : []));
      expect(done.length).toBeGreaterThan(0);
      for (const { code, stderr } of ran.filter((one) => one.code !== 0)) {
        expect(code, stderr).toBe(5);
        expect(stderr).toMatch(/locked by (worker-\d on .+ \(pid \d+\) since|an apply that just started)/);
      }
      // Who got through has all of its own, and nobody has anything twice.
      expect(await toolNames(server)).toEqual(['Lookup', ...done.map((n) => `Own ${n}`)].sort());
      const [first] = clones;
      const state = JSON.parse(
        (await first?.run('state', 'list', '--env', 'account', '--format', 'json'))?.stdout ?? '{}',
      );
      for (const n of done) expect(Object.keys(state.resources)).toContain(`tool/own-${n}`);
      expect(state.serial).toBe(done.length);
      // The losers only have to ask again.
      for (const project of clones) {
        expect(await project.run('apply', '--env', 'account')).toMatchObject({ code: 0 });
      }
      expect(await toolNames(server)).toEqual(['Lookup', ...clones.map((_, n) => `Own ${n}`)].sort());
    },
    120_000,
  );

  it('never block those of another environment', async () => {
    const remote = await bareRepository();
    const ran: Promise<Ran>[] = [];
    for (const environment of ['account', 'other']) {
      const server = await account({ latencyMs: 50 });
      const project = await cloneProject(remote, leadingTo(server));
      ran.push(finished(project.start(['apply', '--env', environment])));
    }
    for (const { code, stderr } of await Promise.all(ran))
      expect({ code, stderr }).toMatchObject({ code: 0 });
  }, 60_000);
});
