import { archivedForm } from '../canonical/archived.ts';
import { liveDigest } from '../canonical/canonical.ts';
import { ApiError, Failure } from '../model/errors.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import type { Step } from '../model/plan.ts';
import { logIntent } from './bind.ts';
import type { ApplyContext, Done } from './context.ts';

/** Deletes a resource after a copy of its last live form went into the state. Gone already is done already. */
export async function deleteResource(context: ApplyContext, step: Step): Promise<Done> {
  const shape = SHAPES[step.kind];
  const id = step.remoteId ?? '';
  const live = await context.api.get(step.kind, id);
  if (live !== undefined) {
    // As the planner digests orphans: with ids, because what they refer to may have no spec any more either.
    if (liveDigest(shape, live.config) !== step.liveDigest) {
      throw new Failure(
        'stale',
        `${step.address} (${id}) was changed by someone else since its deletion was planned`,
        {
          code: 'CHANGED_MEANWHILE',
          hint: 'plan again',
        },
      );
    }
    await context.session.record({
      op: 'archive',
      deleted: {
        address: step.address,
        remote_id: id,
        deleted_at: context.clock().toISOString(),
        config: archivedForm(shape, live.config),
      },
    });
    await logIntent(context, step, 'delete', null);
    await deleteKnown(context, step, id);
  }
  await context.session.record({ op: 'unbind', address: step.address });
  context.bindings.delete(step.address);
  return { remoteId: id, versionId: null, promoted: false, wrote: live !== undefined };
}

/** A lost reply is settled by looking whether the resource is still there. */
async function deleteKnown(context: ApplyContext, step: Step, id: string): Promise<void> {
  try {
    await context.api.delete(step.kind, id);
  } catch (error) {
    if (!(error instanceof ApiError) || error.effect !== 'unknown') throw error;
    if ((await context.api.get(step.kind, id)) !== undefined) throw error;
  }
}
