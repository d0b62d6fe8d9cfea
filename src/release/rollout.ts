/** Carries out one move of a rollout: the record first, then the request, then the record of what came of it. */
import { rulesOf, sameRules } from '../canonical/canary.ts';
import { contentDigest, withConfirmedPromotion } from '../canonical/confirmed-promotion.ts';
import type { Address } from '../model/address.ts';
import { Failure } from '../model/errors.ts';
import type { Hold } from '../model/hold.ts';
import type { JsonObject } from '../model/json.ts';
import type { Api, RemoteResource } from '../model/remote.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Binding } from '../model/state.ts';
import {
  type Decision,
  decide,
  heldAt,
  type Judgement,
  moveAfter,
  type Observed,
  type Order,
} from './rollout-decision.ts';

export interface RolloutSubject {
  readonly address: Address;
  readonly binding: Binding;
  readonly rollout: Rollout;
}

export interface RolloutDeps {
  readonly api: Pick<Api, 'get' | 'getVersion' | 'canary'>;
  /** Both read back what they did. */
  readonly setCanary: (assistantId: string, rules: readonly JsonObject[], key: string) => Promise<void>;
  readonly removeCanary: (assistantId: string) => Promise<void>;
  readonly openingKey: (subject: RolloutSubject) => string;
  /** Durable when it resolves. */
  readonly save: (address: Address, binding: Binding) => Promise<void>;
  /** Promotes as every promotion does, records it, and answers the binding after it. */
  readonly promote: (subject: RolloutSubject, reason: string) => Promise<Binding>;
  readonly judge: (subject: RolloutSubject, held: boolean) => Promise<Judgement>;
  /** What an abort takes back; undefined where that cannot be told. */
  readonly holdOf: (subject: RolloutSubject, reason: string) => Hold | undefined;
  readonly clock: () => Date;
}

export type RolloutAction = 'opened' | 'advanced' | 'held' | 'resumed' | 'paused' | 'promoted' | 'aborted';

export interface RolloutMoved {
  readonly action: RolloutAction;
  /** The record after the move; after a promotion the last one before it. */
  readonly rollout: Rollout;
  readonly binding: Binding;
  readonly reason: string | null;
}

/**
 * One move, at most. Rejects with `Failure('stale')` when somebody else changed main, the candidate or the canary:
 * then nothing was written.
 */
export async function moveRollout(
  subject: RolloutSubject,
  order: Order,
  deps: RolloutDeps,
  reason?: string,
): Promise<RolloutMoved> {
  const { main, seen } = await observeRollout(subject, deps);
  const move = decide(subject.rollout, seen, deps.clock().getTime(), order);
  if (move.do !== 'judge') {
    const given =
      move.do === 'abort' && order === 'abort' && reason !== undefined ? { ...move, reason } : move;
    return await carryOut(subject, given, main, seen, deps);
  }
  const judgement = await deps.judge(subject, move.held);
  const next = moveAfter(subject.rollout, move.held, judgement);
  if (next === 'pause') return await pause(subject, judgement.reason, deps);
  if (next === 'hold') return await hold(subject, deps);
  return await carryOut(subject, next, main, seen, deps);
}

/** What the account has of the rollout. */
export async function observeRollout(
  { address, binding, rollout }: RolloutSubject,
  { api }: Pick<RolloutDeps, 'api'>,
): Promise<{ readonly main: RemoteResource; readonly seen: Observed }> {
  const { candidate, steps, step } = rollout;
  const [main, version, canary] = await Promise.all([
    api.get('assistant', binding.remote_id),
    api.getVersion(binding.remote_id, candidate.version_id),
    api.canary(binding.remote_id),
  ]);
  if (main === undefined) throw stale(address, 'the assistant was deleted');
  const content = contentDigest(main.config);
  const promoted = main.versionId === candidate.version_id || content === candidate.content;
  const isStep = (index: number): boolean => {
    const known = steps[index];
    return known !== undefined && sameRules(canary?.rules ?? [], rulesOf(known, candidate.version_id));
  };
  const other = isStep(step) ? 'current' : isStep(step + 1) ? 'next' : 'other';
  return {
    main,
    seen: {
      canary: canary === undefined ? 'none' : other,
      main: promoted ? 'candidate' : content === candidate.main_digest ? 'same' : 'other',
      candidate:
        version === undefined
          ? 'gone'
          : contentDigest(version.config) === candidate.content
            ? 'there'
            : 'edited',
      promoting: binding.moving?.version_id === candidate.version_id,
    },
  };
}

async function carryOut(
  subject: RolloutSubject,
  move: Exclude<Decision, { do: 'judge' }>,
  main: RemoteResource,
  seen: Observed,
  deps: RolloutDeps,
): Promise<RolloutMoved> {
  const { address, binding, rollout } = subject;
  const { candidate, steps } = rollout;
  switch (move.do) {
    case 'open':
      await deps.setCanary(binding.remote_id, rulesAt(rollout, 0), deps.openingKey(subject));
      return await recordStep(subject, 0, 'opened', deps);
    case 'record-step':
      return await recordStep(subject, move.step, move.step === 0 ? 'opened' : 'advanced', deps);
    case 'advance':
      await save(subject, { ...rollout, phase: 'advancing' }, deps);
      await deps.setCanary(binding.remote_id, rulesAt(rollout, move.step), deps.openingKey(subject));
      return await recordStep(subject, move.step, 'advanced', deps);
    case 'promote': {
      const after = await deps.promote(subject, `rollout of ${steps.length} steps`);
      return { action: 'promoted', rollout: { ...rollout, reason: null }, binding: after, reason: null };
    }
    case 'finish': {
      if (seen.canary !== 'none' && seen.canary !== 'other') await deps.removeCanary(binding.remote_id);
      const after = { ...withConfirmedPromotion(binding, main), updated_at: deps.clock().toISOString() };
      await deps.save(address, after);
      return { action: 'promoted', rollout: { ...rollout, reason: null }, binding: after, reason: null };
    }
    case 'abort':
      return await abort(subject, move, seen, deps);
    case 'stale':
      throw stale(
        address,
        move.found,
        { version_id: candidate.version_id, main_version_id: main.versionId ?? null },
        seen.canary === 'other' ? foreignCanaryHint(address) : undefined,
      );
    default:
      return move satisfies never;
  }
}

function rulesAt({ steps, candidate }: Rollout, index: number): readonly JsonObject[] {
  const step = steps[index];
  if (step === undefined)
    throw new Failure('internal', `a rollout has no step ${index}`, { code: 'NO_STEP' });
  return rulesOf(step, candidate.version_id);
}

async function save(
  { address, binding }: RolloutSubject,
  rollout: Rollout,
  deps: RolloutDeps,
  more: Partial<Binding> = {},
): Promise<Binding> {
  const after = { ...binding, ...more, rollout, updated_at: deps.clock().toISOString() };
  await deps.save(address, after);
  return after;
}

async function recordStep(
  subject: RolloutSubject,
  step: number,
  action: RolloutAction,
  deps: RolloutDeps,
): Promise<RolloutMoved> {
  const since = deps.clock().toISOString();
  const rollout: Rollout = { ...subject.rollout, phase: 'open', step, since, reason: null };
  return { action, rollout, binding: await save(subject, rollout, deps), reason: null };
}

async function pause(subject: RolloutSubject, reason: string, deps: RolloutDeps): Promise<RolloutMoved> {
  const rollout: Rollout = { ...subject.rollout, phase: 'paused', reason };
  return { action: 'paused', rollout, binding: await save(subject, rollout, deps), reason };
}

async function hold(subject: RolloutSubject, deps: RolloutDeps): Promise<RolloutMoved> {
  const { rollout, binding } = subject;
  const until = new Date(heldAt(rollout)).toISOString();
  const reason = `held until ${until}`;
  if (rollout.phase !== 'paused') return { action: 'held', rollout, binding, reason };
  const resumed: Rollout = { ...rollout, phase: 'open', reason: null };
  return { action: 'resumed', rollout: resumed, binding: await save(subject, resumed, deps), reason };
}

/** Ends the canary: all calls reach main again. The version stays, so that it can be examined. */
async function abort(
  subject: RolloutSubject,
  { reason, holds }: Extract<Decision, { do: 'abort' }>,
  seen: Observed,
  deps: RolloutDeps,
): Promise<RolloutMoved> {
  const { rollout, binding } = subject;
  const hold = holds === true ? deps.holdOf(subject, reason) : binding.hold;
  const held = hold === undefined ? {} : { hold };
  await save(subject, { ...rollout, phase: 'aborting', reason }, deps, held);
  if (seen.canary !== 'none') await deps.removeCanary(binding.remote_id);
  const ended: Rollout = { ...rollout, phase: 'aborted', reason };
  const after = await save(subject, ended, deps, { ...held, staged_version_id: null });
  return { action: 'aborted', rollout: ended, binding: after, reason };
}

function stale(
  address: Address,
  found: string,
  details: JsonObject = {},
  hint = `look with: assistantctl rollout status ${address}; then end it with: assistantctl rollout abort ${address}, or accept a promotion with: assistantctl rollout promote ${address}`,
): Failure {
  return new Failure('stale', `the rollout of ${address} cannot go on: ${found}`, {
    code: 'ROLLOUT_STALE',
    hint,
    details: { address, found, ...details },
  });
}

/** While the canary is somebody else's, an abort would be refused as well. */
function foreignCanaryHint(address: Address): string {
  return `it is somebody else's now and left alone: look with: assistantctl canary show ${address}; remove it where it was changed, or give it back its share; then end the rollout with: assistantctl rollout abort ${address}`;
}
