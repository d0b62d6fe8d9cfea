import { storedBase } from '../canonical/base.ts';
import { configDigest, hideSecrets, liveDigest } from '../canonical/canonical.ts';
import { withoutPointers } from '../canonical/edit.ts';
import { childShape, withReferences } from '../canonical/walk.ts';
import type { DesiredResource } from '../model/desired.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { fromPointer, type JsonObject, jsonEqual } from '../model/json.ts';
import { KINDS } from '../model/kinds.ts';
import type { Change, ConflictEntry, DriftEntry, FieldChange, StateEdit, Step } from '../model/plan.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { Binding } from '../model/state.ts';
import { type Comparison, compare, editsBetween, type Policy } from './compare.ts';
import { withoutReferences } from './graph.ts';
import type { Match } from './match.ts';

/** Everything that planning one resource may come to; empty parts mean "nothing of that sort". */
export interface ResourcePlan {
  readonly change?: Change;
  readonly steps: readonly Step[];
  readonly drift?: DriftEntry;
  readonly conflict?: ConflictEntry;
  readonly released?: { readonly address: Change['address']; readonly fields: readonly FieldChange[] };
  readonly stateEdit?: StateEdit;
}

export interface ResourceContext {
  readonly policy: Policy;
  readonly recreate: boolean;
  /** Reference target → live id. */
  readonly ids: ReadonlyMap<string, string>;
  /** Live id → reference target. */
  readonly refs: ReadonlyMap<string, string>;
  /** References that this resource's create leaves to a link step. */
  readonly deferred: DesiredResource['references'];
}

/** Plans one resource; dependencies between resources are added by the caller. */
export function planResource(
  resource: DesiredResource,
  match: Match,
  context: ResourceContext,
): ResourcePlan {
  switch (match.how) {
    case 'create':
      return planCreate(resource, context, `${KINDS[resource.kind].noun} is in Git and not in the account`);
    case 'gone':
      return planGone(resource, match.binding, context);
    case 'adopt':
      return planExisting(resource, undefined, match.live, context);
    case 'bound':
      return planExisting(resource, match.binding, match.live, context);
    default:
      return match satisfies never;
  }
}

function planGone(resource: DesiredResource, binding: Binding, context: ResourceContext): ResourcePlan {
  if (context.recreate)
    return planCreate(resource, context, `was deleted outside Git (it was ${binding.remote_id})`);
  return {
    steps: [],
    drift: { address: resource.address, remote_id: binding.remote_id, deleted: true, fields: [] },
  };
}

function managed(resource: DesiredResource, value: JsonObject): JsonObject {
  const pointers = resource.lifecycle.ignoreChanges.map(fromPointer);
  return pointers.length === 0
    ? value
    : withoutPointers(SHAPES[resource.kind], value, pointers, resource.spec);
}

function planCreate(resource: DesiredResource, context: ResourceContext, reason: string): ResourcePlan {
  const { address, kind, spec } = resource;
  const shape = SHAPES[kind];
  const desired = managed(resource, spec);
  const desiredDigest = configDigest(shape, desired);
  const createSpec = context.deferred.length === 0 ? spec : withoutReferences(spec, context.deferred);
  const linked = createSpec !== spec;
  const common = {
    address,
    kind,
    name: resource.name,
    remoteId: null,
    spec,
    reorder: [],
    desiredDigest,
    liveDigest: null,
  };
  const create: Step = {
    ...common,
    id: address,
    action: 'create',
    dependsOn: [],
    createSpec,
    edits: [],
    base: linked ? managed(resource, createSpec) : desired,
    foreign: [],
    preventDestroy: resource.lifecycle.preventDestroy,
  };
  const link: Step = {
    ...create,
    id: `${address}#link`,
    action: 'link',
    createSpec: null,
    edits: linked ? editsBetween(shape, createSpec, spec) : [],
    base: desired,
  };
  const fields = editsBetween(shape, {}, spec).map((edit) => createdField(shape, edit));
  return {
    change: {
      address,
      action: 'create',
      remote_id: null,
      reason,
      fields,
      promotes: false,
      live_version_id: null,
      base_digest: null,
      live_digest: null,
      desired_digest: desiredDigest,
      depends_on: [],
      affects: [],
    },
    steps: linked ? [create, link] : [create],
  };
}

function createdField(shape: (typeof SHAPES)[keyof typeof SHAPES], edit: Step['edits'][number]): FieldChange {
  const [name = ''] = edit.path;
  const after = hideSecrets(childShape(shape, name, edit.after), edit.after ?? null);
  return { path: `/${name}`, before: null, after, origin: 'config' };
}

function planExisting(
  resource: DesiredResource,
  binding: Binding | undefined,
  live: RemoteResource,
  context: ResourceContext,
): ResourcePlan {
  const { address, kind, spec } = resource;
  const shape = SHAPES[kind];
  const liveConfig = withReferences(shape, live.config, context.refs);
  const base = binding?.base ? withReferences(shape, binding.base, context.refs) : null;
  const desired = managed(resource, spec);
  const comparison = compare(
    {
      shape,
      desired,
      base: base === null ? null : managed(resource, base),
      live: managed(resource, liveConfig),
      foreign: binding?.foreign ?? [],
    },
    context.policy,
  );
  const writes = comparison.edits.length > 0 || comparison.reorder.length > 0;
  const entries = reportEntries(resource, live, comparison);
  if (!writes && binding !== undefined) {
    return { ...entries, steps: [], ...rebase(resource, binding, comparison, context) };
  }
  const action = binding === undefined ? 'adopt' : 'update';
  const desiredDigest = configDigest(shape, desired);
  const liveDigestText = liveDigest(shape, liveConfig);
  const change: Change = {
    address,
    action,
    remote_id: live.id,
    reason: reasonFor(action, live, comparison),
    fields: comparison.fields,
    promotes: writes && KINDS[kind].update === 'version',
    live_version_id: live.versionId ?? null,
    base_digest: base === null ? null : configDigest(shape, base),
    live_digest: liveDigestText,
    desired_digest: desiredDigest,
    depends_on: [],
    affects: [],
  };
  const step: Step = {
    id: address,
    address,
    kind,
    action,
    name: resource.name,
    remoteId: live.id,
    dependsOn: [],
    spec,
    createSpec: null,
    edits: comparison.edits,
    reorder: comparison.reorder,
    desiredDigest,
    liveDigest: liveDigestText,
    base: comparison.base,
    foreign: comparison.foreign,
    preventDestroy: resource.lifecycle.preventDestroy,
  };
  return { ...entries, change, steps: [step] };
}

function reportEntries(resource: DesiredResource, live: RemoteResource, comparison: Comparison) {
  const { address } = resource;
  const { drift, conflicts, released } = comparison;
  return {
    ...(drift.length > 0 && { drift: { address, remote_id: live.id, deleted: false, fields: drift } }),
    ...(conflicts.length > 0 && { conflict: { address, fields: conflicts } }),
    ...(released.length > 0 && { released: { address, fields: released } }),
  };
}

function rebase(
  resource: DesiredResource,
  binding: Binding,
  comparison: Comparison,
  context: ResourceContext,
) {
  const stored = storedBase(SHAPES[resource.kind], comparison.base, (target) => context.ids.get(target));
  const same =
    jsonEqual(stored, binding.base) &&
    jsonEqual([...comparison.foreign].sort(), [...binding.foreign].sort()) &&
    binding.prevent_destroy === resource.lifecycle.preventDestroy;
  if (same) return {};
  const stateEdit: StateEdit = {
    op: 'rebase',
    address: resource.address,
    base: stored,
    foreign: comparison.foreign,
    preventDestroy: resource.lifecycle.preventDestroy,
  };
  return { stateEdit };
}

function reasonFor(action: 'adopt' | 'update', live: RemoteResource, comparison: Comparison): string {
  if (action === 'adopt') return `the account has exactly one of this name (${live.id})`;
  const origins = new Set(comparison.fields.map((change) => change.origin));
  const causes = [
    origins.has('config') || origins.has('removed') ? 'changed in Git' : undefined,
    origins.has('drift') ? 'changed outside Git and reverted' : undefined,
  ];
  return causes.filter((cause) => cause !== undefined).join('; ');
}
