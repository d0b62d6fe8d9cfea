import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/contract/contract.ts';
import { startEmulator } from '../../src/emulator/server/server.ts';
import { createApi } from '../../src/live/telnyx/api.ts';
import { fetchAccount } from '../../src/live/telnyx/fetch.ts';
import { KIND_NAMES } from '../../src/model/address.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { rejection } from './harness.ts';

/** The client against the embedded API, which was written from the same documents by other hands. */
async function open(options: Partial<EmulatorOptions> = {}) {
  const quirks = { stockObjects: false, ...options.quirks };
  const emulator = await startEmulator({
    clock: () => new Date(),
    randomUuid: randomUUID,
    ...options,
    quirks,
  });
  const api = createApi({
    baseUrl: emulator.url,
    apiKey: 'KEY_TEST_1',
    retry: { attempts: 4, budgetMs: 30_000 },
    concurrency: 8,
    clock: fakeClock(),
    random: () => 0.5,
    userAgent: 'assistantctl/0.0.0-test',
  });
  onTestFinished(async () => {
    await api.close();
    await emulator.close();
  });
  return api;
}

const WEBHOOK = { name: 'lookup_order', description: 'Finds an order', url: 'https://example.com/orders' };
const TOOL = { type: 'webhook', display_name: 'Look up order', webhook: WEBHOOK };

test.each<[string, EmulatorOptions['quirks']]>([
  ['as documented', {}],
  ['with tool_ids null', { toolIdsInResponse: 'null' }],
  ['with tool_ids', { toolIdsInResponse: 'list' }],
  ['with unknown fields', { extraFields: true }],
  ['in another order', { reorder: true }],
  ['with nulls for what is absent', { nullsForAbsent: true }],
])('attachments and inline tools come back as they were sent, %s', async (_, quirks) => {
  const api = await open({ quirks: { abbreviatedList: false, ...quirks } });
  const tool = (await api.create('tool', TOOL, randomUUID())).resource;
  expect(tool.config).toMatchObject(TOOL);
  const inline = { type: 'hangup', hangup: { description: 'Ends the call' } };
  const body = { name: 'Front desk', instructions: 'Help.', tool_ids: [tool.id], tools: [inline] };
  const { resource } = await api.create('assistant', body, randomUUID());
  for (const seen of [resource, await api.get('assistant', resource.id), (await api.list('assistant'))[0]]) {
    expect(seen?.config).toMatchObject(body);
    expect(seen?.config).not.toHaveProperty('version_id');
  }
});

test('a staged version leaves main alone until it is promoted', async () => {
  const api = await open();
  const { resource: main } = await api.create('assistant', { name: 'A', instructions: 'One.' }, randomUUID());
  const { resource: staged } = await api.stageVersion(main.id, { instructions: 'Two.' }, 'abc 123');
  expect(staged).toMatchObject({ versionName: 'abc 123', config: { name: 'A', instructions: 'Two.' } });
  expect(staged.versionId).not.toBe(main.versionId);
  expect((await api.get('assistant', main.id))?.versionId).toBe(main.versionId);
  expect((await api.listVersions(main.id)).map(({ versionId }) => versionId)).toEqual([
    staged.versionId,
    main.versionId,
  ]);
  await api.promoteVersion(main.id, staged.versionId ?? '');
  expect((await api.get('assistant', main.id))?.config.instructions).toBe('Two.');
  expect(await api.canary(main.id)).toBeUndefined();
  await api.deleteVersion(main.id, main.versionId ?? '');
  expect(await api.getVersion(main.id, main.versionId ?? '')).toBeUndefined();
});

test('every kind is created, listed over pages, updated and deleted', async () => {
  const api = await open();
  const tools = Array.from({ length: 101 }, (_, index) =>
    api.create('tool', { ...TOOL, display_name: `Tool ${index}` }, randomUUID()),
  );
  const created = (await Promise.all(tools)).map(({ resource }) => resource);
  const server = { name: 'CRM', type: 'http', url: 'https://example.com/mcp' };
  const mcp = (await api.create('mcp_server', server, randomUUID())).resource;
  const rubric = [{ name: 'polite', criteria: 'Says hello' }];
  const draft = { name: 'Refund', destination: '+13125550100', instructions: 'Ask.', rubric };
  const exam = (await api.create('test', draft, randomUUID())).resource;
  const account = await fetchAccount(api, { kinds: KIND_NAMES, integrations: true });
  expect(account.resources).toHaveLength(103);
  expect(new Set(account.resources.map(({ id }) => id))).toEqual(
    new Set([...created.map(({ id }) => id), mcp.id, exam.id]),
  );
  const renamed = await api.update('mcp_server', mcp.id, { ...server, name: 'CRM 2' });
  expect(renamed.resource).toMatchObject({ id: mcp.id, name: 'CRM 2' });
  expect((await api.update('test', exam.id, { ...draft, name: 'R2' })).resource.name).toBe('R2');
  await Promise.all([api.delete('mcp_server', mcp.id), api.delete('test', exam.id)]);
  expect(await api.get('test', exam.id)).toBeUndefined();
});

test('a create whose reply was lost is the same resource under the same key', async () => {
  let lost = false;
  const api = await open({
    faults: ({ method }) => {
      if (method !== 'POST' || lost) return undefined;
      lost = true;
      return { kind: 'reset-after' };
    },
  });
  expect(await rejection(api.create('tool', TOOL, 'key_1'))).toMatchObject({ effect: 'unknown' });
  const again = await api.create('tool', TOOL, 'key_1');
  expect(again.replayed).toBe(true);
  expect((await api.list('tool')).map(({ id }) => id)).toEqual([again.resource.id]);
});

test('a refused body names the field', async () => {
  const api = await open();
  const error = await rejection(api.create('assistant', { instructions: 'x' }, randomUUID()));
  expect(error).toMatchObject({ kind: 'partial', status: 422, effect: 'none' });
  expect(error.problems[0]?.pointer).toBe('/name');
  expect(error.message).toMatch(/^POST \/ai\/assistants: 422 name: .*\(request id /);
});
