import { Failure } from '../model/errors.ts';

/** Whatever was thrown, as a failure: what nobody expected is an internal error. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure('internal', message, { code: 'INTERNAL', cause: error });
}
