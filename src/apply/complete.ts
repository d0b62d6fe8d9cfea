import { differencesFrom } from '../canonical/differences.ts';
import { withReferences } from '../canonical/walk.ts';
import { ApiError } from '../model/errors.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { KINDS } from '../model/kinds.ts';
import type { Step } from '../model/plan.ts';
import type { RemoteResource } from '../model/remote.ts';
import { bindResource, logIntent } from './bind.ts';
import { SETTLE_DELAYS_MS } from './canary.ts';
import type { ApplyContext } from './context.ts';

/**
 * The update that makes of a resource what the step wanted to create: one that an earlier create of unknown outcome
 * made, and that says something otherwise.
 */
export function completingStep(step: Step, found: RemoteResource, refs: ReadonlyMap<string, string>): Step {
  const shape = SHAPES[step.kind];
  const spec = step.createSpec ?? {};
  const live = withReferences(shape, found.config, refs);
  const wanted = withReferences(shape, spec, refs);
  const names = new Set(differencesFrom(shape, wanted, live).flatMap((path) => path.slice(0, 1)));
  return {
    ...step,
    action: 'update',
    remoteId: found.id,
    spec,
    edits: [...names].map((name) => ({ path: [name], before: live[name], after: spec[name] })),
  };
}

/**
 * The assistant that this address was bound to, brought back with its id, versions and application: what was deleted can
 * be restored for a while. Undefined where there is none, or where the API no longer can; it is created then.
 */
export async function restoreFormer(
  context: ApplyContext,
  step: Step,
): Promise<{ readonly found: RemoteResource } | undefined> {
  const id = step.formerId ?? context.bindings.get(step.address)?.remote_id;
  if (KINDS[step.kind].update !== 'version' || id === undefined) return undefined;
  await logIntent(context, step, 'restore', id);
  const restored = await restoreKnown(context, id);
  if (restored === undefined) return undefined;
  await bindResource(context, { ...step, base: null }, restored, undefined);
  return { found: restored };
}

async function restoreKnown(context: ApplyContext, id: string): Promise<RemoteResource | undefined> {
  try {
    // Of a restore that was repeated after a lost reply the API no longer knows.
    if ((await context.api.restore(id)) === undefined) return await context.api.get('assistant', id);
  } catch (error) {
    if (!(error instanceof ApiError) || error.kind === 'auth') throw error;
    if (error.effect === 'unknown') {
      const live = await context.api.get('assistant', id);
      if (live !== undefined) return live;
      throw error;
    }
    // An API without restores, or one whose time for it is over: it is created anew.
    if (error.status === undefined || error.status < 400 || error.status >= 500) throw error;
    return undefined;
  }
  for (const delay of SETTLE_DELAYS_MS) {
    if (delay > 0) await context.sleep(delay);
    const live = await context.api.get('assistant', id);
    if (live !== undefined) return live;
  }
  return undefined;
}
