import { setMaxListeners } from 'node:events';
import type { Host, Interrupt } from '../operations/host.ts';
import type { Runtime } from '../runtime.ts';

/** A line of the log: JSON, one a line. Addresses and paths, never values. */
export type Log = (event: string, fields?: Readonly<Record<string, unknown>>) => void;

/**
 * The host of one piece of work on one environment. The first signal asks it for an orderly end, as on the command
 * line: requests that only read are dropped, a write in flight is finished and recorded.
 */
export function environmentHost(
  runtime: Runtime,
  folder: string,
  environment: string,
  { stop, log }: { readonly stop: AbortSignal; readonly log: Log },
): Host {
  const interrupt = interruptOf(stop);
  return {
    runtime: { ...runtime, cwd: folder, ask: undefined },
    flags: { project: folder, env: environment },
    note: (text) => log('note', { environment, text: text.trim() }),
    progress: () => ({ show: () => {}, end: () => {} }),
    interrupt: () => interrupt,
  };
}

function interruptOf(stop: AbortSignal): Interrupt {
  const reading = new AbortController();
  setMaxListeners(0, reading.signal);
  let writing = false;
  const onStop = (): void => {
    if (!writing) reading.abort();
  };
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });
  return {
    stop,
    reading: reading.signal,
    received: () => (stop.aborted ? 'SIGTERM' : undefined),
    protectWrites: () => {
      writing = true;
    },
    release: () => stop.removeEventListener('abort', onStop),
  };
}
