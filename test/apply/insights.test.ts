import { describe, expect, it } from 'vitest';
import type { Quirks } from '../../src/emulator/contract/quirks.ts';
import { ApiError } from '../../src/model/errors.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Specs } from '../support/specs.ts';
import { type ApplyParts, actions, comesToRest, isEmpty, startWorld, type World } from '../support/world.ts';

const SPECS: Specs = {
  'insight/mood': {
    name: 'Mood',
    instructions: 'How did the caller feel?',
    json_schema: { type: 'object', properties: { mood: { type: 'string' } }, required: ['mood'] },
  },
  'insight/reason': {
    name: 'Reason',
    instructions: 'Why did they call?',
    webhook: 'https://acme.example/in',
  },
  'insight_group/calls': {
    name: 'Calls',
    description: 'After every call',
    insights: [{ $ref: 'insight/mood' }, { $ref: 'insight/reason' }],
  },
  'assistant/desk': {
    name: 'Desk',
    instructions: 'You answer.',
    insight_settings: { insight_group_id: { $ref: 'insight_group/calls' } },
  },
};

const GROUPS = '/ai/conversations/insight-groups';

async function membersOf(world: World, address = 'insight_group/calls'): Promise<readonly string[]> {
  const reply = await world.dashboard('GET', `${GROUPS}/${await world.bound(address)}`);
  const { insights } = reply.data as { insights: readonly { name: string }[] };
  return insights.map(({ name }) => name).sort();
}

function withGroup(change: JsonObject): Specs {
  return { ...SPECS, 'insight_group/calls': { ...SPECS['insight_group/calls'], ...change } };
}

const VARIANTS: { readonly [name: string]: Partial<Quirks> } = {
  plain: {},
  'replacing PUT': { insightPut: 'replace' },
  'assigning twice is refused': { assignTwice: 'conflict' },
  'JSON Schema comes back as text': { jsonSchemaInResponse: 'text' },
  'noisy replies': { extraFields: true, reorder: true, nullsForAbsent: true },
  'white space trimmed': { trimStrings: true },
  'strict about unknown fields': { unknownFields: 'reject', nullHandling: 'reject' },
  'listing lags': { listLagMs: 400 },
};

describe.each(Object.entries(VARIANTS))('insights and their groups, API variant: %s', (_, quirks) => {
  it('come out right from one apply and then plan to nothing', async () => {
    const world = await startWorld({ quirks });
    const report = await world.apply(SPECS);
    expect(report.results.map(({ status, error }) => [status, error])).toEqual(
      Array(4).fill(['applied', null]),
    );
    expect(await membersOf(world)).toEqual(['Mood', 'Reason']);
    const after = await world.plan(SPECS);
    expect([after.plan.changes, after.plan.drift, after.plan.conflicts]).toEqual([[], [], []]);
    world.writes();
    expect((await world.apply(SPECS)).outcome).toBe('nothing');
    expect(world.writes()).toEqual([]);
  });

  it('follow Git: members come and go, fields change, the rest stays', async () => {
    const world = await startWorld({ quirks });
    await world.apply(SPECS);
    const group = await world.bound('insight_group/calls');
    const [mood, reason] = [await world.bound('insight/mood'), await world.bound('insight/reason')];
    world.writes();
    const fewer = withGroup({ insights: [{ $ref: 'insight/reason' }] });
    expect((await world.apply(fewer)).outcome).toBe('applied');
    expect(world.writes()).toEqual([`DELETE ${GROUPS}/${group}/insights/${mood}/unassign`]);
    expect(await membersOf(world)).toEqual(['Reason']);
    expect(isEmpty(await world.plan(fewer))).toBe(true);
    const more = withGroup({ description: 'After some calls', insights: [{ $ref: 'insight/mood' }] });
    expect((await world.apply(more)).outcome).toBe('applied');
    expect(world.writes()).toEqual([
      `PUT ${GROUPS}/${group}`,
      `POST ${GROUPS}/${group}/insights/${mood}/assign`,
      `DELETE ${GROUPS}/${group}/insights/${reason}/unassign`,
    ]);
    expect(isEmpty(await world.plan(more))).toBe(true);
  });
});

describe('membership by the three-way rules', () => {
  it('leaves a group alone whose spec does not write insights', async () => {
    const world = await startWorld();
    const { insights: _, ...bare } = SPECS['insight_group/calls'] ?? {};
    const silent = { ...SPECS, 'insight_group/calls': bare };
    await world.apply(silent);
    const [group, mood] = [await world.bound('insight_group/calls'), await world.bound('insight/mood')];
    await world.dashboard('POST', `${GROUPS}/${group}/insights/${mood}/assign`);
    expect(isEmpty(await world.plan(silent))).toBe(true);
    const edited = { ...silent, 'insight_group/calls': { ...bare, description: 'Edited' } };
    await world.apply(edited);
    expect(await membersOf(world)).toEqual(['Mood']);
  });

  it('reports a member that somebody added or removed as drift, and reverts it on request', async () => {
    const world = await startWorld();
    await world.apply(SPECS);
    const [group, mood] = [await world.bound('insight_group/calls'), await world.bound('insight/mood')];
    const made = await world.dashboard('POST', '/ai/conversations/insights', {
      name: 'Foreign',
      instructions: 'x',
    });
    const foreign = (made.data as { id: string }).id;
    await world.dashboard('DELETE', `${GROUPS}/${group}/insights/${mood}/unassign`);
    await world.dashboard('POST', `${GROUPS}/${group}/insights/${foreign}/assign`);
    const planned = await world.plan(SPECS);
    expect(planned.plan.changes).toEqual([]);
    expect(planned.plan.drift.map(({ address }) => address)).toEqual(['insight_group/calls']);
    expect(planned.plan.drift[0]?.fields.map(({ path }) => path).sort()).toEqual([
      `/insights/${foreign}`,
      '/insights/insight~1mood',
    ]);
    await world.apply(SPECS, { drift: 'revert' });
    expect(await membersOf(world)).toEqual(['Mood', 'Reason']);
    expect(isEmpty(await world.plan(SPECS))).toBe(true);
  });

  it('adopts a group by its name and never removes the members it finds there', async () => {
    const world = await startWorld();
    const group = (await world.dashboard('POST', GROUPS, { name: 'Calls' })).data as { id: string };
    const old = (
      await world.dashboard('POST', '/ai/conversations/insights', { name: 'Old', instructions: 'x' })
    ).data as { id: string };
    await world.dashboard('POST', `${GROUPS}/${group.id}/insights/${old.id}/assign`);
    expect(actions(await world.plan(SPECS))).toContain('adopt insight_group/calls');
    expect((await world.apply(SPECS)).outcome).toBe('applied');
    expect(await world.bound('insight_group/calls')).toBe(group.id);
    expect(await membersOf(world)).toEqual(['Mood', 'Old', 'Reason']);
    expect(isEmpty(await world.plan(SPECS))).toBe(true);
  });

  it('decides each member by what Git and others did to it since the last apply', async () => {
    const world = await startWorld();
    // One insight for each way of having been (base), being wanted (Git) and being there (live).
    const ways = [...Array(8).keys()].map((bits) => ({
      key: `i${bits}`,
      base: (bits & 4) > 0,
      git: (bits & 2) > 0,
      live: (bits & 1) > 0,
    }));
    const insights = Object.fromEntries(
      ways.map(({ key }) => [`insight/${key}`, { name: key, instructions: 'x' }]),
    );
    const specsWith = (side: 'base' | 'git'): Specs => ({
      ...insights,
      'insight_group/all': {
        name: 'All',
        insights: ways.filter((way) => way[side]).map(({ key }) => ({ $ref: `insight/${key}` })),
      },
    });
    await world.apply(specsWith('base'));
    const group = await world.bound('insight_group/all');
    for (const { key, base, live } of ways.filter((way) => way.base !== way.live)) {
      const link = `${GROUPS}/${group}/insights/${await world.bound(`insight/${key}`)}`;
      await world.dashboard(base && !live ? 'DELETE' : 'POST', `${link}/${live ? 'assign' : 'unassign'}`);
    }
    expect((await world.plan(specsWith('git'))).plan.conflicts).toEqual([]);
    expect((await world.apply(specsWith('git'))).outcome).toBe('applied');
    const expected = ways.filter(({ base, git, live }) => (git === base ? live : git)).map(({ key }) => key);
    expect(await membersOf(world, 'insight_group/all')).toEqual(expected);
    const after = await world.plan(specsWith('git'));
    expect(after.plan.changes).toEqual([]);
    await world.apply(specsWith('git'), { drift: 'revert' });
    const wanted = ways.filter(({ git }) => git).map(({ key }) => key);
    expect(await membersOf(world, 'insight_group/all')).toEqual(wanted);
    expect(isEmpty(await world.plan(specsWith('git')))).toBe(true);
  });

  it('takes JSON text and a mapping for the same schema', async () => {
    const world = await startWorld();
    await world.apply(SPECS);
    const mood = SPECS['insight/mood'] ?? {};
    const text = JSON.stringify(mood.json_schema, null, 2);
    expect(await comesToRest(world, { ...SPECS, 'insight/mood': { ...mood, json_schema: text } })).toBe(true);
  });

  it('deletes groups before their insights, and neither while an assistant still names the group', async () => {
    const world = await startWorld();
    await world.apply(SPECS);
    const desk = { name: 'Desk', instructions: 'You answer.', insight_settings: { insight_group_id: '' } };
    world.writes();
    const report = await world.apply({ 'assistant/desk': desk }, { prune: true });
    expect(report.outcome).toBe('applied');
    const kinds = world.writes().filter((write) => write.startsWith('DELETE'));
    expect(kinds.map((write) => write.split('/')[3])).toEqual(['insight-groups', 'insights', 'insights']);
    expect(isEmpty(await world.plan({ 'assistant/desk': desk }))).toBe(true);
  });

  it('names the assistants that a change of an insight reaches through its group', async () => {
    const world = await startWorld();
    await world.apply(SPECS);
    const mood = { ...SPECS['insight/mood'], instructions: 'How did they sound?' };
    const planned = await world.plan({ ...SPECS, 'insight/mood': mood });
    expect(planned.plan.changes).toMatchObject([{ address: 'insight/mood', affects: ['assistant/desk'] }]);
  });
});

describe('a crash or a failure at any request of an insight group', () => {
  class Crash extends Error {}

  it.each([...Array(14).keys()])('converges after a crash at write %i', async (at) => {
    const world = await startWorld();
    let count = 0;
    const crashing =
      <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        const turn = count;
        count += 1;
        if (turn === at) throw new Crash('before');
        const result = await call(...args);
        if (turn + 1 === at) throw new Crash('after');
        return result;
      };
    const wrap = ({ api, session }: ApplyParts): ApplyParts => ({
      session,
      api: {
        ...api,
        create: crashing(api.create),
        update: crashing(api.update),
        assign: crashing(api.assign),
        unassign: crashing(api.unassign),
      },
    });
    await world.apply(SPECS, { wrap }).catch(() => undefined);
    const report = await world.apply(SPECS);
    expect(report.results.filter(({ status }) => status !== 'applied')).toEqual([]);
    expect(isEmpty(await world.plan(SPECS))).toBe(true);
    expect(await membersOf(world)).toEqual(['Mood', 'Reason']);
    for (const path of [GROUPS, '/ai/conversations/insights']) {
      const { data } = await world.dashboard('GET', path);
      const stock = 1;
      expect((data as readonly Json[]).length).toBe(stock + (path === GROUPS ? 1 : 2));
    }
  });

  it.each(['reset-before', 'reset-after'] as const)(
    'survives a lost reply to an assignment: %s',
    async (kind) => {
      let left = 1;
      const world = await startWorld({
        faults: ({ path }) => {
          if (!path.endsWith('/assign') || left === 0) return undefined;
          left -= 1;
          return { kind };
        },
      });
      expect((await world.apply(SPECS)).outcome).toBe('applied');
      expect(await membersOf(world)).toEqual(['Mood', 'Reason']);
    },
  );

  it('reports an assignment that is refused, keeps the binding, and finishes next time', async () => {
    let refusing = true;
    const world = await startWorld({
      faults: ({ path }) =>
        refusing && path.endsWith('/assign')
          ? { kind: 'status', status: 422, body: { detail: 'no' } }
          : undefined,
    });
    const report = await world.apply(SPECS);
    expect(report.results).toContainEqual(
      expect.objectContaining({ address: 'insight_group/calls', status: 'failed' }),
    );
    expect(await world.bound('insight_group/calls')).not.toBe('');
    refusing = false;
    expect((await world.apply(SPECS)).outcome).toBe('applied');
    expect(isEmpty(await world.plan(SPECS))).toBe(true);
  });
});

describe('the price of the two kinds', () => {
  it('is no request where no spec and no state has one', async () => {
    const world = await startWorld();
    await world.plan({ 'assistant/desk': { name: 'Desk', instructions: 'x' } });
    const asked = world.emulator.requests.map(({ path }) => path);
    expect(asked.filter((path) => path.includes('insight'))).toEqual([]);
    expect(asked).toContain('/ai/assistants');
  });

  it('fails when the API does not have them and a spec does', async () => {
    const world = await startWorld({
      faults: ({ path }) => (path.includes('insight') ? { kind: 'status', status: 404 } : undefined),
    });
    await expect(world.plan(SPECS)).rejects.toBeInstanceOf(ApiError);
  });
});
