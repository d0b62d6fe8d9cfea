import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/model/errors.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import { crashAt } from '../reliability/crash.ts';
import type { Specs } from '../support/specs.ts';
import { comesToRest, endWorlds, isEmpty, startWorld, type World } from '../support/world.ts';

/** What random stories and faults brought to light, each in its smallest form. */

const A: JsonObject = { name: 'A', instructions: 'You are A.' };
const B: JsonObject = { name: 'B', instructions: 'You are B.' };

const hook = (properties: JsonObject): JsonObject => ({
  type: 'webhook',
  display_name: 'Hook',
  webhook: {
    name: 'hook',
    description: 'Finds.',
    url: 'https://a.example/',
    method: 'POST',
    body_parameters: { type: 'object', properties },
  },
});

const greets = (target: string): JsonObject => ({
  name: 'Greets',
  destination: { $ref: target },
  instructions: 'Say hello.',
  rubric: [{ name: 'r', criteria: 'c' }],
});

async function settles(world: World, specs: Specs): Promise<void> {
  const report = await world.apply(specs);
  expect(report.results.map(({ address, status, error }) => [address, status, error?.code])).toEqual(
    report.results.map(({ address }) => [address, 'applied', undefined]),
  );
  expect(isEmpty(await world.plan(specs))).toBe(true);
}

async function live(world: World, kind: string, address: string): Promise<JsonObject> {
  return world.dashboard('GET', `/ai/${kind}/${await world.bound(address)}`);
}

describe('main holds what the API accepts no second time', () => {
  for (const stagedBase of ['main', 'newest'] as const) {
    it(`a field that the change does not touch is kept, not sent (staged on ${stagedBase})`, async () => {
      const world = await startWorld({ quirks: { stagedBase } });
      await settles(world, { 'assistant/a': A });
      const reply = await world.dashboard('POST', '/ai/conversations/insight-groups', { name: 'Group' });
      const group = isObject(reply.data) ? String(reply.data.id) : '';
      const path = `/ai/assistants/${await world.bound('assistant/a')}`;
      const insights = { insight_group_id: group };
      await world.dashboard('POST', path, { insight_settings: insights });
      await world.dashboard('DELETE', `/ai/conversations/insight-groups/${group}`);
      await settles(world, { 'assistant/a': { ...A, greeting: 'Hello.' } });
      expect(await live(world, 'assistants', 'assistant/a')).toMatchObject({
        greeting: 'Hello.',
        insight_settings: insights,
      });
    });
  }
});

describe('an edit passes for one already in effect', () => {
  it('not when a reference points elsewhere', async () => {
    const world = await startWorld();
    await settles(world, { 'assistant/a': A, 'assistant/b': B, 'test/t': greets('assistant/a') });
    await settles(world, { 'assistant/a': A, 'assistant/b': B, 'test/t': greets('assistant/b') });
    expect((await live(world, 'assistants/tests', 'test/t')).destination).toBe(
      await world.bound('assistant/b'),
    );
  });

  it('not when a shared tool is attached', async () => {
    const world = await startWorld();
    const tool = { 'tool/hook': hook({}) };
    await settles(world, { ...tool, 'assistant/a': { ...A, tool_ids: [] } });
    await settles(world, { ...tool, 'assistant/a': { ...A, tool_ids: [{ $ref: 'tool/hook' }] } });
    const { tools } = await live(world, 'assistants', 'assistant/a');
    expect(tools).toMatchObject([{ shared: true, tool_id: await world.bound('tool/hook') }]);
  });

  it.each(['replace', 'merge'] as const)(
    'not when a schema parameter comes or goes, on a server that would %s',
    async (nested) => {
      const world = await startWorld({ quirks: { nested } });
      await settles(world, { 'tool/hook': hook({ order: { type: 'string' } }) });
      await settles(world, { 'tool/hook': hook({ order: { type: 'string' }, name: { type: 'string' } }) });
      await settles(world, { 'tool/hook': hook({ name: { type: 'string' } }) });
      await settles(world, { 'tool/hook': hook({}) });
    },
  );

  it('not when a thin reply shows nothing of what was to be removed', async () => {
    const quirks = { nested: 'merge' as const, replyLacksFields: ['tool_definition', 'webhook'] };
    const world = await startWorld({ quirks });
    await settles(world, { 'tool/hook': hook({ order: { type: 'string' } }) });
    await settles(world, { 'tool/hook': hook({}) });
  });
});

describe('a staged version', () => {
  const variables = (names: JsonObject): Specs => ({ 'assistant/a': { ...A, dynamic_variables: names } });

  it.each(['replace', 'merge'] as const)(
    'lacks the dynamic variables that went, on a server that would %s other blocks',
    async (nested) => {
      // A map of variables that is merged, and whose values may not be null, could never lose a name.
      const world = await startWorld({ quirks: { nested, nestedBlocks: { dynamic_variables: 'replace' } } });
      await settles(world, variables({ one: '1', two: '2' }));
      await settles(world, variables({ two: '2' }));
      await settles(world, variables({}));
    },
  );

  it('is found where the reply does not name it, although it was built on a leftover', async () => {
    const quirks = { stagedBase: 'newest' as const, replyLacksFields: ['version_id'] };
    const world = await startWorld({ quirks });
    await settles(world, { 'assistant/a': A });
    const id = await world.bound('assistant/a');
    await world.dashboard('POST', `/ai/assistants/${id}`, { greeting: 'Left over.', promote_to_main: false });
    await settles(world, { 'assistant/a': { ...A, instructions: 'You are A, at once.' } });
    expect((await live(world, 'assistants', 'assistant/a')).greeting ?? '').toBe('');
  });

  it('may hold what the API fills into a block that is new', async () => {
    const world = await startWorld({ quirks: { stagedBase: 'newest' } });
    await settles(world, { 'assistant/a': A });
    const id = await world.bound('assistant/a');
    await world.dashboard('POST', `/ai/assistants/${id}`, { greeting: 'Left over.', promote_to_main: false });
    const telephony = { enabled_features: ['telephony'], telephony_settings: { time_limit_secs: 600 } };
    await settles(world, { 'assistant/a': { ...A, ...telephony } });
    await settles(world, { 'assistant/a': { ...A, ...telephony, greeting: 'Hello.' } });
    const { telephony_settings: settings } = await live(world, 'assistants', 'assistant/a');
    expect(isObject(settings) ? settings.noise_suppression : undefined).toBe('disabled');
  });
});

describe('a create', () => {
  it('of something deleted by hand, killed before it was recorded, leaves no twin where keys are ignored', async () => {
    const specs = { 'assistant/a': A, 'assistant/b': B };
    for (let instant = 0; instant < 8; instant += 1) {
      const world = await startWorld({ quirks: { idempotencyIgnored: true } });
      await settles(world, specs);
      await world.dashboard('DELETE', `/ai/assistants/${await world.bound('assistant/a')}`);
      const crash = crashAt(instant);
      const running = world.apply(specs, { recreate: true, wrap: crash.wrap });
      await Promise.race([running, crash.happened.then(() => world.store.unlock())]);
      await crash.bury();
      const report = await world.apply(specs, { recreate: true });
      expect(report.results.filter(({ status }) => status !== 'applied')).toEqual([]);
      const { data } = await world.dashboard('GET', '/ai/assistants');
      expect([instant, data]).toMatchObject([instant, [{}, {}]]);
      expect(isEmpty(await world.plan(specs))).toBe(true);
      await endWorlds();
    }
  });

  it('that a killed apply sent, of what was deleted since, is not taken for its unmarked replay', async () => {
    let made = 0;
    for (let instant = 0; instant < 6; instant += 1) {
      const world = await startWorld({ quirks: { replayUnmarked: true } });
      const specs = { 'assistant/a': A };
      const crash = crashAt(instant);
      const running = world.apply(specs, { wrap: crash.wrap });
      await Promise.race([running, crash.happened.then(() => world.store.unlock())]);
      await crash.bury();
      const { data } = await world.dashboard('GET', '/ai/assistants');
      const [first] = isArray(data) ? data : [];
      if (isObject(first) && (await world.store.load())?.resources['assistant/a'] === undefined) {
        made += 1;
        await world.dashboard('DELETE', `/ai/assistants/${String(first.id)}`);
      }
      await settles(world, specs);
      expect(await live(world, 'assistants', 'assistant/a')).toMatchObject({ name: 'A' });
      await endWorlds();
    }
    expect(made).toBeGreaterThan(0);
  });

  it('whose reply is lost does not take what somebody made by hand under the same name', async () => {
    const world = await startWorld();
    const byHand = { name: 'A', instructions: 'Words of a person.' };
    let first = true;
    const report = await world.apply(
      { 'assistant/a': A },
      {
        wrap: ({ api, session }) => ({
          session,
          api: {
            ...api,
            create: async (...request) => {
              if (!first) return api.create(...request);
              first = false;
              await world.dashboard('POST', '/ai/assistants', byHand);
              const lost = { method: 'POST', path: '/ai/assistants', status: 0, effect: 'unknown' } as const;
              throw new ApiError('unavailable', 'the connection was lost', lost, { code: 'API_CONNECTION' });
            },
          },
        }),
      },
    );
    expect(report.results).toMatchObject([{ status: 'unknown', error: { code: 'OUTCOME_AMBIGUOUS' } }]);
    expect((await world.store.load())?.resources).toEqual({});
    const { data } = await world.dashboard('GET', '/ai/assistants');
    expect(data).toMatchObject([byHand]);
    expect((await world.plan({ 'assistant/a': A })).plan.summary.takeover).toBe(1);
  });

  it('is unknown, not failed, where its reply is lost and then nothing can be looked up', async () => {
    const world = await startWorld();
    let lost = false;
    world.emulator.setFaults(({ method }) => {
      if (method !== 'POST' && !lost) return undefined;
      lost = true;
      return { kind: 'reset-after' };
    });
    const report = await world.apply({ 'assistant/a': A });
    world.emulator.setFaults(undefined);
    expect(report.results).toMatchObject([{ address: 'assistant/a', status: 'unknown' }]);
    expect(report.exitKind).toBe('partial');
    await settles(world, { 'assistant/a': A });
    const { data } = await world.dashboard('GET', '/ai/assistants');
    expect(data).toHaveLength(1);
  });
});

describe('fields that nobody knows are no change', () => {
  const flow = (op: string): JsonObject => ({
    start_node_id: 'n',
    nodes: [
      { id: 'n', type: 'prompt', instructions: 'Ask.' },
      { id: 'm', type: 'prompt', instructions: 'Answer.' },
    ],
    edges: [
      {
        id: 'e',
        start_node_id: 'n',
        target: { type: 'node', node_id: 'm' },
        condition: {
          type: 'expression',
          expression: {
            type: 'comparison',
            op,
            left: { type: 'variable', name: 'age' },
            right: { type: 'number_literal', value: 18 },
          },
        },
      },
    ],
  });
  const press = { tools: [{ type: 'send_dtmf', send_dtmf: {} }] };

  /** What the API sends, with a field of a later release in every object of an expression and in send_dtmf. */
  function later(value: Json): Json {
    if (isArray(value)) return value.map(later);
    if (!isObject(value)) return value;
    const inner = Object.entries(value).map(([name, entry]) => [name, later(entry)] as const);
    const own = 'op' in value || value.type === 'number_literal' ? [['traced', true] as const] : [];
    const dtmf = 'send_dtmf' in value ? [['send_dtmf', { pause_ms: 100 }] as const] : [];
    return Object.fromEntries([...inner, ...own, ...dtmf]);
  }

  it('within an expression and in the settings of send_dtmf', async () => {
    const world = await startWorld({ quirks: { unknownFields: 'store' } });
    const specs = (op: string, more: JsonObject = {}) => ({
      'assistant/a': { ...A, ...press, ...more, conversation_flow: flow(op) },
    });
    await settles(world, specs('>='));
    const { conversation_flow, tools } = await live(world, 'assistants', 'assistant/a');
    const body = later({ conversation_flow: conversation_flow ?? null, tools: tools ?? null });
    await world.dashboard('POST', `/ai/assistants/${await world.bound('assistant/a')}`, body);
    expect(JSON.stringify(await live(world, 'assistants', 'assistant/a'))).toMatch(
      /traced.*pause_ms|pause_ms.*traced/,
    );
    expect(await comesToRest(world, specs('>='))).toBe(true);
    await settles(world, specs('>=', { greeting: 'Hello.' }));
    await settles(world, specs('<'));
    expect(JSON.stringify((await live(world, 'assistants', 'assistant/a')).conversation_flow)).toContain(
      '"<"',
    );
  });
});

describe('a promotion that was lost before it took effect', () => {
  /** The connection breaks before the first promotion arrives. */
  function breakFirst(world: World): void {
    let broken = false;
    world.emulator.setFaults((request) => {
      if (broken || request.method !== 'POST' || !request.path.endsWith('/promote')) return undefined;
      broken = true;
      return { kind: 'reset-before' };
    });
  }

  const handsOff = (...targets: readonly string[]): JsonObject => ({
    type: 'handoff',
    handoff: { ai_assistants: targets.map((target) => ({ name: target, id: { $ref: target } })) },
  });
  const tools = { 'tool/one': hook({}), 'tool/two': { ...hook({}), display_name: 'Two' } };
  const people = { 'assistant/b': B, 'assistant/c': { ...B, name: 'C' } };
  const changes: readonly [string, Specs, JsonObject, JsonObject][] = [
    ['another tool', tools, { tool_ids: [{ $ref: 'tool/one' }] }, { tool_ids: [{ $ref: 'tool/two' }] }],
    ['a tool less', tools, { tool_ids: [{ $ref: 'tool/one' }] }, { tool_ids: [] }],
    ['a tag less', {}, { tags: ['x', 'y'] }, { tags: ['x'] }],
    ['a variable less', {}, { dynamic_variables: { x: '1', y: '2' } }, { dynamic_variables: { x: '1' } }],
    [
      'another assistant to hand off to',
      people,
      { tools: [handsOff('assistant/b')] },
      { tools: [handsOff('assistant/c')] },
    ],
  ];

  it.each(changes)('is not taken for one that moved main: %s', async (_, others, before, after) => {
    const world = await startWorld();
    await settles(world, { ...others, 'assistant/a': { ...A, ...before } });
    breakFirst(world);
    await settles(world, { ...others, 'assistant/a': { ...A, ...after } });
  });
});

describe('a promotion that the API confirmed', () => {
  it('is believed although main keeps its version id', async () => {
    const world = await startWorld();
    await settles(world, { 'assistant/a': A });
    const report = await world.apply(
      { 'assistant/a': { ...A, greeting: 'Hello.' } },
      {
        wrap: ({ api, session }) => ({
          session,
          api: {
            ...api,
            get: async (kind, id) => {
              const found = await api.get(kind, id);
              return found === undefined ? undefined : { ...found, versionId: 'main' };
            },
          },
        }),
      },
    );
    expect(report.results).toMatchObject([{ address: 'assistant/a', status: 'applied', promoted: true }]);
    expect(await live(world, 'assistants', 'assistant/a')).toMatchObject({ greeting: 'Hello.' });
  });
});

describe('an element that was never ours', () => {
  it('leaves nothing to be written into the state when what it refers to is deleted', async () => {
    const world = await startWorld();
    const insight = { name: 'Mood', instructions: 'Was the caller content?' };
    const group = { name: 'Group' };
    await settles(world, {
      'insight/i': insight,
      'insight_group/g': { ...group, insights: [{ $ref: 'insight/i' }] },
    });
    await settles(world, { 'insight_group/g': group, 'insight/i': insight });
    const emptied = { 'insight_group/g': { ...group, insights: [] } };
    await world.apply(emptied, { prune: true });
    const { plan, stateEdits } = await world.plan(emptied, { prune: true });
    expect([plan.changes, stateEdits]).toEqual([[], []]);
  });
});

describe('a list that the schemas do not know', () => {
  it('is written when only a field of an element changes', async () => {
    const world = await startWorld({ quirks: { unknownFields: 'store' } });
    const specs = (size: number) => ({ 'assistant/a': { ...A, brand_new: [{ size, of: [{ size }] }] } });
    await settles(world, specs(1));
    await settles(world, specs(2));
    expect(await live(world, 'assistants', 'assistant/a')).toMatchObject({
      brand_new: [{ size: 2, of: [{ size: 2 }] }],
    });
  });
});

describe('a secret that the API hides', () => {
  const phones = (description: string): JsonObject => ({
    tools: [
      { type: 'refer', refer: { targets: [{ name: 'Desk', sip_address: 'sip:desk@a.example' }] } },
      { type: 'hangup', hangup: { description } },
    ],
  });

  it('is not erased by a change beside it', async () => {
    const world = await startWorld({ quirks: { maskSipPassword: true } });
    const specs = (description: string, more: JsonObject = {}) => ({
      'assistant/a': { ...A, ...phones(description), ...more },
    });
    await settles(world, specs('Bye.'));
    const target = { name: 'Desk', sip_address: 'sip:desk@a.example', sip_auth_password: 'hunter2' };
    await world.dashboard('POST', `/ai/assistants/${await world.bound('assistant/a')}`, {
      tools: [
        { type: 'refer', refer: { targets: [target] } },
        { type: 'hangup', hangup: { description: 'Bye.' } },
      ],
    });
    await settles(world, specs('Bye.', { greeting: 'Hello.' }));
    const before = await live(world, 'assistants', 'assistant/a');
    expect(JSON.stringify(before.tools)).toContain('sip_auth_password');
    const report = await world.apply(specs('So long.', { greeting: 'Hello.' }));
    expect(report.results).toMatchObject([
      { address: 'assistant/a', status: 'failed', error: { code: 'HIDDEN_SECRET' } },
    ]);
    expect(await live(world, 'assistants', 'assistant/a')).toEqual(before);
  });
});

describe('a reply to an update that is about another resource', () => {
  it('neither binds that one nor passes for the update', async () => {
    const world = await startWorld();
    const tools = { 'tool/hook': hook({}), 'tool/two': { ...hook({}), display_name: 'Two' } };
    await settles(world, tools);
    const [id, other] = [await world.bound('tool/hook'), await world.bound('tool/two')];
    const changed = { ...tools, 'tool/hook': { ...hook({}), display_name: 'Hook two' } };
    const report = await world.apply(changed, {
      wrap: ({ api, session }) => ({
        session,
        api: {
          ...api,
          update: async (kind, target, body) => {
            const { resource, replayed } = await api.update(kind, target, body);
            return { resource: { ...resource, id: other }, replayed };
          },
        },
      }),
    });
    expect(report.results).toMatchObject([{ address: 'tool/hook', status: 'applied', remote_id: id }]);
    expect(await world.bound('tool/hook')).toBe(id);
    expect(isEmpty(await world.plan(changed))).toBe(true);
  });
});

describe('a reply to a create that leaves out the version', () => {
  it('is completed by a read, so that nothing is left to record', async () => {
    const world = await startWorld({ quirks: { replyLacksFields: ['tools', 'version_id'] } });
    const specs = { 'assistant/a': { ...A, tools: [] } };
    await world.apply(specs);
    expect((await world.store.load())?.resources['assistant/a']?.main_version_id).toEqual(expect.any(String));
    expect((await world.plan(specs)).stateEdits).toEqual([]);
  });
});

describe('a conflict that was left to live', () => {
  const CHANGED = { 'assistant/a': { ...A, greeting: 'From Git.', description: 'New.' } };

  async function inConflict(): Promise<World> {
    const world = await startWorld();
    await settles(world, { 'assistant/a': { ...A, greeting: 'Hello.' } });
    const path = `/ai/assistants/${await world.bound('assistant/a')}`;
    await world.dashboard('POST', path, { greeting: 'By hand.', promote_to_main: true });
    return world;
  }

  it('leaves nothing to record beside a change of Git in the same commit', async () => {
    const world = await inConflict();
    await world.apply(CHANGED, { take: 'live' });
    expect(await live(world, 'assistants', 'assistant/a')).toMatchObject({
      greeting: 'By hand.',
      description: 'New.',
    });
    expect((await world.plan(CHANGED, { take: 'live' })).stateEdits).toEqual([]);
  });

  it('is not remembered as a version that holds what was applied', async () => {
    const world = await inConflict();
    await world.apply({ 'assistant/a': { ...A, greeting: 'From Git.' } }, { take: 'live' });
    const binding = (await world.store.load())?.resources['assistant/a'];
    expect(binding?.base).toMatchObject({ greeting: 'Hello.' });
    const main = await live(world, 'assistants', 'assistant/a');
    expect(binding?.read_version_id).not.toBe(main.version_id);
    expect((await world.plan({ 'assistant/a': { ...A, greeting: 'Hello.' } })).plan.drift).toHaveLength(1);
  });
});
