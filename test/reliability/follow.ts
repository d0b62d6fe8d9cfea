import { expect } from 'vitest';
import { parseAddress } from '../../src/model/address.ts';
import { isArray, isObject, type Json, jsonEqual } from '../../src/model/json.ts';
import type { Planned } from '../../src/model/plan.ts';
import type { StepResult } from '../../src/model/report.ts';
import type { Specs } from '../support/specs.ts';
import { type ApplyChoices, startWorld, type World } from '../support/world.ts';
import { crashAt } from './crash.ts';
import { accountOf, type LiveRecord, liveValueAt, valueAt } from './live.ts';
import { FIELDS, type Round, type Story, type Trouble, UNMANAGED } from './random-rounds.ts';

/** What one story came to, for the figures. */
export interface Followed {
  readonly rounds: number;
  readonly requests: number;
  readonly crashes: number;
  readonly faults: number;
}

type LiveRecords = ReadonlyMap<string, LiveRecord>;

type Cause = 'config' | 'removed' | 'drift' | 'conflict';

/** Values last applied, by address and pointer, kept apart from the state that is under test. */
type Bases = Map<string, Map<string, Json | undefined>>;

function pointersOf(address: string): readonly string[] {
  const kind = parseAddress(address)?.kind ?? '';
  return FIELDS[kind] ?? [];
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  const plain = (value: Json | undefined) => (typeof value === 'string' ? value.trim() : value);
  return jsonEqual(plain(a), plain(b));
}

/** The table of three sides, for one scalar. Undefined: no difference, or none that the table speaks of. */
function causeOf(
  base: Json | undefined,
  desired: Json | undefined,
  live: Json | undefined,
): Cause | undefined {
  if (same(live, desired)) return undefined;
  if (base === undefined) return desired === undefined ? undefined : 'config';
  if (desired === undefined)
    return live === undefined ? undefined : same(base, live) ? 'removed' : 'conflict';
  if (same(base, desired)) return 'drift';
  return same(base, live) ? 'config' : 'conflict';
}

function mentions(fields: readonly { readonly path: string }[], pointer: string): boolean {
  return fields.some(({ path }) => path === pointer || pointer.startsWith(`${path}/`));
}

/** Holds the plan against the table, field by field. */
function checkCauses(
  planned: Planned,
  round: Round,
  specs: Specs,
  bases: Bases,
  bound: ReadonlyMap<string, LiveRecord>,
) {
  for (const [address, spec] of Object.entries(specs)) {
    const base = bases.get(address);
    const live = bound.get(address);
    if (base === undefined || live === undefined) continue;
    const fields = planned.plan.changes.find((change) => change.address === address)?.fields ?? [];
    const drift = planned.plan.drift.find((entry) => entry.address === address)?.fields ?? [];
    const conflict = planned.plan.conflicts.find((entry) => entry.address === address)?.fields ?? [];
    for (const pointer of pointersOf(address)) {
      const desired = valueAt(spec, pointer);
      const isKey = pointer.startsWith('/dynamic_variables/');
      // A field that left the spec is released; so is a map that left it as a whole.
      if (desired === undefined && (!isKey || spec.dynamic_variables === undefined)) continue;
      // Somebody added the key that Git adds now: no base speaks of it.
      if (isKey && base.get(pointer) === undefined) continue;
      const cause = causeOf(base.get(pointer), desired, liveValueAt(live, pointer));
      const seen = {
        changed: mentions(
          fields.filter(({ origin }) => origin !== 'drift'),
          pointer,
        ),
        reverted: mentions(
          fields.filter(({ origin }) => origin === 'drift'),
          pointer,
        ),
        drift: mentions(drift, pointer),
        conflict: mentions(conflict, pointer),
      };
      const where = `${address}${pointer}: base ${base.get(pointer)}, Git ${desired}, live ${liveValueAt(live, pointer)}`;
      expect(seen, where).toEqual({
        changed: cause === 'config' || cause === 'removed',
        reverted: cause === 'drift' && round.drift === 'revert',
        drift: cause === 'drift' && round.drift === 'report',
        conflict: cause === 'conflict',
      });
    }
  }
}

async function boundAmong(world: World, live: LiveRecords): Promise<LiveRecords> {
  const resources = Object.entries((await world.store.load())?.resources ?? {});
  return new Map(
    resources.flatMap(([address, { remote_id }]) => {
      const record = live.get(remote_id);
      return record === undefined ? [] : [[address, record] as const];
    }),
  );
}

/** One apply under trouble. However it ends is fine; what matters is what the next one makes of it. */
async function applyIn(world: World, specs: Specs, choices: ApplyChoices, trouble: Trouble): Promise<number> {
  const { emulator } = world;
  const start = emulator.requests.at(-1)?.index ?? -1;
  let hits = 0;
  if (trouble.kind === 'crash') {
    const crash = crashAt(trouble.instant);
    const running = world.apply(specs, { ...choices, wrap: crash.wrap }).catch(() => undefined);
    await Promise.race([running, crash.happened.then(() => world.store.unlock())]);
    await crash.bury();
    return 1;
  }
  const stop = new AbortController();
  emulator.setFaults((_, index) => {
    const number = index - start - 1;
    if (trouble.kind === 'stop' && number === trouble.request) stop.abort();
    if (trouble.kind !== 'faults') return undefined;
    const placed = trouble.faults.find(({ at, times }) => number >= at && number < at + times);
    if (placed !== undefined) hits += 1;
    return placed?.fault;
  });
  await world.apply(specs, { ...choices, stop: stop.signal }).catch(() => undefined);
  emulator.setFaults(undefined);
  return hits;
}

function handMade(records: ReadonlyMap<string, LiveRecord>): ReadonlyMap<string, Json> {
  const values = new Map<string, Json>();
  for (const record of records.values()) {
    for (const pointer of UNMANAGED) {
      const value = record.kind === 'assistant' ? valueAt(record.body, pointer) : undefined;
      if (value !== undefined) values.set(`${record.id}${pointer}`, value);
    }
  }
  return values;
}

/** A record without the API's copies of shared tools, which change with the tools. */
function itself(record: LiveRecord | undefined): Json | undefined {
  if (record === undefined || !isArray(record.body.tools)) return record?.body;
  const tools = record.body.tools.filter((tool) => !isObject(tool) || tool.shared !== true);
  return { ...record.body, tools };
}

function inShort({ action, address, status, error }: StepResult): string {
  return `${action} ${address}: ${status}, ${error?.code} ${error?.message}`;
}

/** Lives through a story and checks after each round what must hold. Throws at the first breach. */
export async function follow({ quirks, rounds }: Story): Promise<Followed> {
  const world = await startWorld({ quirks }, { timeouts: { headersMs: 250, totalMs: 500 } });
  const account = accountOf(world, quirks);
  const bases: Bases = new Map();
  let previous: Specs = {};
  let crashes = 0;
  let faults = 0;
  let before: LiveRecords = new Map();
  for (const [number, round] of rounds.entries()) {
    const names = [...before.values()].map(({ kind, name }) => `${kind} ${name}`);
    const lose = round.loseState && new Set(names).size === names.length && Object.keys(previous).length > 0;
    const specs = lose ? previous : round.specs;
    if (lose) {
      await world.loseState();
      bases.clear();
    } else {
      // Removing everything that is bound would pass for another account; that is a test of its own.
      const removals = round.edits.filter((edit) => edit.do === 'remove');
      const left = [...(await boundAmong(world, before)).keys()];
      const gone = new Set(removals.map((edit) => edit.address));
      const keepsOne = left.some((address) => !gone.has(address));
      for (const edit of round.edits) if (keepsOne || edit.do !== 'remove') await account.perform(edit);
    }
    previous = specs;
    const choices = { prune: round.prune, recreate: true, drift: round.drift };
    const start = await account.all();
    const boundBefore = await boundAmong(world, start);
    for (const address of bases.keys()) if (!boundBefore.has(address)) bases.delete(address);
    const boundIds = new Set([...boundBefore.values()].map(({ id }) => id));
    const first = await world.plan(specs, choices);
    checkCauses(first, round, specs, bases, boundBefore);
    const take = first.plan.conflicts.length > 0 ? round.take : null;
    const kept = new Set(
      take === 'live'
        ? first.plan.conflicts.flatMap(({ address, fields }) => fields.map(({ path }) => address + path))
        : [],
    );

    const hits = await applyIn(world, specs, { ...choices, take }, round.trouble);
    if (round.trouble.kind === 'crash') crashes += 1;
    else faults += hits;

    const clean = await world.apply(specs, { ...choices, take });
    expect(clean.results.filter(({ status }) => status !== 'applied').map(inShort)).toEqual([]);
    const after = await world.plan(specs, { ...choices, take });
    expect(after.plan.changes.map(({ address, action, fields }) => [action, address, fields])).toEqual([]);
    expect(after.plan.conflicts).toEqual([]);
    expect(after.stateEdits).toEqual([]);
    if (round.drift === 'revert') expect(after.plan.drift).toEqual([]);
    if (number === rounds.length - 1) {
      world.writes();
      expect((await world.apply(specs, { ...choices, take })).outcome).toBe('nothing');
      expect(world.writes()).toEqual([]);
    }

    const end = await account.all();
    before = end;
    const boundAfter = await boundAmong(world, end);
    const managed = new Set([...boundAfter.values()].map(({ id }) => id));
    for (const address of Object.keys(specs)) expect([...boundAfter.keys()]).toContain(address);
    // Neither twins nor losses: everything live is bound or was there before and bound to nothing.
    const strangers = [...start.keys()].filter((id) => !boundIds.has(id) && !managed.has(id));
    expect([...end.keys()].sort()).toEqual([...managed, ...strangers].sort());
    for (const id of strangers) expect(itself(end.get(id))).toEqual(itself(start.get(id)));
    const byHand = handMade(end);
    for (const [place, value] of handMade(start)) {
      if (managed.has(place.slice(0, place.indexOf('/'))))
        expect([place, byHand.get(place)]).toEqual([place, value]);
    }
    for (const [address, spec] of Object.entries(specs)) {
      const base = bases.get(address);
      const applied = pointersOf(address).map(
        (pointer) =>
          [pointer, kept.has(address + pointer) ? base?.get(pointer) : valueAt(spec, pointer)] as const,
      );
      bases.set(address, new Map(applied));
    }
  }
  return { rounds: rounds.length, requests: world.emulator.requests.length, crashes, faults };
}
