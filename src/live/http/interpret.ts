import type { Json } from '../../model/json.ts';
import type { Pressure } from './limiter.ts';
import { parseJson } from './parse.ts';
import { readProblems } from './problems.ts';
import type { AttemptOutcome } from './retry.ts';
import type { Exchanged } from './transport.ts';

/** What counts as an answer to a request. */
export interface Expectation {
  /** A 404 is an answer, not a failure. */
  readonly mayBeMissing?: boolean;
  /** Whatever the server decides is an answer: only overload, failure and silence are none. */
  readonly anyVerdict?: boolean;
  /** The reply's body is of no interest and may be empty. */
  readonly ignoreBody?: boolean;
  /** An empty body is as good as any. */
  readonly mayBeEmpty?: boolean;
  /** The reply is text: JSON or not, it is handed on as it came. */
  readonly textBody?: boolean;
}

export interface Interpreted {
  /** True when the request is answered; false when it failed, for now or for good. */
  readonly done: boolean;
  readonly outcome: AttemptOutcome;
  readonly body: Json | undefined;
}

/** A success whose body is not JSON counts as lost: a proxy's error page, or a reply cut short. */
export function interpret(expected: Expectation, exchanged: Exchanged): Interpreted {
  if (exchanged.type !== 'reply') {
    return { done: false, outcome: { type: exchanged.type }, body: undefined };
  }
  const { status, headers } = exchanged;
  const succeeded = status >= 200 && status < 300;
  const body = bodyOf(expected, exchanged.text, succeeded);
  if (succeeded && body === undefined && expected.ignoreBody !== true) {
    return { done: false, outcome: { type: 'lost' }, body };
  }
  const verdict = expected.anyVerdict === true && status < 500 && status !== 429;
  const done = succeeded || verdict || (status === 404 && expected.mayBeMissing === true);
  const codes = done ? [] : readProblems(body).flatMap(({ code }) => (code === undefined ? [] : [code]));
  return { done, outcome: { type: 'reply', status, headers, codes }, body };
}

function bodyOf(expected: Expectation, text: string, succeeded: boolean): Json | undefined {
  if (succeeded && expected.ignoreBody === true) return undefined;
  if (expected.mayBeEmpty === true && text.trim() === '') return null;
  return succeeded && expected.textBody === true ? text : parseJson(text);
}

export function pressureOf(outcome: AttemptOutcome): Pressure {
  if (outcome.type !== 'reply') return 'unclear';
  if (outcome.status === 429 || outcome.status === 503) return 'overloaded';
  return outcome.status < 500 ? 'relaxed' : 'unclear';
}
