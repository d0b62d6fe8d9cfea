import type { Diagnostic } from '../../model/diagnostic.ts';
import { ApiError, type Failure } from '../../model/errors.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { renderDiagnostics } from './diagnostics.ts';
import { finish, paint, paragraph, type Style } from './style.ts';
import { visible } from './visible.ts';

/** Why a command failed, for people and for programs. */

function requestFacts(error: ApiError): string {
  const status = error.status === 0 ? 'no reply' : `HTTP ${error.status}`;
  const request = error.requestId === undefined ? '' : `, request ${error.requestId}`;
  return `${error.method} ${error.path}: ${status}${request}`;
}

function apiLines(error: ApiError, style: Style): readonly string[] {
  const problems = error.problems.flatMap((problem) => {
    const code = problem.code === undefined ? '' : `${problem.code} `;
    const pointer = problem.pointer === undefined ? '' : ` (at ${problem.pointer})`;
    // A single problem is usually the message itself.
    if (problem.pointer === undefined && error.message.includes(problem.message)) return [];
    return paragraph(style, `- ${code}${problem.message}${pointer}`, 2);
  });
  const unknown =
    error.effect === 'unknown' && error.method !== 'GET'
      ? paragraph(style, 'It is not known whether this request took effect.', 2)
      : [];
  return [...paragraph(style, requestFacts(error), 2, 'dim'), ...problems, ...unknown];
}

/** The message, what the API said, the problems and the next thing to do. Line breaks of the message are kept. */
export function renderFailure(failure: Failure, style: Style): string {
  const [first = '', ...more] = failure.message.split('\n');
  const head = `${paint(style, 'red', 'error')} ${visible(failure.code)}: ${visible(first)}`;
  // A refusal that repeats one of its diagnostics is printed once.
  const said = failure.diagnostics.filter(({ message }) => failure.message.split('\n').includes(message));
  const others = failure.diagnostics.filter((diagnostic) => !said.includes(diagnostic));
  const places = said.flatMap(({ position: at }) =>
    at === undefined ? [] : [`${at.file}:${at.line}:${at.column}`],
  );
  return finish([
    ...(others.length === 0 ? [] : renderDiagnostics(others, style).split('\n')),
    head,
    ...more.flatMap((line) => paragraph(style, line, 2)),
    ...(places.length === 0 ? [] : paragraph(style, `at ${[...new Set(places)].join(', ')}`, 2)),
    ...(failure instanceof ApiError ? apiLines(failure, style) : []),
    ...(failure.hint === undefined ? [] : [`  hint: ${visible(failure.hint)}`]),
  ]);
}

function diagnosticJson(diagnostic: Diagnostic): JsonObject {
  const { severity, code, message, position, address, pointer, hint } = diagnostic;
  return {
    severity,
    code,
    message,
    ...(position === undefined
      ? {}
      : { position: { file: position.file, line: position.line, column: position.column } }),
    ...(address === undefined ? {} : { address }),
    ...(pointer === undefined ? {} : { pointer }),
    ...(hint === undefined ? {} : { hint }),
  };
}

function requestJson(error: ApiError): JsonObject {
  const problems: readonly Json[] = error.problems.map((problem) => ({
    message: problem.message,
    ...(problem.code === undefined ? {} : { code: problem.code }),
    ...(problem.pointer === undefined ? {} : { pointer: problem.pointer }),
  }));
  return {
    method: error.method,
    path: error.path,
    status: error.status,
    request_id: error.requestId ?? null,
    effect: error.effect,
    problems,
  };
}

/** The one JSON document of a failed command: `{"error":{"kind","code","message","details"}}`. */
export function failureJson(failure: Failure): JsonObject {
  const details: JsonObject = {
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
    ...(failure.diagnostics.length === 0 ? {} : { diagnostics: failure.diagnostics.map(diagnosticJson) }),
    ...(failure instanceof ApiError ? { request: requestJson(failure) } : {}),
    ...failure.details,
  };
  return { error: { kind: failure.kind, code: failure.code, message: failure.message, details } };
}
