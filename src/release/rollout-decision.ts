/**
 * One tick of a canary, decided from the record and from what the API shows and from nothing else. A phase that
 * announces a request (`opening`, `advancing`, `promoting`, `aborting`) is always brought to its end first: that
 * is what makes a kill between any two requests harmless.
 */
import type { Rollout } from '../model/rollout.ts';

/** What the account has now. */
export interface Observed {
  /** The open canary: none, the one of the step in effect, the one of the step after it, or another. */
  readonly canary: 'none' | 'current' | 'next' | 'other';
  /** What main holds: what it held when the rollout began, what the candidate holds, or something else. */
  readonly main: 'same' | 'candidate' | 'other';
  readonly candidate: 'there' | 'gone' | 'edited';
  /** The record says that we were about to promote the candidate. */
  readonly promoting: boolean;
}

export type Order = 'tick' | 'abort' | 'promote';

/** What an analysis came to. */
export interface Judgement {
  readonly verdict: 'go' | 'abort' | 'inconclusive';
  readonly reason: string;
}

export type Decision =
  /** Give the candidate its first share. */
  | { readonly do: 'open' }
  /** The share that was announced is in effect: record it. */
  | { readonly do: 'record-step'; readonly step: number }
  | { readonly do: 'advance'; readonly step: number }
  | { readonly do: 'promote' }
  /** Main holds the candidate because we promoted it: record it. */
  | { readonly do: 'finish' }
  /** `holds`: what it took back is not to come again; a deadline says nothing about the content. */
  | { readonly do: 'abort'; readonly reason: string; readonly holds?: true }
  /** Ask the analysis, then go on to `then`. */
  | { readonly do: 'judge'; readonly held: boolean }
  | { readonly do: 'stale'; readonly found: string };

/** When the present step has been held long enough, in milliseconds since the epoch. */
export function heldAt(rollout: Rollout): number {
  return Date.parse(rollout.since) + (rollout.steps[rollout.step]?.hold_ms ?? 0);
}

/** Decides the one move of this tick. `now` is in milliseconds since the epoch. */
export function decide(rollout: Rollout, seen: Observed, now: number, order: Order): Decision {
  if (order === 'abort') return abortMove(rollout, seen);
  if (rollout.phase === 'aborting') return { do: 'abort', reason: rollout.reason ?? 'aborted' };
  if (seen.main === 'candidate') {
    const ours = seen.promoting || order === 'promote';
    return ours
      ? { do: 'finish' }
      : { do: 'stale', found: 'main serves the candidate: somebody promoted it' };
  }
  if (seen.main === 'other') return { do: 'stale', found: 'main is not what it was when the rollout began' };
  if (seen.candidate !== 'there')
    return { do: 'stale', found: `the candidate was ${seen.candidate === 'gone' ? 'deleted' : 'edited'}` };
  if (seen.promoting) return { do: 'promote' };
  if (seen.canary === 'other') return { do: 'stale', found: 'the canary is not as the rollout left it' };
  const late = rollout.deadline_at !== null && now >= Date.parse(rollout.deadline_at);
  if (late && order === 'tick')
    return { do: 'abort', reason: `it was not promoted by its deadline (${rollout.deadline_at})` };
  if (order === 'promote') return { do: 'promote' };
  return onTheWay(rollout, seen, now);
}

function onTheWay(rollout: Rollout, { canary }: Observed, now: number): Decision {
  switch (rollout.phase) {
    case 'opening':
      return canary === 'none' ? { do: 'open' } : { do: 'record-step', step: rollout.step };
    case 'advancing':
      if (canary === 'none') return { do: 'stale', found: 'the canary is gone' };
      return canary === 'next'
        ? { do: 'record-step', step: rollout.step + 1 }
        : { do: 'advance', step: rollout.step + 1 };
    default:
      if (canary !== 'current')
        return {
          do: 'stale',
          found: canary === 'none' ? 'the canary is gone' : 'the canary is not as the rollout left it',
        };
      return { do: 'judge', held: now >= heldAt(rollout) };
  }
}

/** A canary that somebody else made out of ours is not ours to delete. */
function abortMove(rollout: Rollout, seen: Observed): Decision {
  if (seen.main === 'candidate' && rollout.phase !== 'aborting')
    return { do: 'stale', found: 'main serves the candidate already' };
  if (seen.canary === 'other') return { do: 'stale', found: 'the canary is not as the rollout left it' };
  return { do: 'abort', reason: 'aborted by hand', holds: true };
}

/** What follows a judgement; undefined: nothing, the step is held on. */
export function moveAfter(
  rollout: Rollout,
  held: boolean,
  { verdict, reason }: Judgement,
): Exclude<Decision, { do: 'judge' }> | 'pause' | 'hold' {
  if (verdict === 'abort') return { do: 'abort', reason, holds: true };
  if (verdict === 'inconclusive') return 'pause';
  if (!held) return 'hold';
  const last = rollout.step === rollout.steps.length - 1;
  return last ? { do: 'promote' } : { do: 'advance', step: rollout.step + 1 };
}

/** What keeps the next tick from going on; undefined when nothing does. */
export function describeObstacle(rollout: Rollout, seen: Observed): string | undefined {
  const move = decide({ ...rollout, deadline_at: null }, seen, 0, 'tick');
  return move.do === 'stale' ? move.found : undefined;
}
