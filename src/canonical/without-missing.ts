import { isArray, isObject, type Json, type JsonObject, type Path, toPointer } from '../model/json.ts';
import type { ObjectShape, Shape } from '../model/shape.ts';
import { childShape, fittingShape } from './walk.ts';

/** A configuration without references to missing ids, and the pointers of the references that were removed. */
export interface WithoutMissing {
  readonly config: JsonObject;
  readonly left: readonly string[];
}

/**
 * Removes references to ids that no longer exist. A list element that held such a reference goes as a whole, and so
 * do settings that held nothing else.
 */
export function withoutMissing(
  shape: ObjectShape,
  config: JsonObject,
  missing: ReadonlySet<string>,
): WithoutMissing {
  const left: string[] = [];
  const kept = Object.entries(config).flatMap(([name, value]): readonly (readonly [string, Json])[] => {
    const pruned = prune(childShape(shape, name, value), value, [name], { missing, left, inElement: false });
    return pruned === undefined ? [] : [[name, pruned]];
  });
  return { config: Object.fromEntries(kept), left };
}

interface Pruning {
  readonly missing: ReadonlySet<string>;
  readonly left: string[];
  /** Whether the value is part of a list element, which goes as a whole. */
  readonly inElement: boolean;
}

/** Undefined for what goes. */
function prune(shape: Shape, value: Json, path: Path, pruning: Pruning): Json | undefined {
  const fitting = fittingShape(shape, value);
  if (fitting.t === 'scalar') {
    if (fitting.ref === undefined || typeof value !== 'string' || !pruning.missing.has(value)) return value;
    pruning.left.push(toPointer(path));
    return undefined;
  }
  if (fitting.t === 'list' && isArray(value)) {
    const items = value.flatMap((item, index) => {
      const kept = prune(fitting.item, item, [...path, String(index)], { ...pruning, inElement: true });
      return kept === undefined ? [] : [kept];
    });
    if (items.length === value.length)
      return items.every((item, index) => item === value[index]) ? value : items;
    return items.length === 0 && pruning.inElement ? undefined : items;
  }
  if (fitting.t !== 'object' || !isObject(value)) return value;
  const entries = Object.entries(value).map(
    ([name, entry]) =>
      [name, prune(childShape(fitting, name, entry), entry, [...path, name], pruning)] as const,
  );
  const kept = entries.flatMap(([name, entry]) => (entry === undefined ? [] : [[name, entry] as const]));
  if (kept.length === entries.length) return Object.fromEntries(kept);
  return pruning.inElement || kept.length === 0 ? undefined : Object.fromEntries(kept);
}
