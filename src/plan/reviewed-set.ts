/**
 * What a set holds: that which a change request itself changes. What its target would do without it waits for
 * another apply and was shown to somebody else; what only the working tree says is in no commit.
 */
import type { Plan } from '../model/plan.ts';
import type { Review, ReviewUnit, SetUnit, UnitName } from '../model/review.ts';
import { bareDigests, fieldDigest, type PlanIdentity, reviewUnits, settingUnit } from './review-units.ts';
import type { Transition } from './transitions.ts';

export interface SetInput {
  /** The plan that is shown. */
  readonly plan: Plan;
  /** What the commit alone would do; absent where the tree is the commit. */
  readonly committed?: Plan | undefined;
  /** What the target alone would do; absent: every change counts. */
  readonly target?: Plan | undefined;
  /** What the request makes of the target. */
  readonly transition?: Transition | undefined;
  readonly head: string | null;
  readonly base: string | null;
  readonly ttlMs: number;
}

export function reviewOfPlan(input: SetInput): Review {
  const { plan, committed, target } = input;
  const shown = reviewUnits(plan).filter(isReviewed);
  const own = committed === undefined ? shown : reviewUnits(committed).filter(isReviewed);
  const targets = target === undefined ? [] : reviewUnits(target);
  const waiting = new Set(targets.map(({ digest }) => digest));
  const wholes = new Map(
    targets.filter(({ path }) => path === '').map((unit) => [wholeName(unit), unit.digest]),
  );
  const changed = own.filter(({ digest }) => !waiting.has(digest)).map((unit) => afterTarget(unit, wholes));
  const inCommit = new Set(own.map(({ digest }) => digest));
  const bare = bareDigests(committed ?? plan);
  const released = changed.flatMap((unit) => {
    const digest = bare.get(unit.digest);
    return digest === undefined ? [] : [{ ...unit, digest }];
  });
  return {
    head: input.head,
    base: input.base,
    ttl_ms: input.ttlMs,
    set: unique([...changed, ...released, ...transitionUnits(plan, input.transition)]),
    waiting: shown.filter(({ digest }) => waiting.has(digest) && inCommit.has(digest)).map(nameOf),
    uncommitted: shown.filter(({ digest }) => !inCommit.has(digest)).map(nameOf),
  };
}

/** A conflict is decided by a person, and putting drift back needs nobody. */
function isReviewed({ action, restores }: ReviewUnit): boolean {
  return action !== 'conflict' && restores !== true;
}

/** The whole of an action that the target does otherwise: what the target says of it is for others to review. */
function afterTarget(unit: ReviewUnit, wholes: ReadonlyMap<string, string>): SetUnit {
  const from = unit.path === '' ? wholes.get(wholeName(unit)) : undefined;
  return from === undefined ? unit : { ...unit, from };
}

function wholeName({ action, address }: ReviewUnit): string {
  return `${action} ${address}`;
}

function transitionUnits(identity: PlanIdentity, transition: Transition | undefined): readonly SetUnit[] {
  if (transition === undefined) return [];
  const fields = transition.changes.flatMap(({ release, ...change }) =>
    change.fields.flatMap((field): readonly SetUnit[] => {
      const unit = { address: change.address, action: 'update' as const, path: field.path };
      const bare = { ...unit, digest: fieldDigest(identity, change, field) };
      if (release === undefined) return [bare];
      return [{ ...unit, digest: fieldDigest(identity, { ...change, release }, field) }, bare];
    }),
  );
  return [...fields, ...transition.settings.map((setting) => settingUnit(identity, setting))];
}

function unique(units: readonly SetUnit[]): readonly SetUnit[] {
  const seen = new Set<string>();
  return units.filter(({ digest, from = '' }) => {
    const name = `${digest} ${from}`;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

function nameOf({ address, action, path }: ReviewUnit): UnitName {
  return { address, action, path };
}
