import type { FailureCode } from '../../model/codes/failure-codes.ts';
import { ApiError, type ErrorKind, type RequestEffect } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';
import { describeProblems, readProblems, tidy } from './problems.ts';
import { type Headers, header } from './retry.ts';
import { ABORTED, NOT_PERMITTED, REPLY_TOO_LARGE, TOTAL_TIMEOUT } from './transport.ts';

/** What an error message needs to know of the request that failed. */
export interface FailedRequest {
  readonly method: string;
  /** Below the API base, without query. */
  readonly path: string;
  readonly attempts: number;
  readonly effect: RequestEffect;
}

export interface RefusedReply {
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly body: Json | undefined;
}

export function requestIdOf(headers: Headers): string | undefined {
  const id = header(headers, 'x-request-id', 'request-id');
  return id === undefined ? undefined : tidy(id);
}

/** A reply that is no success, as `POST /ai/tools: 422 name: Field required (request id 1234)`. */
export function replyError(request: FailedRequest, reply: RefusedReply): ApiError {
  const problems = readProblems(reply.body);
  const requestId = requestIdOf(reply.headers);
  const said = describeProblems(problems) || tidy(reply.reason) || 'no explanation given';
  const message = `${request.method} ${request.path}: ${reply.status} ${said}${tries(request)}${withId(requestId)}`;
  const hint = replyHint(request.method, reply);
  return new ApiError(
    kindOf(reply.status, request.method),
    message,
    { ...request, status: reply.status, requestId, problems },
    { code: `API_${reply.status}`, ...(hint === undefined ? {} : { hint }) },
  );
}

/** A write that is refused is a matter between the spec and the API; a read that is refused leaves us blind. */
function kindOf(status: number, method: string): ErrorKind {
  if (status === 401 || status === 403) return 'auth';
  const refused = status >= 400 && status < 500 && status !== 408 && status !== 429;
  return refused && method !== 'GET' ? 'partial' : 'unavailable';
}

function replyHint(method: string, { status, headers }: RefusedReply): string | undefined {
  if (status === 401)
    return 'Check that the variable named by api_key_env holds a valid key of this account.';
  if (status === 403)
    return 'The key is valid but lacks the permission; use a key that may manage AI assistants.';
  if (status === 429)
    return 'The rate budget is spent; try again later or lower concurrency in assistantctl.yaml.';
  if (status >= 500 && method === 'GET')
    return 'The API failed while it was read; run the command again in a while.';
  if (status === 404 && method === 'GET') return CHECK_BASE;
  const location = header(headers, 'location');
  if (status >= 300 && status < 400 && location !== undefined) {
    return `Redirects are not followed, so that the key goes nowhere else; base_url points to a server that redirects to ${tidy(location)}.`;
  }
  return undefined;
}

/** No usable reply: connection refused, lost, timed out, or interrupted. `proxy` is where connections go through. */
export function networkError(request: FailedRequest, origin: string, cause: Error, proxy?: string): ApiError {
  const code = errorCode(cause);
  const unsent = UNSENT_TEXTS[code];
  const certificate = CERTIFICATE_TEXTS[code];
  const told =
    unsent ?? certificate ?? LOST_TEXTS[code] ?? `the connection failed (${code || tidy(cause.message)})`;
  const interrupted = code === ABORTED;
  const way = proxy === undefined ? origin : `${origin} through the proxy ${proxy}`;
  const message = `${request.method} ${request.path}: ${told}, ${way}${tries(request)}`;
  return new ApiError(
    interrupted ? 'interrupted' : 'unavailable',
    message,
    { ...request, status: 0 },
    {
      code: interrupted ? 'INTERRUPTED' : failureCode(code),
      cause,
      ...(interrupted ? {} : { hint: networkHint(code, proxy) }),
    },
  );
}

function networkHint(code: string, proxy: string | undefined): string {
  if (CERTIFICATE_TEXTS[code] !== undefined)
    return 'Behind a proxy that opens connections, name its certificate in NODE_EXTRA_CA_CERTS; else check base_url.';
  if (code === REPLY_TOO_LARGE)
    return 'Check base_url; if the account is that large, raise limits.max_reply_mb in assistantctl.yaml.';
  return proxy === undefined
    ? 'Check the network, base_url and TELNYX_BASE_URL, then run the command again.'
    : 'Check the proxy, or name the host in NO_PROXY, then run the command again.';
}

/** A success whose body is not what the API documents. */
export function badReplyError(
  request: FailedRequest,
  reply: { readonly status: number; readonly headers: Headers },
  what: string,
): ApiError {
  const requestId = requestIdOf(reply.headers);
  const message = `${request.method} ${request.path}: ${reply.status}, but ${what}${tries(request)}${withId(requestId)}`;
  return new ApiError(
    'unavailable',
    message,
    { ...request, status: reply.status, requestId },
    { code: 'BAD_REPLY', hint: CHECK_BASE },
  );
}

const CHECK_BASE = 'Check that base_url is the address of the Telnyx API (it ends in /v2).';

const UNSENT_TEXTS: { readonly [code: string]: string } = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'the name service does not answer',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  [NOT_PERMITTED]: 'the lock could not be held long enough to send it',
};

const LOST_TEXTS: { readonly [code: string]: string } = {
  UND_ERR_HEADERS_TIMEOUT: 'no reply in time',
  UND_ERR_BODY_TIMEOUT: 'the reply stopped halfway',
  [TOTAL_TIMEOUT]: 'no complete reply in time',
  [REPLY_TOO_LARGE]: 'the reply is larger than limits.max_reply_mb allows',
  [ABORTED]: 'interrupted',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed before the reply was complete',
};

/** What Node says about a certificate that it does not trust. */
const CERTIFICATE_TEXTS: { readonly [code: string]: string } = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'the chain of certificates ends in one that is signed by itself',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is signed by nobody that Node trusts',
  UNABLE_TO_GET_ISSUER_CERT: 'the certificate is signed by nobody that Node trusts',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate is signed by nobody that Node trusts',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate belongs to another name',
};

function failureCode(code: string): FailureCode {
  if (/TIMEOUT$/.test(code)) return 'API_TIMEOUT';
  return UNSENT_TEXTS[code] === undefined ? 'API_CONNECTION' : 'API_UNREACHABLE';
}

/** Node joins the failures of several addresses of one host into an `AggregateError`; the first tells enough. */
export function errorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

function tries({ attempts }: FailedRequest): string {
  return attempts > 1 ? ` after ${attempts} attempts` : '';
}

function withId(requestId: string | undefined): string {
  return requestId === undefined ? '' : ` (request id ${requestId})`;
}
