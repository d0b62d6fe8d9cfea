import { createHmac } from 'node:crypto';
import { stableStringify } from '../model/json.ts';
import type { State } from '../model/state.ts';
import type { Seal } from './fields.ts';

/**
 * Keyed hash of hidden values, under the random lineage of the state: equal values can be told from others, and
 * nobody who only reads a comment can try out guesses. Undefined before the first apply.
 */
export function sealOf(state: Pick<State, 'lineage'> | undefined): Seal | undefined {
  if (state === undefined) return undefined;
  const { lineage } = state;
  return (value) =>
    createHmac('sha256', `review:${lineage}`).update(stableStringify(value)).digest('hex').slice(0, 32);
}
