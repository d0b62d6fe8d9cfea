import { ApiError, type RequestEffect } from '../../model/errors.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { isObject } from '../../model/json.ts';
import { createConnection } from '../http/connection.ts';
import { networkError } from '../http/errors.ts';
import type { LimiterClock } from '../http/limiter.ts';
import type { LogEntry } from '../http/log.ts';
import { parseJson } from '../http/parse.ts';
import { tidy } from '../http/problems.ts';
import type { AttemptOutcome, Headers, RetryClass } from '../http/retry.ts';
import { decideRetry, effectOf, header } from '../http/retry.ts';
import type { Exchanged, HttpRequest, TransportOptions } from '../http/transport.ts';
import { createTransport } from '../http/transport.ts';

export interface ForgeOptions {
  /** For example `https://api.github.com` or `https://gitlab.com/api/v4`. */
  readonly baseUrl: string;
  readonly token: string;
  /** How the token is sent: `Authorization: Bearer`, or as GitLab's `PRIVATE-TOKEN` and `JOB-TOKEN`. */
  readonly tokenHeader: 'bearer' | 'private-token' | 'job-token';
  /** `owner/name`, or GitLab's numeric id. */
  readonly repository: string;
  readonly clock: LimiterClock;
  readonly random: () => number;
  readonly userAgent: string;
  readonly signal?: AbortSignal;
  readonly proxy?: TransportOptions['proxy'];
  /** Gets every attempt, without bodies. */
  readonly log?: (line: LogEntry) => void;
  /** Milliseconds that one request may take with all its waiting; two and a half minutes unless told. */
  readonly budgetMs?: number;
  /** Milliseconds from now on that all requests together may take; five minutes unless told. */
  readonly overallMs?: number;
}

export interface ForgeRequest {
  readonly method: HttpRequest['method'];
  /** Below the API base, segments percent-encoded, with its query. */
  readonly path: string;
  readonly body?: JsonObject;
  readonly retryClass: RetryClass;
  /** The answer is worth no more than this many milliseconds; absent: as much as any other. */
  readonly budgetMs?: number;
  /** A 404 is an answer. */
  readonly mayBeMissing?: boolean;
}

export interface ForgeReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

export interface ForgeClient {
  send(request: ForgeRequest): Promise<ForgeReply>;
  close(): Promise<void>;
}

const ATTEMPTS = 6;
const BUDGET_MS = 150_000;
/** Forges answer in a second or not at all: whoever waits longer keeps a job from ending. */
const OVERALL_MS = 300_000;
/** What GitHub asks for when a secondary limit names no time. */
const SECONDARY_PAUSE_MS = 60_000;
const LIMITS = { headersMs: 30_000, totalMs: 60_000, maxBytes: 64 * 1024 * 1024 };

/** One connection at a time: forges ask that writes of one user are not sent side by side. */
export function createForgeClient(
  options: ForgeOptions,
  headers: { readonly [name: string]: string },
): ForgeClient {
  const { clock, signal } = options;
  const bearer = options.tokenHeader === 'bearer';
  const connection = createConnection({
    baseUrl: options.baseUrl,
    apiKey: bearer ? options.token : undefined,
    userAgent: options.userAgent,
  });
  const credential = bearer ? {} : { [options.tokenHeader]: options.token };
  const scrub = (text: string): string => text.replaceAll(options.token, '[redacted]');
  const transport = createTransport({
    origin: connection.origin,
    connections: 1,
    connectMs: 10_000,
    ...(options.proxy === undefined ? {} : { proxy: options.proxy }),
  });
  const overallMs = options.overallMs ?? OVERALL_MS;
  const endsAt = clock.now() + overallMs;

  async function send(request: ForgeRequest): Promise<ForgeReply> {
    const wire = connection.toWire(request);
    const sent = { ...wire, headers: { ...wire.headers, ...headers, ...credential } };
    const begun = clock.now();
    const path = request.path.split('?')[0] ?? '';
    const budgetMs = Math.min(request.budgetMs ?? options.budgetMs ?? BUDGET_MS, endsAt - begun);
    const policy = { attempts: ATTEMPTS, budgetMs };
    let effect: RequestEffect = 'none';
    for (let number = 1; ; number += 1) {
      const startedAt = clock.now();
      const leftMs = begun + budgetMs - startedAt;
      if (leftMs <= 0) {
        throw tooSlow({ method: request.method, path, attempts: number - 1, effect }, overallMs);
      }
      const limits = {
        ...LIMITS,
        headersMs: Math.min(LIMITS.headersMs, leftMs),
        totalMs: Math.min(LIMITS.totalMs, leftMs),
      };
      const exchanged = await transport.exchange(sent, limits, signal);
      const body = exchanged.type === 'reply' ? parseJson(exchanged.text) : undefined;
      if (exchanged.type === 'reply' && isAnswer(exchanged.status, request)) {
        log(request, exchanged, { attempt: number, ms: clock.now() - startedAt });
        return { status: exchanged.status, headers: exchanged.headers, body: body ?? null };
      }
      const outcome = outcomeOf(exchanged, body);
      if (effectOf(request.retryClass, outcome) === 'unknown') effect = 'unknown';
      const now = clock.now();
      const attempt = { retryClass: request.retryClass, number, elapsedMs: now - begun, outcome };
      const verdict = decideRetry(attempt, policy, now, options.random);
      const retryInMs = verdict.retry ? { retryInMs: verdict.afterMs } : {};
      log(request, exchanged, { attempt: number, ms: now - startedAt, ...retryInMs });
      if (!verdict.retry || signal?.aborted === true) {
        const failed = {
          method: request.method,
          path,
          attempts: number,
          effect,
        };
        if (exchanged.type !== 'reply') throw noReply(failed, connection.origin, exchanged.error);
        throw refusal(failed, exchanged, body, scrub);
      }
      await clock.sleep(verdict.afterMs, signal).catch(() => undefined);
    }
  }

  function log(
    { method, path }: ForgeRequest,
    exchanged: Exchanged,
    run: Pick<LogEntry, 'attempt' | 'ms' | 'retryInMs'>,
  ): void {
    const replied = exchanged.type === 'reply';
    const requestId = replied ? header(exchanged.headers, 'x-github-request-id', 'x-request-id') : undefined;
    options.log?.({ method, path, status: replied ? exchanged.status : 0, requestId, ...run });
  }

  return { send, close: () => transport.close() };
}

function isAnswer(status: number, request: ForgeRequest): boolean {
  return (status >= 200 && status < 300) || (status === 404 && request.mayBeMissing === true);
}

/**
 * GitHub answers 403 as well as 429 when a rate limit is spent, the secondary one with `Retry-After` (source: its
 * REST documentation on rate limits). GitLab's window is in `RateLimit-*`.
 */
function outcomeOf(exchanged: Exchanged, body: Json | undefined): AttemptOutcome {
  if (exchanged.type !== 'reply') return { type: exchanged.type };
  const remaining = header(exchanged.headers, 'x-ratelimit-remaining', 'ratelimit-remaining');
  const limited =
    exchanged.status === 403 &&
    (remaining === '0' ||
      header(exchanged.headers, 'retry-after') !== undefined ||
      /rate limit/i.test(messageOf(body)));
  const reset = header(exchanged.headers, 'x-ratelimit-reset', 'ratelimit-reset');
  const window = {
    ...(remaining === undefined ? {} : { 'x-ratelimit-remaining': remaining }),
    ...(reset === undefined ? {} : { 'x-ratelimit-reset': reset }),
  };
  const unsaid = limited && remaining !== '0' && header(exchanged.headers, 'retry-after') === undefined;
  return {
    type: 'reply',
    status: limited ? 429 : exchanged.status,
    headers: {
      ...exchanged.headers,
      ...window,
      ...(unsaid ? { 'retry-after-ms': String(SECONDARY_PAUSE_MS) } : {}),
    },
    codes: [],
  };
}

function noReply(failed: Failed, origin: string, cause: Error): ApiError {
  const { kind, code, message, status, effect } = networkError(failed, origin, cause);
  const hint = 'Check the network and the address of the forge (--api-url), then run the command again.';
  return new ApiError(kind, message, { ...failed, status, effect }, { code, hint, cause });
}

/** The time of all requests together is spent: nothing is sent any more. */
function tooSlow(failed: Failed, overallMs: number): ApiError {
  const message = `${failed.method} ${failed.path}: the forge is too slow: ${Math.round(overallMs / 1000)} s are spent on it`;
  const hint = 'Run the command again later, or give it more time: --timeout 15m.';
  return new ApiError('unavailable', message, { ...failed, status: 0 }, { code: 'FORGE_SLOW', hint });
}

interface Failed {
  readonly method: string;
  readonly path: string;
  readonly attempts: number;
  readonly effect: RequestEffect;
}

function refusal(
  failed: Failed,
  reply: Extract<Exchanged, { type: 'reply' }>,
  body: Json | undefined,
  scrub: (text: string) => string,
): ApiError {
  const { status } = reply;
  const said = tidy(scrub(messageOf(body))) || tidy(reply.reason) || 'no explanation given';
  const tooLong = status === 413 || ((status === 400 || status === 422) && /too long/i.test(said));
  const spent = outcomeOf(reply, body);
  const limited = spent.type === 'reply' && spent.status === 429;
  const denied = !limited && (status === 401 || status === 403 || status === 404);
  const code = tooLong
    ? 'FORGE_TOO_LONG'
    : limited
      ? 'FORGE_RATE'
      : denied
        ? 'FORGE_DENIED'
        : 'FORGE_REFUSED';
  const tries = failed.attempts > 1 ? ` after ${failed.attempts} attempts` : '';
  return new ApiError(
    denied ? 'auth' : 'unavailable',
    `${failed.method} ${failed.path}: ${status} ${said}${tries}`,
    { ...failed, status },
    { code },
  );
}

/** Who the token is. It is worth some seconds, and a token that may not ask is an answer. */
export async function askWho(client: ForgeClient): Promise<Json | undefined> {
  const request = { method: 'GET', path: '/user', retryClass: 'read', budgetMs: WHO_MS } as const;
  try {
    return (await client.send(request)).body;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'FORGE_DENIED') return undefined;
    throw error;
  }
}

const WHO_MS = 20_000;

/** GitHub: `message` and `errors[].message`; GitLab: `message` (text, list or object of lists) or `error`. */
function messageOf(body: Json | undefined): string {
  if (!isObject(body)) return '';
  const { message, error, errors } = body;
  return [message, error, errors].map(flat).filter(Boolean).join(': ');
}

function flat(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'object') return String(value);
  if (isObject(value) && value.message !== undefined) return flat(value.message);
  const parts = isObject(value)
    ? Object.entries(value).map(([key, member]) => `${key} ${flat(member)}`)
    : value.map(flat);
  return parts.filter(Boolean).join(', ');
}
