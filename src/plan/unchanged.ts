/**
 * Resources of which neither Git nor the account says anything new. Nearly every resource of a quiet account is one: what
 * finds that out while it looks for doubts tells the planner, which then need not compare the resource a second time.
 */
import { holdsExactly } from '../canonical/exact-match.ts';
import { childShape, sameWithReferences } from '../canonical/walk.ts';
import type { Address } from '../model/address.ts';
import type { DesiredResource } from '../model/desired.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { ObjectShape } from '../model/shape.ts';
import type { Binding } from '../model/state.ts';

export interface Unchanged {
  readonly addresses: ReadonlySet<Address>;
  /** Ids by reference target. With other ids a reference may be a change, and then none of this is known. */
  readonly ids: ReadonlyMap<string, string>;
}

/**
 * What a binding may hold without anything being under way. Everything else is the planner's business: a rollout, a hold,
 * a form of the API's own, a write that was begun.
 */
const AT_REST: ReadonlySet<string> = new Set<keyof Binding>([
  'remote_id',
  'base',
  'foreign',
  'main_version_id',
  'read_version_id',
  'staged_version_id',
  'prevent_destroy',
  'updated_at',
  'mains',
  'passed',
  'tested',
]);

/** True when the spec says exactly what was last applied, and nothing is under way. False proves nothing. */
export function isAsApplied(
  { kind, lifecycle, spec }: DesiredResource,
  binding: Binding,
  refs: ReadonlyMap<string, string>,
): boolean {
  const { base, foreign, prevent_destroy } = binding;
  if (base === null || foreign.length > 0 || lifecycle.ignoreChanges.length > 0) return false;
  if (prevent_destroy !== lifecycle.preventDestroy) return false;
  for (const name of Object.keys(binding)) if (!AT_REST.has(name)) return false;
  return sameWithReferences(SHAPES[kind], base, spec, refs);
}

/**
 * True when a list entry has every field of the base as it is, or leaves it out where lists of that kind may. False proves
 * nothing.
 */
export function showsExactly(
  shape: ObjectShape,
  base: JsonObject,
  listed: JsonObject,
  mayLeaveOut: (shown: Json | undefined) => boolean,
): boolean {
  for (const name of Object.keys(base)) {
    const wanted = base[name] ?? null;
    const shown = listed[name];
    if (!mayLeaveOut(shown) && !holdsExactly(childShape(shape, name, wanted), shown, wanted)) return false;
  }
  return true;
}

/** The addresses, where the ids are still those that they were found with. */
export function stillUnchanged(
  unchanged: Unchanged | undefined,
  ids: ReadonlyMap<string, string>,
): ReadonlySet<Address> {
  if (unchanged === undefined || unchanged.ids.size !== ids.size) return NONE;
  for (const [target, id] of ids) if (unchanged.ids.get(target) !== id) return NONE;
  return unchanged.addresses;
}

const NONE: ReadonlySet<Address> = new Set();
