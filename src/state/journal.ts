import type { BeginEntry, JournalEntry, State } from '../model/state.ts';
import { openLedger } from './ledger.ts';

/** What a log makes of a state. */
export interface Replayed {
  readonly state: State | undefined;
  /** Begun steps whose address has had no outcome since, oldest first. */
  readonly pending: readonly BeginEntry[];
}

/**
 * Applies a log to the state that it continues. Total: every prefix of a log gives a valid state. Entries as
 * the store logs them may be replayed over their own result without changing it.
 */
export function replay(state: State | undefined, entries: readonly JournalEntry[]): Replayed {
  const ledger = openLedger(state);
  for (const entry of entries) ledger.apply(entry);
  return { state: ledger.state(), pending: ledger.pending() };
}

/** One entry's effect on a state. For many entries use `replay`: this copies the whole state. */
export function applyEntry(state: State | undefined, entry: JournalEntry): State | undefined {
  return replay(state, [entry]).state;
}
