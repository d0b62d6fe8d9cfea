import { differencesFrom } from '../canonical/differences.ts';
import { withReferences } from '../canonical/walk.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import type { Step } from '../model/plan.ts';
import type { RemoteResource } from '../model/remote.ts';

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
