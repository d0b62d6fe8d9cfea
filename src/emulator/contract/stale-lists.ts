/**
 * Lists that run behind writes (the quirk `listLagMs`): every change leaves a note of what the record was, and a list
 * shows a record as it was before the oldest change younger than the lag.
 */
import type { JsonObject } from '../../model/json.ts';
import type { EmulatedWorld } from './contract.ts';
import type { Store } from './store.ts';

interface Note {
  readonly at: number;
  readonly id: string;
  readonly before: JsonObject | undefined;
}

const notes = new WeakMap<Store, Map<string, Note[]>>();

/** Starts to take notes for a store; without it lists are always current. */
export function recordForStaleLists(store: Store, now: () => number, lagMs: () => number): void {
  const byCollection = new Map<string, Note[]>();
  notes.set(store, byCollection);
  store.onChange((collection, id, before) => {
    if (lagMs() <= 0) return;
    const known = byCollection.get(collection) ?? [];
    const young = known.filter((note) => note.at > now() - lagMs());
    byCollection.set(collection, [...young, { at: now(), id, before }]);
  });
}

/** The records that a list shows now: of the given ids, or of the whole collection in the order of creation. */
export function listedNow(
  world: EmulatedWorld,
  collection: string,
  ids?: readonly string[],
): readonly JsonObject[] {
  const lag = world.quirks.listLagMs;
  const since = world.now().getTime() - lag;
  const noted = lag <= 0 ? [] : (notes.get(world.store)?.get(collection) ?? []);
  const shown = new Map(
    (ids ?? world.store.ids(collection)).map((id) => [id, world.store.get(collection, id)]),
  );
  for (const note of noted.filter(({ at }) => at > since).toReversed()) {
    if (ids === undefined || shown.has(note.id)) shown.set(note.id, note.before);
  }
  return [...shown.values()].filter((record) => record !== undefined);
}
