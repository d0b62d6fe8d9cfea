import type { JsonObject } from '../model/json.ts';
import type { ObjectShape } from '../model/shape.ts';

/** All values speak of addresses (`{ $ref }`), and what `ignore_changes` names was taken out of each. */
export interface Sides {
  readonly shape: ObjectShape;
  readonly desired: JsonObject;
  readonly base: JsonObject | null;
  readonly live: JsonObject;
  /** The base as an update that was begun and never recorded as done would leave it. */
  readonly begun?: JsonObject | undefined;
  /** Pointers of elements found live that the spec never owned. */
  readonly foreign: readonly string[];
}
