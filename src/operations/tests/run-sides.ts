import type { RunSide } from '../../model/history.ts';
import type { State } from '../../model/state.ts';

/**
 * What each remembered run talked to. The API does not say it of a run; gates and previews note it. A result that a
 * gate counted as green was that of a candidate.
 */
export function rememberedSides(state: State | undefined): ReadonlyMap<string, RunSide> {
  const sides = new Map<string, RunSide>();
  for (const { passed = [], tested = [] } of Object.values(state?.resources ?? {})) {
    for (const { run_id: id } of passed) if (id !== null) sides.set(id, 'candidate');
    for (const { on, run_ids: ids = [] } of tested) {
      if (on !== undefined) for (const id of ids) sides.set(id, on);
    }
  }
  return sides;
}
