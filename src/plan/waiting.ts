import type { State } from '../model/state.ts';

/** Staged versions that wait for their promotion: somebody may have deleted them since. */
export function waitingVersions(
  state: State | undefined,
): readonly { readonly assistantId: string; readonly versionId: string }[] {
  return Object.values(state?.resources ?? {}).flatMap(({ remote_id, candidate }) =>
    candidate === undefined ? [] : [{ assistantId: remote_id, versionId: candidate.version_id }],
  );
}
