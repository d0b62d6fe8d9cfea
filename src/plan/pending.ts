import { contentDigest } from '../canonical/settle.ts';
import type { DesiredResource } from '../model/desired.ts';
import type { PendingEntry } from '../model/plan.ts';
import type { Release } from '../model/release.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { Binding, Candidate } from '../model/state.ts';
import type { Comparison } from './compare.ts';
import type { ResourceContext } from './resource-plan.ts';

/** True when the apply that stages the version also moves main to it. */
export function promotesNow(release: Release | undefined): boolean {
  return release === undefined || release.strategy === 'gated';
}

/** Main is what Git wants, so that nothing waits any more. */
export function withoutCandidate(binding: Binding): Binding {
  if (binding.candidate === undefined) return binding;
  const { candidate: _candidate, ...rest } = binding;
  return { ...rest, staged_version_id: null };
}

/** The candidate that is what Git wants, built on what main is now, and left to somebody to promote. */
export function waitingCandidate(
  binding: Binding | undefined,
  desiredDigest: string,
  live: RemoteResource,
  { release, waits }: ResourceContext,
): Candidate | undefined {
  const candidate = binding?.candidate;
  if (candidate === undefined || release?.strategy !== 'manual' || !waits) return undefined;
  const same = candidate.desired_digest === desiredDigest;
  return same && candidate.main_digest === contentDigest(live.config) ? candidate : undefined;
}

/** What the plan says of a version that waits. */
export function pendingEntry(
  { address }: DesiredResource,
  live: RemoteResource,
  { version_id, at }: Candidate,
  { fields }: Comparison,
): PendingEntry {
  return { address, remote_id: live.id, what: 'promotion', version_id, since: at, fields, note: '' };
}
