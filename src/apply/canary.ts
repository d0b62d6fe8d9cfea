/** Canary deploys of an assistant: whose they are, and how they are set and removed so that it is certain. */
import { rulesOf, sameRules } from '../canonical/canary.ts';
import { Failure } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { ReleaseApi } from '../model/release-api.ts';
import type { Api, Canary } from '../model/remote.ts';
import { isOpen, type Rollout } from '../model/rollout.ts';
import type { Binding } from '../model/state.ts';
import type { PromoteStep, StepBase } from '../model/step.ts';
import { pollUntil, sendAndSee, type Waiting } from './read-back.ts';

export interface CanaryDeps extends Waiting {
  readonly api: Pick<Api, 'canary'> & Pick<ReleaseApi, 'createCanary' | 'replaceCanary' | 'deleteCanary'>;
}

/** True when the canary is what the rollout last set, or was about to set. */
export function isOurs({ rules }: Canary, { steps, step, candidate }: Rollout): boolean {
  return [steps[step], steps[step + 1]].some(
    (known) => known !== undefined && sameRules(rules, rulesOf(known, candidate.version_id)),
  );
}

/** What would end the open canary of an assistant. */
export interface EndsCanary {
  readonly step: StepBase;
  readonly assistantId: string;
  readonly binding: Binding | undefined;
  /** A rollout of ours may be ended by it. */
  readonly replace: boolean;
  /** A promotion of an existing version; absent for the release of a new one. */
  readonly promotion?: PromoteStep['promotion'] | undefined;
}

/**
 * An open canary would be ended by a promotion or replaced by a rollout: one that is not ours never is, and one of
 * ours only on purpose. Rejects with `Failure('refused')`.
 */
export async function refuseOpenCanary(
  api: Pick<Api, 'canary'>,
  { step, assistantId, binding, replace, promotion }: EndsCanary,
): Promise<void> {
  const canary = await api.canary(assistantId);
  const rollout = isOpen(binding?.rollout) ? binding.rollout : undefined;
  const { address } = step;
  if (canary !== undefined && (rollout === undefined || !isOurs(canary, rollout))) {
    throw new Failure(
      'refused',
      `${address} (${assistantId}) has an open canary deploy that is not ours, which this would end`,
      {
        code: 'CANARY_OPEN',
        hint:
          promotion !== undefined
            ? `finish or remove the canary first; it is shown by: assistantctl canary show ${address}`
            : 'finish or remove the canary first, or stage the version only, with: assistantctl apply --no-promote',
      },
    );
  }
  const allowed = replace || promotion?.endsRollout === true || rollout?.phase === 'opening';
  if (rollout === undefined || allowed) return;
  throw new Failure('refused', `${address} has an open rollout, of version ${rollout.candidate.version_id}`, {
    code: 'ROLLOUT_OPEN',
    hint: `let it end, or end it with: assistantctl rollout abort ${address}; or put this change in its place with: assistantctl apply --replace`,
  });
}

/**
 * Sets the rules of the canary deploy, opening one where there is none, and reads them back. The key makes a
 * repeated opening the same one.
 */
export async function setCanary(
  { api, sleep }: CanaryDeps,
  assistantId: string,
  rules: readonly JsonObject[],
  key: string,
): Promise<void> {
  const send = async (): Promise<void> => {
    const present = await api.canary(assistantId);
    if (present === undefined) await api.createCanary(assistantId, rules, key);
    else if (!sameRules(present.rules, rules)) await api.replaceCanary(assistantId, rules);
  };
  const isSet = async (): Promise<true | undefined> => {
    const now = await api.canary(assistantId);
    return now !== undefined && sameRules(now.rules, rules) ? true : undefined;
  };
  const look = () => pollUntil({ sleep }, isSet);
  if ((await sendAndSee({ send, look, again: 'always' })) === undefined) throw notSet(assistantId);
}

function notSet(assistantId: string): Failure {
  return new Failure('partial', `the canary of ${assistantId} was set, but the API shows another one`, {
    code: 'NOT_STUCK',
    hint: 'assistantctl rollout status shows both',
  });
}

/** Removes the canary deploy and reads back that it is gone. */
export async function removeCanary({ api, sleep }: CanaryDeps, assistantId: string): Promise<void> {
  const send = () => api.deleteCanary(assistantId);
  const isGone = async (): Promise<true | undefined> =>
    (await api.canary(assistantId)) === undefined ? true : undefined;
  const look = () => pollUntil({ sleep }, isGone);
  if ((await sendAndSee({ send, look, again: 'always' })) !== undefined) return;
  throw new Failure('partial', `the canary of ${assistantId} was deleted, but the API still shows it`, {
    code: 'CANARY_STAYS',
    hint: 'remove it in the Telnyx portal',
  });
}
