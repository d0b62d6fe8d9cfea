import type { Json, JsonObject } from '../../model/json.ts';
import type { ValidationIssue } from './errors.ts';
import type { Quirks } from './quirks.ts';
import type { RunScript, RunTimings } from './run-scripts.ts';
import type { Store } from './store.ts';

/** Bodies that an injected validator may be asked about. */
export type BodyOperation =
  | 'assistant.create'
  | 'assistant.update'
  | 'tool.create'
  | 'tool.update'
  | 'mcp_server.create'
  | 'mcp_server.update'
  | 'test.create'
  | 'test.update'
  | 'insight.create'
  | 'insight.update'
  | 'insight_group.create'
  | 'insight_group.update';

/** Checks a request body; `loc` is relative to the body. An empty answer accepts it. */
export type BodyValidator = (operation: BodyOperation, body: JsonObject) => readonly ValidationIssue[];

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a fault hook sees of a request. `body` is undefined when it is empty or not JSON. */
export interface RequestInfo {
  readonly method: string;
  /** Decoded path below the base URL, e.g. `/ai/assistants`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Json | undefined;
  readonly idempotencyKey: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** One entry of the request log. `status` is 0 while unanswered and when the connection was cut without a reply. */
export interface RequestLogEntry extends RequestInfo {
  readonly index: number;
  readonly status: number;
}

/** A misbehaviour for one request. "after" kinds do the request's work and then lose or spoil the reply. */
export type Fault =
  | { readonly kind: 'reset-before' }
  | { readonly kind: 'reset-after' }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: Json;
      readonly afterEffect?: boolean;
    }
  | { readonly kind: 'hang'; readonly afterEffect?: boolean }
  | { readonly kind: 'truncate' }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'delay'; readonly ms: number };

/** Decides per request, by content or by its 0-based index, whether and how it goes wrong. */
export type FaultHook = (request: RequestInfo, index: number) => Fault | undefined;

export interface EmulatorOptions {
  /** The file that keeps all data; without it the data lives in memory. */
  readonly dataFile?: string;
  /** 0 (the default) lets the system choose. */
  readonly port?: number;
  readonly host?: string;
  /** The one accepted bearer key; without it any key is accepted, but not its absence. */
  readonly apiKey?: string;
  readonly quirks?: Partial<Quirks>;
  readonly validateBody?: BodyValidator;
  readonly clock: () => Date;
  readonly randomUuid: () => string;
  /** Added before every reply. */
  readonly latencyMs?: number;
  /** Requests allowed per window; above it 429 with `Retry-After`. Not enforced by default. */
  readonly rateLimit?: { readonly limit: number; readonly windowMs: number };
  readonly faults?: FaultHook;
  readonly onRequest?: (entry: RequestLogEntry) => void;
  /** Results of test runs; the first script that matches decides, and without one a run passes. */
  readonly scripts?: readonly RunScript[];
  readonly runTimings?: Partial<RunTimings>;
  /** How many requests the log remembers (default 10,000). */
  readonly logSize?: number;
}

export interface EmulatorHandle {
  /** Base URL, ending in `/v2`. */
  readonly url: string;
  readonly port: number;
  /** The remembered requests in order of arrival. */
  readonly requests: readonly RequestLogEntry[];
  /** The data itself, for tests that arrange or inspect state past the API. */
  readonly store: Store;
  /** Replaces the run scripts from now on. */
  setScripts(scripts: readonly RunScript[]): void;
  /** Replaces single quirks from now on. */
  setQuirks(quirks: Partial<Quirks>): void;
  setFaults(faults: FaultHook | undefined): void;
  /** Stops listening, cuts open connections and saves. Safe to call twice. */
  close(): Promise<void>;
}

/** What handlers work on. */
export interface EmulatedWorld {
  readonly store: Store;
  readonly quirks: Quirks;
  readonly scripts: readonly RunScript[];
  readonly timings: RunTimings;
  readonly validateBody: BodyValidator | undefined;
  now(): Date;
  uuid(): string;
}

/** One request as a handler sees it. */
export interface Call {
  readonly world: EmulatedWorld;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The parsed body; `{}` for a request without one. */
  readonly body: JsonObject;
}

/** A handler's answer. `json` undefined and no `raw` means an empty body. */
export interface Reply {
  readonly status: number;
  readonly json?: Json;
  /** A body that is not plain JSON; chunks are written one by one. */
  readonly raw?: { readonly contentType: string; readonly chunks: readonly string[] };
}

export interface Route {
  readonly method: Method;
  /** Path template below the base URL, e.g. `/ai/tools/{tool_id}`. */
  readonly path: string;
  readonly handle: (call: Call) => Reply;
  /** Accepts `Idempotency-Key`. */
  readonly keyed?: true;
}

/** 200 with a JSON body, unless another status is given. */
export const ok = (json: Json, status = 200): Reply => ({ status, json });

/** An empty body. */
export const empty = (status: number): Reply => ({ status });
