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
  /** Digest of what would be done and of what is live; absent where nobody looked. */
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
const NEEDS_PEOPLE: ReadonlySet<number> = new Set([3, 5, 6, 9]);

/** A gate: its tests would say the same of the same content, whatever else a commit brings. */
const GATE = 9;

const LONGEST_WAIT_MS = 15 * 60_000;

/** How long to wait after so many failures in a row: doubles up to a quarter of an hour, half of it by chance. */
export function backOffMs(failures: number, intervalMs: number, chance: number): number {
  const full = Math.min(LONGEST_WAIT_MS, intervalMs * 2 ** Math.max(0, failures - 1));
  return Math.round(full / 2 + (full / 2) * chance);
}

export function isDue(last: ReconcileAttempt | undefined, now: Circumstances, at: number): Due {
  if (last === undefined) return { due: true };
  if (moved(last, now)) return { due: true };
  if (last.code === 0) return { due: false, why: 'this commit is in effect' };
  const { retryAt: until } = last;
  if (until === undefined) return { due: false, why: 'it ended so before, and nothing has moved since' };
  if (isTimeFor(until, at)) return { due: true };
  return { due: false, why: 'it failed and is tried again later', until };
}

/** Whether a wait is over. One that is longer than any that is begun says that the clock was set back. */
export function isTimeFor(until: number, at: number): boolean {
  return at >= until || until - at > LONGEST_WAIT_MS;
}

function moved({ circumstances: before, code }: ReconcileAttempt, now: Circumstances): boolean {
  const known = before.live !== undefined && now.live !== undefined;
  const live = known && before.live !== now.live;
  const commit = before.commit !== now.commit;
  // What a commit changes shows in what is to be done: documents, settings, tests.
  const other = code === GATE && known ? live : live || commit;
  return other || before.approvals.join('\n') !== now.approvals.join('\n');
}

/** Whether an outcome is for people to mend. */
export function needsPeople(code: number): boolean {
  return NEEDS_PEOPLE.has(code);
}

/** The attempt that follows one, by how it ended. `chance` in [0, 1). */
export function nextAttempt(
  last: ReconcileAttempt | undefined,
  ended: { readonly circumstances: Circumstances; readonly at: number; readonly code: number },
  { intervalMs, chance }: { readonly intervalMs: number; readonly chance: number },
): ReconcileAttempt {
  const passing = ended.code !== 0 && !needsPeople(ended.code);
  if (!passing) return { ...ended, failures: 0 };
  const failures = (last?.failures ?? 0) + 1;
  return { ...ended, failures, retryAt: ended.at + backOffMs(failures, intervalMs, chance) };
}
