import { Failure } from '../model/errors.ts';
import { failureJson, renderFailure } from '../render/terminal/errors.ts';
import type { Context } from './context.ts';
import { exitCodeOf } from './exit-codes.ts';

/** Opens what `bugs` of package.json says. */
const REPORT = 'npm bugs assistantctl';

/** Reports how a command failed and returns its exit code. */
export function reportFailure(context: Context, error: unknown, wantsJson: boolean): number {
  const signal = context.interruptedBy();
  const failure = signal === undefined ? toFailure(error) : interrupted(signal, error);
  if (wantsJson) context.printJson(failureJson(failure));
  context.note(renderFailure(failure, context.noteStyle));
  if (failure.kind === 'internal') context.note(internalDetails(failure, context));
  return exitCodeOf(failure.kind, signal);
}

/** Anything that was not foreseen is an internal error. */
function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure('internal', message, { code: 'INTERNAL', cause: error });
}

/** After a signal whatever failed did so because of it. */
function interrupted(signal: string, error: unknown): Failure {
  if (error instanceof Failure && error.kind === 'interrupted') return error;
  return new Failure('interrupted', `interrupted by ${signal}`, { code: 'INTERRUPTED', cause: error });
}

function internalDetails(failure: Failure, context: Context): string {
  const cause = failure.cause instanceof Error ? failure.cause : failure;
  return `${cause.stack ?? cause.message}\n\nThis is a fault of assistantctl ${context.runtime.version}. Please report it with the text above: ${REPORT}\n`;
}
