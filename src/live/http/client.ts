import { setMaxListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ApiError, type RequestEffect } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';
import type { RetryPolicy } from '../../model/project.ts';
import { createConnection, type WireRequest } from './connection.ts';
import { badReplyError, errorCode, networkError, replyError, requestIdOf } from './errors.ts';
import { type Expectation, type Interpreted, interpret, pressureOf } from './interpret.ts';
import { createLimiter, type LimiterClock } from './limiter.ts';
import { type LogEntry, redact } from './log.ts';
import {
  decideRetry,
  effectOf,
  type Headers,
  type RetryClass,
  rateLimitPause,
  serverDelay,
} from './retry.ts';
import { createTransport, type Exchanged, type ExchangeLimits, type TransportOptions } from './transport.ts';

export interface ClientOptions {
  /** For example `https://api.telnyx.com/v2`. */
  readonly baseUrl: string;
  /** Sent as `Authorization: Bearer`; nothing is sent without one. */
  readonly apiKey: string | undefined;
  /** For each request. */
  readonly retry: RetryPolicy;
  /** Upper bound of requests in flight and of connections. */
  readonly concurrency: number;
  readonly clock: LimiterClock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly log?: (line: LogEntry) => void;
  /** Ends everything at once, in flight or waiting. */
  readonly signal?: AbortSignal;
  /** For example `assistantctl/0.1.0`. */
  readonly userAgent: string;
  readonly timeouts?: { readonly connectMs?: number; readonly headersMs?: number; readonly totalMs?: number };
  readonly proxy?: TransportOptions['proxy'];
}

export interface ApiRequest extends WireRequest, Expectation {
  readonly retryClass: RetryClass;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Null where the body was to be ignored. */
  readonly body: Json;
  /** The error for a body of the wrong shape, tied to this request. */
  reject(what: string): ApiError;
}

export interface Client {
  /** Rejects with `ApiError` after the retries the request's class allows. */
  send(request: ApiRequest): Promise<Answer>;
  /** HTTP requests sent so far, retries included. */
  requestCount(): number;
  /** Ends all connections; what is in flight fails. */
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;
const HEADERS_MS = 30_000;
const TOTAL_MS = 60_000;
const SHORTEST_WAIT_MS = 1_000;

/** Throws `Failure` when the base address or the key cannot be used at all. */
export function createClient(options: ClientOptions): Client {
  const { clock, retry, signal, timeouts } = options;
  const connection = createConnection(options);
  const limiter = createLimiter(options.concurrency, clock, signal);
  const transport = createTransport({
    origin: connection.origin,
    connections: Math.max(1, options.concurrency),
    connectMs: timeouts?.connectMs ?? CONNECT_MS,
    ...(options.proxy === undefined ? {} : { proxy: options.proxy }),
  });
  // Every request in flight listens to the one signal; more than ten would pass for a leak.
  if (signal !== undefined) setMaxListeners(0, signal);
  let requests = 0;

  async function send(request: ApiRequest): Promise<Answer> {
    const wire = connection.toWire(request);
    let effect: RequestEffect = 'none';
    let begun: number | undefined;
    for (let number = 1; ; number += 1) {
      const release = await limiter.acquire(number > 1);
      const startedAt = clock.now();
      begun ??= startedAt;
      requests += 1;
      const exchanged = await transport.exchange(wire, limitsFor(startedAt - begun), signal);
      const now = clock.now();
      const seen = interpret(request, exchanged);
      if (exchanged.type === 'reply') holdBack(exchanged, now);
      release(pressureOf(seen.outcome));
      // What waited for this place goes out first; then its reply is worked on.
      await nextTurn();

      const attempt = {
        retryClass: request.retryClass,
        number,
        elapsedMs: now - begun,
        outcome: seen.outcome,
      };
      const verdict = seen.done ? undefined : decideRetry(attempt, retry, now, options.random);
      const retryInMs = verdict?.retry === true && signal?.aborted !== true ? verdict.afterMs : undefined;
      log(request, exchanged, seen, { attempt: number, ms: now - startedAt, retryInMs });

      const tried = { method: request.method, path: request.path, attempts: number };
      if (seen.done && exchanged.type === 'reply') return answer(request, tried, exchanged, seen);
      if (effectOf(request.retryClass, seen.outcome) === 'unknown') effect = 'unknown';
      if (retryInMs === undefined) {
        const settled = isVerdictOnBody(exchanged) ? 'none' : effect;
        throw withoutKey(failure({ ...tried, effect: settled }, exchanged, seen));
      }
      // An interrupted sleep goes on to the next exchange, which sees the signal and says so.
      await clock.sleep(retryInMs, signal).catch(() => undefined);
    }
  }

  /** The wait for a reply shrinks with the budget, so that a server that hangs cannot multiply it. */
  function limitsFor(spentMs: number): ExchangeLimits {
    const left = Math.max(SHORTEST_WAIT_MS, retry.budgetMs - spentMs);
    return {
      headersMs: Math.min(timeouts?.headersMs ?? HEADERS_MS, left),
      totalMs: timeouts?.totalMs ?? TOTAL_MS,
    };
  }

  /** A spent rate window holds everyone back, but never longer than a request is allowed to wait. */
  function holdBack(reply: { status: number; headers: Headers }, now: number): void {
    const asks = reply.status === 429 ? serverDelay : rateLimitPause;
    const ms = asks(reply.headers, now) ?? 0;
    if (ms > 0) limiter.pause(Math.min(ms, retry.budgetMs));
  }

  function failure(request: Failed, exchanged: Exchanged, seen: Interpreted): ApiError {
    if (exchanged.type !== 'reply') return networkError(request, connection.origin, exchanged.error);
    if (seen.outcome.type === 'lost') return badReplyError(request, exchanged, 'the body is not JSON');
    return replyError(request, { ...exchanged, body: seen.body });
  }

  function withoutKey(error: ApiError): ApiError {
    const { kind, code, details, hint, cause } = error;
    const problems = error.problems.map((problem) => ({
      ...problem,
      message: connection.scrub(problem.message),
    }));
    return new ApiError(
      kind,
      connection.scrub(error.message),
      { ...requestOf(error), problems },
      { code, details, cause, ...(hint === undefined ? {} : { hint: connection.scrub(hint) }) },
    );
  }

  function log(request: ApiRequest, exchanged: Exchanged, seen: Interpreted, run: Run): void {
    if (options.log === undefined) return;
    const replied = exchanged.type === 'reply';
    const safe = (body: Json): Json => redact(body, connection.scrub);
    options.log({
      method: request.method,
      path: request.query === undefined ? request.path : `${request.path}?${request.query}`,
      status: replied ? exchanged.status : 0,
      ms: run.ms,
      attempt: run.attempt,
      requestId: replied ? requestIdOf(exchanged.headers) : undefined,
      ...(replied ? {} : { error: errorCode(exchanged.error) || exchanged.error.message }),
      ...(run.retryInMs === undefined ? {} : { retryInMs: run.retryInMs }),
      bodies: {
        ...(request.body === undefined ? {} : { request: safe(request.body) }),
        ...(seen.body === undefined ? {} : { reply: safe(seen.body) }),
      },
    });
  }

  return { send, requestCount: () => requests, close: () => transport.close() };
}

type Run = Pick<LogEntry, 'attempt' | 'ms'> & { readonly retryInMs: number | undefined };
type Failed = Parameters<typeof replyError>[0];
type Reply = Extract<Exchanged, { type: 'reply' }>;

function answer(request: ApiRequest, tried: Omit<Failed, 'effect'>, reply: Reply, seen: Interpreted): Answer {
  const effect = request.retryClass === 'read' ? 'none' : 'unknown';
  return {
    status: reply.status,
    headers: reply.headers,
    body: seen.body ?? null,
    reject: (what) => badReplyError({ ...tried, effect }, reply, what),
  };
}

/** 400 and 422 judge the request itself: an earlier, lost attempt of the same bytes met the same judge. */
function isVerdictOnBody(exchanged: Exchanged): boolean {
  return exchanged.type === 'reply' && (exchanged.status === 400 || exchanged.status === 422);
}

function requestOf({ method, path, status, requestId, effect }: ApiError) {
  return { method, path, status, requestId, effect };
}
