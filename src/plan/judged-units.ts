/**
 * The units of a fresh plan with the other digests by which they count as reviewed. An apply that broke off leaves
 * less to do, or the same in another form: the rest of a create is an update by now.
 */

import { canonical } from '../canonical/canonical.ts';
import type { Address } from '../model/address.ts';
import type { DesiredState } from '../model/desired.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import type { Change, FieldChange, Plan } from '../model/plan.ts';
import type { State } from '../model/state.ts';
import { createdFields } from './create.ts';
import { bareDigests, changeUnits, reviewUnits, wholeDigest } from './review-units.ts';
import type { JudgedUnit } from './review-verdict.ts';
import { sealOf } from './seal.ts';

export interface JudgedPlan {
  readonly plan: Plan;
  readonly desired: DesiredState;
  readonly state: State | undefined;
  /** What an earlier run that broke off had begun to create, and did not record as done. */
  readonly begun?: ReadonlySet<Address>;
}

export function judgedUnits(judged: JudgedPlan): readonly JudgedUnit[] {
  const { plan, state } = judged;
  const also = new Map<string, string[]>();
  const add = (digest: string, other: string): void => {
    if (other !== digest) also.set(digest, [...(also.get(digest) ?? []), other]);
  };
  // Before the first completed apply settings are not compared, and so nobody can have reviewed them apart.
  if (state?.completed !== undefined) for (const [digest, bare] of bareDigests(plan)) add(digest, bare);
  for (const change of plan.changes) {
    const units = changeUnits(plan, change);
    if (state?.completed === undefined) {
      // The first plan was made without a key; the state that a partial apply began has one.
      const unsealed = changeUnits(plan, withoutHidden(change));
      for (const [index, { digest }] of units.entries()) add(digest, unsealed[index]?.digest ?? digest);
    }
    for (const whole of wholesOf(judged, change)) {
      for (const [index, { digest }] of units.entries()) {
        const field = change.fields[index];
        const counts = change.action === 'adopt' || (field !== undefined && whole.counts(field));
        if (counts) add(digest, whole.digest);
      }
    }
  }
  return reviewUnits(plan).map((unit) => {
    const others = also.get(unit.digest);
    return others === undefined ? unit : { ...unit, also: others };
  });
}

interface Whole {
  readonly digest: string;
  counts(field: FieldChange): boolean;
}

/**
 * The create or adoption that an update may be the rest of. What an earlier run had begun to create and could not
 * bind looks like an adoption now.
 */
function wholesOf({ plan, desired, state, begun }: JudgedPlan, change: Change): readonly Whole[] {
  const resource = desired.resources.get(change.address);
  const foundAgain = change.action === 'adopt' && begun?.has(change.address) === true;
  if (!(change.action === 'update' || foundAgain) || resource === undefined) return [];
  const shape = SHAPES[resource.kind];
  const fields = createdFields(shape, resource.spec, canonical(shape, resource.spec), sealOf(state));
  const created: Change = {
    ...bareChange(change),
    action: 'create',
    fields,
    remote_id: null,
    live_digest: null,
  };
  // What is live under it was not seen by those who reviewed a create.
  const ours = (field: FieldChange): boolean => field.replaces !== true && field.origin !== 'drift';
  const creates = [created, ...(state?.completed === undefined ? [withoutHidden(created)] : [])];
  return [
    ...creates.map((made) => ({ digest: wholeDigest(plan, made), counts: ours })),
    ...(change.action === 'update' && change.base_digest === null
      ? [{ digest: wholeDigest(plan, { ...change, action: 'adopt' }), counts: () => true }]
      : []),
  ];
}

function bareChange({ release: _release, ...change }: Change): Change {
  return change;
}

function withoutHidden(change: Change): Change {
  if (change.fields.every(({ hidden }) => hidden === undefined)) return change;
  return { ...change, fields: change.fields.map(({ hidden: _hidden, ...field }) => field) };
}
