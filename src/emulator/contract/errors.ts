import type { Json } from '../../model/json.ts';

/** One entry of a FastAPI-style validation body. */
export interface ValidationIssue {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** A refused request. The server turns it into the reply; nothing that the handler wrote before it is kept. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;
  readonly body: Json;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: Json, headers: Readonly<Record<string, string>> = {}) {
    super(`${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

const DOCS = 'https://developers.telnyx.com/docs/overview/errors';

/** The Telnyx error envelope; `code` is a string there. */
export function telnyxError(
  status: number,
  code: string,
  title: string,
  detail: string,
  pointer?: string,
): ApiFailure {
  const source = pointer === undefined ? {} : { source: { pointer } };
  return new ApiFailure(status, {
    errors: [{ code, title, detail, ...source, meta: { url: `${DOCS}/${code}` } }],
  });
}

export const badRequest = (detail: string, pointer?: string) =>
  telnyxError(400, '10015', 'Bad Request', detail, pointer);

export const unauthorized = () =>
  telnyxError(401, '10009', 'Authentication failed', 'Could not find any usable credentials in the request.');

export const notFound = (detail = 'The requested resource or URL could not be found.') =>
  telnyxError(404, '10005', 'Resource not found', detail);

export const conflict = (detail: string, code = '10012') => telnyxError(409, code, 'Conflict', detail);

/** 405 in the style of the AI endpoints' web framework. */
export const methodNotAllowed = (allowed: readonly string[]) =>
  new ApiFailure(405, { detail: 'Method Not Allowed' }, { allow: allowed.join(', ') });

/** 422 in the style of the AI endpoints; `loc` starts with `body`, `query` or `path`. */
export const invalid = (issues: readonly ValidationIssue[]) =>
  new ApiFailure(422, { detail: issues.map(({ loc, msg, type }) => ({ type, loc, msg })) });

/** 422 for one place in the body. */
export const invalidBody = (loc: readonly (string | number)[], msg: string, type = 'value_error') =>
  invalid([{ loc: ['body', ...loc], msg, type }]);
