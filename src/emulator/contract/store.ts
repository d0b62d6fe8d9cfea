/**
 * All data of the embedded API: named collections of JSON records in memory, and one file behind them.
 *
 * The file is an append-only journal of JSON lines. A line is one committed request: an array of
 * `[collection, id, value]` (put) and `[collection, id]` (delete). Appending is one synchronous `write` with
 * O_APPEND, done before the reply is sent, so a reply that reached a client survives `kill -9`; a line torn by
 * a kill was never acknowledged and is dropped when the file is opened. Appends cost the size of the change,
 * not of the data, so thousands of creates stay linear. When a process that wrote closes the store and most
 * lines are outdated, the journal is rewritten next to the file, synced and renamed over it.
 *
 * Several processes may open one file: each looks before every request whether the file has grown or was
 * replaced and reads what is new. Power loss (unlike a kill) may cost the last moments: appends are not synced.
 */
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { type Journal, openJournal } from './journal.ts';

/** One change: a put when it carries a value, else a delete. */
export type Operation = readonly [collection: string, id: string, value?: JsonObject];

/** What a record was before a change; `undefined` when it did not exist. */
export type ChangeListener = (collection: string, id: string, before: JsonObject | undefined) => void;

export interface Store {
  get(collection: string, id: string): JsonObject | undefined;
  /** All records in the order of their creation. */
  all(collection: string): readonly JsonObject[];
  ids(collection: string): readonly string[];
  /** True while nothing was ever kept here. */
  isEmpty(): boolean;
  put(collection: string, id: string, value: JsonObject): void;
  remove(collection: string, id: string): void;
  /** Makes everything since the last commit durable as one unit. */
  commit(): void;
  /** Undoes everything since the last commit. */
  rollback(): void;
  /** Takes over what another process wrote to the same file. */
  refresh(): void;
  onChange(listener: ChangeListener): void;
  close(): void;
}

function decodeOperation(value: Json): Operation | undefined {
  if (!isArray(value)) return undefined;
  const [collection, id, record] = value;
  if (typeof collection !== 'string' || typeof id !== 'string') return undefined;
  return isObject(record) ? [collection, id, record] : [collection, id];
}

/** Opens the store, reading the file when there is one. Throws when the file is not a journal of this program. */
export function openEmulatorStore(file: string | undefined): Store {
  const collections = new Map<string, Map<string, JsonObject>>();
  const listeners: ChangeListener[] = [];
  let pending: { readonly operation: Operation; readonly before: JsonObject | undefined }[] = [];

  const collection = (name: string): Map<string, JsonObject> => {
    const known = collections.get(name);
    if (known !== undefined) return known;
    const created = new Map<string, JsonObject>();
    collections.set(name, created);
    return created;
  };
  const set = (name: string, id: string, value: JsonObject | undefined): void => {
    if (value === undefined) collection(name).delete(id);
    else collection(name).set(id, value);
  };
  const replay = (line: Json): void => {
    if (!isArray(line)) return;
    for (const item of line) {
      const operation = decodeOperation(item);
      if (operation !== undefined) set(operation[0], operation[1], operation[2]);
    }
  };
  const journal: Journal | undefined =
    file === undefined ? undefined : openJournal(file, { replay, reset: () => collections.clear() });

  const change = (operation: Operation): void => {
    const [name, id, value] = operation;
    const before = collection(name).get(id);
    pending.push({ operation, before });
    set(name, id, value);
    for (const listener of listeners) listener(name, id, before);
  };
  const snapshot = function* (): Generator<Json> {
    for (const [name, records] of collections) for (const [id, value] of records) yield [[name, id, value]];
  };
  const size = (): number => [...collections.values()].reduce((sum, records) => sum + records.size, 0);

  return {
    get: (name, id) => collections.get(name)?.get(id),
    all: (name) => [...(collections.get(name)?.values() ?? [])],
    ids: (name) => [...(collections.get(name)?.keys() ?? [])],
    isEmpty: () => size() === 0,
    put: (name, id, value) => change([name, id, value]),
    remove: (name, id) => change([name, id]),
    commit: () => {
      if (pending.length === 0) return;
      journal?.append(pending.map(({ operation }) => operation.filter((part) => part !== undefined)));
      pending = [];
    },
    rollback: () => {
      for (const { operation, before } of pending.reverse()) set(operation[0], operation[1], before);
      pending = [];
    },
    refresh: () => journal?.refresh(),
    onChange: (listener) => {
      listeners.push(listener);
    },
    close: () => {
      // What others appended meanwhile must not get lost in a rewrite.
      journal?.refresh();
      journal?.close(size(), snapshot);
    },
  };
}
