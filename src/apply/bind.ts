import { storedBase } from '../canonical/base.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import type { JsonObject } from '../model/json.ts';
import type { Step } from '../model/plan.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { Binding } from '../model/state.ts';
import type { ApplyContext } from './context.ts';
import { foreignAfter } from './verify.ts';

/** Records that a resource now is what the step wanted. Durable when it resolves. */
export async function bindResource(
  context: ApplyContext,
  step: Step,
  live: RemoteResource,
  before: JsonObject | undefined,
): Promise<void> {
  const shape = SHAPES[step.kind];
  const lookUp = (target: string) => context.ids.get(target);
  await recordBinding(context, step, {
    remote_id: live.id,
    base: step.base === null ? null : storedBase(shape, step.base, lookUp),
    foreign: foreignAfter(shape, step, context.refs, { before, after: live.config }),
    main_version_id: live.versionId ?? null,
    staged_version_id: null,
    prevent_destroy: step.preventDestroy,
    updated_at: context.clock().toISOString(),
  });
}

/** Records a staged version that waits for its promotion; base and main are what they were. */
export async function bindStaged(
  context: ApplyContext,
  step: Step,
  main: RemoteResource,
  versionId: string,
): Promise<void> {
  const known = context.bindings.get(step.address);
  await recordBinding(context, step, {
    remote_id: main.id,
    base: known?.base ?? null,
    foreign: known?.foreign ?? [],
    main_version_id: main.versionId ?? null,
    staged_version_id: versionId,
    prevent_destroy: step.preventDestroy,
    updated_at: context.clock().toISOString(),
  });
}

async function recordBinding(context: ApplyContext, step: Step, binding: Binding): Promise<void> {
  context.ids.set(step.address, binding.remote_id);
  context.refs.set(binding.remote_id, step.address);
  context.bindings.set(step.address, binding);
  await context.session.record({ op: 'bind', address: step.address, binding });
}

/** Announces a write in the log before its request is sent. */
export async function announce(
  context: ApplyContext,
  step: Step,
  action: string,
  key: string | null,
): Promise<void> {
  const at = context.clock().toISOString();
  await context.session.record({ op: 'begin', address: step.address, action, key, at });
}
