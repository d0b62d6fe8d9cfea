import type { Json, JsonObject } from '../model/json.ts';
import type { ObjectShape } from '../model/shape.ts';

export type Seal = (value: Json) => string;

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
  /** Keyed hash of a value of which a part is hidden; absent where nothing is remembered yet. */
  readonly seal?: Seal | undefined;
}
