import { type Json, jsonEqual } from '../model/json.ts';
import type { BeginEntry, Binding, DeletedResource, JournalEntry, State } from '../model/state.ts';

/**
 * The state while it is being worked on. A `State` is a value, and copying 10,000 bindings for each step would
 * make an apply quadratic; the ledger changes in place and hands out snapshots on demand. Log entries are
 * absolute assignments (a move carries the binding that it moved), which is what makes a replay idempotent.
 */
export interface Ledger {
  /** Takes the entry over and returns the form to be logged. Entries before the first `init` change nothing. */
  apply(entry: JournalEntry): JournalEntry;
  /** False until there is a state to change. */
  begun(): boolean;
  /** Snapshot; the same object until the next change. */
  state(): State | undefined;
  /** Begun steps whose address has had no outcome since, oldest first. */
  pending(): readonly BeginEntry[];
  /** How many entries changed the state so far. */
  changes(): number;
}

/** A ledger that starts from a state and from steps left over by an earlier run. */
export function openLedger(base: State | undefined, left: readonly BeginEntry[] = []): Ledger {
  let head = base;
  let snapshot = base;
  let changed = 0;
  let resources = new Map<string, Binding>(Object.entries(base?.resources ?? {}));
  let deleted = new Map(base?.deleted.map((item) => [deletedKey(item), item]));
  const open = new Map(left.map((entry) => [beginKey(entry), entry]));
  const openByAddress = new Map<string, Set<string>>();
  for (const entry of left) indexOpen(entry);

  function indexOpen(entry: BeginEntry): void {
    const keys = openByAddress.get(entry.address) ?? new Set();
    openByAddress.set(entry.address, keys.add(beginKey(entry)));
  }

  function closePending(address: string): void {
    for (const key of openByAddress.get(address) ?? []) open.delete(key);
    openByAddress.delete(address);
  }

  function touch(): void {
    changed += 1;
    snapshot = undefined;
  }

  function bind(address: string, binding: Binding): void {
    const known = resources.get(address);
    if (known !== undefined && sameBinding(known, binding)) return;
    resources.set(address, binding);
    touch();
  }

  function keepDeleted(item: DeletedResource): void {
    const key = deletedKey(item);
    if (deleted.has(key)) return;
    deleted.set(key, item);
    touch();
  }

  function begin(state: State): void {
    head = state;
    resources = new Map(Object.entries(state.resources));
    deleted = new Map(state.deleted.map((item) => [deletedKey(item), item]));
    touch();
  }

  function move(entry: Extract<JournalEntry, { op: 'move' }>): JournalEntry {
    const moved = entry.binding === undefined ? (resources.get(entry.from) ?? null) : entry.binding;
    if (entry.from !== entry.to) {
      for (const key of openByAddress.get(entry.from) ?? []) {
        const left = open.get(key);
        open.delete(key);
        if (left === undefined) continue;
        const renamed = { ...left, address: entry.to };
        open.set(beginKey(renamed), renamed);
        indexOpen(renamed);
      }
      openByAddress.delete(entry.from);
      if (moved !== null && resources.delete(entry.from)) touch();
    }
    if (moved !== null) bind(entry.to, moved);
    return { ...entry, binding: moved };
  }

  function apply(entry: JournalEntry): JournalEntry {
    switch (entry.op) {
      case 'init':
        begin(entry.state);
        return entry;
      case 'begin':
        open.delete(beginKey(entry));
        open.set(beginKey(entry), entry);
        indexOpen(entry);
        return entry;
      case 'fail':
        closePending(entry.address);
        return entry;
      case 'bind':
        closePending(entry.address);
        if (head !== undefined) bind(entry.address, entry.binding);
        return entry;
      case 'unbind':
        closePending(entry.address);
        if (head === undefined) return entry;
        if (resources.delete(entry.address)) touch();
        if (entry.deleted !== undefined) keepDeleted(entry.deleted);
        return entry;
      case 'archive':
        if (head !== undefined) keepDeleted(entry.deleted);
        return entry;
      case 'complete':
        if (head === undefined || jsonEqual(head.completed, entry.completed)) return entry;
        head = { ...head, completed: entry.completed };
        touch();
        return entry;
      case 'move':
        return head === undefined ? { ...entry, binding: null } : move(entry);
      default:
        return entry satisfies never;
    }
  }

  function state(): State | undefined {
    if (head === undefined) return undefined;
    snapshot ??= { ...head, resources: Object.fromEntries(resources), deleted: [...deleted.values()] };
    return snapshot;
  }

  return {
    apply,
    begun: () => head !== undefined,
    state,
    pending: () => [...open.values()],
    changes: () => changed,
  };
}

function beginKey(entry: BeginEntry): string {
  return JSON.stringify([entry.address, entry.action, entry.key]);
}

function deletedKey(item: DeletedResource): string {
  return JSON.stringify([item.address, item.remote_id, item.deleted_at]);
}

function sameBinding(a: Binding, b: Binding): boolean {
  return jsonEqual(bindingJson(a), bindingJson(b));
}

function bindingJson(binding: Binding): Json {
  return { ...binding };
}
