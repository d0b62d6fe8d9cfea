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

/** What several environments end with together: the first of these that one of them ended with. */
const WORST_FIRST: readonly number[] = [130, 143, 1, 7, 4, 8, 3, 6, 5, 9, 10, EXIT_CHANGES, EXIT_DONE];

export function worstExit(codes: readonly number[]): number {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? codes[0] ?? EXIT_DONE;
}

const SIGNAL_CODES: { readonly [signal in StopSignal]: number } = { SIGINT: 130, SIGTERM: 143 };

/** Exit code of a failure; an interruption ends with 128 plus the number of its signal. */
export function exitCodeOf(kind: ErrorKind, signal: StopSignal = 'SIGINT'): number {
  return kind === 'interrupted' ? SIGNAL_CODES[signal] : EXIT_CODES[kind];
}
