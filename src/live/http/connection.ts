import { concealText } from '../../model/credentials.ts';
import { Failure } from '../../model/errors.ts';
import { type JsonObject, stableStringify } from '../../model/json.ts';
import type { HttpRequest } from './transport.ts';

/** Where requests go and as whom, checked once. */
export interface HttpConnection {
  readonly origin: string;
  /** The bytes of a request; the same request always gives the same bytes. */
  toWire(request: WireRequest): HttpRequest;
  /** Takes the key and other credentials out of a text from elsewhere: a server may repeat what it was sent. */
  scrub(text: string): string;
}

export interface WireRequest {
  readonly method: HttpRequest['method'];
  /** Below the API base, segments already percent-encoded. */
  readonly path: string;
  /** Already encoded. */
  readonly query?: string;
  readonly body?: JsonObject;
  readonly idempotencyKey?: string;
  /** Media types, where something else than JSON is expected. */
  readonly accept?: string;
  /** See {@link HttpRequest}. */
  readonly onText?: (text: string) => void;
}

/** Throws `Failure` when the base address or the key cannot be used at all. */
export function createConnection(options: {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly userAgent: string;
}): HttpConnection {
  const base = parseBase(options.baseUrl);
  const key = options.apiKey;
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    throw new Failure(
      'auth',
      'The API key is empty or holds characters that no key has (spaces, line breaks).',
      {
        code: 'API_KEY_INVALID',
        hint: 'Set the variable named by api_key_env to the key alone.',
      },
    );
  }
  return {
    origin: base.origin,
    scrub: (text) => concealText(key === undefined ? text : text.replaceAll(key, '[redacted]')),
    toWire: ({ method, path, query, body, idempotencyKey, accept, onText }) => ({
      method,
      path: `${base.prefix}${path}${query === undefined ? '' : `?${query}`}`,
      headers: {
        accept: accept ?? 'application/json',
        'accept-encoding': 'identity',
        'user-agent': options.userAgent,
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      body: body === undefined ? undefined : stableStringify(body),
      ...(onText === undefined ? {} : { onText }),
    }),
  };
}

function parseBase(text: string): { origin: string; prefix: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const usable =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!usable) {
    throw new Failure(
      'usage',
      'The base URL of the API must be http(s)://host[:port][/path] and nothing more.',
      {
        code: 'BASE_URL',
        hint: 'Correct base_url in assistantctl.yaml or TELNYX_BASE_URL.',
      },
    );
  }
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') };
}
