import { expect, test } from 'vitest';
import type { Quirks } from '../../src/emulator/contract/quirks.ts';
import { account, inDashboard } from '../e2e/harness.ts';

const INSIGHTS = '/ai/conversations/insights';
const GROUPS = '/ai/conversations/insight-groups';

async function api(quirks: Partial<Quirks> = {}) {
  const server = await account({ quirks });
  const call = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const text = await (await inDashboard(server, method, path, body)).text();
    return text === '' ? {} : JSON.parse(text).data;
  };
  return { server, call };
}

test('a body that the documents do not allow is refused with the place', async () => {
  const { call } = await api();
  await expect(call('POST', INSIGHTS, { name: 'x' })).rejects.toThrow(/422.*instructions.*Field required/);
  await expect(call('POST', INSIGHTS, { name: 5, instructions: 'x' })).rejects.toThrow(/422.*valid string/);
  await expect(call('POST', GROUPS, {})).rejects.toThrow(/422.*name/);
  await expect(call('GET', `${INSIGHTS}/?page[size]=100`)).rejects.toThrow(/404|422/);
});

test.each([
  ['merge', 'https://acme.example'],
  ['replace', ''],
] as const)('PUT that leaves a field out: %s', async (insightPut, webhook) => {
  const { call } = await api({ insightPut });
  const made = await call('POST', INSIGHTS, {
    name: 'a',
    instructions: 'b',
    webhook: 'https://acme.example',
  });
  const changed = await call('PUT', `${INSIGHTS}/${made.id}`, { name: 'c' });
  expect(changed).toMatchObject({ name: 'c', instructions: 'b', webhook });
});

test('a group shows its insights; assigning twice is fine or a conflict', async () => {
  for (const assignTwice of ['allow', 'conflict'] as const) {
    const { call } = await api({ assignTwice, jsonSchemaInResponse: 'text' });
    const insight = await call('POST', INSIGHTS, {
      name: 'a',
      instructions: 'b',
      json_schema: { type: 'object' },
    });
    const group = await call('POST', GROUPS, { name: 'g' });
    const link = `${GROUPS}/${group.id}/insights/${insight.id}`;
    await call('POST', `${link}/assign`);
    const again = call('POST', `${link}/assign`).then(
      () => 'allow' as const,
      () => 'conflict' as const,
    );
    expect(await again).toBe(assignTwice);
    const { insights } = await call('GET', `${GROUPS}/${group.id}`);
    expect(insights).toEqual([expect.objectContaining({ id: insight.id, json_schema: '{"type":"object"}' })]);
    await call('DELETE', `${link}/unassign`);
    expect((await call('GET', `${GROUPS}/${group.id}`)).insights).toEqual([]);
  }
});
