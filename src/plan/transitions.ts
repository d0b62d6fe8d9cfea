import { withReferences } from '../canonical/walk.ts';
import type { DesiredState } from '../model/desired.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { jsonEqual } from '../model/json.ts';
import type { Change, FieldChange } from '../model/plan.ts';
import type { Settings } from '../model/review.ts';
import { compare } from './compare.ts';
import { managed } from './create.ts';
import type { Seal } from './fields.ts';
import { releaseNote, releaseOf } from './release.ts';
import type { PlanIdentity } from './review-units.ts';
import { settingChanges } from './settings.ts';

/** What a change request makes of its target, in documents and settings, whatever the account looks like. */
export interface Transition {
  /** Updates as they would be planned where all that the target says is applied. */
  readonly changes: readonly Pick<Change, 'address' | 'fields' | 'release'>[];
  readonly settings: ReturnType<typeof settingChanges>;
}

export interface Side {
  readonly desired: DesiredState;
  readonly settings: Settings;
}

const POLICY = { drift: 'report', take: null } as const;

/**
 * Compares the documents of two commits. A request that is planned while an earlier merge waits is applied after it:
 * then these are the changes that are left, and no plan against the account shows them yet.
 */
export function transitionOf(
  target: Side,
  merged: Side,
  around: {
    readonly identity: PlanIdentity;
    readonly refs: ReadonlyMap<string, string>;
    readonly seal: Seal | undefined;
  },
): Transition {
  const { identity, refs, seal } = around;
  const changes = [...merged.desired.resources.values()].flatMap((resource) => {
    const former = target.desired.resources.get(resource.address);
    if (former === undefined || jsonEqual(former.spec, resource.spec)) return [];
    const shape = SHAPES[resource.kind];
    const spec = withReferences(shape, resource.spec, refs);
    const known = managed({ ...resource, spec }, withReferences(shape, former.spec, refs));
    const desired = managed({ ...resource, spec }, spec);
    const { fields } = compare({ shape, desired, base: known, live: known, foreign: [], seal }, POLICY);
    const release = releaseOf(resource, merged.desired);
    return [change(resource.address, fields, release === undefined ? undefined : releaseNote(release))];
  });
  return { changes, settings: settingChanges(identity, target.settings, merged.settings, merged.desired) };
}

function change(
  address: Change['address'],
  fields: readonly FieldChange[],
  release: Change['release'],
): Pick<Change, 'address' | 'fields' | 'release'> {
  return { address, fields, ...(release !== undefined && { release }) };
}
