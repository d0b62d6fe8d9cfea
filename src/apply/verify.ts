import { canonical, canonicalLike, EMPTY, isTree, knownTree } from '../canonical/canonical.ts';
import { extraElements, shapeAt } from '../canonical/edit.ts';
import { fittingShape, valueAtPath, withReferences } from '../canonical/walk.ts';
import { Failure } from '../model/errors.ts';
import { isObject, type Json, type JsonObject, jsonEqual, type Path, toPointer } from '../model/json.ts';
import type { Edit, Step } from '../model/plan.ts';
import type { Shape } from '../model/shape.ts';

type Node = Json | undefined;

function treeDifferences(left: Node, right: Node, path: Path = []): readonly Path[] {
  if (isObject(left) && isObject(right)) {
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...names].flatMap((name) => treeDifferences(left[name], right[name], [...path, name]));
  }
  return jsonEqual(left, right) ? [] : [path];
}

function isBelow(prefix: Path, path: Path): boolean {
  return prefix.length <= path.length && prefix.every((name, index) => name === path[index]);
}

/**
 * Values that a write was to set and that the API does not return. Elements that it returns beyond those are
 * not counted: they were there before, or the API added them.
 */
export function unsettled(
  shape: Shape,
  wanted: JsonObject,
  live: JsonObject,
  only?: readonly Path[],
): readonly string[] {
  const expected = canonical(shape, wanted);
  const found = canonicalLike(shape, live, wanted);
  return treeDifferences(expected, found)
    .filter(
      (path) => only === undefined || only.some((edited) => isBelow(edited, path) || isBelow(path, edited)),
    )
    .filter((path) => valueAtPath(shape, wanted, path) !== undefined)
    .map(toPointer);
}

/** Where two configurations differ in anything that the schemas know, what the API fills in by itself aside. */
export function knownDifferences(shape: Shape, a: JsonObject, b: JsonObject): readonly Path[] {
  return treeDifferences(knownTree(shape, a), knownTree(shape, b));
}

function pruned(shape: Shape, value: Node): Node {
  if (value === undefined || value === null) return undefined;
  // References and opaque values are objects too, of which the tree of what is known would be empty.
  if (fittingShape(shape, value).t === 'object') return knownTree(shape, value);
  const leaf = canonical(shape, value);
  if (leaf === EMPTY) return undefined;
  return isTree(leaf) ? { ...leaf } : leaf;
}

/** True when both values say the same as far as anything known goes. */
export function sameValue(shape: Shape, a: Node, b: Node): boolean {
  return jsonEqual(pruned(shape, a) ?? {}, pruned(shape, b) ?? {});
}

/**
 * The edits that are still to be made on a freshly read configuration: those already in effect are dropped, and
 * a value that is neither what the plan saw nor what it wants is a `Failure('stale')`.
 */
export function remainingEdits(shape: Shape, step: Step, live: JsonObject): readonly Edit[] {
  const moved: string[] = [];
  const remaining = step.edits.filter((edit) => {
    const present = valueAtPath(shape, live, edit.path);
    const at = shapeAt(shape, live, edit.path);
    if (edit.after === undefined ? present === undefined : sameValue(at, present, edit.after)) return false;
    if (!sameValue(at, present, edit.before)) moved.push(toPointer(edit.path));
    return true;
  });
  if (moved.length === 0) return remaining;
  throw new Failure(
    'stale',
    `${step.address} was changed by someone else since it was planned: ${moved.join(', ')}`,
    {
      code: 'CHANGED_MEANWHILE',
      hint: 'plan again',
    },
  );
}

/** Elements that nobody's spec owns after a write: those known before, and those that the API itself added. */
export function foreignAfter(
  shape: Shape,
  step: Step,
  refs: ReadonlyMap<string, string>,
  live: { readonly before: JsonObject | undefined; readonly after: JsonObject },
): readonly string[] {
  if (step.base === null) return [];
  const guide = step.base;
  const extras = (config: JsonObject) => extraElements(shape, withReferences(shape, config, refs), guide);
  const before = new Set(live.before === undefined ? [] : extras(live.before));
  return extras(live.after).filter((pointer) => step.foreign.includes(pointer) || !before.has(pointer));
}
