import { archivedForm } from '../canonical/archived.ts';
import { liveDigest } from '../canonical/canonical.ts';
import { type Address, parseAddress } from '../model/address.ts';
import { ApiError, Failure } from '../model/errors.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { DeleteStep } from '../model/step.ts';
import { logIntent } from './bind.ts';
import type { ApplyContext, Done } from './context.ts';
import { dropVersions, unlink } from './unlink.ts';

/** Statuses with which the API refuses a delete. */
const REFUSED: ReadonlySet<number> = new Set([400, 409, 422]);

/** Deletes a resource after a copy of its last live form went into the state. Gone already is done already. */
export async function deleteResource(context: ApplyContext, step: DeleteStep): Promise<Done> {
  const { remoteId: id } = step;
  const live = await context.api.get(step.kind, id);
  if (live !== undefined) {
    // As the planner digests orphans: with ids, because what they refer to may have no spec any more either.
    const found = liveDigest(SHAPES[step.kind], live.config);
    if (found !== step.liveDigest && found !== context.unlinked.get(id)) throw changedMeanwhile(step, id);
    await archive(context, step, live);
    await logIntent(context, step, { action: 'delete' });
    await deleteFreed(context, step, id);
  }
  await context.session.record({ op: 'unbind', address: step.address });
  context.bindings.delete(step.address);
  return { remoteId: id, versionId: null, promoted: false, wrote: live !== undefined };
}

function changedMeanwhile({ address }: DeleteStep, id: string): Failure {
  return new Failure(
    'stale',
    `${address} (${id}) was changed by someone else since its deletion was planned`,
    { code: 'CHANGED_MEANWHILE', hint: 'plan again' },
  );
}

/** Keeps a copy of the last live form, or the copy of an interrupted deletion: it is from before the unlinking. */
async function archive(context: ApplyContext, step: DeleteStep, live: RemoteResource): Promise<void> {
  const bound = context.bindings.get(step.address)?.updated_at ?? '';
  const known = context.session.current()?.deleted.findLast(({ remote_id }) => remote_id === live.id);
  if (known !== undefined && known.deleted_at >= bound) return;
  await context.session.record({
    op: 'archive',
    deleted: {
      address: step.address,
      remote_id: live.id,
      deleted_at: context.clock().toISOString(),
      config: archivedForm(SHAPES[step.kind], live.config),
    },
  });
}

/**
 * Deletes, and where the API refuses because others lead to it, takes the references out of those that go in the same
 * apply: first with one update, then with their older versions. Nothing is done to what stays.
 */
async function deleteFreed(context: ApplyContext, step: DeleteStep, id: string): Promise<void> {
  const refusal = await refusedDelete(context, step, id);
  if (refusal === undefined) return;
  if (step.kind !== 'assistant') throw refusal;
  const going = context.planned.steps.filter(
    (other): other is DeleteStep =>
      other.action === 'delete' &&
      other.kind === 'assistant' &&
      other.remoteId !== id &&
      context.bindings.has(other.address),
  );
  let last = refusal;
  for (const free of [unlinkStep, dropVersionsOf] as const) {
    const freed = await Promise.all(going.map((other) => free(context, other, id)));
    if (!freed.includes(true)) continue;
    const again = await refusedDelete(context, step, id);
    if (again === undefined) return;
    last = again;
  }
  throw stillNamed(context, step, id, last);
}

/**
 * Deletes once: undefined when the resource is gone, else the refusal. After a lost reply a read tells whether it is
 * gone.
 */
async function refusedDelete(
  context: ApplyContext,
  step: DeleteStep,
  id: string,
): Promise<ApiError | undefined> {
  try {
    await context.api.delete(step.kind, id);
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status !== undefined && REFUSED.has(error.status)) return error;
    if (error.effect !== 'unknown' || (await context.api.get(step.kind, id)) !== undefined) throw error;
    return undefined;
  }
}

async function unlinkStep(context: ApplyContext, other: DeleteStep, id: string): Promise<boolean> {
  const { remoteId: otherId } = other;
  const live = await context.api.get('assistant', otherId);
  if (live === undefined) return false;
  const unlinked = await unlink(context, live, id, {
    name: `${context.versionPrefix} unlinked`,
    before: () => archive(context, other, live),
  });
  if (unlinked === undefined) return false;
  context.unlinked.set(otherId, liveDigest(SHAPES.assistant, unlinked.config));
  return true;
}

function dropVersionsOf(context: ApplyContext, other: DeleteStep, id: string): Promise<boolean> {
  return dropVersions(context.api, other.remoteId, id);
}

/** The failure that names the assistants which still refer to it. Their versions stay, because a rollback needs them. */
function stillNamed(context: ApplyContext, step: DeleteStep, id: string, refusal: ApiError): Failure {
  const ids = new Set(refusal.message.match(/assistant-[\w-]+/g) ?? []);
  ids.delete(id);
  const addresses = [...context.bindings].flatMap(([address, { remote_id }]): readonly Address[] => {
    const known = ids.has(remote_id) ? parseAddress(address) : undefined;
    return known === undefined ? [] : [known.address];
  });
  const who = addresses.length > 0 ? addresses.join(', ') : 'what the API names';
  return new Failure('partial', `${step.address} (${id}) was not deleted: ${refusal.message}`, {
    code: 'STILL_REFERENCED',
    hint: `take the hand-off or edge to it out of ${who}; where only older versions still have it, remove those: assistantctl versions prune ${addresses[0] ?? 'ADDR'}`,
    details: { address: step.address, remote_id: id, named_by: addresses },
  });
}
