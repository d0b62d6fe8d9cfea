import {
  type Canon,
  canonical,
  configDigest,
  digest,
  EMPTY,
  hideSecrets,
  isTree,
} from '../canonical/canonical.ts';
import { withoutPointers } from '../canonical/edit.ts';
import { childShape } from '../canonical/walk.ts';
import type { DesiredResource } from '../model/desired.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { fromPointer, type JsonObject, toPointer } from '../model/json.ts';
import type { FieldChange } from '../model/plan.ts';
import type { ObjectShape } from '../model/shape.ts';
import type { CreateStep, LinkStep } from '../model/step.ts';
import { editsBetween } from './compare.ts';
import { hiddenHash, type Seal } from './fields.ts';
import { withoutReferences } from './graph.ts';
import type { ResourceContext, ResourcePlan } from './resource-plan.ts';

/** What of a configuration is compared and written: all but what the spec says to ignore. */
export function managed(resource: DesiredResource, value: JsonObject): JsonObject {
  const pointers = resource.lifecycle.ignoreChanges.map(fromPointer);
  return pointers.length === 0
    ? value
    : withoutPointers(SHAPES[resource.kind], value, pointers, resource.spec);
}

/** A create, and the link step behind it where it closes a cycle of references. */
export function planCreate(
  resource: DesiredResource,
  context: ResourceContext,
  reason: string,
): ResourcePlan {
  const { address, kind, spec } = resource;
  const shape = SHAPES[kind];
  const desired = managed(resource, spec);
  const tree = canonical(shape, spec);
  const desiredDigest = desired === spec ? digest(tree) : configDigest(shape, desired);
  const createSpec = context.deferred.length === 0 ? spec : withoutReferences(spec, context.deferred);
  const linked = createSpec !== spec;
  const common = {
    address,
    kind,
    name: resource.name,
    dependsOn: [],
    spec,
    desiredDigest,
    foreign: [],
    preventDestroy: resource.lifecycle.preventDestroy,
  };
  const create: CreateStep = {
    ...common,
    id: address,
    action: 'create',
    createSpec,
    base: linked ? managed(resource, createSpec) : desired,
  };
  const link = (): LinkStep => ({
    ...common,
    id: `${address}#link`,
    action: 'link',
    edits: editsBetween(shape, createSpec, spec),
    reorder: [],
    base: desired,
  });
  return {
    change: {
      address,
      action: 'create',
      remote_id: null,
      reason,
      fields: createdFields(shape, spec, tree, context.seal),
      promotes: false,
      live_version_id: null,
      base_digest: null,
      live_digest: null,
      desired_digest: desiredDigest,
      depends_on: [],
      affects: [],
    },
    steps: linked ? [create, link()] : [create],
  };
}

/** Every field of the spec that says anything. */
export function createdFields(
  shape: ObjectShape,
  spec: JsonObject,
  tree: Canon,
  seal: Seal | undefined,
): readonly FieldChange[] {
  return Object.entries(spec).flatMap(([name, value]): readonly FieldChange[] => {
    if (saysNothing(isTree(tree) ? tree[name] : undefined)) return [];
    const after = hideSecrets(childShape(shape, name, value), value, [name]);
    const hidden = hiddenHash(seal, value, after);
    return [
      {
        path: toPointer([name]),
        before: null,
        after,
        origin: 'config',
        ...(hidden !== undefined && { hidden: { after: hidden } }),
      },
    ];
  });
}

function saysNothing(node: Canon | undefined): boolean {
  if (isTree(node)) return Object.values(node).every(saysNothing);
  return node === undefined || node === EMPTY;
}
