import { asSent } from '../canonical/as-sent.ts';
import { configDigest, liveDigest } from '../canonical/canonical.ts';
import { withConfirmedPromotion } from '../canonical/confirmed-promotion.ts';
import { storedBase } from '../canonical/payload.ts';
import { restoredBase } from '../canonical/restored-binding.ts';
import { withReferences } from '../canonical/walk.ts';
import type { DesiredResource } from '../model/desired.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { type JsonObject, jsonEqual } from '../model/json.ts';
import { KINDS } from '../model/kinds.ts';
import type { Change, StateEdit } from '../model/plan.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { Binding } from '../model/state.ts';
import type { AdoptStep, UpdateStep } from '../model/step.ts';
import { type Comparison, compare } from './compare.ts';
import { managed, planCreate } from './create.ts';
import { planElsewhere } from './elsewhere.ts';
import { formNotes } from './form-notes.ts';
import { stillSaid, writesHeld } from './holds.ts';
import { ignoredDifferences } from './ignored.ts';
import type { Match } from './match.ts';
import {
  abortedBefore,
  isUnderWay,
  openRollout,
  pendingEntry,
  promotesNow,
  rolloutEntry,
  waitingCandidate,
  withoutCandidate,
} from './pending.ts';
import { releaseNote } from './release.ts';
import type { ResourceContext, ResourcePlan } from './resource-plan.ts';

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
    case 'elsewhere':
      return planElsewhere(planExisting(resource, undefined, match.live, context), match.live, match.owner);
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

function planExisting(
  written: DesiredResource,
  bound: Binding | undefined,
  live: RemoteResource,
  context: ResourceContext,
): ResourcePlan {
  const { address, kind } = written;
  // A spec may name by its id what is managed here as well: that is the same as a reference to it.
  const spec = withReferences(SHAPES[kind], written.spec, context.refs);
  const resource = { ...written, spec };
  const confirmed = bound === undefined ? undefined : withConfirmedPromotion(bound, live);
  const settled = confirmed && withHold(confirmed, resource, context);
  const shape = SHAPES[kind];
  const liveConfig = withReferences(shape, live.config, context.refs);
  const known = settled?.forms;
  const asWritten = asSent(shape, live.config, known, written.spec);
  const sent = asWritten === live.config ? liveConfig : withReferences(shape, asWritten, context.refs);
  const restored =
    settled?.restoring === true && settled.base !== null
      ? restoredBase({ known: settled, config: live.config, spec: written.spec, refs: context.refs })
      : undefined;
  const applied = restored?.base ?? settled?.base ?? null;
  const base = applied === null ? null : withReferences(shape, applied, context.refs);
  const begun = settled?.begun && withReferences(shape, settled.begun, context.refs);
  const desired = managed(resource, spec);
  const comparison = compare(
    {
      shape,
      desired,
      base: base === null ? null : managed(resource, base),
      live: managed(resource, sent),
      ...(begun !== undefined && { begun: managed(resource, begun) }),
      foreign: (restored ?? settled)?.foreign ?? [],
      seal: context.seal,
    },
    context.policy,
  );
  const writes = comparison.edits.length > 0 || comparison.reorder.length > 0;
  const binding = settled === undefined || writes ? settled : withoutCandidate(settled);
  const entries = {
    ...reportEntries(resource, live, comparison),
    diagnostics: formNotes(written, known),
    ...ignoredDifferences(resource, { live: liveConfig, base, readById: context.readById }),
    ...(binding !== undefined &&
      binding !== bound && { confirmedPromotion: { op: 'confirm-promotion' as const, address, binding } }),
  };
  const rollout = openRollout(binding);
  const open = ({ wanted }: { readonly wanted: boolean }) =>
    rollout && { pending: rolloutEntry(resource, live, { rollout, comparison, wanted }) };
  if (!writes && binding !== undefined) {
    return {
      ...entries,
      steps: [],
      ...open({ wanted: false }),
      ...rebase(resource, { binding, live, base }, comparison, context),
    };
  }
  const desiredDigest = configDigest(shape, desired);
  if (writes && isUnderWay(rollout, desiredDigest, context))
    return { ...entries, steps: [], ...open({ wanted: true }) };
  const action = binding === undefined ? 'adopt' : 'update';
  const waiting = writes ? waitingCandidate(binding, desiredDigest, live, context) : undefined;
  if (waiting !== undefined) {
    return { ...entries, steps: [], pending: pendingEntry(resource, live, waiting, comparison) };
  }
  const { release } = context;
  const liveDigestText = liveDigest(shape, liveConfig);
  const change: Change = {
    address,
    action,
    remote_id: live.id,
    reason: reasonFor(action, live, comparison, abortedBefore(binding, desiredDigest)),
    fields: comparison.fields,
    promotes: writes && KINDS[kind].update === 'version' && promotesNow(release),
    live_version_id: live.versionId ?? null,
    base_digest: base === null ? null : configDigest(shape, base),
    live_digest: liveDigestText,
    desired_digest: desiredDigest,
    depends_on: [],
    affects: [],
    ...(writes && release !== undefined && { release: releaseNote(release) }),
    ...(writes && action === 'adopt' && { takes_over: true as const }),
  };
  const step: AdoptStep | UpdateStep = {
    id: address,
    address,
    kind,
    action,
    name: resource.name,
    remoteId: live.id,
    dependsOn: [],
    spec,
    edits: comparison.edits,
    reorder: comparison.reorder,
    desiredDigest,
    base: comparison.base,
    foreign: comparison.foreign,
    preventDestroy: resource.lifecycle.preventDestroy,
    ...(release !== undefined && { release }),
  };
  const hold = binding?.hold;
  const held = hold !== undefined && writesHeld(hold, comparison.fields);
  return { ...entries, ...open({ wanted: false }), change, steps: [step], ...(held && { hold }) };
}

/** A hold ends for good as soon as Git gives one of its fields another value. */
function withHold(binding: Binding, resource: DesiredResource, context: ResourceContext): Binding {
  const { hold, ...rest } = binding;
  if (hold === undefined) return binding;
  const active = !context.releaseHold && stillSaid(hold, managed(resource, resource.spec), context.ids);
  return active ? binding : rest;
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

/** The version to remember as read whole: it was read by id and holds the base everywhere. */
function newlyRead(
  { binding, live }: Sighting,
  { drift, conflicts, leftLive }: Comparison,
  context: ResourceContext,
): string | undefined {
  const { versionId } = live;
  if (!context.readById || versionId === undefined || versionId === binding.read_version_id) return undefined;
  return drift.length + conflicts.length + leftLive.length === 0 ? versionId : undefined;
}

interface Sighting {
  readonly binding: Binding;
  readonly live: RemoteResource;
  readonly base: JsonObject | null;
}

function rebase(
  resource: DesiredResource,
  sighting: Sighting,
  comparison: Comparison,
  context: ResourceContext,
) {
  const { binding, base } = sighting;
  const readVersionId = newlyRead(sighting, comparison, context);
  // An element that vanished stays in `foreign`: if somebody creates it again, it is still not ours to remove.
  const settled =
    comparison.foreign.every((pointer) => binding.foreign.includes(pointer)) &&
    binding.begun === undefined &&
    binding.restoring === undefined &&
    (binding.forms ?? []).every(({ told }) => told === true) &&
    binding.prevent_destroy === resource.lifecycle.preventDestroy &&
    readVersionId === undefined;
  if (settled && base !== null && jsonEqual(base, comparison.base)) return {};
  const stored = storedBase(SHAPES[resource.kind], comparison.base, (target) => context.ids.get(target));
  if (settled && jsonEqual(stored, binding.base)) return {};
  const stateEdit: StateEdit = {
    op: 'rebase',
    address: resource.address,
    base: stored,
    foreign: comparison.foreign,
    preventDestroy: resource.lifecycle.preventDestroy,
    forms: (binding.forms ?? []).map((form) => ({ ...form, told: true as const })),
    ...(readVersionId !== undefined && { readVersionId }),
  };
  return { stateEdit };
}

function reasonFor(
  action: 'adopt' | 'update',
  live: RemoteResource,
  comparison: Comparison,
  aborted: string | undefined,
): string {
  if (action === 'adopt') return `the account has exactly one of this name (${live.id})`;
  const origins = new Set(comparison.fields.map((change) => change.origin));
  const causes = [
    origins.has('config') || origins.has('removed') ? 'changed in Git' : undefined,
    origins.has('drift') ? 'changed outside Git and reverted' : undefined,
    aborted,
  ];
  return causes.filter((cause) => cause !== undefined).join('; ');
}
