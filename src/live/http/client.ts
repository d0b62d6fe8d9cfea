import { setMaxListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { concealJson } from '../../model/credentials.ts';
import { ApiError, Failure, type RequestEffect } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';
import type { RetryPolicy } from '../../model/project.ts';
import type { WriteFence } from '../../model/state.ts';
import { createConnection, type WireRequest } from './connection.ts';
import { badReplyError, errorCode, networkError, replyError, requestIdOf } from './errors.ts';
import { type Expectation, type Interpreted, interpret, pressureOf } from './interpret.ts';
import { createLimiter, type LimiterClock } from './limiter.ts';
import { type LogEntry, redact } from './log.ts';
import { tidy } from './problems.ts';
import {
  decideRetry,
  effectOf,
  type Headers,
  header,
  type RetryClass,
  rateLimitPause,
  serverDelay,
  shortestWait,
} from './retry.ts';
import {
  createTransport,
  type Exchanged,
  type ExchangeLimits,
  proxyOf,
  REPLY_TOO_LARGE,
  type TransportOptions,
} from './transport.ts';

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
  /** Where a lease is held: no write leaves unless it lasts longer than the write may take. */
  readonly fence?: WriteFence | undefined;
  /** Bytes of a reply's body; default 64 MB. */
  readonly maxReplyBytes?: number | undefined;
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
  /** Writes that left this machine, whatever became of them. */
  writeCount(): number;
  /** Ends all connections; what is in flight fails. */
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;
const HEADERS_MS = 30_000;
const TOTAL_MS = 60_000;
const MAX_REPLY_BYTES = 64 * 1024 * 1024;

/** Throws `Failure` when the base address or the key cannot be used at all. */
export function createClient(options: ClientOptions): Client {
  const { clock, retry, signal, timeouts } = options;
  const connection = createConnection(options);
  const proxy = proxyOf(connection.origin, options.proxy);
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
  let writes = 0;

  async function send(request: ApiRequest): Promise<Answer> {
    const wire = connection.toWire(request);
    let effect: RequestEffect = 'none';
    let begun: number | undefined;
    for (let number = 1; ; number += 1) {
      const release = await limiter.acquire(number > 1);
      const writing = request.method !== 'GET';
      let limits = limitsFor(request, begun === undefined ? 0 : clock.now() - begun);
      if (writing && options.fence !== undefined) {
        try {
          limits = await fenced(options.fence, limits);
        } catch (cause) {
          release('unclear');
          throw notSent(cause, { method: request.method, path: request.path, attempts: number - 1, effect });
        }
      }
      const startedAt = clock.now();
      begun ??= startedAt;
      requests += 1;
      const exchanged = await transport.exchange(wire, limits, signal);
      if (writing && exchanged.type !== 'unsent') writes += 1;
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
        hopeless: exchanged.type === 'lost' && errorCode(exchanged.error) === REPLY_TOO_LARGE,
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

  /** What is left of the budget bounds every attempt; only an answer that is shown as it comes may take longer. */
  function limitsFor(request: ApiRequest, spentMs: number): ExchangeLimits {
    const left = Math.max(shortestWait(retry), retry.budgetMs - spentMs);
    const totalMs = timeouts?.totalMs ?? TOTAL_MS;
    return {
      headersMs: Math.min(timeouts?.headersMs ?? HEADERS_MS, left),
      totalMs: request.onText === undefined ? Math.min(totalMs, left) : totalMs,
      maxBytes: options.maxReplyBytes ?? MAX_REPLY_BYTES,
    };
  }

  /** A spent rate window holds everyone back, but never longer than a request is allowed to wait. */
  function holdBack(reply: { status: number; headers: Headers }, now: number): void {
    const asks = reply.status === 429 ? serverDelay : rateLimitPause;
    const ms = asks(reply.headers, now) ?? 0;
    if (ms > 0) limiter.pause(Math.min(ms, retry.budgetMs));
  }

  function failure(request: Failed, exchanged: Exchanged, seen: Interpreted): ApiError {
    if (exchanged.type !== 'reply') return networkError(request, connection.origin, exchanged.error, proxy);
    if (seen.outcome.type === 'lost') return badReplyError(request, exchanged, unreadable(exchanged.headers));
    return replyError(request, { ...exchanged, body: seen.body });
  }

  function withoutKey(error: ApiError): ApiError {
    const { kind, code, details, hint, cause } = error;
    const problems = error.problems.map(({ code: named, message, pointer }) => ({
      message: connection.scrub(message),
      ...(named === undefined ? {} : { code: connection.scrub(named) }),
      ...(pointer === undefined ? {} : { pointer: connection.scrub(pointer) }),
    }));
    const { requestId, ...request } = requestOf(error);
    const id = requestId === undefined ? undefined : connection.scrub(requestId);
    return new ApiError(
      kind,
      connection.scrub(error.message),
      { ...request, requestId: id, problems },
      { code, details, cause, ...(hint === undefined ? {} : { hint: connection.scrub(hint) }) },
    );
  }

  function log(request: ApiRequest, exchanged: Exchanged, seen: Interpreted, run: Run): void {
    if (options.log === undefined) return;
    const replied = exchanged.type === 'reply';
    const scrubbed = (text: string | undefined) => (text === undefined ? undefined : connection.scrub(text));
    const safe = (body: Json): Json => redact(concealJson(body), connection.scrub);
    options.log({
      method: request.method,
      path: connection.scrub(request.query === undefined ? request.path : `${request.path}?${request.query}`),
      status: replied ? exchanged.status : 0,
      ms: run.ms,
      attempt: run.attempt,
      requestId: replied ? scrubbed(requestIdOf(exchanged.headers)) : undefined,
      ...(replied ? {} : { error: errorCode(exchanged.error) || exchanged.error.message }),
      ...(run.retryInMs === undefined ? {} : { retryInMs: run.retryInMs }),
      bodies: {
        ...(request.body === undefined ? {} : { request: safe(request.body) }),
        ...(seen.body === undefined ? {} : { reply: safe(seen.body) }),
      },
    });
  }

  return {
    send,
    requestCount: () => requests,
    writeCount: () => writes,
    close: () => transport.close(),
  };
}

/** The limits of a write that may be sent now. */
async function fenced(fence: WriteFence, limits: ExchangeLimits): Promise<ExchangeLimits> {
  const totalMs = await fence.permit(limits.totalMs);
  return {
    ...limits,
    headersMs: Math.min(limits.headersMs, totalMs),
    totalMs,
    mayStart: (leftMs) => fence.outlives(leftMs),
  };
}

/** The lease is lost: an earlier attempt of the same write may have taken effect all the same. */
function notSent(cause: unknown, request: Failed): unknown {
  if (!(cause instanceof Failure) || request.effect === 'none') return cause;
  const { code, hint, message } = cause;
  return new ApiError(
    'partial',
    `${request.method} ${request.path}: it was sent, no usable reply came, and ${message}`,
    { ...request, status: 0 },
    { code, cause, ...(hint === undefined ? {} : { hint }) },
  );
}

function unreadable(headers: Headers): string {
  const encoding = header(headers, 'content-encoding');
  return encoding === undefined || encoding === 'identity'
    ? 'the body is not JSON'
    : `the body is compressed (${tidy(encoding)}), which was not asked for`;
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
