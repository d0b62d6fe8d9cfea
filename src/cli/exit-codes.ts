import type { ErrorKind } from '../model/errors.ts';
import type { StopSignal } from '../runtime.ts';

/** Why a command ended → what the shell sees. The one table; nothing else decides an exit code. */
const EXIT_CODES: { readonly [kind in Exclude<ErrorKind, 'interrupted'>]: number } = {
  internal: 1,
  usage: 3,
  spec: 3,
  auth: 4,
  refused: 5,
  stale: 6,
  partial: 7,
  unavailable: 8,
  gate: 9,
  inconclusive: 10,
};

export const EXIT_DONE = 0;

/** Changes (`plan --detailed-exitcode`) or drift (`drift`) are present. */
export const EXIT_CHANGES = 2;

const SIGNAL_CODES: { readonly [signal in StopSignal]: number } = { SIGINT: 130, SIGTERM: 143 };

/** Exit code of a failure; an interruption ends with 128 plus the number of its signal. */
export function exitCodeOf(kind: ErrorKind, signal: StopSignal = 'SIGINT'): number {
  return kind === 'interrupted' ? SIGNAL_CODES[signal] : EXIT_CODES[kind];
}
