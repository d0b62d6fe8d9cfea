import { describe, expect, it } from 'vitest';
import type { Quirks } from '../../src/emulator/contract/quirks.ts';
import { isArray, isObject, type Json, type JsonObject, jsonEqual } from '../../src/model/json.ts';
import type { Specs } from '../support/specs.ts';
import { actions, comesToRest, isEmpty, startWorld, type World } from '../support/world.ts';

/** One row for each kind of field: its value, its empty value, and how a person in the dashboard sets another one. */

interface Row {
  readonly field: string;
  readonly path: readonly string[];
  readonly value: Json;
  readonly empty: Json;
  readonly other: Json;
}

const ROWS: readonly Row[] = [
  { field: 'a text', path: ['greeting'], value: 'Hello.', empty: '', other: 'Hi.' },
  { field: 'another text', path: ['description'], value: 'The desk.', empty: '', other: 'A desk.' },
  {
    field: 'an address',
    path: ['dynamic_variables_webhook_url'],
    value: 'https://a.example/v',
    empty: '',
    other: 'https://b.example/v',
  },
  { field: 'a secret', path: ['llm_api_key_ref'], value: 'key-one', empty: '', other: 'key-two' },
  { field: 'a set', path: ['tags'], value: ['gold'], empty: [], other: ['silver'] },
  { field: 'features', path: ['enabled_features'], value: ['messaging'], empty: [], other: ['telephony'] },
  {
    field: 'a list of elements with keys',
    path: ['tools'],
    value: [{ type: 'hangup', hangup: { description: 'Ends.' } }],
    empty: [],
    other: [{ type: 'skip_turn', skip_turn: { description: 'Waits.' } }],
  },
  {
    field: 'a map',
    path: ['dynamic_variables'],
    value: { city: 'Oslo' },
    empty: {},
    other: { town: 'Rome' },
  },
  {
    field: 'an entry of a map',
    path: ['dynamic_variables', 'city'],
    value: 'Oslo',
    empty: '',
    other: 'Rome',
  },
  { field: 'a text in a block', path: ['transcription', 'region'], value: 'eu', empty: '', other: 'us' },
  {
    field: 'a text deep in a block',
    path: ['transcription', 'challenger', 'language'],
    value: 'ar',
    empty: '',
    other: 'en',
  },
  {
    field: 'a text in an element',
    path: ['widget_settings', 'start_call_text'],
    value: 'Talk',
    empty: '',
    other: 'Call',
  },
];

function nested([name = '', ...rest]: readonly string[], value: Json): JsonObject {
  const beside = name === 'challenger' ? { model: 'telnyx/basira' } : {};
  return { [name]: rest.length === 0 ? value : { ...beside, ...nested(rest, value) } };
}

const A: JsonObject = { name: 'A', instructions: 'You are A.' };
const specs = (row: Row, value?: Json): Specs => ({
  'assistant/a': value === undefined ? A : { ...A, ...nested(row.path, value) },
});

async function live(world: World, { path }: Row): Promise<Json> {
  const whole: Json = await world.dashboard('GET', `/ai/assistants/${await world.bound('assistant/a')}`);
  const found = path.reduce<Json | undefined>(
    (inner, name) => (isObject(inner) ? inner[name] : undefined),
    whole,
  );
  return plain(found ?? null);
}

/** Without what the API adds to tools. */
function plain(value: Json): Json {
  if (!isArray(value)) return value;
  return value.map((item) => {
    if (!isObject(item)) return item;
    const { tool_id: _id, shared: _shared, timeout_ms: _timeout, ...rest } = item;
    return rest;
  });
}

const says = (value: Json): boolean =>
  !(value === null || jsonEqual(value, '') || jsonEqual(value, []) || jsonEqual(value, {}));

async function shows(world: World, row: Row, wanted: Json): Promise<void> {
  const found = await live(world, row);
  if (says(wanted)) expect(found).toEqual(wanted);
  else expect(says(found)).toBe(false);
}

async function applied(world: World, wanted: Specs): Promise<void> {
  const report = await world.apply(wanted);
  expect(report.results.filter(({ status }) => status !== 'applied')).toEqual([]);
  expect(isEmpty(await world.plan(wanted))).toBe(true);
}

const QUIRKS: readonly (readonly [string, Partial<Quirks>])[] = [
  ['as measured', {}],
  ['null clears', { nullHandling: 'clear', nested: 'merge' }],
  ['null is refused', { nullHandling: 'reject' }],
  ['replies write null for what is absent', { nullsForAbsent: true, nested: 'merge' }],
];

describe.each(QUIRKS)('%s', (_, quirks) => {
  it.each(ROWS)('$field: written, emptied, written again', async (row) => {
    const world = await startWorld({ quirks });
    for (const value of [row.empty, row.value, row.empty, row.other, row.value]) {
      await applied(world, specs(row, value));
      await shows(world, row, value);
    }
  });

  it.each(ROWS)('$field: not written is not empty', async (row) => {
    const world = await startWorld({ quirks });
    await applied(world, specs(row, row.value));
    // No longer written: the field is left as it is, elements of owned collections go.
    expect((await world.apply(specs(row))).exitKind).toBeNull();
    expect(isEmpty(await world.plan(specs(row)))).toBe(true);
    const path = `/ai/assistants/${await world.bound('assistant/a')}`;
    await world.dashboard('POST', path, nested(row.path, row.other));
    expect(await comesToRest(world, specs(row))).toBe(true);
    await shows(world, row, row.other);
  });

  it.each(ROWS)(
    '$field: filled in the dashboard where Git says empty, and emptied where Git says something',
    async (row) => {
      const world = await startWorld({ quirks });
      for (const [git, dashboard] of [
        [row.empty, row.other],
        [row.value, row.empty],
      ] as const) {
        await applied(world, specs(row, git));
        const path = `/ai/assistants/${await world.bound('assistant/a')}`;
        await world.dashboard('POST', path, nested(row.path, dashboard));
        const { plan } = await world.plan(specs(row, git), { whole: true });
        expect([plan.drift.length, plan.conflicts.length, plan.changes.length]).toEqual([1, 0, 0]);
        expect((await world.apply(specs(row, git), { drift: 'revert' })).exitKind).toBeNull();
        await shows(world, row, git);
      }
    },
  );

  it.each(ROWS)('$field: adopted', async (row) => {
    const world = await startWorld({ quirks });
    await applied(world, specs(row, row.value));
    await world.loseState();
    const { plan } = await world.plan(specs(row, row.empty));
    expect(actions({ plan } as never)).toEqual(['adopt assistant/a']);
    await world.loseState();
    await applied(world, specs(row, row.value));
    await applied(world, specs(row, row.empty));
    await shows(world, row, row.empty);
    await world.loseState();
    expect((await world.plan(specs(row, row.empty))).plan.changes.flatMap(({ fields }) => fields)).toEqual(
      [],
    );
  });
});
