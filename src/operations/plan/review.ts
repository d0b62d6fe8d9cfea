import type { Address } from '../../model/address.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Plan, Planned, PlanOptions } from '../../model/plan.ts';
import type { RemoteAccount } from '../../model/remote.ts';
import type { ReviewedSet, ReviewVerdict, UnitName } from '../../model/review.ts';
import type { State } from '../../model/state.ts';
import { judgedUnits } from '../../plan/judged-units.ts';
import { judgeSet, unionOfSets, unreviewedUnits } from '../../plan/review-verdict.ts';
import { reviewOfPlan } from '../../plan/reviewed-set.ts';
import { sealOf } from '../../plan/seal.ts';
import { transitionOf } from '../../plan/transitions.ts';
import type { Host } from '../host.ts';
import type { Inputs } from '../session/inputs.ts';
import { planAccount } from './make-plan.ts';
import type { CommitInputs, ReviewInputs } from './review-inputs.ts';

export interface PlannedWorld {
  readonly planned: Planned;
  readonly account: RemoteAccount;
  readonly state: State | undefined;
  readonly apiBase: string;
  readonly options: PlanOptions;
}

/** The plan with the set that its reviewers agree to. */
export function withReview(host: Host, world: PlannedWorld, inputs: ReviewInputs, head: string | null): Plan {
  const { planned, account, state, apiBase, options } = world;
  const planOf = ({ inputs, settings }: CommitInputs): Plan =>
    planAccount(host, inputs, apiBase, state, account, options, { settings }).plan;
  const { shown, committed, target } = inputs;
  const { project } = shown.inputs;
  const { plan } = planned;
  const refs = new Map(Object.entries(planned.ids).map(([name, id]) => [id, name]));
  const merged = committed ?? shown;
  const review = reviewOfPlan({
    plan,
    committed: committed && planOf(committed),
    target: target && planOf(target),
    transition:
      target &&
      transitionOf(
        { desired: target.inputs.desired, settings: target.settings },
        { desired: merged.inputs.desired, settings: merged.settings },
        { identity: plan, refs, seal: sealOf(state) },
      ),
    head,
    base: inputs.base,
    ttlMs: project.reviewTtlMs,
  });
  return { ...plan, review };
}

/** A source of `--reviewed`: its name, and what was found in it. */
export interface ReviewSource {
  readonly name: string;
  readonly sets: readonly ReviewedSet[];
  /** Why it holds nothing that counts. */
  readonly problem?: string;
}

/** Judges a fresh plan by what was reviewed. Sources that do not count are named, and otherwise as if absent. */
export function judgeReview(
  host: Host,
  { planned, state }: Pick<PlannedWorld, 'planned' | 'state'>,
  inputs: Pick<Inputs, 'project' | 'desired'>,
  sources: readonly ReviewSource[],
  /** What an earlier run that broke off had begun to create. */
  begun: readonly Address[] = [],
): ReviewVerdict {
  const { plan } = planned;
  const { name, environment } = inputs.project;
  const here = { project: name, environment: environment.name, now: host.runtime.clock().toISOString() };
  const notes: string[] = [];
  const sets: ReviewedSet[] = [];
  for (const source of sources) {
    if (source.problem !== undefined) notes.push(`${source.name}: ${source.problem}`);
    for (const set of source.sets) {
      const { counts, why } = judgeSet(set, here);
      if (counts) sets.push(set);
      else notes.push(`${set.change === undefined ? source.name : `request ${set.change}`} ${why ?? ''}`);
    }
  }
  const units = judgedUnits({ plan, desired: inputs.desired, state, begun: new Set(begun) });
  const unreviewed = unreviewedUnits(units, plan.plan_digest, unionOfSets(sets)).map(
    ({ address, action, path }) => ({ address, action, path }),
  );
  return { covered: unreviewed.length === 0, unreviewed, notes };
}

/** What a plan says when somebody asked and not everything was reviewed. */
export function unreviewedCaution({ unreviewed, notes }: ReviewVerdict): Diagnostic {
  const names = unreviewed.map(unitName);
  const shown = names.slice(0, MOST_NAMES).join(', ');
  const rest = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  const why = notes.length === 0 ? '' : `; not counted: ${notes.join('; ')}`;
  return {
    severity: 'warning',
    code: 'UNREVIEWED',
    caution: true,
    message: `nobody reviewed ${shown}${rest}${why}`,
    hint: 'somebody has to read and allow it: apply --reviewed refuses it',
  };
}

const MOST_NAMES = 20;

/** `update assistant/a /greeting`, `create tool/t`, `setting environment/production /protected`. */
export function unitName({ address, action, path }: UnitName): string {
  return path === '' ? `${action} ${address}` : `${action} ${address} ${path}`;
}
