import type { RequestEffect } from '../../model/errors.ts';
import type { RetryPolicy } from '../../model/project.ts';

/**
 * When a failed request may be sent again. A second read is harmless and so is the same write to the same
 * id; a second create may leave two resources. Creates are therefore repeated only when it is certain that
 * the first try had no effect. Everything else of a create is reported as `unknown`, for the caller to look
 * up. This module decides from values alone: the clock and the dice are arguments.
 */

/**
 * `read`: GET. `idempotent`: PUT, PATCH, DELETE and POST to one id, where the last write wins. `keyed`: a
 * create with an `Idempotency-Key`. `once`: a POST that makes something new each time and takes no key.
 */
export type RetryClass = 'read' | 'idempotent' | 'keyed' | 'once';

/** Reply headers with lower-case names, as undici gives them. */
export type Headers = { readonly [name: string]: string | readonly string[] | undefined };

/** How one attempt ended: nothing was sent; it was sent and no usable reply came; or a reply. */
export type AttemptOutcome =
  | { readonly type: 'unsent' }
  | { readonly type: 'lost' }
  | {
      readonly type: 'reply';
      readonly status: number;
      readonly headers: Headers;
      readonly codes: readonly string[];
    };

export interface Attempt {
  readonly retryClass: RetryClass;
  /** Counts from 1. */
  readonly number: number;
  /** Milliseconds since the first attempt of this request began. */
  readonly elapsedMs: number;
  readonly outcome: AttemptOutcome;
  /** The same would come again: the reply is larger than one may be. */
  readonly hopeless?: boolean;
}

export type Verdict =
  | { readonly retry: true; readonly afterMs: number }
  | { readonly retry: false; readonly reason: 'final' | 'attempts' | 'budget' };

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8_000;
/** Telnyx: the same `Idempotency-Key` is still being processed. */
const STILL_PROCESSING = '10036';

/** Decides about one finished, failed attempt. `now` is Unix milliseconds, `random` gives [0, 1). */
export function decideRetry(
  attempt: Attempt,
  policy: RetryPolicy,
  now: number,
  random: () => number,
): Verdict {
  if (attempt.hopeless === true || !mayRepeat(attempt)) return { retry: false, reason: 'final' };
  if (attempt.number >= policy.attempts) return { retry: false, reason: 'attempts' };
  const wanted = attempt.outcome.type === 'reply' ? serverDelay(attempt.outcome.headers, now) : undefined;
  const afterMs = wanted ?? backoff(attempt.number, random);
  if (attempt.elapsedMs + afterMs + shortestWait(policy) > policy.budgetMs)
    return { retry: false, reason: 'budget' };
  return { retry: true, afterMs };
}

/** What an attempt needs at least; with less time left, it would only turn a clear refusal into a lost reply. */
export function shortestWait({ budgetMs }: RetryPolicy): number {
  return Math.min(1_000, budgetMs / 4);
}

function mayRepeat({ retryClass, outcome }: Attempt): boolean {
  const harmless = retryClass === 'read' || retryClass === 'idempotent';
  switch (outcome.type) {
    case 'unsent':
      return true;
    case 'lost':
      return harmless;
    case 'reply': {
      const advice = header(outcome.headers, 'x-should-retry');
      if (advice === 'false') return false;
      if (!harmless && !refused(outcome.status, outcome.headers)) return false;
      if (advice === 'true') return true;
      if (outcome.status === 409) return outcome.codes.includes(STILL_PROCESSING);
      return outcome.status === 408 || outcome.status === 429 || outcome.status >= 500;
    }
    default:
      return outcome satisfies never;
  }
}

/** What one failed attempt may have done at the API. */
export function effectOf(retryClass: RetryClass, outcome: AttemptOutcome): RequestEffect {
  if (retryClass === 'read' || outcome.type === 'unsent') return 'none';
  if (outcome.type === 'lost') return 'unknown';
  if (outcome.codes.includes(STILL_PROCESSING)) return 'unknown';
  return refused(outcome.status, outcome.headers) ? 'none' : 'unknown';
}

/**
 * True when the API turned the request away before acting. 408 is not among them: gateways also send it when
 * the server behind them is still at work. A 503 counts only when it says when to come back, because then it
 * was written by something that sheds load.
 */
function refused(status: number, headers: Headers): boolean {
  if (status === 503) return header(headers, 'retry-after', 'retry-after-ms') !== undefined;
  return status >= 300 && status < 500 && status !== 408;
}

/** Full jitter: anything up to 0.5 s · 2^n, at most 8 s. */
function backoff(attemptNumber: number, random: () => number): number {
  return Math.round(random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attemptNumber - 1)));
}

/**
 * Milliseconds the server asks to wait: `retry-after-ms`, else `Retry-After` (seconds or an HTTP date), else
 * the rate-limit window. Undefined when it asks for nothing intelligible.
 */
export function serverDelay(headers: Headers, now: number): number | undefined {
  return (
    milliseconds(header(headers, 'retry-after-ms'), 1) ??
    retryAfter(header(headers, 'retry-after'), now) ??
    rateLimitPause(headers, now)
  );
}

/**
 * Milliseconds until the rate-limit window opens again, when the window is used up. `x-ratelimit-reset` is in
 * seconds; some gateways send a Unix time in the same header, which is told apart by its size.
 */
export function rateLimitPause(headers: Headers, now: number): number | undefined {
  if (header(headers, 'x-ratelimit-remaining') !== '0') return undefined;
  const reset = milliseconds(header(headers, 'x-ratelimit-reset'), 1_000);
  if (reset === undefined) return undefined;
  return reset > 1e12 ? Math.max(0, reset - now) : reset;
}

function retryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const delay = milliseconds(text, 1_000);
  if (delay !== undefined) return delay;
  // An HTTP date always names its weekday; without this test `Date.parse` would accept stray numbers.
  const date = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function milliseconds(text: string | undefined, unit: number): number | undefined {
  if (text === undefined || !/^\d+(\.\d+)?$/.test(text)) return undefined;
  const value = Math.ceil(Number(text) * unit);
  return Number.isFinite(value) ? value : undefined;
}

/** The first of the named headers that is there, trimmed; a repeated header counts with its first value. */
export function header(headers: Headers, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = headers[name];
    const text = typeof value === 'string' ? value : value?.[0];
    if (text !== undefined && text.trim() !== '') return text.trim();
  }
  return undefined;
}
