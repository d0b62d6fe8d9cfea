import type { ApiProblem } from '../../model/errors.ts';
import { fromPointer, isArray, isObject, type Json, type JsonObject, toPointer } from '../../model/json.ts';

const LONGEST_TEXT = 500;
/** A body may name any number of problems: so many are kept, and so many are told in one line. */
const MOST_PROBLEMS = 50;
const MOST_TOLD = 8;

/**
 * Reads an error body in any form the API is known to use: Telnyx `errors[]`, FastAPI `detail[]`,
 * `{ "detail": "text" }`, `{ "message": "text" }`. Other bodies give no problems.
 */
export function readProblems(body: Json | undefined): readonly ApiProblem[] {
  if (!isObject(body)) return [];
  if (isArray(body.errors)) return body.errors.slice(0, MOST_PROBLEMS).flatMap(telnyxProblem);
  if (isArray(body.detail)) return body.detail.slice(0, MOST_PROBLEMS).flatMap(fastApiProblem);
  const text =
    oneLine(body.detail) ?? oneLine(body.message) ?? oneLine(body.error) ?? nestedMessage(body.error);
  return text === undefined ? [] : [{ message: text }];
}

function nestedMessage(error: Json | undefined): string | undefined {
  return isObject(error) ? oneLine(error.message) : undefined;
}

function telnyxProblem(entry: Json): readonly ApiProblem[] {
  if (!isObject(entry)) return oneLine(entry) === undefined ? [] : [{ message: oneLine(entry) ?? '' }];
  const message = oneLine(entry.detail) ?? oneLine(entry.title) ?? oneLine(entry.message);
  const code = typeof entry.code === 'number' ? String(entry.code) : oneLine(entry.code);
  const source: JsonObject = isObject(entry.source) ? entry.source : {};
  // Pointers begin at the request (`/body/name`) or at its body (`/name`); no body has a member `body`.
  const pointer = oneLine(source.pointer)?.replace(/^\/body(?=\/|$)/, '') || '/';
  if (message === undefined && code === undefined) return [];
  return [problem(message ?? `error ${code ?? ''}`, code, pointer === '/' ? undefined : pointer)];
}

function fastApiProblem(entry: Json): readonly ApiProblem[] {
  if (!isObject(entry)) return oneLine(entry) === undefined ? [] : [{ message: oneLine(entry) ?? '' }];
  const message = oneLine(entry.msg) ?? oneLine(entry.message);
  if (message === undefined) return [];
  const path = isArray(entry.loc) ? entry.loc.map((part) => tidy(String(part))) : [];
  const pointer = toPointer(path[0] === 'body' ? path.slice(1) : path);
  return [problem(message, oneLine(entry.type), pointer)];
}

function problem(message: string, code: string | undefined, pointer: string | undefined): ApiProblem {
  return {
    message,
    ...(code === undefined ? {} : { code }),
    ...(pointer === undefined || !isPointer(pointer) ? {} : { pointer }),
  };
}

/** A longer one points to nothing that a request of ours held. */
function isPointer(text: string): boolean {
  return text.startsWith('/') && text.length <= LONGEST_TEXT;
}

/** `name: Field required; tools.0.webhook.url: invalid URL`. */
export function describeProblems(problems: readonly ApiProblem[]): string {
  const told = problems
    .slice(0, MOST_TOLD)
    .map(({ pointer, message }) =>
      pointer === undefined ? message : `${fromPointer(pointer).join('.')}: ${message}`,
    );
  const more = problems.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** Text of the server made fit for one line of a terminal: no control characters, not endless. */
export function tidy(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
  const line = text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line;
}

function oneLine(value: Json | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  const line = tidy(value);
  return line === '' ? undefined : line;
}
