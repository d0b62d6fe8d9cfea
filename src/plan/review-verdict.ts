/** Whether everything that a plan does was reviewed by somebody. */

import { tokenOf } from '../canonical/set-entries.ts';
import type { ReviewedSet, ReviewUnit, SetEntry } from '../model/review.ts';
import { shortTime } from '../model/short-time.ts';

/** What several sets hold together. */
export interface ReviewUnion {
  /** True when somebody reviewed it and no later request replaced it. */
  holds(digest: string): boolean;
  /** Plans that count as a whole, because their set did not fit into its marker. */
  readonly plans: ReadonlySet<string>;
}

interface Held extends SetEntry {
  readonly replaced: boolean;
}

/** Joins sets, the oldest merge first: at one path the later set counts, and so above and below it. */
export function unionOfSets(sets: readonly ReviewedSet[]): ReviewUnion {
  const tokens = new Map<string, Held[]>();
  const lists = sets.map(({ entries }) => entries ?? []);
  const later = new Set<string>();
  const ancestors = new Set<string>();
  for (const entries of lists.toReversed()) {
    for (const entry of entries) {
      const replaced = isCovered(entry.place, later, ancestors);
      tokens.set(entry.token, [...(tokens.get(entry.token) ?? []), { ...entry, replaced }]);
    }
    for (const { place } of entries) {
      later.add(place);
      for (const above of placesAbove(place)) ancestors.add(above);
    }
  }
  const reviewed = (token: string, mayBeReplaced: boolean, seen: ReadonlySet<string>): boolean =>
    (tokens.get(token) ?? []).some(({ from, replaced }) => {
      if (replaced && !mayBeReplaced) return false;
      if (from === undefined) return true;
      // What a request was made from may be replaced by that very request.
      return !seen.has(from) && reviewed(from, true, new Set([...seen, token]));
    });
  return {
    holds: (digest) => reviewed(tokenOf(digest), false, new Set()),
    plans: new Set(sets.filter(({ entries }) => entries === undefined).map(({ plan_digest }) => plan_digest)),
  };
}

/** A later request speaks of the place itself, of something above it, or of something below it. */
function isCovered(place: string, later: ReadonlySet<string>, ancestors: ReadonlySet<string>): boolean {
  return later.has(place) || ancestors.has(place) || placesAbove(place).some((above) => later.has(above));
}

function placesAbove(place: string): readonly string[] {
  const parts = place.split('.');
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('.'));
}

/** A unit with the other digests by which it counts as reviewed. */
export interface JudgedUnit extends ReviewUnit {
  readonly also?: readonly string[];
}

/** The units that no set holds. What only puts drift back needs no review. */
export function unreviewedUnits(
  units: readonly JudgedUnit[],
  planDigest: string,
  union: ReviewUnion,
): readonly ReviewUnit[] {
  if (union.plans.has(planDigest)) return [];
  return units.filter(
    ({ digest, restores, also = [] }) =>
      restores !== true && ![digest, ...also].some((known) => union.holds(known)),
  );
}

export interface SourceJudgement {
  readonly counts: boolean;
  /** Why it does not. */
  readonly why?: string;
}

/** Whether a set is for this environment, and was merged in time. */
export function judgeSet(
  set: ReviewedSet,
  here: { readonly project: string; readonly environment: string; readonly now: string },
): SourceJudgement {
  if (set.project !== here.project) return absent(`is for project ${set.project}`);
  if (set.environment !== here.environment) return absent(`is for environment ${set.environment}`);
  const planned = Date.parse(set.at);
  const merged = Date.parse(set.merged ?? here.now);
  if (Number.isNaN(planned) || Number.isNaN(merged)) return absent('has no readable time');
  if (merged > planned + set.ttlMs) {
    return absent(`was planned at ${shortTime(set.at)}, longer before its merge than review_ttl allows`);
  }
  return { counts: true };
}

function absent(why: string): SourceJudgement {
  return { counts: false, why };
}
