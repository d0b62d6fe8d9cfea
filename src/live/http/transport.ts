import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { Failure } from '../../model/errors.ts';
import { type Headers, header } from './retry.ts';

/** One HTTP exchange over a keep-alive pool: no retry, no redirect, no interpretation. */
export interface Transport {
  /** Never rejects. */
  exchange(request: HttpRequest, limits: ExchangeLimits, signal?: AbortSignal): Promise<Exchanged>;
  /** Closes every connection; what is still in flight ends as lost. */
  close(): Promise<void>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path with its query. */
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | undefined;
  /** Gets the text of a success as it arrives; the whole text is part of the result all the same. */
  readonly onText?: (text: string) => void;
}

/** `totalMs` runs from the call to the last byte of the reply. */
export interface ExchangeLimits {
  readonly headersMs: number;
  readonly totalMs: number;
  /** Bytes of the reply's body. */
  readonly maxBytes: number;
  /** Asked right before the first byte leaves, with the milliseconds that are left of `totalMs`. */
  readonly mayStart?: (leftMs: number) => boolean;
}

export type Exchanged =
  | {
      readonly type: 'reply';
      readonly status: number;
      readonly reason: string;
      readonly headers: Headers;
      readonly text: string;
    }
  /** No reply. `unsent` promises that not one byte of the request left this machine. */
  | { readonly type: 'unsent' | 'lost'; readonly error: Error };

export interface TransportOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly connections: number;
  readonly connectMs: number;
  /** Values of HTTP_PROXY, HTTPS_PROXY and NO_PROXY; without them, and to loopback, connections are direct. */
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly no?: string };
}

export const TOTAL_TIMEOUT = 'TOTAL_TIMEOUT';
export const ABORTED = 'ABORTED';
export const NOT_PERMITTED = 'NOT_PERMITTED';
export const REPLY_TOO_LARGE = 'REPLY_TOO_LARGE';

/** Throws `Failure` when a proxy is given that is no URL. */
export function createTransport(options: TransportOptions): Transport {
  const dispatcher = createDispatcher(options);
  return {
    exchange: (request, limits, signal) => exchange(dispatcher, options.origin, request, limits, signal),
    close: () => dispatcher.destroy(),
  };
}

function createDispatcher({ origin, connections, connectMs, proxy }: TransportOptions): Dispatcher {
  const pool = { connections, pipelining: 1, keepAliveTimeout: 10_000, connect: { timeout: connectMs } };
  if (proxy === undefined || isLoopback(origin)) return new Agent(pool);
  try {
    // Empty strings keep undici from reading the environment for what was not given.
    return new EnvHttpProxyAgent({
      ...pool,
      httpProxy: proxy.http ?? '',
      httpsProxy: proxy.https ?? '',
      noProxy: proxy.no ?? '',
    });
  } catch {
    // The cause is left out: it quotes the address, which may hold a password.
    throw new Failure('usage', 'The proxy address is not a URL.', {
      code: 'PROXY',
      hint: 'Write HTTPS_PROXY and HTTP_PROXY as http://host:port.',
    });
  }
}

/** Host and port of the proxy that requests to the origin go through, never its password. */
export function proxyOf(origin: string, proxy: TransportOptions['proxy'] | undefined): string | undefined {
  const address = new URL(origin).protocol === 'https:' ? (proxy?.https ?? proxy?.http) : proxy?.http;
  if (address === undefined || !URL.canParse(address) || isLoopback(origin)) return undefined;
  const { hostname } = new URL(origin);
  const direct = (proxy?.no ?? '').split(/[\s,]+/).some((entry) => {
    const name = entry.replace(/^\*?\./, '').replace(/:\d+$/, '');
    return entry === '*' || (name !== '' && (hostname === name || hostname.endsWith(`.${name}`)));
  });
  return direct ? undefined : new URL(address).host;
}

/** A proxy cannot reach this machine's own addresses. */
function isLoopback(origin: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(origin).hostname);
}

/**
 * Dispatches by hand, not with `undici.request`, for one reason: `onRequestStart` is called right before the
 * first byte is written, so that a failure before it is known to have had no effect.
 */
function exchange(
  dispatcher: Dispatcher,
  origin: string,
  request: HttpRequest,
  limits: ExchangeLimits,
  signal: AbortSignal | undefined,
): Promise<Exchanged> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let stopped: Error | undefined;
    let head: { status: number; reason: string; headers: Headers } | undefined;
    const chunks: Buffer[] = [];
    let size = 0;
    const deadline = performance.now() + limits.totalMs;
    const decoder = new TextDecoder();

    const stop = (code: string, message: string): void => {
      stopped = failedWith(code, message);
      if (controller === undefined) fail(stopped);
      else controller.abort(stopped);
    };
    const timer = setTimeout(
      () => stop(TOTAL_TIMEOUT, `no complete reply within ${limits.totalMs} ms`),
      limits.totalMs,
    );
    const onAbort = (): void => stop(ABORTED, 'interrupted');
    const settle = (result: Exchanged): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve(result);
    };
    const finish = (): void => {
      if (head !== undefined) settle({ type: 'reply', ...head, text: decodeText(chunks) });
    };
    const fail = (error: Error): void => {
      // A refusal is final with its status line; its text would only have explained it.
      if (head !== undefined && head.status >= 400 && stopped === undefined) finish();
      else settle({ type: controller === undefined ? 'unsent' : 'lost', error: stopped ?? error });
    };

    if (signal?.aborted === true) {
      onAbort();
      return;
    }
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      dispatcher.dispatch(
        {
          origin,
          method: request.method,
          path: request.path,
          headers: { ...request.headers },
          body: request.body ?? null,
          headersTimeout: limits.headersMs,
          bodyTimeout: limits.headersMs,
        },
        {
          onRequestStart(started) {
            const leftMs = deadline - performance.now();
            if (stopped === undefined && leftMs <= 0) {
              stopped = failedWith(TOTAL_TIMEOUT, `no connection within ${limits.totalMs} ms`);
            }
            if (stopped === undefined && limits.mayStart?.(leftMs) === false) {
              stopped = failedWith(NOT_PERMITTED, 'the time to send this is over');
            }
            if (stopped !== undefined) {
              started.abort(stopped);
              return;
            }
            controller = started;
          },
          onResponseStart(_, status, headers, reason) {
            // 1xx are not the reply.
            if (status >= 200) head = { status, headers, reason: reason ?? '' };
            if (Number(header(headers, 'content-length') ?? 0) > limits.maxBytes)
              stop(REPLY_TOO_LARGE, TOO_LARGE);
          },
          onResponseData(_, chunk) {
            size += chunk.length;
            if (size > limits.maxBytes) {
              chunks.length = 0;
              stop(REPLY_TOO_LARGE, TOO_LARGE);
              return;
            }
            chunks.push(chunk);
            const good = head !== undefined && head.status < 300;
            if (good) request.onText?.(decoder.decode(chunk, { stream: true }));
          },
          onResponseEnd: finish,
          onResponseError(_, error) {
            fail(error);
          },
        },
      );
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

const TOO_LARGE = 'the reply is larger than a reply may be';

function failedWith(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function decodeText(chunks: readonly Buffer[]): string {
  return new TextDecoder().decode(Buffer.concat(chunks));
}
