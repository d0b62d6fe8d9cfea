import deepDiff from 'deep-diff';
import { jsonEqual, type Path } from '../model/json.ts';
import { type Canon, isTree, type Tree } from './canonical.ts';

/** `added` and `removed` are seen from the left side to the right one and name the highest node concerned. */
export interface TreeChange {
  readonly path: Path;
  readonly type: 'added' | 'removed' | 'edited';
}

const TYPES = { N: 'added', D: 'removed', E: 'edited' } as const;

/** Differences between two canonical trees. Both are free of arrays, so that no change is a matter of indexes. */
export function diffTrees(left: Tree, right: Tree): readonly TreeChange[] {
  if (jsonEqual(left, right)) return [];
  const changes = changesBetween(left, right);
  if (!hasEmptyName(right)) return changes;
  // deep-diff reports a removed member whose name is empty and not an added one: it is the removal seen from behind.
  const added = changesBetween(right, left).filter(
    ({ type, path }) => type === 'removed' && path.at(-1) === '',
  );
  return [...changes, ...added.map(({ path }): TreeChange => ({ path, type: 'added' }))];
}

function changesBetween(left: Tree, right: Tree): readonly TreeChange[] {
  return (deepDiff.diff(left, right) ?? []).map((change) => {
    if (change.kind === 'A') throw new TypeError('canonical trees hold no arrays');
    return { path: (change.path ?? []).map(String), type: TYPES[change.kind] };
  });
}

function hasEmptyName(tree: Tree): boolean {
  return Object.entries(tree).some(([name, node]) => name === '' || (isTree(node) && hasEmptyName(node)));
}

/** Where two normal forms differ: the highest nodes concerned, the root where one of them is no tree. */
export function differingPaths(left: Canon, right: Canon): readonly Path[] {
  if (isTree(left) && isTree(right)) return diffTrees(left, right).map(({ path }) => path);
  return jsonEqual(left, right) ? [] : [[]];
}

/** True when `path` equals `node` or lies below it. */
export function isBelow(node: Path, path: Path): boolean {
  return node.length <= path.length && node.every((name, index) => name === path[index]);
}

/** True when one of the changes lies at, above or below the path. */
export function touches(changes: readonly TreeChange[], path: Path): boolean {
  return changes.some((change) => isBelow(change.path, path) || isBelow(path, change.path));
}
