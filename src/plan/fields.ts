import { hideSecrets } from '../canonical/canonical.ts';
import { orderedLists, shapeAt } from '../canonical/edit.ts';
import { valueAtPath } from '../canonical/walk.ts';
import { type Json, type JsonObject, jsonEqual, type Path, toPointer } from '../model/json.ts';
import type { ConflictEntry, FieldChange, FieldOrigin } from '../model/plan.ts';
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

/** The value as plans show it: null when absent, secrets hidden. */
export function shown(sides: Sides, side: JsonObject | null, path: Path): Json {
  const value = side === null ? undefined : valueAtPath(sides.shape, side, path);
  if (value === undefined) return null;
  return hideSecrets(shapeAt(sides.shape, side ?? undefined, path), value, path);
}

/** `replaces`: what is live did not come from here. */
export function changeField(
  sides: Sides,
  path: Path,
  origin: FieldOrigin,
  replaces: boolean = false,
): FieldChange {
  const before = shown(sides, sides.live, path);
  const after = shown(sides, sides.desired, path);
  const hiddenBefore = hiddenHash(sides.seal, rawValue(sides, sides.live, path), before);
  const hiddenAfter = hiddenHash(sides.seal, rawValue(sides, sides.desired, path), after);
  const hidden = {
    ...(hiddenBefore !== undefined && { before: hiddenBefore }),
    ...(hiddenAfter !== undefined && { after: hiddenAfter }),
  };
  return {
    path: toPointer(path),
    before,
    after,
    origin,
    ...(replaces && before !== null && { replaces: true as const }),
    ...(Object.keys(hidden).length > 0 && { hidden }),
  };
}

function rawValue(sides: Sides, side: JsonObject | null, path: Path): Json {
  return side === null ? null : (valueAtPath(sides.shape, side, path) ?? null);
}

/** The keyed hash of a value that is not shown as it is. */
export function hiddenHash(seal: Seal | undefined, raw: Json, shownAs: Json): string | undefined {
  return seal === undefined || jsonEqual(raw, shownAs) ? undefined : seal(raw);
}

export function driftField(sides: Sides, path: Path): FieldChange {
  return {
    path: toPointer(path),
    before: shown(sides, sides.base, path),
    after: shown(sides, sides.live, path),
    origin: 'drift',
  };
}

export function conflictField(sides: Sides, path: Path): ConflictEntry['fields'][number] {
  const values = {
    base: shown(sides, sides.base, path),
    git: shown(sides, sides.desired, path),
    live: shown(sides, sides.live, path),
  };
  const raw = {
    base: rawValue(sides, sides.base, path),
    git: rawValue(sides, sides.desired, path),
    live: rawValue(sides, sides.live, path),
  };
  const hidden = hiddenHash(sides.seal, raw, values);
  return { path: toPointer(path), ...values, ...(hidden !== undefined && { hidden }) };
}

export function orderField(sides: Sides, path: Path): FieldChange {
  const names = (side: JsonObject) => orderedLists(sides.shape, side).get(toPointer(path)) ?? null;
  return {
    path: toPointer(path),
    before: names(sides.live),
    after: names(sides.desired),
    origin: 'config',
  };
}
