import { setMaxListeners } from 'node:events';
import type { Interrupt } from '../operations/host.ts';
import type { Runtime, StopSignal } from '../runtime.ts';
import { exitCodeOf } from './exit-codes.ts';

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
