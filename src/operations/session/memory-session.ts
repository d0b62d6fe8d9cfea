import type { State, StateSession } from '../../model/state.ts';
import { openLedger } from '../../state/ledger.ts';

/** A session whose state is forgotten: previews are found again by their names and need no record. */
export function memorySession(state: State): StateSession {
  const ledger = openLedger(state);
  return {
    current: () => ledger.state(),
    pending: [],
    record: async (entry) => {
      ledger.apply(entry);
    },
    close: async () => {},
  };
}
