import { expect, it } from 'vitest';
import { run } from '../../src/cli/program.ts';
import type { EmulatorOptions } from '../../src/emulator/contract/contract.ts';
import type { PreviewTraces } from '../../src/model/preview-report.ts';
import { fakeRuntime } from '../cli/runtime.ts';
import { type Account, account, type Checkout } from './checkout.ts';

/** Chat takes an assistant and no version: a version is talked to through a copy that is gone afterwards. */

const specs = (name: string, says: string): string => `kind: assistant
key: desk
spec:
  name: ${name}
  model: openai/gpt-4o
  instructions: ${says}
  enabled_features: [telephony]
  telephony_settings: { supports_unauthenticated_web_calls: true }
---
kind: assistant
key: billing
spec:
  name: Billing
  model: openai/gpt-4o
  instructions: Explain.
  tools: [{ type: handoff, handoff: { ai_assistants: [{ name: Desk, id: { $ref: assistant/desk } }] } }]
`;

async function staged(
  options: Partial<EmulatorOptions> = {},
): Promise<Account & { branch: Checkout; version: string; before: string }> {
  const world = await account(options);
  const branch = await world.checkout(specs('Desk', 'Hello.'));
  expect((await branch.cli('apply')).code).toBe(0);
  await branch.write(specs('Desk', 'Good morning.'));
  const up = await branch.cli('preview', 'up', '--id', 'pr-3', '--format', 'json');
  const version = JSON.parse(up.out).parts[0].version_id as string;
  return { ...world, branch, version, before: snapshot(world) };
}

function snapshot({ server }: Account): string {
  const records = ['assistants', 'versions', 'tools', 'tests', 'texml_applications', 'deleted_assistants'];
  return JSON.stringify(records.map((name) => [name, server.store.all(name)]));
}

const talk = (branch: Checkout, version: string, ...more: readonly string[]) =>
  branch.cli('assistant', 'chat', 'assistant/desk', '--version', version, '--message', 'Hi', ...more);

it('a version is talked to, and its copy is deleted for good', async () => {
  const world = await staged({ quirks: { softDelete: true, deleteReferenced: 'refuse' } });
  const { code, out } = await talk(world.branch, world.version, '--format', 'json');
  expect(code).toBe(0);
  const said = JSON.parse(out);
  expect(said).toMatchObject({ version_id: world.version, turns: [{ message: 'Hi' }] });
  const creates = world.server.requests.filter(
    ({ method, path }) => method === 'POST' && path.endsWith('/ai/assistants'),
  );
  const copy = creates.at(-1)?.body as { instructions: string; name: string; enabled_features: string[] };
  expect(copy.instructions).toBe('Good morning.');
  expect(copy.name).toMatch(/^Desk \[preview:chat-[0-9a-f]{12}\/copy\]$/);
  expect(copy.enabled_features).toEqual([]);
  expect(JSON.stringify(copy)).not.toContain('default_texml_app_id');
  const deletes = world.server.requests.filter(({ method }) => method === 'DELETE');
  expect(JSON.stringify(deletes.at(-1))).toMatch(/hard_delete\W+true/);
  expect(snapshot(world)).toBe(world.before);
});

it('main needs no copy, by name or by its version', async () => {
  const world = await staged();
  const [desk] = world.server.store.all('assistants') as unknown as { main: string }[];
  const main = String(desk?.main);
  const creates = () =>
    world.server.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/ai/assistants'))
      .length;
  const count = creates();
  expect((await talk(world.branch, 'main')).code).toBe(0);
  expect((await talk(world.branch, main)).code).toBe(0);
  expect(creates()).toBe(count);
  expect(snapshot(world)).toBe(world.before);
});

it.each(['reset-after', 'reset-before'] as const)(
  'a create whose reply was lost (%s) leaves no copy behind',
  async (kind) => {
    const world = await staged();
    let once = true;
    world.server.setFaults(({ method, path }) => {
      if (!once || method !== 'POST' || !path.endsWith('/ai/assistants')) return undefined;
      once = false;
      return { kind };
    });
    const { code } = await talk(world.branch, world.version);
    expect([0, 7, 8]).toContain(code);
    expect(snapshot(world)).toBe(world.before);
  },
);

it('an answer that fails leaves no copy behind, and what stays is found by preview gc', async () => {
  const world = await staged();
  world.server.setFaults(({ path }) =>
    path.endsWith('/chat') ? { kind: 'status', status: 500 } : undefined,
  );
  expect((await talk(world.branch, world.version)).code).not.toBe(0);
  expect(snapshot(world)).toBe(world.before);
  // As after a kill: nothing can be deleted any more.
  world.server.setFaults(({ method }) => (method === 'DELETE' ? { kind: 'status', status: 503 } : undefined));
  const { code, err } = await talk(world.branch, world.version);
  expect(code).toBe(0);
  expect(err).toMatch(/preview down --id chat-[0-9a-f]{12}/);
  world.server.setFaults(() => undefined);
  const { out } = await world.branch.cli('preview', 'status', '--format', 'json');
  expect((JSON.parse(out) as PreviewTraces).traces.map(({ preview }) => preview).sort()).toEqual([
    expect.stringMatching(/^chat-/),
    'pr-3',
  ]);
  await world.branch.cli('preview', 'gc', '--older-than', '0s');
  expect((await world.branch.cli('preview', 'status')).out).toContain('No trace');
});

it.each([
  [['--version', '../x']],
  [['--version', '20200101T000000000000']],
  [['--version', '20200101T000000000000', '--conversation', 'c-1']],
])('refuses %j before anything is made', async (args) => {
  const world = await staged();
  const { code } = await world.branch.cli('assistant', 'chat', 'assistant/desk', '--message', 'Hi', ...args);
  expect(code).toBe(3);
  expect(snapshot(world)).toBe(world.before);
});

it.each(['SIGINT', 'SIGTERM'] as const)('%s in the middle of the talk removes the copy', async (name) => {
  const world = await staged();
  const env = { TELNYX_KEY_OF_MAIN: 'KEY_TEST_PREVIEW', TELNYX_BASE_URL: world.server.url };
  const fake = fakeRuntime({ cwd: world.branch.folder, env });
  let during = '';
  const runtime = {
    ...fake,
    lines: async function* () {
      yield 'Hi';
      during = snapshot(world);
      fake.signal(name);
      yield 'Are you there?';
    },
  };
  const code = await run(['assistant', 'chat', 'assistant/desk', '--version', world.version], runtime);
  expect(code).toBe(name === 'SIGINT' ? 130 : 143);
  expect(during).not.toBe(world.before);
  expect(snapshot(world)).toBe(world.before);
  expect(world.server.requests.filter(({ path }) => path.endsWith('/chat'))).toHaveLength(1);
});
