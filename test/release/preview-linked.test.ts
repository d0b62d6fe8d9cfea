import { describe, expect, it } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/contract/contract.ts';
import type { PreviewReport, PreviewTraces } from '../../src/model/preview-report.ts';
import { type Account, account, type Checkout } from './checkout.ts';

/** Assistants that the branch changes and that hand off to one another: tests have to cross the handoff. */

const assistant = (key: string, says: string, to: readonly string[], more = ''): string => `kind: assistant
key: ${key}
spec:
  name: ${key}
  model: openai/gpt-4o
  instructions: ${says}
  enabled_features: [telephony]
${more}${
  to.length === 0
    ? ''
    : `  tools:
    - type: handoff
      handoff: { ai_assistants: [${to.map((target) => `{ name: ${target}, id: { $ref: assistant/${target} } }`).join(', ')}] }
`
}`;

const test = (key: string, of: string, channel = 'web_chat'): string => `kind: test
key: ${key}
spec:
  name: ${key}
  destination: { $ref: assistant/${of} }
  telnyx_conversation_channel: ${channel}
  instructions: Ask.
  rubric: [{ name: answers, criteria: It answers. }]
`;

const all = (...documents: readonly string[]): string => documents.join('---\n');

const specs = (says: string): string =>
  all(
    assistant('desk', says, ['billing']),
    assistant('billing', says, ['desk', 'idle']),
    assistant('idle', 'Wait.', []),
    test('asks-desk', 'desk'),
    test('asks-idle', 'idle'),
    test('rings', 'desk', 'phone_call'),
  );

async function applied(
  text: string,
  options: Partial<EmulatorOptions> = {},
): Promise<Account & { branch: Checkout }> {
  const world = await account(options);
  const branch = await world.checkout(text);
  const { code, err } = await branch.cli('apply');
  if (code !== 0) throw new Error(err);
  return { ...world, branch };
}

async function up(branch: Checkout): Promise<{ code: number; report: PreviewReport; err: string }> {
  const { code, out, err } = await branch.cli(
    'preview',
    'up',
    '--id',
    'pr-7',
    '--linked',
    '--format',
    'json',
  );
  if (!out.includes('"parts"')) throw new Error(`${code} ${err}`);
  return { code, report: JSON.parse(out) as PreviewReport, err };
}

const RECORDS = ['assistants', 'versions', 'tools', 'tests', 'texml_applications', 'canaries'];

function snapshot({ server }: Account): string {
  return JSON.stringify(RECORDS.map((name) => [name, server.store.all(name)]));
}

describe.each([
  {},
  { quirks: { deleteReferenced: 'refuse', softDelete: true, deleteCounts: 'main' } },
  { quirks: { deleteReferenced: 'refuse', softDelete: true, deleteCounts: 'versions' } },
  { quirks: { replayUnmarked: true, nestedObjects: 'merge' } },
] as readonly Partial<EmulatorOptions>[])('preview up --linked, on a server with %j', (options) => {
  it('copies those that hand off to one another, redirects handoffs and tests, and leaves no trace', async () => {
    const world = await applied(specs('Hello.'), options);
    const before = snapshot(world);
    await world.branch.write(specs('Good morning.'));
    const { code, report, err } = await up(world.branch);
    expect(code).toBe(0);
    expect(report.parts.map(({ what, address }) => `${what} ${address}`).sort()).toEqual([
      'copy assistant/billing',
      'copy assistant/desk',
      'copy test/asks-desk',
      'copy test/rings',
    ]);
    const id = (address: string): string =>
      String(report.parts.find((part) => part.address === address)?.remote_id);
    const config = (address: string): string => {
      const record = world.server.store.get('assistants', id(address)) as { main?: string } | undefined;
      const versions = world.server.store.all('versions');
      return JSON.stringify(versions.find(({ version_id: version }) => version === record?.main));
    };
    expect(config('assistant/desk')).toContain(id('assistant/billing'));
    expect(config('assistant/billing')).toContain(id('assistant/desk'));
    // Nothing of the originals is shared: no handoff to their mains, no application for calls.
    const originals = (JSON.parse(before) as [string, { id?: string; name?: string }[]][])[0]?.[1] ?? [];
    expect(originals).toHaveLength(3);
    const apps = world.server.store.all('texml_applications').map(({ id: app }) => String(app));
    expect(apps).toHaveLength(3);
    for (const taken of apps)
      expect(config('assistant/desk') + config('assistant/billing')).not.toContain(taken);
    const named = originals.filter(({ id: original }) =>
      config('assistant/billing').includes(String(original)),
    );
    // One of them is not changed: the handoff to it stays as it is.
    expect(named).toHaveLength(1);
    const tested = world.server.store.all('tests').find(({ name }) => String(name).startsWith('asks-desk ['));
    expect(tested).toMatchObject({ destination: id('assistant/desk') });
    expect(report.tests.map(({ address, outcome }) => `${address} ${outcome}`)).toEqual([
      'test/asks-desk passed',
    ]);
    expect(err).toContain('test/rings calls a phone number');
    expect((await up(world.branch)).report.parts.map(({ remote_id: one }) => one)).toEqual(
      report.parts.map(({ remote_id: one }) => one),
    );
    const { code: gone } = await world.branch.cli('preview', 'down', '--id', 'pr-7');
    expect(gone).toBe(0);
    const left = snapshot(world);
    expect(left).toBe(before);
    const deletes = world.server.requests.filter(
      ({ method, path }) => method === 'DELETE' && path.startsWith('/ai/assistants/assistant-'),
    );
    expect(deletes.length).toBeGreaterThan(0);
  });

  it('is the same after a plain preview of the same id, and the other way round', async () => {
    const world = await applied(specs('Hello.'), options);
    const before = snapshot(world);
    await world.branch.write(specs('Good morning.'));
    await world.branch.cli('preview', 'up', '--id', 'pr-7');
    expect((await up(world.branch)).report.parts.every(({ what }) => what === 'copy')).toBe(true);
    const plain = await world.branch.cli('preview', 'up', '--id', 'pr-7', '--format', 'json');
    const report = JSON.parse(plain.out) as PreviewReport;
    expect(report.parts.map(({ what }) => what)).toEqual(['version', 'version']);
    const { out } = await world.branch.cli('preview', 'status', '--format', 'json');
    expect((JSON.parse(out) as PreviewTraces).traces.map(({ what }) => what)).toEqual(['version', 'version']);
    await world.branch.cli('preview', 'down', '--id', 'pr-7');
    expect(snapshot(world)).toBe(before);
  });
});

it('copies the assistant between two that the branch changes, and a shared tool that hands off', async () => {
  const shared = `kind: tool
key: to-c
spec:
  type: handoff
  display_name: To C
  handoff: { ai_assistants: [{ name: c, id: { $ref: assistant/c } }] }
`;
  const text = (says: string): string =>
    all(
      assistant('a', says, ['b']),
      assistant('b', 'Between.', [], '  tool_ids: [{ $ref: tool/to-c }]\n'),
      assistant('c', says, ['d']),
      assistant('d', 'Beyond.', []),
      shared,
    );
  const world = await applied(text('Hello.'));
  const before = snapshot(world);
  await world.branch.write(text('Good morning.'));
  const { report } = await up(world.branch);
  expect(report.parts.map(({ what, address }) => `${what} ${address}`).sort()).toEqual([
    'copy assistant/a',
    'copy assistant/b',
    'copy assistant/c',
    'copy tool/to-c',
  ]);
  await world.branch.cli('preview', 'down', '--id', 'pr-7');
  expect(snapshot(world)).toBe(before);
});

it('says so where nothing is to be linked', async () => {
  const world = await applied(specs('Hello.'));
  await world.branch.write(specs('Hello.').replace('Wait.', 'Wait a moment.'));
  const { report } = await up(world.branch);
  expect(report.parts.map(({ what, address }) => `${what} ${address}`)).toEqual(['version assistant/idle']);
  expect(report.notes).toEqual(['no changed assistants hand off to one another: there is nothing to link']);
});

it.each([3, 6, 9, 12, 15, 18])('killed after write %i, the next up and gc converge', async (last) => {
  const world = await applied(specs('Hello.'));
  const before = snapshot(world);
  await world.branch.write(specs('Good morning.'));
  let writes = 0;
  world.server.setFaults(({ method }) => {
    if (method !== 'GET') writes += 1;
    // The request took effect and nobody hears of it, as after a kill.
    return method !== 'GET' && writes >= last ? { kind: 'reset-after' } : undefined;
  });
  await world.branch.cli('preview', 'up', '--id', 'pr-7', '--linked', '--no-tests');
  world.server.setFaults(() => undefined);
  const { code, report } = await up(world.branch);
  expect(code).toBe(0);
  expect(report.parts).toHaveLength(4);
  const { out } = await world.branch.cli('preview', 'status', '--format', 'json');
  expect((JSON.parse(out) as PreviewTraces).traces).toHaveLength(4);
  expect((await world.branch.cli('preview', 'gc', '--older-than', '0s')).code).toBe(0);
  expect(snapshot(world)).toBe(before);
});
