import { canonical, canonicalLike, isTree, knownTree } from '../canonical/canonical.ts';
import { diffTrees } from '../canonical/tree-diff.ts';
import { withReferences } from '../canonical/walk.ts';
import type { DesiredResource } from '../model/desired.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import type { JsonObject } from '../model/json.ts';
import type { FieldChange } from '../model/plan.ts';
import { managed } from './create.ts';
import { changeField } from './fields.ts';

const SHAPE = SHAPES.assistant;

/** Where two configurations of assistants differ in anything that is known, ids shown as addresses. */
export function configFields(
  from: JsonObject,
  to: JsonObject,
  refs: ReadonlyMap<string, string>,
): readonly FieldChange[] {
  const live = withReferences(SHAPE, from, refs);
  const desired = withReferences(SHAPE, to, refs);
  const sides = { shape: SHAPE, live, desired, base: null, foreign: [] };
  return diffTrees(knownTree(SHAPE, live), knownTree(SHAPE, desired)).map(({ path }) =>
    changeField(sides, path, 'config'),
  );
}

/** Where a configuration differs from what the spec writes; what the spec does not write is not compared. */
export function specFields(
  config: JsonObject,
  resource: DesiredResource,
  refs: ReadonlyMap<string, string>,
): readonly FieldChange[] {
  const live = managed(resource, withReferences(SHAPE, config, refs));
  const desired = managed(resource, resource.spec);
  const sides = { shape: SHAPE, live, desired, base: null, foreign: [] };
  const [left, right] = [canonicalLike(SHAPE, live, desired), canonical(SHAPE, desired)];
  if (!isTree(left) || !isTree(right)) return [];
  return diffTrees(left, right).map(({ path }) => changeField(sides, path, 'config'));
}
