import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';

/** One attempt of one request, for `--verbose`. Holds no secret: bodies are redacted, headers are left out. */
export interface LogEntry {
  readonly method: string;
  /** Path with its query, below the API base. */
  readonly path: string;
  /** HTTP status, or 0 when no complete reply arrived. */
  readonly status: number;
  readonly ms: number;
  /** Counts from 1. */
  readonly attempt: number;
  readonly requestId: string | undefined;
  /** Why there is no status. */
  readonly error?: string;
  /** Set when the request is going to be sent again. */
  readonly retryInMs?: number;
  readonly bodies?: { readonly request?: Json; readonly reply?: Json };
}

const HIDDEN = '[redacted]';
const SECRET_KEY =
  /^(authorization|proxy-authorization|x-api-key|api_?key|.*password|.*secret|.*_token|token|credentials?)$/i;
const HEADER_KEY = /^(custom_)?headers$/i;

/**
 * Replaces what may be a credential: values under names such as `sip_auth_password` or `Authorization`, and
 * header values that are more than a `{{template}}`. Names of stored secrets (`*_ref`) are not secret. What
 * text remains goes through `scrub`.
 */
export function redact(value: Json, scrub: (text: string) => string = (text) => text): Json {
  if (typeof value === 'string') return scrub(value);
  if (isArray(value)) return value.map((item) => redact(item, scrub));
  if (!isObject(value)) return value;
  return mapMembers(value, (key, member) => {
    if (SECRET_KEY.test(key) && (typeof member === 'string' || typeof member === 'number')) return HIDDEN;
    return HEADER_KEY.test(key) ? redactHeaders(member) : redact(member, scrub);
  });
}

/** Both forms in use: `[{ name, value }]` and `{ name: value }`. */
function redactHeaders(headers: Json): Json {
  if (isArray(headers)) {
    return headers.map((item) =>
      isObject(item)
        ? mapMembers(item, (key, member) => (key === 'value' ? hideLiteral(member) : member))
        : item,
    );
  }
  return isObject(headers) ? mapMembers(headers, (_, member) => hideLiteral(member)) : hideLiteral(headers);
}

function hideLiteral(value: Json): Json {
  return typeof value === 'string' && isTemplate(value) ? value : HIDDEN;
}

/** True when nothing but an authentication scheme stands beside the templates. */
function isTemplate(text: string): boolean {
  const rest = text.replaceAll(/\{\{#([^{}]*)\}\}[^{}]*\{\{\/\1\}\}/g, '').replaceAll(/\{\{[^{}]*\}\}/g, '');
  return rest !== text && /^\s*(bearer|basic|token)?\s*$/i.test(rest);
}

function mapMembers(object: JsonObject, change: (key: string, value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(key, value)]));
}
