import { openForge } from '../forge/connect.ts';
import { type MergedSet, mergedSets } from '../forge/merged-sets.ts';
import type { Place } from '../forge/place.ts';
import type { Forge } from '../model/forge.ts';
import type { Host } from '../operations/host.ts';
import type { ReviewSource } from '../operations/plan/review.ts';
import { gatherProject } from '../operations/session/inputs.ts';
import { mergeRange } from '../operations/session/merge-range.ts';
import { setOfMarker } from '../render/markdown/marker.ts';
import { controllerPlace } from './forge-place.ts';

/** Account that workflows of GitHub write their comments as. */
const WORKFLOWS = 'github-actions[bot]';

/**
 * What was reviewed of the commits since the last completed apply, asked of the forge. Undefined where there is no
 * forge token: then nothing counts as reviewed.
 */
export async function reviewsOf(
  host: Host,
  followed: { readonly commit: string; readonly branch: string; readonly address: string },
): Promise<readonly ReviewSource[] | undefined> {
  const { commit, branch, address } = followed;
  const place = await controllerPlace(host, address);
  const forge = place === undefined ? undefined : openForge(host, place);
  if (place === undefined || forge === undefined) return undefined;
  try {
    const authors = await authorsOf(forge, place, host.runtime.env.ASSISTANTCTL_COMMENT_AUTHOR);
    const project = await gatherProject(host);
    const range = await mergeRange(host, { commit, target: branch });
    const question = { environment: project.environment.name, project: project.name, ...range };
    const found = new Map<number, MergedSet>();
    for (const author of authors) {
      for (const set of await mergedSets(forge, { ...question, author })) {
        if (found.get(set.change)?.marker === undefined) found.set(set.change, set);
      }
    }
    return [...found.values()].map(sourceOf);
  } finally {
    await forge.close();
  }
}

function sourceOf({ change, marker, why }: MergedSet): ReviewSource {
  const name = `request ${change}`;
  const set = marker === undefined ? undefined : setOfMarker(marker);
  return set === undefined
    ? { name, sets: [], problem: why ?? 'its plan names no set' }
    : { name, sets: [set] };
}

/** The pipeline's account: told, or the token's own, and on GitHub that of workflows. */
async function authorsOf(forge: Forge, place: Place, told: string | undefined): Promise<readonly string[]> {
  if (told) return [told];
  const own = (await forge.whoAmI()) ?? place.author;
  const authors = [...(own === undefined ? [] : [own]), ...(place.forge === 'github' ? [WORKFLOWS] : [])];
  return [...new Set(authors)];
}
