import { setMaxListeners } from 'node:events';
import type { Runtime, StopSignal } from '../runtime.ts';
import { exitCodeOf } from './exit-codes.ts';

/**
 * What SIGINT and SIGTERM do. The first asks for an orderly end: requests that only read are dropped, a write
 * in flight is finished and recorded. The second ends the process where it stands.
 */
export interface Interrupt {
  /** Aborted by the first signal. */
  readonly stop: AbortSignal;
  /** Aborted by the first signal until `protectWrites` was called. */
  readonly reading: AbortSignal;
  /** The first signal, if there was one. */
  received(): StopSignal | undefined;
  /** From now on a signal no longer cuts off requests. */
  protectWrites(): void;
  /** Gives the signals back to their defaults. */
  release(): void;
}

export function watchSignals(runtime: Runtime): Interrupt {
  const stop = new AbortController();
  const reading = new AbortController();
  // As many requests and waits as there are listen at once; Node would warn of the eleventh.
  setMaxListeners(0, stop.signal, reading.signal);
  let first: StopSignal | undefined;
  let writing = false;
  const release = runtime.onStopSignal((signal) => {
    if (first !== undefined) {
      runtime.exitNow(exitCodeOf('interrupted', signal));
      return;
    }
    first = signal;
    stop.abort();
    if (!writing) reading.abort();
  });
  return {
    stop: stop.signal,
    reading: reading.signal,
    received: () => first,
    protectWrites: () => {
      writing = true;
    },
    release,
  };
}
