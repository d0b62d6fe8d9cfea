import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { Specs } from '../support/specs.ts';
import { type ApplyParts, comesToRest, startWorld, type World } from '../support/world.ts';

/** Where the API's own form ends: what did not stick is told, and what somebody else did is no form. */

const A: JsonObject = { name: 'A', instructions: 'You are A.' };

const HOOK: JsonObject = {
  type: 'webhook',
  display_name: 'Hook',
  webhook: { name: 'hook', description: 'Finds.', url: 'https://a.example/', method: 'POST' },
};

/** A server that stores something else than what it is sent. */
const storing =
  (change: (body: JsonObject) => JsonObject) =>
  ({ api, session }: ApplyParts): ApplyParts => ({
    session,
    api: {
      ...api,
      create: (kind, body, key) => api.create(kind, change(body), key),
      update: (kind, id, body) => api.update(kind, id, change(body)),
      stageVersion: (id, body, name) => api.stageVersion(id, change(body), name),
      updateVersion: (id, version, body) => api.updateVersion(id, version, change(body)),
    },
  });

async function differing(world: World, specs: Specs): Promise<readonly (readonly [string, string])[]> {
  const { plan } = await world.plan(specs);
  return [
    ...plan.changes.map(({ address }) => ['change', address] as const),
    ...plan.drift.map(({ address }) => ['drift', address] as const),
    ...plan.conflicts.map(({ address }) => ['conflict', address] as const),
  ];
}

const LOST: readonly (readonly [string, JsonObject, (body: JsonObject) => JsonObject])[] = [
  [
    'a flag',
    {
      widget_settings: { show_logo: true, theme: 'dark' },
      telephony_settings: { supports_unauthenticated_web_calls: true },
    },
    (body) => ({ ...body, telephony_settings: { supports_unauthenticated_web_calls: false } }),
  ],
  ['an element', { tags: ['gold', 'silver'] }, (body) => ({ ...body, tags: ['gold'] })],
  ['a list', { tags: ['gold'] }, (body) => ({ ...body, tags: [] })],
  ['a text against nothing', { greeting: 'Hello.' }, (body) => ({ ...body, greeting: '' })],
];

describe('what did not stick', () => {
  it.each(LOST)('%s: an update fails, main stays, the next apply tries again', async (_, more, change) => {
    const world = await startWorld();
    await world.apply({ 'assistant/a': A });
    const specs = { 'assistant/a': { ...A, ...more } };
    const report = await world.apply(specs, { wrap: storing(change) });
    expect(report.exitKind).toBe('partial');
    expect(report.results).toMatchObject([{ status: 'failed', error: { code: 'STAGED_OTHERWISE' } }]);
    expect(await differing(world, specs)).toEqual([['change', 'assistant/a']]);
    expect((await world.apply(specs)).exitKind).toBeNull();
    expect(await comesToRest(world, specs)).toBe(true);
  });

  it.each(LOST)('%s: a create fails, is bound, and the next apply tries again', async (_, more, change) => {
    const world = await startWorld();
    const specs = { 'assistant/a': { ...A, ...more } };
    const report = await world.apply(specs, { wrap: storing(change) });
    expect(report.exitKind).toBe('partial');
    expect(report.results).toMatchObject([
      { status: 'failed', remote_id: await world.bound('assistant/a'), error: { code: 'NOT_STUCK' } },
    ]);
    expect(await differing(world, specs)).toEqual([['change', 'assistant/a']]);
    expect((await world.apply(specs)).exitKind).toBeNull();
    expect(await comesToRest(world, specs)).toBe(true);
  });

  it('a reference is none of the words of the API', async () => {
    const world = await startWorld();
    const other = await world.dashboard('POST', '/ai/assistants', { ...A, name: 'Other' });
    const test = {
      name: 'Greets',
      destination: { $ref: 'assistant/a' },
      instructions: 'Say hello.',
      rubric: [{ name: 'r', criteria: 'c' }],
    };
    const specs = { 'assistant/a': A, 'test/t': test };
    const wrap = storing((body) =>
      body.destination === undefined ? body : { ...body, destination: other.id ?? '' },
    );
    expect((await world.apply(specs, { wrap })).exitKind).toBe('partial');
    expect((await world.apply(specs)).exitKind).toBeNull();
    expect(await comesToRest(world, specs)).toBe(true);
  });
});

describe('a scalar that comes back as it was before', () => {
  it('is recorded, with a caution in every plan until Git says otherwise', async () => {
    const world = await startWorld();
    await world.apply({ 'tool/hook': HOOK, 'assistant/a': { ...A, model: 'openai/gpt-4o' } });
    const specs = { 'tool/hook': HOOK, 'assistant/a': { ...A, model: 'openai/gpt-4.1', greeting: 'Hello.' } };
    const wrap = storing((body) => ({ ...body, ...('model' in body && { model: 'openai/gpt-4o' }) }));
    expect((await world.apply(specs, { wrap })).exitKind).toBeNull();
    for (let round = 0; round < 2; round += 1) {
      const { plan } = await world.plan(specs);
      expect([plan.changes, plan.drift, plan.conflicts]).toEqual([[], [], []]);
      expect(plan.diagnostics).toMatchObject([
        { code: 'VALUE_NOT_TAKEN', address: 'assistant/a', pointer: '/model', caution: true },
      ]);
      await world.apply(specs);
    }
    const back = { 'tool/hook': HOOK, 'assistant/a': { ...A, model: 'openai/gpt-4o', greeting: 'Hello.' } };
    await world.apply(back);
    expect((await world.plan(back)).plan.diagnostics).toEqual([]);
  });
});

describe('a key that the API drops', () => {
  const specs = (greeting: string): Specs => ({
    'assistant/a': { ...A, greeting, future_settings: { speed: 1 }, telephony_settings: { noise: 'low' } },
  });

  it('is a warning in every plan, neither failure nor drift, and is sent again', async () => {
    const world = await startWorld();
    expect((await world.apply(specs('One.'))).exitKind).toBeNull();
    for (const greeting of ['One.', 'Two.', 'Three.']) {
      expect((await world.apply(specs(greeting))).exitKind).toBeNull();
      const { plan } = await world.plan(specs(greeting));
      expect([plan.changes, plan.drift, plan.conflicts]).toEqual([[], [], []]);
      expect(plan.diagnostics.map(({ code, pointer }) => [code, pointer])).toEqual([
        ['FIELD_DROPPED', '/future_settings'],
        ['FIELD_DROPPED', '/telephony_settings/noise'],
      ]);
    }
  });
});

describe('a beta block that the API does not know yet', () => {
  it('does not hold the prompt hostage: it is a warning in every plan and is sent again', async () => {
    const world = await startWorld();
    const wrap = storing(({ delegation_settings: _dropped, ...body }) => body);
    for (const greeting of ['One.', 'Two.']) {
      const specs = {
        'assistant/a': { ...A, greeting, delegation_settings: { enabled: true, model: 'openai/gpt-4o' } },
      };
      expect((await world.apply(specs, { wrap })).exitKind).toBeNull();
      const { plan } = await world.plan(specs);
      expect([plan.changes, plan.drift, plan.conflicts]).toEqual([[], [], []]);
      expect(plan.diagnostics).toMatchObject([{ code: 'FIELD_DROPPED', pointer: '/delegation_settings' }]);
    }
  });
});

describe('the note of an own form', () => {
  it('is told by the plans up to the next apply, and no more', async () => {
    const world = await startWorld({ quirks: { ownForm: ['modelAlias'] } });
    const specs = { 'assistant/a': { ...A, model: 'openai/gpt-4o' } };
    const notes = async () => (await world.plan(specs)).plan.diagnostics.map(({ code }) => code);
    await world.apply(specs);
    expect(await notes()).toEqual(['OWN_FORM']);
    expect(await notes()).toEqual(['OWN_FORM']);
    expect((await world.apply(specs)).outcome).toBe('nothing');
    expect(await notes()).toEqual([]);
  });
});

describe('a dashboard edit between write and read-back', () => {
  it('of a shared tool is drift, and no form', async () => {
    const world = await startWorld();
    await world.apply({ 'tool/hook': HOOK });
    const id = await world.bound('tool/hook');
    const specs = { 'tool/hook': { ...HOOK, display_name: 'Finder' } };
    const wrap = ({ api, session }: ApplyParts): ApplyParts => ({
      session,
      api: {
        ...api,
        update: async (kind, tool, body) => {
          const written = await api.update(kind, tool, body);
          await world.dashboard('PATCH', `/ai/tools/${id}`, { display_name: 'Mine' });
          return written;
        },
      },
    });
    await world.apply(specs, { wrap });
    expect(await differing(world, specs)).toEqual([['drift', 'tool/hook']]);
  });

  it('of an assistant that was just created is drift, and no form', async () => {
    const world = await startWorld({ quirks: { ownForm: ['modelAlias'] } });
    const specs = { 'assistant/a': { ...A, model: 'openai/gpt-4o', greeting: 'Hello.' } };
    const wrap = ({ api, session }: ApplyParts): ApplyParts => ({
      session,
      api: {
        ...api,
        create: async (kind, body, key) => {
          const written = await api.create(kind, body, key);
          await world.dashboard('POST', `/ai/assistants/${written.resource.id}`, { greeting: 'Mine.' });
          return written;
        },
      },
    });
    await world.apply(specs, { wrap });
    expect(await differing(world, specs)).toEqual([['drift', 'assistant/a']]);
  });
});
