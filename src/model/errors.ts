import type { FailureCode } from './codes/failure-codes.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Json } from './json.ts';

/** Why a command ended; the cli maps each to one exit code (see cli/exit-codes.ts). */
export type ErrorKind =
  | 'usage'
  | 'spec'
  | 'auth'
  | 'refused'
  | 'stale'
  | 'partial'
  | 'unavailable'
  | 'gate'
  | 'inconclusive'
  | 'interrupted'
  | 'internal';

export interface FailureDetails {
  readonly code: FailureCode;
  /** The next thing to do, as a sentence or a command line. */
  readonly hint?: string;
  readonly diagnostics?: readonly Diagnostic[];
  /** Machine-readable extras for `--format json`. */
  readonly details?: { readonly [key: string]: Json };
  readonly cause?: unknown;
}

/** An expected failure, classified where it is born. */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly kind: ErrorKind;
  readonly code: FailureCode;
  readonly hint: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly details: { readonly [key: string]: Json };

  constructor(kind: ErrorKind, message: string, failure: FailureDetails) {
    super(message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.kind = kind;
    this.code = failure.code;
    this.hint = failure.hint;
    this.diagnostics = failure.diagnostics ?? [];
    this.details = failure.details ?? {};
  }
}

/** One entry of a Telnyx `errors[]` or FastAPI `detail[]` body. */
export interface ApiProblem {
  readonly code?: string;
  readonly message: string;
  /** JSON Pointer into the request body, when the API named a place. */
  readonly pointer?: string;
}

/**
 * What a failed request may have done: `none` it never reached the API or the API refused it before acting;
 * `unknown` it may have taken effect (connection lost, timeout or 5xx after the request was sent).
 */
export type RequestEffect = 'none' | 'unknown';

/** A request that failed for good, after its retries. */
export class ApiError extends Failure {
  override readonly name: string = 'ApiError';
  readonly method: string;
  readonly path: string;
  /** HTTP status, or 0 when no complete reply arrived. */
  readonly status: number;
  readonly requestId: string | undefined;
  readonly problems: readonly ApiProblem[];
  readonly effect: RequestEffect;

  constructor(
    kind: ErrorKind,
    message: string,
    request: {
      readonly method: string;
      readonly path: string;
      readonly status: number;
      readonly requestId?: string | undefined;
      readonly problems?: readonly ApiProblem[];
      readonly effect: RequestEffect;
    },
    failure: FailureDetails,
  ) {
    super(kind, message, failure);
    this.method = request.method;
    this.path = request.path;
    this.status = request.status;
    this.requestId = request.requestId;
    this.problems = request.problems ?? [];
    this.effect = request.effect;
  }
}
