import { Failure } from '../model/errors.ts';
import type { LeaseHolder, WriteFence } from '../model/state.ts';
import type { LeaseTime } from './lease-time.ts';

/** The right to write the state of one environment, kept alive until it is released. */
export interface Lease extends WriteFence {
  readonly holder: LeaseHolder;
  /** Rejects with LEASE_LOST when somebody else took it or removed it, or when it is over and cannot be renewed. */
  check(): Promise<void>;
  /** Gives it back; does nothing when it was lost. Never rejects. */
  release(): Promise<void>;
}

/** The process that asks for the lease: written into it, so that others can name the holder. */
export interface Identity {
  readonly host: string;
  readonly pid: number;
  /** Link to the pipeline run, when there is one. */
  readonly run: string | null;
}

/** Parts of a lease: a write that has less than the first is not sent; the second is kept back for the way. */
const LEAST = 1 / 12;
const MARGIN = 1 / 60;

/** How long a write may take under a lease that was just checked, or undefined when the time is too short. */
export function allowance(time: LeaseTime, lastsMs: number, limitMs: number): number | undefined {
  const left = time.remainingMs() - lastsMs * MARGIN;
  return left < Math.min(limitMs, lastsMs * LEAST) ? undefined : Math.min(limitMs, left);
}

/** 60 seconds: long enough for a stalled disk or network, short enough to wait for after a crash. */
export const LEASE_MS = 60_000;

/** Fills in a lease that starts at `now`. */
export function newHolder(
  request: { readonly id: string; readonly holder: string; readonly scope: string | undefined },
  identity: Identity,
  now: Date,
  leaseMs: number,
): LeaseHolder {
  const { id, holder, scope } = request;
  const { host, pid, run } = identity;
  const times = { acquired_at: now.toISOString(), expires_at: expiry(now, leaseMs) };
  return { id, holder, host, pid, ...(scope === undefined ? {} : { scope }), run, ...times };
}

export function expiry(now: Date, leaseMs: number): string {
  return new Date(now.getTime() + leaseMs).toISOString();
}

/** LOCK_HELD: somebody else is at work. */
export function lockHeld(environment: string, holder: LeaseHolder | undefined, now: Date): Failure {
  if (holder === undefined) {
    return new Failure('refused', `environment ${environment} is locked by an apply that just started`, {
      code: 'LOCK_HELD',
      hint: 'wait for it to finish; `assistantctl state unlock` removes a lock that was left behind',
    });
  }
  const run = holder.run === null ? '' : `, run ${holder.run}`;
  const message =
    `environment ${environment} is locked by ${holder.holder} on ${holder.host} (pid ${holder.pid}${run}) ` +
    `since ${holder.acquired_at}${age(holder.acquired_at, now)}`;
  return new Failure('refused', message, {
    code: 'LOCK_HELD',
    hint: 'wait for it to finish; if that process is gone, type `assistantctl state unlock`',
    details: { holder: { ...holder } },
  });
}

/** LEASE_LOST: the lease ended while this process was at work; `how` completes "the lock …". */
export function leaseLost(environment: string, how: string): Failure {
  return new Failure('refused', `the lock of environment ${environment} ${how} while this process worked`, {
    code: 'LEASE_LOST',
    hint: 'see that no other apply is running, then run the same command again',
  });
}

/** Age in words; empty when the clocks of the two machines disagree. */
function age(since: string, now: Date): string {
  const seconds = Math.floor((now.getTime() - Date.parse(since)) / 1000);
  if (!Number.isFinite(seconds) || seconds < 0) return '';
  if (seconds < 120) return ` (${seconds} s ago)`;
  return seconds < 7200 ? ` (${Math.floor(seconds / 60)} min ago)` : ` (${Math.floor(seconds / 3600)} h ago)`;
}
