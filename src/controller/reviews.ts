import { findPlace, openForge } from '../forge/connect.ts';
import { authorOf } from '../forge/deliver.ts';
import { mergedSets } from '../forge/merged-sets.ts';
import type { Host } from '../operations/host.ts';
import type { ReviewSource } from '../operations/plan/review.ts';
import { gatherProject } from '../operations/session/inputs.ts';
import { mergeRange } from '../operations/session/merge-range.ts';
import { setOfMarker } from '../render/markdown/marker.ts';

/**
 * What was reviewed of the commits since the last completed apply, asked of the forge. Undefined where there is no
 * forge token: then nothing counts as reviewed.
 */
export async function reviewsOf(
  host: Host,
  commit: string,
  branch: string,
): Promise<readonly ReviewSource[] | undefined> {
  const place = await findPlace(host, {});
  const forge = place === undefined ? undefined : openForge(host, place);
  if (place === undefined || forge === undefined) return undefined;
  try {
    const author = await authorOf(forge, place, host.runtime.env.ASSISTANTCTL_COMMENT_AUTHOR);
    if (author === undefined) return undefined;
    const project = await gatherProject(host);
    const range = await mergeRange(host, { commit, target: branch });
    const sets = await mergedSets(forge, {
      environment: project.environment.name,
      project: project.name,
      author,
      ...range,
    });
    return sets.map(({ change, marker, why }) => {
      const name = `request ${change}`;
      const set = marker === undefined ? undefined : setOfMarker(marker);
      return set === undefined
        ? { name, sets: [], problem: why ?? 'its plan names no set' }
        : { name, sets: [set] };
    });
  } finally {
    await forge.close();
  }
}
