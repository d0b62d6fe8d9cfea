/** Promotes versions. This is the only place where main changes, and with it what callers hear. */
import { contentDigest, withConfirmedPromotion } from '../canonical/confirmed-promotion.ts';
import { knownDifferences } from '../canonical/differences.ts';
import { Failure } from '../model/errors.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import type { RemoteResource } from '../model/remote.ts';
import { isOpen, type Rollout } from '../model/rollout.ts';
import type { EditStep, PromoteStep, StepBase } from '../model/step.ts';
import type { VersionRecord } from '../model/version-record.ts';
import { bindMoving, logIntent, saveBinding } from './bind.ts';
import { refuseOpenCanary, removeCanary } from './canary.ts';
import type { ApplyContext, Done } from './context.ts';
import { passGate } from './gate.ts';
import { pollUntil, sendAndSee } from './read-back.ts';
import { readAgain } from './update.ts';

const SHAPE = SHAPES.assistant;

/**
 * Promotes a version and reads main back. Refused when an open canary would be ended by it, and stale when main is
 * no longer what it was when the version was made.
 */
export async function promoteChecked(
  context: ApplyContext,
  step: EditStep | PromoteStep,
  main: RemoteResource,
  target: VersionRecord,
  isThere: (live: RemoteResource) => boolean,
): Promise<RemoteResource> {
  await requireSameMain(context, step, main);
  const binding = context.bindings.get(step.address);
  await refuseOpenCanary(context.api, {
    step,
    assistantId: main.id,
    binding,
    replace: context.replaceRollout === true,
    promotion: step.action === 'promote' ? step.promotion : undefined,
  });
  await bindMoving(context, step, main, target);
  await logIntent(context, step, { action: 'promote', key: target.version_id });
  const live = await promoteKnown(context, main, target.version_id, isThere);
  if (binding?.rollout !== undefined) await endRollout(context, step, main.id, binding.rollout);
  return live;
}

/** A promotion ends the canary by itself, so that there is nothing to remove where the API does as documented. */
async function endRollout(
  context: ApplyContext,
  step: StepBase,
  assistantId: string,
  ended: Rollout,
): Promise<void> {
  const left = isOpen(ended) ? await context.api.canary(assistantId) : undefined;
  if (left !== undefined) await removeCanary(context, assistantId);
  const { rollout: _rollout, ...binding } = context.bindings.get(step.address) ?? {};
  if ('remote_id' in binding) context.bindings.set(step.address, binding);
}

/** Makes an existing version main: a `promote` or a `rollback`. */
export async function promoteExisting(context: ApplyContext, step: PromoteStep): Promise<Done> {
  const { from, rollback: _rollback, endsRollout: _endsRollout, takesBack, ...planned } = step.promotion;
  const done_at = { at: context.clock().toISOString(), by: context.who ?? '' };
  const target: VersionRecord = {
    ...planned,
    ...done_at,
    ...(takesBack !== undefined && {
      hold: { fields: takesBack, ...done_at, reason: planned.reason, cause: 'rollback' },
    }),
  };
  const isThere = (live: RemoteResource): boolean =>
    live.versionId === target.version_id || contentDigest(live.config) === target.content;
  const main = await readAgain(context, step);
  const done = { remoteId: main.id, versionId: target.version_id, promoted: true };
  if (main.versionId === target.version_id) {
    await bindMoving(context, step, main, target);
    await recordPromoted(context, step, main);
    return { ...done, wrote: false };
  }
  if (contentDigest(main.config) !== from) throw mainMoved(step, main);
  const version = await context.api.getVersion(main.id, target.version_id);
  if (version === undefined || contentDigest(version.config) !== target.content) {
    const how = version === undefined ? 'was deleted' : 'was edited';
    throw new Failure('stale', `version ${target.version_id} of ${step.address} ${how} meanwhile`, {
      code: version === undefined ? 'VERSION_GONE' : 'VERSION_CHANGED',
      hint: 'apply again to stage it afresh',
    });
  }
  const gate = step.release?.gate ?? null;
  const staged = { versionId: target.version_id, config: version.config };
  const tested = gate === null ? {} : { tests: await passGate(context, { step, gate, main, staged }) };
  const live = await promoteChecked(context, step, main, target, isThere);
  await recordPromoted(context, step, live);
  return {
    ...done,
    versionId: live.versionId ?? target.version_id,
    wrote: true,
    ...tested,
  };
}

async function recordPromoted(context: ApplyContext, step: PromoteStep, live: RemoteResource): Promise<void> {
  const binding = context.bindings.get(step.address);
  if (binding === undefined) return;
  const updated_at = context.clock().toISOString();
  await saveBinding(context, step, { ...withConfirmedPromotion(binding, live), updated_at });
}

/** Stale when main no longer holds what the version was built on. */
export async function requireSameMain(
  context: ApplyContext,
  step: EditStep | PromoteStep,
  main: RemoteResource,
): Promise<void> {
  const now = await readAgain(context, step);
  if (knownDifferences(SHAPE, main.config, now.config).length > 0) throw mainMoved(step, main);
}

function mainMoved(step: StepBase, main: RemoteResource): Failure {
  return new Failure(
    'stale',
    `main of ${step.address} (${main.id}) was changed by someone else since its version was staged`,
    { code: 'MAIN_MOVED', hint: 'plan again' },
  );
}

/**
 * Promotes and reads until main is that version. The same read tells whether a promotion with a lost reply took
 * effect.
 */
async function promoteKnown(
  context: ApplyContext,
  main: RemoteResource,
  versionId: string,
  isThere: (live: RemoteResource) => boolean,
): Promise<RemoteResource> {
  const live = await sendAndSee({
    send: () => context.api.promoteVersion(main.id, versionId),
    look: (confirmed) => promotedMain(context, main, { isThere, confirmed }),
    again: 'after a lost reply',
  });
  if (live !== undefined) return live;
  throw new Failure('partial', `version ${versionId} of ${main.id} was promoted, but main does not hold it`, {
    code: 'NOT_PROMOTED',
    hint: 'plan again to see what main holds',
  });
}

/**
 * A main of another version id that holds what it should. Whether a promotion changes that id is not documented: one
 * that the API confirmed is believed without, but a lost one is not, because a change of order does not show.
 */
async function promotedMain(
  context: ApplyContext,
  main: RemoteResource,
  {
    isThere,
    confirmed,
  }: { readonly isThere: (live: RemoteResource) => boolean; readonly confirmed: boolean },
): Promise<RemoteResource | undefined> {
  let unmoved: RemoteResource | undefined;
  const moved = await pollUntil(context, async () => {
    const live = await context.api.get('assistant', main.id);
    if (live === undefined || !isThere(live)) return undefined;
    if (live.versionId === undefined || live.versionId !== main.versionId) return live;
    unmoved = live;
    return undefined;
  });
  return moved ?? (confirmed ? unmoved : undefined);
}
