import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EmulatorHandle } from '../../src/emulator/contract/contract.ts';
import { account, inDashboard, leadingTo, liveId, writes } from './harness.ts';
import { nearProject } from './in-process.ts';

const desk = (instructions: string): string =>
  `kind: assistant\nkey: desk\nspec: { name: Desk, model: openai/gpt-4o, instructions: ${instructions} }\n`;
const FILES = { 'assistants/desk.yaml': desk('From Git.') };
const LIVE = { name: 'Desk', model: 'openai/gpt-4o', instructions: 'Live words.' };

async function existing(body: object = LIVE): Promise<EmulatorHandle> {
  const server = await account();
  await inDashboard(server, 'POST', '/ai/assistants', body);
  return server;
}

async function instructions(server: EmulatorHandle): Promise<unknown> {
  const reply = await fetch(`${server.url}/ai/assistants/${await liveId(server, 'Desk')}`, {
    headers: { authorization: 'Bearer KEY_TEST_E2E_0123456789' },
  });
  const body: unknown = await reply.json();
  return body !== null && typeof body === 'object' && 'instructions' in body ? body.instructions : undefined;
}

const at = ['--env', 'account'] as const;

describe('a document that has the name of a live resource and other values', () => {
  it('is counted, marked and shown as a take-over, with a caution in every format', async () => {
    const project = await nearProject(leadingTo(await existing()), FILES);
    const json = JSON.parse((await project.run('plan', ...at, '--format', 'json')).stdout);
    expect(json.summary).toMatchObject({ adopt: 0, takeover: 1, update: 0 });
    expect(json.changes).toMatchObject([
      {
        action: 'adopt',
        takes_over: true,
        fields: [{ path: '/instructions', before: 'Live words.', after: 'From Git.' }],
      },
    ]);
    expect(json.diagnostics).toMatchObject([
      { code: 'TAKES_OVER', caution: true, address: 'assistant/desk' },
    ]);
    for (const format of ['text', 'markdown', 'html']) {
      const { code, stdout } = await project.run('plan', ...at, '--format', format);
      expect(code).toBe(0);
      expect(stdout).toContain('1 to take over');
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain('made elsewhere, and replaces its /instructions');
      expect(stdout).toContain('Live words.');
    }
  });

  it.each([
    ['nothing', []],
    ['another address', ['--take-over', 'assistant/other']],
    ['--yes', ['--yes']],
    ['--override-limits', ['--override-limits']],
  ])('is refused with %s, before any write', async (_, flags) => {
    const server = await existing();
    const before = writes(server).length;
    const project = await nearProject(leadingTo(server), FILES);
    const refused = await project.run('apply', ...at, '--format', 'json', ...flags);
    expect(refused.code).toBe(5);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      outcome: 'refused',
      error: { code: 'TAKE_OVER_NEEDED' },
    });
    expect(refused.stdout).toContain('--take-over assistant/desk');
    expect(writes(server)).toHaveLength(before);
    expect(await instructions(server)).toBe('Live words.');
  });

  it('is refused from a saved plan too, also in a protected environment', async () => {
    const server = await existing();
    const project = await nearProject(leadingTo(server), FILES);
    expect((await project.run('plan', '--env', 'guarded', '--out', 'p.json')).code).toBe(0);
    expect((await project.run('apply', 'p.json')).code).toBe(5);
    expect((await project.run('apply', 'p.json', '--approve', 'guarded')).code).toBe(5);
    expect(await instructions(server)).toBe('Live words.');
    expect((await project.run('apply', 'p.json', '--take-over', 'assistant/desk')).code).toBe(0);
    expect(await instructions(server)).toBe('From Git.');
    // The same once more is a clean no-op, whatever the flags.
    expect((await project.run('apply', 'p.json')).code).toBe(0);
  });

  it.each([['all'], ['assistant/desk'], ['assistant/other,assistant/desk']])(
    'is done with --take-over %s, reported as such, and leaves an empty plan',
    async (named) => {
      const server = await existing();
      const project = await nearProject(leadingTo(server), FILES);
      const done = await project.run('apply', ...at, '--take-over', named, '--format', 'json');
      expect(done.code).toBe(0);
      expect(JSON.parse(done.stdout).results).toMatchObject([
        { action: 'adopt', takes_over: true, status: 'applied', promoted: true },
      ]);
      expect(await instructions(server)).toBe('From Git.');
      expect((await project.run('plan', ...at, '--detailed-exitcode')).code).toBe(0);
      // What was main is where a rollback leads.
      expect((await project.run('rollback', 'assistant/desk', ...at)).code).toBe(0);
      expect(await instructions(server)).toBe('Live words.');
    },
  );

  it('is done when the digest of exactly that plan was approved', async () => {
    const server = await existing();
    const project = await nearProject(leadingTo(server), FILES);
    const { plan_digest } = JSON.parse((await project.run('plan', ...at, '--format', 'json')).stdout);
    expect((await project.run('apply', ...at, '--expect-digest', plan_digest)).code).toBe(0);
    expect(await instructions(server)).toBe('From Git.');
  });

  it('needs nothing where nothing differs', async () => {
    const server = await existing({ ...LIVE, instructions: 'From Git.' });
    const before = writes(server).length;
    const project = await nearProject(leadingTo(server), FILES);
    const json = JSON.parse((await project.run('plan', ...at, '--format', 'json')).stdout);
    expect(json.summary).toMatchObject({ adopt: 1, takeover: 0 });
    expect(json.diagnostics).toEqual([]);
    expect((await project.run('apply', ...at)).code).toBe(0);
    expect(writes(server)).toHaveLength(before);
  });

  it('does not overwrite a hotfix when the state was lost', async () => {
    const server = await account();
    const project = await nearProject(leadingTo(server), FILES);
    expect((await project.run('apply', ...at)).code).toBe(0);
    const id = await liveId(server, 'Desk');
    await inDashboard(server, 'POST', `/ai/assistants/${id}`, { instructions: 'Hotfix.' });
    await project.remove('.assistantctl/state/account.json');
    expect((await project.run('apply', ...at)).code).toBe(5);
    expect(await instructions(server)).toBe('Hotfix.');
  });
});

it('limits count take-overs as changes, adoptions and creates not', async () => {
  const server = await account();
  const many = Object.fromEntries(
    ['a', 'b', 'c', 'd'].map((key) => [
      `assistants/${key}.yaml`,
      `kind: assistant\nspec: { name: ${key}, model: openai/gpt-4o, instructions: Words. }\n`,
    ]),
  );
  const project = await nearProject(leadingTo(server), many);
  expect((await project.run('apply', ...at)).code).toBe(0);
  for (const name of ['e', 'f', 'g']) {
    await inDashboard(server, 'POST', '/ai/assistants', { ...LIVE, name });
    await project.write(
      `assistants/${name}.yaml`,
      `kind: assistant\nspec: { name: ${name}, model: openai/gpt-4o, instructions: Words. }\n`,
    );
  }
  const refused = await project.run('apply', ...at, '--take-over', 'all');
  expect(refused.code).toBe(5);
  expect(refused.stderr).toContain('3 of 4 managed resources (75 %)');
  const file = join(project.folder, 'assistantctl.yaml');
  await writeFile(
    file,
    (await readFile(file, 'utf8')).replace('max_change_percent: 60', 'max_change_percent: 75'),
  );
  expect((await project.run('apply', ...at, '--take-over', 'all')).code).toBe(0);
});

describe('a create that was begun and never recorded as done', () => {
  /** From the create on the API answers nothing; whether the create took effect is the question. */
  async function cutOff(made: boolean): Promise<EmulatorHandle> {
    const server = await account();
    let begun = false;
    server.setFaults(({ method, path }) => {
      const creates = method === 'POST' && path === '/ai/assistants';
      begun ||= creates;
      return begun ? { kind: 'status', status: 500, afterEffect: made && creates } : undefined;
    });
    return server;
  }

  async function begunProject(server: EmulatorHandle) {
    const project = await nearProject(leadingTo(server), FILES);
    expect((await project.run('apply', ...at)).code).toBe(7);
    server.setFaults(undefined);
    return project;
  }

  it('does not make ours what somebody made by hand under the same name meanwhile', async () => {
    const server = await cutOff(false);
    const project = await begunProject(server);
    await inDashboard(server, 'POST', '/ai/assistants', LIVE);
    const refused = await project.run('apply', ...at, '--format', 'json');
    expect(refused.code).toBe(5);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'TAKE_OVER_NEEDED' } });
    expect(await instructions(server)).toBe('Live words.');
    expect((await project.run('apply', ...at, '--take-over', 'all')).code).toBe(0);
    expect(await instructions(server)).toBe('From Git.');
  });

  it('is completed without a question, also where Git says something else by now', async () => {
    const server = await cutOff(true);
    const project = await begunProject(server);
    const changed = desk('Changed in Git.');
    await project.write('assistants/desk.yaml', changed);
    expect((await project.run('apply', ...at)).code).toBe(0);
    expect(await instructions(server)).toBe('Changed in Git.');
    expect((await project.run('plan', ...at, '--detailed-exitcode')).code).toBe(0);
  });

  it('is a take-over where somebody changed since what it made', async () => {
    const server = await cutOff(true);
    const project = await begunProject(server);
    const id = await liveId(server, 'Desk');
    await inDashboard(server, 'POST', `/ai/assistants/${id}`, { instructions: 'Live words.' });
    expect((await project.run('apply', ...at)).code).toBe(5);
    expect(await instructions(server)).toBe('Live words.');
  });
});
