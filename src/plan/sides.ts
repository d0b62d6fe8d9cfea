import type { JsonObject } from '../model/json.ts';
import type { ObjectShape } from '../model/shape.ts';

/** All values speak of addresses (`{ $ref }`), and what `ignore_changes` names was taken out of each. */
export interface Sides {
  readonly shape: ObjectShape;
  readonly desired: JsonObject;
  readonly base: JsonObject | null;
  readonly live: JsonObject;
  /** Pointers of elements found live that the spec never owned. */
  readonly foreign: readonly string[];
}
