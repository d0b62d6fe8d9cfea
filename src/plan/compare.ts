/**
 * The three-way comparison of one resource: base (last applied), desired (Git) and live (the API). Differences
 * between live and desired are what could be done; base tells who caused each of them, and that decides.
 */
import { canonical, canonicalLike, isCollection, isTree, type Tree } from '../canonical/canonical.ts';
import { extraElements, orderedLists, setAtPath, shapeAt, widenPath } from '../canonical/edit.ts';
import { holdsExactly } from '../canonical/exact-match.ts';
import { diffTrees, type TreeChange, touches } from '../canonical/tree-diff.ts';
import { valueAtPath } from '../canonical/walk.ts';
import { fromPointer, isObject, type JsonObject, jsonEqual, type Path, toPointer } from '../model/json.ts';
import type { ConflictEntry, FieldChange, FieldOrigin } from '../model/plan.ts';
import type { DriftPolicy } from '../model/project.ts';
import type { ObjectShape } from '../model/shape.ts';
import type { Edit } from '../model/step.ts';
import { changeField, conflictField, driftField, orderField, type Sides, shown } from './fields.ts';

export interface Policy {
  readonly drift: DriftPolicy;
  readonly take: 'git' | 'live' | null;
}

export interface Comparison {
  readonly fields: readonly FieldChange[];
  readonly drift: readonly FieldChange[];
  readonly conflicts: ConflictEntry['fields'];
  readonly released: readonly FieldChange[];
  readonly edits: readonly Edit[];
  readonly reorder: readonly Path[];
  /** What the base is once the edits are applied. */
  readonly base: JsonObject;
  /** Fields in conflict that `--take live` leaves as they are: live does not hold the base there. */
  readonly leftLive: readonly Path[];
  readonly foreign: readonly string[];
}

type Cause = FieldOrigin | 'conflict' | 'foreign';

interface Context extends Sides {
  readonly gitChanges: readonly TreeChange[];
  readonly liveChanges: readonly TreeChange[];
  /** What an update was to change that was begun and never recorded as done. */
  readonly begunChanges: readonly TreeChange[];
}

function asTree(value: ReturnType<typeof canonical>): Tree {
  return isTree(value) ? value : {};
}

/** Compares and decides; total and free of effects. */
export function compare(sides: Sides, policy: Policy): Comparison {
  const { shape, desired, base, live } = sides;
  if (
    base !== null &&
    sides.foreign.length === 0 &&
    jsonEqual(base, desired) &&
    holdsExactly(shape, live, desired)
  ) {
    return {
      fields: [],
      drift: [],
      conflicts: [],
      released: [],
      edits: [],
      reorder: [],
      // Equal to what is wanted; the very same, so that who compares them next sees it at once.
      base,
      leftLive: [],
      foreign: [],
    };
  }
  const wanted = asTree(canonical(shape, desired));
  const differences = diffTrees(asTree(canonicalLike(shape, live, desired)), wanted);
  const before = base === null ? undefined : asTree(canonical(shape, base));
  const gitChanges = before === undefined ? [] : diffTrees(before, wanted);
  const liveChanges =
    base === null || before === undefined || differences.length === 0
      ? []
      : diffTrees(before, asTree(canonicalLike(shape, live, base)));
  const begunChanges =
    before === undefined || sides.begun === undefined
      ? []
      : diffTrees(before, asTree(canonical(shape, sides.begun)));
  const context = { ...sides, gitChanges, liveChanges, begunChanges };
  const causes = differences.map((change) => ({ path: change.path, cause: ourOwn(context, change) }));
  return decide(context, policy, causes);
}

/** Where an update of ours was cut off, what is live is what the API made of it, and nobody else's. */
function ourOwn(context: Context, change: TreeChange): Cause {
  const cause = causeOf(context, change);
  const blamed = cause === 'conflict' || cause === 'drift';
  return blamed && touches(context.begunChanges, change.path) ? 'config' : cause;
}

function causeOf(context: Context, change: TreeChange): Cause {
  const { shape, base, desired, live, gitChanges, liveChanges } = context;
  const inBase = base !== null && valueAtPath(shape, base, change.path) !== undefined;
  if (change.type === 'removed' && valueAtPath(shape, desired, change.path) === undefined) {
    if (inBase) return touches(liveChanges, change.path) ? 'conflict' : 'removed';
    return isKnownForeign(context, change.path) ? 'foreign' : 'drift';
  }
  // An element that somebody added by hand, to a collection that the spec owns, and that Git adds otherwise.
  const addedLive = !isForeign(context, change.path) && touches(liveChanges, change.path);
  if (!inBase) return addedLive ? 'conflict' : 'config';
  const changedInGit = touches(gitChanges, change.path);
  const changedLive = touches(liveChanges, change.path);
  if (changedInGit && changedLive)
    return isSameRemoval(shape, live, desired, change.path) ? 'config' : 'conflict';
  return changedLive ? 'drift' : 'config';
}

/** A collection element that both sides lack cannot be in conflict. */
function isSameRemoval(shape: ObjectShape, live: JsonObject, desired: JsonObject, path: Path): boolean {
  return valueAtPath(shape, live, path) === undefined && valueAtPath(shape, desired, path) === undefined;
}

function isForeign(context: Context, path: Path): boolean {
  const pointer = toPointer(path);
  return context.foreign.some((known) => pointer === known || pointer.startsWith(`${known}/`));
}

/** Elements of a collection that no base spoke of yet: never removed, whoever put them there. */
function isKnownForeign(context: Context, path: Path): boolean {
  if (isForeign(context, path)) return true;
  return context.base === null || valueAtPath(context.shape, context.base, path.slice(0, -1)) === undefined;
}

function decide(
  context: Context,
  policy: Policy,
  causes: readonly { path: Path; cause: Cause }[],
): Comparison {
  const fields: FieldChange[] = [];
  const drift: FieldChange[] = [];
  const conflicts: ConflictEntry['fields'][number][] = [];
  const paths: Path[] = [];
  const leftLive: Path[] = [];
  let base = context.desired;
  for (const { path, cause } of causes) {
    if (cause === 'foreign') continue;
    if (cause === 'drift' && policy.drift !== 'revert') {
      drift.push(driftField(context, path));
    } else if (cause === 'conflict' && policy.take === 'live') {
      base = keepBase(context, base, path);
      leftLive.push(path);
    } else if (cause === 'conflict' && policy.take === null) {
      conflicts.push(conflictField(context, path));
    } else {
      fields.push(
        changeField(context, path, cause === 'conflict' ? 'config' : cause, isReplaced(context, path, cause)),
      );
      paths.push(path);
    }
  }
  const reorder = reordered(context);
  for (const path of reorder) fields.push(orderField(context, path));
  return {
    fields,
    drift,
    conflicts,
    released: releasedFields(context),
    edits: editsFor(context, paths),
    reorder,
    base,
    leftLive,
    foreign: causes.some(({ cause }) => cause === 'foreign') ? foreignElements(context) : [],
  };
}

/** True where live is not what was last applied: it was set outside Git, and a reviewer has to see it go. */
function isReplaced(context: Context, path: Path, cause: Cause): boolean {
  if (cause === 'conflict') return true;
  return context.base === null || valueAtPath(context.shape, context.base, path) === undefined;
}

function keepBase(context: Context, base: JsonObject, path: Path): JsonObject {
  const kept = setAtPath(
    context.shape,
    base,
    path,
    valueAtPath(context.shape, context.base ?? undefined, path),
  );
  return isObject(kept) ? kept : base;
}

function editsFor(context: Context, paths: readonly Path[]): readonly Edit[] {
  const { shape, live, desired } = context;
  const edits = new Map<string, Edit>();
  for (const path of paths) {
    const wide = widenPath(shape, live, path);
    const after = valueAtPath(shape, desired, wide);
    edits.set(toPointer(wide), { path: wide, before: valueAtPath(shape, live, wide), after });
  }
  return [...edits.values()];
}

/** Fields that the base has and the spec no longer writes, collections' elements aside. */
function releasedFields(context: Context): readonly FieldChange[] {
  return context.gitChanges.flatMap((change) => {
    if (change.type !== 'removed') return [];
    const parent = shapeAt(context.shape, context.base ?? undefined, change.path.slice(0, -1));
    if (isCollection(parent)) return [];
    const value = shown(context, context.live, change.path);
    return [{ path: toPointer(change.path), before: value, after: value, origin: 'removed' as const }];
  });
}

/**
 * Ordered lists whose order Git changed. The order that the API returns is not compared: a server that sorts
 * would otherwise never be satisfied.
 */
function reordered(context: Context): readonly Path[] {
  const wanted = orderedLists(context.shape, context.desired);
  const reference = orderedLists(context.shape, context.base ?? context.live);
  return [...wanted].flatMap(([pointer, order]) => {
    const former = (reference.get(pointer) ?? []).filter((key) => order.includes(key));
    const present = order.filter((key) => former.includes(key));
    return jsonEqual(former, present) ? [] : [fromPointer(pointer)];
  });
}

function foreignElements(context: Context): readonly string[] {
  const { shape, live, desired } = context;
  return extraElements(shape, live, desired).filter((pointer) => {
    const path = fromPointer(pointer);
    const inBase = context.base !== null && valueAtPath(shape, context.base, path) !== undefined;
    return !inBase && isKnownForeign(context, path);
  });
}

/** The edits that turn one spec into another: what a create left out for a later step to add. */
export function editsBetween(shape: ObjectShape, from: JsonObject, to: JsonObject): readonly Edit[] {
  const changes = diffTrees(asTree(canonicalLike(shape, from, to)), asTree(canonical(shape, to)));
  const context = {
    shape,
    desired: to,
    live: from,
    base: null,
    foreign: [],
    gitChanges: [],
    liveChanges: [],
    begunChanges: [],
  };
  return editsFor(
    context,
    changes.map((change) => change.path),
  );
}
