import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/program.ts';
import type { EmulatorHandle } from '../../src/emulator/contract/contract.ts';
import { startEmulator } from '../../src/emulator/server/server.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { fakeRuntime } from '../cli/runtime.ts';

const cleanups: (() => Promise<unknown>)[] = [];
const end = async (): Promise<void> => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
};
afterEach(end);

interface Agency {
  readonly accounts: { readonly [name: string]: EmulatorHandle };
  cli(
    ...args: readonly string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  json(...args: readonly string[]): Promise<{ readonly code: number; readonly body: JsonObject }>;
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  has(file: string): boolean;
  /** What each environment plans, without what is different each time. */
  plans(): Promise<JsonObject>;
}

async function post(server: EmulatorHandle, path: string, body: object): Promise<JsonObject> {
  const reply = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer KEY_TEST_DASHBOARD', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as JsonObject;
}

/** A project with an account for each name, and the embedded API as `local`. */
async function agency(...names: readonly string[]): Promise<Agency> {
  const folder = await mkdtemp(join(tmpdir(), 'assistantctl-accounts-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const started = await Promise.all(
    names.map(async (name) => {
      const server = await startEmulator({ clock: () => new Date(), randomUuid: randomUUID });
      cleanups.push(() => server.close());
      return [name, server] as const;
    }),
  );
  const accounts = Object.fromEntries(started);
  const environments = started.map(
    ([name, { url }]) => `  ${name}: { api_key_env: TELNYX_API_KEY, base_url: "${url}" }\n`,
  );
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  };
  await write(
    'assistantctl.yaml',
    `project: agency\nenvironments:\n  local: { target: emulator }\n${environments.join('')}retry: { attempts: 2, budget: 1s }\n`,
  );
  await mkdir(join(folder, 'assistants'));
  const cli: Agency['cli'] = async (...args) => {
    const runtime = {
      ...fakeRuntime({ cwd: folder, env: { TELNYX_API_KEY: 'KEY_TEST_AGENCY' } }),
      uuid: randomUUID,
    };
    const code = await run(args, runtime);
    return { code, out: runtime.out(), err: runtime.err() };
  };
  const json: Agency['json'] = async (...args) => {
    const { code, out, err } = await cli(...args, '--format', 'json');
    try {
      return { code, body: JSON.parse(out) };
    } catch {
      throw new Error(`${args.join(' ')}: ${code} ${out} ${err}`);
    }
  };
  return {
    accounts,
    cli,
    json,
    read: (file) => readFile(join(folder, file), 'utf8'),
    write,
    has: (file) => existsSync(join(folder, file)),
    plans: async () => {
      const plans: { [name: string]: JsonObject } = {};
      for (const name of names) {
        const { body } = await json('plan', '--env', name);
        plans[name] = {
          summary: body.summary ?? null,
          changes: body.changes ?? null,
          drift: body.drift ?? null,
        };
      }
      return plans;
    },
  };
}

const LONG = (words: string): string =>
  ['You answer the phone.', words, 'Be kind.', 'Be brief.', 'Spell names.', 'Say goodbye.'].join('\n');

describe('a second account', () => {
  it('becomes overlays of what the first one said, and its own documents are for it alone', async () => {
    const { accounts, cli, json, read, plans, has } = await agency('staging', 'production');
    for (const [name, server] of Object.entries(accounts)) {
      const tool = await post(server, '/ai/tools', {
        type: 'webhook',
        display_name: 'Look',
        webhook: { name: 'look', description: 'Looks.', url: `https://${name}.example/look`, method: 'GET' },
      });
      await post(server, '/ai/assistants', {
        name: 'Desk',
        model: 'openai/gpt-4o',
        instructions: LONG(`You are at ${name}.`),
        greeting: 'Hello.',
        tool_ids: [tool.id ?? (tool.data as JsonObject).id ?? ''],
        tools: [{ type: 'hangup', hangup: { description: `Hang up, ${name}.` } }],
      });
      await post(server, '/ai/assistants', { name: `Only ${name}`, model: 'm', instructions: 'Hi.' });
    }
    expect((await cli('pull', '--adopt', '--env', 'staging')).code).toBe(0);
    expect(await read('assistants/desk.yaml')).toContain('only: [staging, local]');
    const before = await plans();
    expect(before.staging).toMatchObject({ changes: [] });
    const prompt = await read('assistants/prompts/desk.md');

    const pulled = await json('pull', '--adopt', '--env', 'production');
    expect(pulled.code, JSON.stringify(pulled.body)).toBe(0);
    expect(pulled.body.plan).toEqual({ changes: 0, drift: 0, conflicts: 0 });
    const desk = await read('assistants/desk.yaml');
    expect(desk).toContain('only: [staging, local, production]');
    expect(desk).toMatch(/environments:\n {2}production:\n/);
    expect(desk).toContain('{ $file: prompts/desk.production.md }');
    expect(await read('assistants/prompts/desk.production.md')).toContain('You are at production.');
    expect(await read('assistants/prompts/desk.md')).toBe(prompt);
    expect(await read('assistants/tools/look.yaml')).toContain('https://production.example/look');
    expect(await read('assistants/only-production.yaml')).toContain('only: [production, local]');
    expect(has('assistants/desk-2.yaml')).toBe(false);
    const after = await plans();
    expect(after.staging).toEqual(before.staging);
    expect(after.production).toMatchObject({ changes: [], drift: [] });
    // And nothing is written by the next applies.
    for (const name of ['staging', 'production']) {
      const written = accounts[name]?.requests.filter(({ method }) => method !== 'GET').length;
      expect((await cli('apply', '--env', name)).code).toBe(0);
      expect(accounts[name]?.requests.filter(({ method }) => method !== 'GET')).toHaveLength(written ?? 0);
    }
  });

  it('keeps ids of one account out of what others share', async () => {
    const { accounts, cli, read } = await agency('staging', 'production');
    const ids: string[] = [];
    for (const server of Object.values(accounts)) {
      const group = await post(server, '/ai/conversations/insight-groups', { name: `G ${ids.length}` });
      const id = String(group.id ?? (group.data as JsonObject).id);
      ids.push(id);
      await post(server, '/ai/assistants', {
        name: 'Desk',
        model: 'm',
        instructions: 'Hi.',
        insight_settings: { insight_group_id: id },
      });
    }
    expect((await cli('pull', '--adopt', 'assistant/desk', '--env', 'staging')).code).toBe(0);
    expect((await cli('pull', '--adopt', 'assistant/desk', '--env', 'production')).code).toBe(0);
    const desk = await read('assistants/desk.yaml');
    const [shared = '', own = ''] = desk.split('\nenvironments:');
    for (const id of ids) {
      expect(shared).not.toContain(id);
      expect(own).toContain(id);
    }
  });

  it('does not touch documents of the embedded API, whatever their names', async () => {
    const { accounts, cli, read, write } = await agency('production');
    const sample =
      'kind: assistant\nonly: [local]\nspec: { name: Desk, model: m, instructions: A sample. }\n';
    await write('assistants/desk.yaml', sample);
    const server = accounts.production as EmulatorHandle;
    await post(server, '/ai/assistants', { name: 'Desk', model: 'm', instructions: 'Live.' });
    expect((await cli('pull', '--adopt', '--env', 'production')).code).toBe(0);
    expect(await read('assistants/desk.yaml')).toBe(sample);
    expect((await cli('plan', '--env', 'production', '--detailed-exitcode')).code).toBe(0);
  });

  it('refers to its own resources by address, in a cycle too, and leaves other kinds equal', async () => {
    const { accounts, json, read, plans } = await agency('staging', 'production');
    for (const [name, server] of Object.entries(accounts)) {
      const first = await post(server, '/ai/assistants', { name: 'A', model: 'm', instructions: 'Hi.' });
      const handoff = (id: unknown) => ({
        type: 'handoff',
        handoff: { ai_assistants: [{ name: 'X', id }] },
      });
      const second = await post(server, '/ai/assistants', {
        name: 'B',
        model: 'm',
        instructions: `Hi from ${name}.`,
        tools: [handoff(first.id)],
      });
      await post(server, `/ai/assistants/${first.id}`, { tools: [handoff(second.id)] });
      await post(server, '/ai/mcp_servers', {
        name: 'crm',
        type: 'http',
        url: `https://${name}.example/mcp`,
      });
      await post(server, '/ai/assistants/tests', {
        name: 'Greets',
        destination: first.id,
        instructions: 'Say hello.',
        telnyx_conversation_channel: 'web_chat',
        rubric: [{ name: 'greets', criteria: 'It greets.' }],
      });
    }
    for (const name of ['staging', 'production']) {
      const { code, body } = await json('pull', '--adopt', '--env', name);
      expect(code, JSON.stringify(body)).toBe(0);
      expect(body.plan).toEqual({ changes: 0, drift: 0, conflicts: 0 });
    }
    const a = await read('assistants/a.yaml');
    expect(a).toContain('$ref: assistant/b');
    expect(a).not.toMatch(/environments:/);
    expect(await read('assistants/mcp-servers/crm.yaml')).toContain('https://production.example/mcp');
    expect(await read('assistants/tests/greets.yaml')).not.toMatch(/environments:/);
    expect(await plans()).toMatchObject({ staging: { changes: [] }, production: { changes: [] } });
  });

  it('takes drift into its overlay, or into the shared part on demand', async () => {
    const { accounts, cli, json, read, write, plans } = await agency('staging', 'production');
    await write(
      'assistants/desk.yaml',
      '# One.\nkind: assistant\nspec:\n  name: Desk # two\n  model: m\n  instructions: Hi.\n',
    );
    for (const name of ['staging', 'production']) expect((await cli('apply', '--env', name)).code).toBe(0);
    const edit = async (greeting: string): Promise<void> => {
      const server = accounts.production as EmulatorHandle;
      const [desk] = server.requests.filter(({ method }) => method === 'POST');
      expect(desk).toBeDefined();
      const state = JSON.parse(await read('.assistantctl/state/production.json'));
      const id = state.resources['assistant/desk'].remote_id;
      await post(server, `/ai/assistants/${id}`, { instructions: greeting });
    };
    await edit('In production.');
    const before = await plans();
    const pulled = await json('pull', '--drift', '--env', 'production');
    expect(pulled.code, JSON.stringify(pulled.body)).toBe(0);
    expect(await read('assistants/desk.yaml')).toBe(
      '# One.\nkind: assistant\nspec:\n  name: Desk # two\n  model: m\n  instructions: Hi.\nenvironments:\n  production:\n    instructions: In production.\n',
    );
    const after = await plans();
    expect(after.staging).toEqual(before.staging);
    expect(after.production).toMatchObject({ changes: [], drift: [] });
    await write(
      'assistants/desk.yaml',
      '# One.\nkind: assistant\nspec: { name: Desk, model: m, instructions: Hi. }\n',
    );
    expect((await cli('pull', '--drift', '--as', 'shared', '--env', 'production')).code).toBe(0);
    expect(await read('assistants/desk.yaml')).toContain('instructions: In production.');
    expect(await read('assistants/desk.yaml')).not.toContain('environments:');
  });
});

const WORD = fc.constantFrom('one', 'two', 'three ${var.x}', LONG('Long.'), '');
const ASSISTANT = fc.record(
  {
    instructions: WORD.map((word) => word || 'Hi.'),
    greeting: WORD,
    tags: fc.subarray(['a', 'b', 'c']),
    dynamic_variables: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2')),
    telephony_settings: fc.record({ time_limit_secs: fc.constantFrom(300, 600) }),
    tools: fc.subarray([
      { type: 'hangup', hangup: { description: 'Ends.' } },
      {
        type: 'webhook',
        webhook: { name: 'w', description: 'Asks.', url: 'https://a.example/w', method: 'GET' },
      },
    ]),
  },
  { requiredKeys: ['instructions'] },
);
const ACCOUNT = fc.dictionary(fc.constantFrom('Desk', 'Billing', 'Night'), ASSISTANT, { minKeys: 1 });

describe('whatever several accounts hold', () => {
  it.each([
    [2, 12],
    [3, 8],
  ])(
    'of %i accounts, each pull leaves its own plan empty and all others as they were',
    { timeout: 120_000 },
    async (count, numRuns) => {
      const names = ['first', 'second', 'third'].slice(0, count);
      await fc.assert(
        fc.asyncProperty(fc.array(ACCOUNT, { minLength: count, maxLength: count }), async (contents) => {
          const project = await agency(...names);
          try {
            for (const [index, name] of names.entries()) {
              const server = project.accounts[name];
              for (const [assistant, body] of Object.entries(contents[index] ?? {})) {
                if (server !== undefined)
                  await post(server, '/ai/assistants', { name: assistant, model: 'm', ...body });
              }
            }
            for (const [index, name] of names.entries()) {
              const before = await project.plans();
              const { code, body } = await project.json('pull', '--adopt', '--env', name);
              expect(body.left, JSON.stringify(body)).toEqual([]);
              expect(code, JSON.stringify(body)).toBe(0);
              const after = await project.plans();
              expect(after[name]).toMatchObject({ changes: [], drift: [] });
              for (const other of names.slice(0, index)) expect(after[other]).toEqual(before[other]);
            }
          } finally {
            await end();
          }
        }),
        { numRuns },
      );
    },
  );
});
