import { digest } from '../canonical/canonical.ts';
import type { DesiredResource, DesiredState } from '../model/desired.ts';
import { type Interruptible, runToEnd } from '../model/interruptible.ts';
import type { JsonObject } from '../model/json.ts';
import type { Change, ConflictEntry, PlanOptions } from '../model/plan.ts';

function inputOf(resource: DesiredResource): JsonObject {
  const { lifecycle } = resource;
  return {
    address: resource.address,
    spec: resource.spec,
    prevent_destroy: lifecycle.preventDestroy,
    ignore_changes: lifecycle.ignoreChanges,
    moved_from: lifecycle.movedFrom,
    promotion: resource.promotion ?? null,
  };
}

const digested = new WeakMap<DesiredState, string>();

/**
 * Digest of what the specs say, of each resource in the order of addresses. Worked out once for each desired state,
 * and in steps, so that it can be done ahead of time while replies come in.
 */
export function* specsDigest(desired: DesiredState): Interruptible<string> {
  const known = digested.get(desired);
  if (known !== undefined) return known;
  const resources = [...desired.resources.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
  const parts: string[] = [];
  for (const resource of resources) {
    parts.push(digest(inputOf(resource)));
    yield;
  }
  const made = digest(parts);
  digested.set(desired, made);
  return made;
}

/**
 * Digest of the resolved content that a plan was made from: specs with their files, overlays and variables, and
 * the flags. Neither the commit nor file names, comments or layout count, so a squash merge does not change it.
 */
export function inputsDigest(input: {
  readonly desired: DesiredState;
  readonly options: PlanOptions;
}): string {
  const specs = runToEnd(specsDigest(input.desired));
  const { prune, recreate, take, targets, offline, revertDrift, releaseHolds } = input.options;
  const reverts = revertDrift === undefined || revertDrift === 'all' ? revertDrift : [...revertDrift].sort();
  const options = {
    prune,
    recreate,
    take,
    targets: [...targets].sort(),
    ...(reverts === undefined ? {} : { revert_drift: reverts }),
    ...(releaseHolds === undefined ? {} : { release_holds: [...releaseHolds].sort() }),
  };
  // Never the digest of a plan that met the account, whatever else they share.
  return digest({ specs, options: offline === true ? { ...options, offline } : options });
}

/**
 * Digest of all that a saved plan says of its changes, by which a file that was edited is told. It decides nothing
 * else: what a reviewer agrees to has digests of its own.
 */
export function contentDigestOf(plan: {
  readonly changes: readonly Change[];
  readonly conflicts: readonly ConflictEntry[];
}): string {
  const { changes, conflicts } = plan;
  return digest({ changes, conflicts });
}
