/**
 * When an environment is worked on. Pure: the loop asks, and tells what came of it.
 *
 * What failed for a reason that only people can mend is not tried again before something moved that could change the
 * outcome. What failed for reasons of its own is tried again, later each time.
 */

/** What the outcome of a reconcile depends on; two that are equal would end alike. */
export interface Circumstances {
  readonly commit: string;
  /** Ids of what was approved by hand. */
  readonly approvals: readonly string[];
  /** Version ids and names of what is live, as a digest; absent where nobody looked. */
  readonly live?: string;
}

/** What is remembered of the last attempt. */
export interface ReconcileAttempt {
  readonly at: number;
  readonly circumstances: Circumstances;
  /** Exit code that the command line would have ended with. */
  readonly code: number;
  /** How many attempts in a row ended in a way that may pass by itself. */
  readonly failures: number;
  /** When it is tried again by itself, in milliseconds of the clock; absent: when something moves. */
  readonly retryAt?: number;
}

export type Due =
  | { readonly due: true }
  /** `until` in milliseconds of the clock; absent: when something moves. */
  | { readonly due: false; readonly why: string; readonly until?: number };

/** Ends that waiting does not mend: a spec, a refusal, a conflict or an unreviewed change, a gate. */
const NEEDS_PEOPLE: ReadonlySet<number> = new Set([3, 4, 5, 6, 9, 10]);

const LONGEST_WAIT_MS = 15 * 60_000;

/** How long to wait after so many failures in a row: doubles up to a quarter of an hour, half of it by chance. */
export function backOffMs(failures: number, intervalMs: number, chance: number): number {
  const full = Math.min(LONGEST_WAIT_MS, intervalMs * 2 ** Math.max(0, failures - 1));
  return Math.round(full / 2 + (full / 2) * chance);
}

export function isDue(last: ReconcileAttempt | undefined, now: Circumstances, at: number): Due {
  if (last === undefined) return { due: true };
  if (moved(last.circumstances, now)) return { due: true };
  if (last.code === 0) return { due: false, why: 'this commit is in effect' };
  const { retryAt: until } = last;
  if (until === undefined) return { due: false, why: 'it ended so before, and nothing has moved since' };
  return at >= until ? { due: true } : { due: false, why: 'it failed and is tried again later', until };
}

function moved(before: Circumstances, now: Circumstances): boolean {
  return (
    before.commit !== now.commit ||
    before.approvals.join('\n') !== now.approvals.join('\n') ||
    (before.live !== undefined && now.live !== undefined && before.live !== now.live)
  );
}

/** The attempt that follows one, by how it ended. `chance` in [0, 1). */
export function nextAttempt(
  last: ReconcileAttempt | undefined,
  ended: { readonly circumstances: Circumstances; readonly at: number; readonly code: number },
  { intervalMs, chance }: { readonly intervalMs: number; readonly chance: number },
): ReconcileAttempt {
  const passing = ended.code !== 0 && !NEEDS_PEOPLE.has(ended.code);
  if (!passing) return { ...ended, failures: 0 };
  const failures = (last?.failures ?? 0) + 1;
  return { ...ended, failures, retryAt: ended.at + backOffMs(failures, intervalMs, chance) };
}
