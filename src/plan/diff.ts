import deepDiff from 'deep-diff';
import type { Tree } from '../canonical/canonical.ts';
import { jsonEqual, type Path } from '../model/json.ts';

/** `added` and `removed` are seen from the left side to the right one and name the highest node concerned. */
export interface TreeChange {
  readonly path: Path;
  readonly type: 'added' | 'removed' | 'edited';
}

const TYPES = { N: 'added', D: 'removed', E: 'edited' } as const;

/** Differences between two canonical trees. Both are free of arrays, so that no change is a matter of indexes. */
export function diffTrees(left: Tree, right: Tree): readonly TreeChange[] {
  if (jsonEqual(left, right)) return [];
  return (deepDiff.diff(left, right) ?? []).map((change) => {
    if (change.kind === 'A') throw new TypeError('canonical trees hold no arrays');
    return { path: (change.path ?? []).map(String), type: TYPES[change.kind] };
  });
}

function isPrefix(prefix: Path, path: Path): boolean {
  return prefix.length <= path.length && prefix.every((name, index) => name === path[index]);
}

/** True when one of the changes lies at, above or below the path. */
export function touches(changes: readonly TreeChange[], path: Path): boolean {
  return changes.some((change) => isPrefix(change.path, path) || isPrefix(path, change.path));
}
