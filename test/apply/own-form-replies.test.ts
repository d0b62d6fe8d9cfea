import { describe, expect, it } from 'vitest';
import { OWN_FORMS, type OwnForm } from '../../src/emulator/contract/own-form.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import type { RemoteResource } from '../../src/model/remote.ts';
import type { Specs } from '../support/specs.ts';
import { type ApplyParts, startWorld, type World } from '../support/world.ts';

/** An API that keeps values in a form of its own, and whose replies to writes tell little of it, or too late. */

const FORMS = (OWN_FORMS as readonly OwnForm[]).filter((form) => form !== 'modelAlias');

const specs = (edit: string): Specs => ({
  'tool/hook': {
    type: 'webhook',
    display_name: 'Hook',
    webhook: {
      name: 'hook',
      description: `“Finds”,\n\n\n\nit’s ${edit}.`,
      url: 'https://Crm.Example.com/hook',
      method: 'POST',
    },
  },
  'mcp_server/crm': {
    name: 'CRM',
    type: 'http',
    url: `https://Mcp.Example.com/${edit}`,
    allowed_tools: ['search', 'lookup', 'search'],
  },
  'assistant/desk': {
    name: 'Desk',
    instructions: `“You” are the café’s desk.\n${edit}`,
    tags: ['VIP', 'apple'],
    tool_ids: [{ $ref: 'tool/hook' }],
    mcp_servers: [{ id: { $ref: 'mcp_server/crm' } }],
    tools: [
      {
        type: 'transfer',
        transfer: { from: '+13125550100', targets: [{ name: 'Sales', to: '+13125550101' }] },
      },
    ],
  },
  'test/hello': {
    name: 'Says hello',
    destination: { $ref: 'assistant/desk' },
    instructions: `Say “hello” ${edit}.`,
    rubric: [{ name: 'Polite', criteria: 'It’s polite.' }],
  },
});

type Reply = (reply: RemoteResource, before: RemoteResource | undefined) => RemoteResource;

/** Replies to writes, changed on their way. */
const replying =
  (change: Reply) =>
  ({ api, session }: ApplyParts): ApplyParts => ({
    session,
    api: {
      ...api,
      create: async (kind, body, key) => {
        const written = await api.create(kind, body, key);
        return { ...written, resource: change(written.resource, undefined) };
      },
      update: async (kind, id, body) => {
        const before = await api.get(kind, id);
        const written = await api.update(kind, id, body);
        return { ...written, resource: change(written.resource, before) };
      },
      stageVersion: async (id, body, name) => {
        const before = await api.get('assistant', id);
        const written = await api.stageVersion(id, body, name);
        const { versionId } = written.resource;
        return { ...written, resource: { ...change(written.resource, before), versionId } };
      },
    },
  });

/** Without each second field, at every depth. */
function thinned(value: Json): Json {
  if (isArray(value)) return value.map(thinned);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([name]) => !['description', 'url', 'criteria', 'to'].includes(name),
  );
  return Object.fromEntries(kept.map(([name, inner]) => [name, thinned(inner)]));
}

const object = (value: Json): JsonObject => (isObject(value) ? value : {});

const REPLIES: readonly (readonly [string, Reply])[] = [
  ['are receipts', (reply) => ({ ...reply, config: {} })],
  ['lack fields deep inside', (reply) => ({ ...reply, config: object(thinned(reply.config)) })],
  [
    'are those of the write before',
    (reply, before) => (before === undefined ? reply : { ...reply, config: before.config }),
  ],
];

async function quiet(world: World, wanted: Specs): Promise<void> {
  const { plan } = await world.plan(wanted);
  expect([plan.changes, plan.drift, plan.conflicts]).toEqual([[], [], []]);
  expect(plan.diagnostics.map(({ code }) => code)).not.toContain('VALUE_NOT_TAKEN');
}

describe.each(REPLIES)('replies that %s', (_, change) => {
  it.each([...FORMS, 'all', 'none'] as const)('with the own form %s', async (form) => {
    const ownForm = form === 'all' ? FORMS : form === 'none' ? [] : [form];
    const world = await startWorld({ quirks: { ownForm } });
    for (const edit of ['one', 'two', 'two', 'three']) {
      const report = await world.apply(specs(edit), { wrap: replying(change) });
      expect(report.results.filter(({ status }) => status !== 'applied')).toEqual([]);
      await quiet(world, specs(edit));
    }
    await world.dashboard('PATCH', `/ai/tools/${await world.bound('tool/hook')}`, { display_name: 'Mine' });
    const { plan } = await world.plan(specs('three'));
    expect(plan.drift.map(({ address }) => address)).toEqual(['tool/hook']);
  });

  it('a dashboard edit right after the write is no form', async () => {
    const world = await startWorld({ quirks: { ownForm: ['crlf'] } });
    await world.apply(specs('one'));
    const id = await world.bound('tool/hook');
    const wrap = (parts: ApplyParts): ApplyParts => {
      const { api, session } = replying(change)(parts);
      return {
        session,
        api: {
          ...api,
          update: async (kind, tool, body) => {
            const written = await api.update(kind, tool, body);
            if (kind === 'tool') await world.dashboard('PATCH', `/ai/tools/${id}`, { display_name: 'Mine' });
            return written;
          },
        },
      };
    };
    await world.apply(specs('two'), { wrap });
    const { plan } = await world.plan(specs('two'));
    expect(plan.conflicts).toEqual([]);
    expect(plan.drift.map(({ address }) => address)).toEqual(['tool/hook']);
  });
});
