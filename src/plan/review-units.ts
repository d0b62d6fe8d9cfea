/**
 * The units of review of a plan and their digests. A digest covers what is written, where, and how it is released;
 * it covers the value that is replaced only where that value did not come from here. It covers nothing else, so that
 * other requests, other documents, commits and clocks leave it as it is.
 */
import { digest } from '../canonical/canonical.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Change, ConflictEntry, FieldChange } from '../model/plan.ts';
import type { ReviewUnit, SettingChange } from '../model/review.ts';

/** Where a plan belongs: part of every digest. */
export interface PlanIdentity {
  readonly project: string;
  readonly environment: string;
  readonly api_base: string;
}

/** The parts of a plan that are reviewed. */
export interface ReviewedParts extends PlanIdentity {
  readonly changes: readonly Change[];
  readonly conflicts: readonly ConflictEntry[];
  readonly settings?: readonly SettingChange[];
}

/** All units of a plan, in the order of the plan. */
export function reviewUnits(plan: ReviewedParts): readonly ReviewUnit[] {
  return [
    ...plan.changes.flatMap((change) => changeUnits(plan, change)),
    ...plan.conflicts.flatMap((entry) => conflictUnits(plan, entry)),
    ...(plan.settings ?? []).map((setting) => settingUnit(plan, setting)),
  ];
}

interface Made {
  readonly identity: PlanIdentity;
  readonly units: readonly ReviewUnit[];
}

/** Several ask for the units of one change, and a change never changes. */
const made = new WeakMap<Change, Made>();

/** The fields of an update one by one; anything else as one. */
export function changeUnits(identity: PlanIdentity, change: Change): readonly ReviewUnit[] {
  const known = made.get(change);
  if (known !== undefined && isSamePlace(known.identity, identity)) return known.units;
  const units = unitsOf(identity, change);
  made.set(change, { identity: place(identity), units });
  return units;
}

function isSamePlace(a: PlanIdentity, b: PlanIdentity): boolean {
  return a.project === b.project && a.environment === b.environment && a.api_base === b.api_base;
}

function unitsOf(identity: PlanIdentity, change: Change): readonly ReviewUnit[] {
  const { address, action } = change;
  if (action !== 'update') return [{ address, action, path: '', digest: wholeDigest(identity, change) }];
  return change.fields.map((field) => ({
    address,
    action,
    path: field.path,
    digest: fieldDigest(identity, change, field),
    ...(field.origin === 'drift' && { restores: true as const }),
  }));
}

function withDigestOf<Part extends object>(unit: ReviewUnit | undefined, part: Part): Part {
  return unit === undefined ? part : { ...part, digest: unit.digest };
}

/** A change of a plan with the digests that reviewers agree to. */
export function withDigests(identity: PlanIdentity, change: Change): Change {
  const units = changeUnits(identity, change);
  if (change.action !== 'update') return withDigestOf(units[0], change);
  const fields = change.fields.map((field, index) => withDigestOf(units[index], field));
  return { ...change, fields };
}

type Released = Pick<Change, 'release'>;

/** Digest of one field of an update. */
export function fieldDigest(
  identity: PlanIdentity,
  change: Released & { readonly address: string },
  field: FieldChange,
): string {
  return digest({
    ...place(identity),
    address: change.address,
    action: 'update',
    path: field.path,
    ...written(field),
    ...(isForeign(field) && replaced(field)),
    ...releaseOf(change),
  });
}

/** True where the value that is replaced is not one that was applied from here. */
function isForeign({ replaces, origin }: FieldChange): boolean {
  return replaces === true || origin === 'drift';
}

function written(field: FieldChange): JsonObject {
  return {
    after: field.after ?? null,
    ...(field.origin === 'removed' && { removed: true }),
    ...(field.hidden?.after !== undefined && { hidden: field.hidden.after }),
  };
}

function replaced(field: FieldChange): JsonObject {
  return {
    before: field.before ?? null,
    ...(field.hidden?.before !== undefined && { hidden_before: field.hidden.before }),
  };
}

/** Digest of a create, adoption, move or deletion as a whole. */
export function wholeDigest(identity: PlanIdentity, change: Change): string {
  const { action, fields, remote_id, live_digest } = change;
  const adopts = action === 'adopt';
  // Where nothing live is changed or lost, what it holds beside is not looked at.
  const judgesLive = action !== 'create' && (!adopts || fields.length > 0);
  return digest({
    ...place(identity),
    address: change.address,
    action,
    fields: fields.map((field) => ({ path: field.path, ...written(field), ...(adopts && replaced(field)) })),
    ...(action !== 'create' && { remote_id }),
    ...(judgesLive && { live_digest }),
    ...releaseOf(change),
  });
}

/** Digest of a setting's new value. */
export function settingDigest(identity: PlanIdentity, address: string, path: string, after: Json): string {
  return digest({ ...place(identity), address, action: 'setting', path, after });
}

export function settingUnit(identity: PlanIdentity, { address, path, after }: SettingChange): ReviewUnit {
  return { address, action: 'setting', path, digest: settingDigest(identity, address, path, after) };
}

function conflictUnits(identity: PlanIdentity, { address, fields }: ConflictEntry): readonly ReviewUnit[] {
  return fields.map((field) => ({
    address,
    action: 'conflict',
    path: field.path,
    digest: conflictDigest(identity, address, field),
  }));
}

/** Digest of a field that was changed on both sides. */
export function conflictDigest(
  identity: PlanIdentity,
  address: string,
  { path, base, git, live, hidden }: ConflictEntry['fields'][number],
): string {
  return digest({
    ...place(identity),
    address,
    action: 'conflict',
    path,
    base,
    git,
    live,
    ...(hidden !== undefined && { hidden }),
  });
}

function place({ project, environment, api_base }: PlanIdentity) {
  return { project, environment, api_base };
}

function releaseOf({ release }: Released): JsonObject {
  if (release === undefined) return {};
  const { strategy, tests, suites } = release;
  return { release: { strategy, tests: [...tests].sort(), suites: [...suites].sort() } };
}

/** Digest of a plan: over the sorted digests of its units. */
export function digestOfUnits(units: readonly ReviewUnit[]): string {
  return digest(units.map((unit) => unit.digest).sort());
}

/**
 * Digests without the way of release, by those with it, for changes that have one. How a document is released is a
 * setting and reviewed as such: a request that was planned before another one changed it is as good as it was.
 */
export function bareDigests(plan: ReviewedParts): ReadonlyMap<string, string> {
  return new Map(
    plan.changes.flatMap(({ release, ...bare }) => {
      if (release === undefined) return [];
      const full = changeUnits(plan, { ...bare, release });
      const without = changeUnits(plan, bare);
      return full.map(({ digest }, index) => [digest, without[index]?.digest ?? digest] as const);
    }),
  );
}
