import { describe, expect, it } from 'vitest';
import { isArray, isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import { crashAt } from '../reliability/crash.ts';
import type { Specs } from '../support/specs.ts';
import { type ApplyParts, startWorld, type World } from '../support/world.ts';

/** Forms that nobody foresaw: a server that rewrites whatever it is sent. */

function rewritten(value: Json, change: (value: Json, name: string) => Json, name = ''): Json {
  const own = change(value, name);
  if (isArray(own)) return own.map((item) => rewritten(item, change, name));
  if (!isObject(own)) return own;
  return Object.fromEntries(Object.entries(own).map(([key, inner]) => [key, rewritten(inner, change, key)]));
}

const storing =
  (change: (value: Json, name: string) => Json) =>
  ({ api, session }: ApplyParts): ApplyParts => {
    const stored = (body: JsonObject): JsonObject => rewritten(body, change) as JsonObject;
    return {
      session,
      api: {
        ...api,
        create: (kind, body, key) => api.create(kind, stored(body), key),
        update: (kind, id, body) => api.update(kind, id, stored(body)),
        stageVersion: (id, body, name) => api.stageVersion(id, stored(body), name),
        updateVersion: (id, version, body) => api.updateVersion(id, version, stored(body)),
      },
    };
  };

const text =
  (names: readonly string[], change: (value: string) => string) =>
  (value: Json, name: string): Json =>
    typeof value === 'string' && names.includes(name) ? change(value) : value;

const specs = (edit: string): Specs => ({
  'tool/hook': {
    type: 'webhook',
    display_name: `Look Up the Customer ${edit}`,
    webhook: {
      name: 'Look_Up',
      description: `Finds ${edit}.`,
      url: 'https://crm.example.com/hook',
      method: 'POST',
      headers: [
        { name: 'X-Team', value: 'Desk' },
        { name: 'X-Area', value: 'North' },
      ],
    },
  },
  'assistant/a': {
    name: `Front  Desk of the Office ${edit}`,
    instructions: `You are the  desk. ${edit}`,
    greeting: `Hello ${edit}`,
    tags: ['Very Important', 'Gold'],
    dynamic_variables: { city: 'Oslo', area: `North ${edit}`, 'First-Name': `Kari & ${edit}` },
    tool_ids: [{ $ref: 'tool/hook' }],
    tools: [
      {
        type: 'webhook',
        webhook: { name: 'Check_In', description: 'Checks in.', url: 'https://a.example/in', method: 'POST' },
      },
      {
        type: 'transfer',
        transfer: { from: '+13125550100', targets: [{ name: 'Sales & co', to: '+13125550101' }] },
      },
    ],
    transcription: { model: 'deepgram/nova-3', language: 'en' },
  },
  'test/t': {
    name: `Greets every Caller well ${edit}`,
    destination: { $ref: 'assistant/a' },
    instructions: `Say hello ${edit}.`,
    rubric: [
      { name: 'Polite', criteria: 'Is  polite.' },
      { name: 'Brief', criteria: 'Is brief.' },
    ],
  },
});

const FORMS: readonly (readonly [string, (value: Json, name: string) => Json])[] = [
  ['names in lower case', text(['name'], (value) => value.toLowerCase())],
  ['spaces collapsed', text(['name', 'instructions', 'criteria'], (value) => value.replace(/ +/g, ' '))],
  ['a vendor in front', text(['model'], (value) => (value.startsWith('eu/') ? value : `eu/${value}`))],
  ['texts cut off', text(['instructions', 'description'], (value) => value.slice(0, 12))],
  ['a signature behind', text(['greeting'], (value) => (value.endsWith('!') ? value : `${value}!`))],
  ['tags with hyphens', text(['tags'], (value) => value.toLowerCase().replace(/ /g, '-'))],
  ['header values in upper case', text(['value'], (value) => value.toUpperCase())],
  [
    'lists turned round',
    (value, name) => (isArray(value) && ['headers', 'tags'].includes(name) ? value.toReversed() : value),
  ],
  ['escaped', text(['instructions', 'criteria'], (value) => value.replaceAll('desk', '&#100;esk'))],
  [
    'keys added to elements',
    (value) => (isObject(value) && 'criteria' in value ? { ...value, weight: 1 } : value),
  ],
  [
    'escaped for HTML',
    text(['name', 'First-Name', 'description'], (value) => value.replace(/&(?!amp;)/g, '&amp;')),
  ],
  ['names of variables in lower case', variables((name) => name.toLowerCase())],
  ['names of variables in snake case', variables((name) => name.toLowerCase().replace('-', '_'))],
];

/** Changes the names of dynamic variables. */
function variables(change: (name: string) => string): (value: Json, name: string) => Json {
  return (value, name) =>
    name === 'dynamic_variables' && isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [change(key), entry]))
      : value;
}

async function quiet(world: World, wanted: Specs): Promise<void> {
  const { plan } = await world.plan(wanted);
  expect([plan.changes, plan.drift, plan.conflicts]).toEqual([[], [], []]);
}

describe('a server that stores', () => {
  it.each(FORMS)('%s', async (_, change) => {
    const world = await startWorld({ quirks: { unknownFields: 'store' } });
    const wrap = storing(change);
    for (const edit of ['one', 'two']) {
      const report = await world.apply(specs(edit), { wrap });
      expect(report.results.filter(({ status }) => status !== 'applied')).toEqual([]);
      await quiet(world, specs(edit));
    }
    const path = `/ai/assistants/${await world.bound('assistant/a')}`;
    await world.dashboard('POST', path, { greeting: 'Mine.', tags: ['mine'] });
    const { plan } = await world.plan(specs('two'));
    expect(plan.conflicts).toEqual([]);
    expect(plan.drift.map(({ address }) => address)).toEqual(['assistant/a']);
  });
});

describe('a resource that was made elsewhere is adopted from a server that stores', () => {
  it.each(FORMS)('%s', async (_, change) => {
    const world = await startWorld({ quirks: { unknownFields: 'store' } });
    const wrap = storing(change);
    await world.apply(specs('one'), { wrap });
    await world.loseState();
    const report = await world.apply(specs('one'), { wrap });
    expect(report.results.filter(({ status }) => status !== 'applied')).toEqual([]);
    await quiet(world, specs('one'));
  });
});

describe('a create whose reply is lost makes no twin where the API stores', () => {
  it.each<readonly [string, (value: Json, name: string) => Json]>([
    ['names as slugs', text(['name', 'display_name'], (value) => value.toLowerCase().replace(/\W+/g, '-'))],
    ['names cut off', text(['name', 'display_name'], (value) => value.slice(0, 24))],
    ['texts escaped', text(['instructions', 'criteria', 'description'], (value) => `&#8220;${value}&#8221;`)],
  ])('%s', async (_, change) => {
    const world = await startWorld({ quirks: { unknownFields: 'store', idempotencyIgnored: true } });
    const lost = new Set<string>();
    world.emulator.setFaults(({ method, path }) => {
      if (method !== 'POST' || lost.has(path)) return undefined;
      lost.add(path);
      return { kind: 'reset-after' };
    });
    const report = await world.apply(specs('one'), { wrap: storing(change) });
    expect(report.results.filter(({ status }) => status !== 'applied')).toEqual([]);
    expect([...lost]).toEqual(
      expect.arrayContaining(['/ai/tools', '/ai/assistants', '/ai/assistants/tests']),
    );
    for (const path of ['/ai/assistants', '/ai/assistants/tests']) {
      expect((await world.dashboard('GET', path)).data).toHaveLength(1);
    }
    // The platform's own tool is there in every account.
    expect((await world.dashboard('GET', '/ai/tools')).data).toHaveLength(2);
  });
});

describe('a create that took no effect', () => {
  const BODY = { type: 'hangup', hangup: { description: 'Ends the call.' } };
  const WANTED = { 'tool/t1': { ...BODY, display_name: 'Tool 1' } };

  /** An account that has a tool of another name already, and does nothing about the first create. */
  async function beside(name: string) {
    const world = await startWorld({ quirks: { idempotencyIgnored: true, stockObjects: false } });
    const other = await world.dashboard('POST', '/ai/tools', { ...BODY, display_name: name });
    let lost = 0;
    world.emulator.setFaults(({ method, path }) => {
      if (method !== 'POST' || path !== '/ai/tools' || lost > 0) return undefined;
      lost += 1;
      return { kind: 'reset-before' };
    });
    return { world, other: String(other.id), lost: () => lost };
  }

  it.each(['Tool 10', 'tool-1'])(
    'does not take a resource of a similar name for its own: %s',
    async (name) => {
      const { world, other, lost } = await beside(name);
      expect((await world.apply(WANTED)).exitKind).toBeNull();
      expect(lost()).toBe(1);
      expect(await world.bound('tool/t1')).not.toBe(other);
      expect(await world.dashboard('GET', `/ai/tools/${other}`)).toMatchObject({ display_name: name });
    },
  );

  it.each([1, 2, 3, 4, 5])(
    'is made after a kill beside one of a similar name: instant %s',
    async (instant) => {
      const { world, other } = await beside('tool-1');
      await world.dashboard('PATCH', `/ai/tools/${other}`, { hangup: { description: 'Something else.' } });
      const crash = crashAt(instant);
      const running = world.apply(WANTED, { wrap: crash.wrap }).catch(() => undefined);
      await Promise.race([running, crash.happened.then(() => world.store.unlock())]);
      await crash.bury();
      expect((await world.apply(WANTED)).exitKind).toBeNull();
      expect(await world.bound('tool/t1')).not.toBe(other);
      expect((await world.dashboard('GET', '/ai/tools')).data).toHaveLength(2);
    },
  );
});
