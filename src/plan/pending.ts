import { describeStep } from '../canonical/canary.ts';
import { contentDigest } from '../canonical/confirmed-promotion.ts';
import type { DesiredResource } from '../model/desired.ts';
import type { PendingEntry } from '../model/plan.ts';
import type { Release } from '../model/release.ts';
import type { RemoteResource } from '../model/remote.ts';
import { isOpen, type Rollout } from '../model/rollout.ts';
import type { Binding } from '../model/state.ts';
import type { Candidate } from '../model/version-record.ts';
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

/** The open rollout whose candidate callers may reach. A rollout that was never fully opened is applied again. */
export function openRollout(binding: Binding | undefined): Rollout | undefined {
  const rollout = binding?.rollout;
  return isOpen(rollout) && rollout.phase !== 'opening' ? rollout : undefined;
}

/** True when the open rollout is on the way to what Git wants, so that there is nothing to apply. */
export function isUnderWay(
  rollout: Rollout | undefined,
  desiredDigest: string,
  { release }: ResourceContext,
): boolean {
  return release?.strategy === 'canary' && rollout?.candidate.desired_digest === desiredDigest;
}

/** What the plan says of an open rollout. */
export function rolloutEntry(
  { address }: DesiredResource,
  live: RemoteResource,
  {
    rollout,
    comparison: { fields },
    wanted,
  }: {
    readonly rollout: Rollout;
    readonly comparison: Comparison;
    /** Git still wants the version. */
    readonly wanted: boolean;
  },
): PendingEntry {
  const { candidate, step, steps, phase, started_at: since, reason } = rollout;
  const present = steps[step];
  const words = [
    `step ${step + 1} of ${steps.length}`,
    present === undefined ? undefined : describeStep(present),
    phase === 'paused' ? `paused: ${reason ?? ''}` : undefined,
    wanted ? undefined : 'Git no longer wants this version: see rollout abort and apply --replace',
  ];
  const note = words.filter((word) => word !== undefined).join(', ');
  const { version_id } = candidate;
  return { address, remote_id: live.id, what: 'rollout', version_id, since, fields, note };
}

/** Why an earlier rollout of the same content was aborted: the plan says it before the rollout begins again. */
export function abortedBefore(binding: Binding | undefined, desiredDigest: string): string | undefined {
  const rollout = binding?.rollout;
  if (rollout?.phase !== 'aborted' || rollout.candidate.desired_digest !== desiredDigest) return undefined;
  return `its last rollout was aborted (${rollout.reason ?? 'no reason given'})`;
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
