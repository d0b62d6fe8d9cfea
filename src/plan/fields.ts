import { hideSecrets } from '../canonical/canonical.ts';
import { orderedLists, shapeAt } from '../canonical/edit.ts';
import { valueAtPath } from '../canonical/walk.ts';
import { type Json, type JsonObject, type Path, toPointer } from '../model/json.ts';
import type { ConflictEntry, FieldChange, FieldOrigin } from '../model/plan.ts';
import type { Sides } from './sides.ts';

/** The value as plans show it: null when absent, secrets hidden. */
export function shown(sides: Sides, side: JsonObject | null, path: Path): Json {
  const value = side === null ? undefined : valueAtPath(sides.shape, side, path);
  if (value === undefined) return null;
  return hideSecrets(shapeAt(sides.shape, side ?? undefined, path), value, path);
}

export function changeField(sides: Sides, path: Path, origin: FieldOrigin): FieldChange {
  return {
    path: toPointer(path),
    before: shown(sides, sides.live, path),
    after: shown(sides, sides.desired, path),
    origin,
  };
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
  return {
    path: toPointer(path),
    base: shown(sides, sides.base, path),
    git: shown(sides, sides.desired, path),
    live: shown(sides, sides.live, path),
  };
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
