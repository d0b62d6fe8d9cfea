import { expect, test } from 'vitest';
import { finished, inDashboard } from '../e2e/harness.ts';
import { assistant, repository } from './repository.ts';

const handoff = (to: string): string =>
  `  tools: [{ type: handoff, handoff: { ai_assistants: [{ name: other, id: { $ref: assistant/${to} } }] } }]\n`;

/** Two assistants that hand off to each other: one is created whole, and the other is completed afterwards. */
const CIRCLE = {
  'assistants/east.yaml': assistant('east', 'Hello.', handoff('west')),
  'assistants/west.yaml': assistant('west', 'Hello.', handoff('east')),
};

test('a first apply that was killed after any of its writes is run again with the same set', async () => {
  for (let kill = 1; ; kill += 1) {
    const repo = await repository({});
    const request = await repo.request('circle', async () => {
      for (const [file, text] of Object.entries(CIRCLE)) await repo.project.write(file, text);
    });
    await repo.merge(request);
    const child = repo.project.start(['apply', '--env', 'live', '--reviewed', request.file]);
    let writes = 0;
    repo.server.setFaults(({ method }) => {
      if (method !== 'GET') writes += 1;
      if (writes === kill) child.kill('SIGKILL');
      return undefined;
    });
    const { signal, stderr } = await finished(child);
    repo.server.setFaults(undefined);
    await new Promise((done) => setTimeout(done, 20));
    const again = await finished(repo.project.start(['apply', '--env', 'live', '--reviewed', request.file]));
    expect(again.code, `killed at write ${kill}: ${stderr}\n${again.stdout}${again.stderr}`).toBe(0);
    const plan = await repo.project.run('plan', '--env', 'live', '--detailed-exitcode');
    expect(plan.code, `killed at write ${kill}: ${plan.stdout}`).toBe(0);
    if (signal === null) break;
    expect(kill).toBeLessThan(12);
  }
}, 120_000);

test('what somebody else made meanwhile under the name is not covered by the set of a create', async () => {
  const repo = await repository({});
  const request = await repo.request('one', () =>
    repo.project.write('assistants/east.yaml', assistant('east')),
  );
  await repo.merge(request);
  const body = { name: 'east', model: 'openai/gpt-4o', instructions: 'Mine.', greeting: 'By hand.' };
  await inDashboard(repo.server, 'POST', '/ai/assistants', body);
  const ran = await repo.apply([request]);
  expect(ran.code).toBe(6);
  expect(ran.stderr).toContain('UNREVIEWED');
});
