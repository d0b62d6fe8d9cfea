import { asSent } from '../canonical/as-sent.ts';
import { sealSecrets } from '../canonical/canonical.ts';
import { contentDigest, withMain } from '../canonical/confirmed-promotion.ts';
import { setAtPath } from '../canonical/edit.ts';
import { withReadVersion } from '../canonical/held-base.ts';
import type { Learned, Lost } from '../canonical/own-form.ts';
import { storedBase } from '../canonical/payload.ts';
import { valueAtPath, withIds } from '../canonical/walk.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { newBinding } from '../model/new-binding.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { ObjectShape } from '../model/shape.ts';
import type { Binding, MainRecord } from '../model/state.ts';
import type { EditStep, PromoteStep, StepBase, WriteStep } from '../model/step.ts';
import type { VersionRecord } from '../model/version-record.ts';
import type { ApplyContext } from './context.ts';
import { foreignAfter } from './verify.ts';

/**
 * Records that a resource now is what the step wanted, and what the API made of it. Without forms those that are known
 * stay. Durable when it resolves.
 */
export async function bindResource(
  context: ApplyContext,
  step: WriteStep,
  live: RemoteResource,
  before: JsonObject | undefined,
  { reason = 'found', learned }: { readonly reason?: string; readonly learned?: Learned } = {},
): Promise<void> {
  const main = live.versionId;
  const after = afterStep(context, step, before, live.config, learned);
  const binding: Binding = {
    ...carried(context, step, live.id),
    ...newBinding(live, { ...after, preventDestroy: step.preventDestroy, at: now(context) }),
    ...(after.forms !== undefined && { forms: after.forms }),
    ...(main === undefined ? {} : { mains: mainsWith(context, step, main, reason) }),
  };
  await saveBinding(context, step, withReadVersion(binding, live));
}

/** Base and foreign elements once the step is done. */
function afterStep(
  context: ApplyContext,
  step: WriteStep,
  before: JsonObject | undefined,
  after: JsonObject,
  learned: Learned | undefined,
): Pick<Binding, 'base' | 'foreign' | 'forms'> {
  const shape = SHAPES[step.kind];
  const lookUp = (target: string) => context.ids.get(target);
  const forms = learned?.forms ?? context.bindings.get(step.address)?.forms ?? [];
  const wanted = step.base === null ? null : withIds(shape, step.base, lookUp);
  const sides = {
    before: before && asSent(shape, before, forms),
    after: asSent(shape, after, forms),
  };
  return {
    base: wanted === null ? null : storedBase(shape, withoutLost(shape, wanted, learned?.lost ?? []), lookUp),
    foreign: foreignAfter(shape, step, context.refs, sides),
    ...(forms.length > 0 && { forms }),
  };
}

/** The base without values that did not stick: the next plan shows them as changes to make, and not as drift. */
function withoutLost(shape: ObjectShape, base: JsonObject, lost: readonly Lost[]): JsonObject {
  let result: Json | undefined = base;
  for (const { path, got } of lost) {
    if (valueAtPath(shape, result, path) !== undefined || got !== undefined)
      result = setAtPath(shape, result, path, got);
  }
  return isObject(result) ? result : base;
}

/** What main becomes and what the binding is with it, for a version that the step staged. */
export function stagedRecord(
  context: ApplyContext,
  step: EditStep,
  main: RemoteResource,
  staged: { readonly versionId: string; readonly config: JsonObject; readonly learned: Learned },
): VersionRecord {
  return {
    version_id: staged.versionId,
    content: contentDigest(staged.config),
    ...afterStep(context, step, main.config, staged.config, staged.learned),
    at: now(context),
    by: context.who ?? '',
    reason: `apply ${context.versionPrefix}`,
  };
}

/** Records a staged version that waits for its promotion; base and main are what they were. */
export async function bindStaged(
  context: ApplyContext,
  step: EditStep,
  main: RemoteResource,
  staged: VersionRecord,
): Promise<void> {
  await saveBinding(context, step, {
    ...carried(context, step, main.id),
    ...asFound(context, step, main),
    staged_version_id: staged.version_id,
    candidate: {
      ...staged,
      desired_digest: step.desiredDigest,
      main_digest: contentDigest(main.config),
    },
  });
}

/** Records the promotion that is about to be sent: after a crash the next command knows that it was ours. */
export async function bindMoving(
  context: ApplyContext,
  step: EditStep | PromoteStep,
  main: RemoteResource,
  moving: VersionRecord,
): Promise<void> {
  const known = context.bindings.get(step.address);
  const { mains, ...found } = asFound(context, step, main);
  const isRollback = step.action === 'promote' && step.promotion.rollback;
  await saveBinding(context, step, {
    ...carried(context, step, main.id),
    ...found,
    staged_version_id: known?.staged_version_id ?? null,
    ...(known?.candidate === undefined ? {} : { candidate: known.candidate }),
    mains: isRollback ? undone(mains, moving.version_id) : mains,
    moving,
  });
}

function asFound(context: ApplyContext, step: EditStep | PromoteStep, main: RemoteResource) {
  const known = context.bindings.get(step.address);
  return {
    remote_id: main.id,
    base: known?.base ?? null,
    foreign: known?.foreign ?? [],
    ...(known?.forms !== undefined && { forms: known.forms }),
    main_version_id: main.versionId ?? null,
    prevent_destroy: step.preventDestroy,
    updated_at: now(context),
    mains:
      main.versionId === undefined || step.action === 'link'
        ? []
        : mainsWith(context, step, main.versionId, 'found'),
  };
}

/** The versions newer than the one gone back to: the next rollback does not lead to them. */
function undone(mains: readonly MainRecord[], target: string): readonly MainRecord[] {
  const at = mains.findLastIndex(({ version_id }) => version_id === target);
  return mains.map((main, index) => (index > at ? { ...main, undone: true } : main));
}

function mainsWith(
  context: ApplyContext,
  step: WriteStep | PromoteStep,
  version_id: string,
  reason: string,
): readonly MainRecord[] {
  const known = context.bindings.get(step.address)?.mains;
  const begun = step.action === 'create' || step.action === 'link';
  const record = { version_id, at: now(context), by: context.who ?? '', reason: begun ? 'created' : reason };
  // The version before the link step lacks its handoffs: no rollback may lead to it.
  return withMain(step.action === 'link' ? [] : known, record);
}

/** The parts of the binding that a step keeps: history, test results, rollouts. */
function carried(context: ApplyContext, step: StepBase, id: string): Partial<Binding> {
  const known = context.bindings.get(step.address);
  if (known?.remote_id !== id) return {};
  const { candidate: _candidate, moving: _moving, begun: _begun, provisional: _provisional, ...rest } = known;
  const { forms: _forms, restoring: _restoring, ...kept } = rest;
  return kept;
}

/** Durable when it resolves. */
export async function saveBinding(context: ApplyContext, step: StepBase, binding: Binding): Promise<void> {
  context.ids.set(step.address, binding.remote_id);
  context.refs.set(binding.remote_id, step.address);
  context.bindings.set(step.address, binding);
  context.announced.delete(step.address);
  await context.session.record({ op: 'bind', address: step.address, binding });
  context.unrecorded.delete(step.address);
}

/** Records that the deleted assistant that the address is bound to is about to be restored, before the request is sent. */
export async function bindRestoring(context: ApplyContext, step: StepBase, id: string): Promise<void> {
  const known = context.bindings.get(step.address);
  if (known?.remote_id !== id) return;
  // Requests must not name the id before the assistant is there again, so that it is not among the known ids.
  const binding: Binding = { ...known, restoring: true };
  context.bindings.set(step.address, binding);
  await context.session.record({ op: 'bind', address: step.address, binding });
}

/** Records what an update in place is to make of the base, before its request is sent. */
export async function bindBegun(context: ApplyContext, step: EditStep): Promise<void> {
  const known = context.bindings.get(step.address);
  if (known?.base == null || step.base === null) return;
  const begun = storedBase(SHAPES[step.kind], step.base, (target) => context.ids.get(target));
  await saveBinding(context, step, { ...known, begun });
}

/** Takes back that an update or a restore was begun, once it is certain that nothing was written. */
export async function forgetBegun(context: ApplyContext, step: StepBase): Promise<void> {
  const known = context.bindings.get(step.address);
  if (known?.begun === undefined && known?.restoring === undefined) return;
  const { begun: _begun, restoring: _restoring, ...rest } = known;
  await saveBinding(context, step, rest);
}

function now(context: ApplyContext): string {
  return context.clock().toISOString();
}

/** A write that is about to be sent. */
export interface Intent {
  readonly action: string;
  /** What tells it from others of its sort: an idempotency key, a version, a member. */
  readonly key?: string;
  /** Of creates: the body. */
  readonly sent?: JsonObject;
}

/** Announces a write in the log before its request is sent. */
export async function logIntent(context: ApplyContext, step: StepBase, intent: Intent): Promise<void> {
  const { action, key = null, sent } = intent;
  const { address, kind } = step;
  await context.session.record({
    op: 'begin',
    address,
    action,
    key,
    at: now(context),
    ...(sent !== undefined && { sent: sealSecrets(SHAPES[kind], sent) }),
  });
  // A staged version changes nothing live, so that its outcome is never reported as unknown.
  if (action !== 'stage') context.announced.add(address);
}
