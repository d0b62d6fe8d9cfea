import { Failure } from '../model/errors.ts';

/** Anything thrown as a `Failure`; an unexpected error becomes an internal one. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure('internal', message, { code: 'INTERNAL', cause: error });
}
