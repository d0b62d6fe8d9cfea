import type { Binding, State } from '../model/state.ts';

/**
 * The versions that a rollback may lead to, most recent first: those that were main before the present one and were
 * not rolled back from. Each rollback thus goes one further back, however often it is typed.
 */
export function formerMains(binding: Binding, present: string | undefined): readonly string[] {
  const mains = binding.mains ?? [];
  const current = mains.findLastIndex(({ version_id }) => version_id === present);
  const earlier = current < 0 ? mains : mains.slice(0, current);
  const usable = earlier.filter(({ version_id, undone }) => undone !== true && version_id !== present);
  return [...new Set(usable.toReversed().map(({ version_id }) => version_id))];
}

/** Staged versions that wait for their promotion: somebody may have deleted them since. */
export function waitingVersions(
  state: State | undefined,
): readonly { readonly assistantId: string; readonly versionId: string }[] {
  return Object.values(state?.resources ?? {}).flatMap(({ remote_id, candidate }) =>
    candidate === undefined ? [] : [{ assistantId: remote_id, versionId: candidate.version_id }],
  );
}
