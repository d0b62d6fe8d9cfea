import { createHmac } from 'node:crypto';
import { stableStringify } from '../model/json.ts';
import type { State } from '../model/state.ts';
import type { Seal } from './fields.ts';

/**
 * Keyed hash of hidden values; the key is the random lineage of the state. Equal hashes mean equal values, and a reader of
 * a comment cannot try out guesses without the key. Undefined before the first apply, when there is no key.
 */
export function sealOf(state: Pick<State, 'lineage'> | undefined): Seal | undefined {
  if (state === undefined) return undefined;
  const { lineage } = state;
  return (value) =>
    createHmac('sha256', `review:${lineage}`).update(stableStringify(value)).digest('hex').slice(0, 32);
}
