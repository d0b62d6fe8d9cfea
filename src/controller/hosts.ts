import { setMaxListeners } from 'node:events';
import type { Host, HostFlags, HostObserver, Interrupt } from '../operations/host.ts';
import type { Runtime } from '../runtime.ts';

/** A line of the log: JSON, one a line. Addresses and paths, never values. */
export type Log = (event: string, fields?: Readonly<Record<string, unknown>>) => void;

export interface HostOptions {
  readonly runtime: Runtime;
  readonly environment: string;
  /** Folder of the project in the work tree. */
  readonly folder: string;
  /** Folder above which no repository is looked for. */
  readonly ceiling: string;
  readonly stop: AbortSignal;
  readonly log: Log;
  readonly observer: HostObserver;
  readonly flags?: Pick<HostFlags, 'verbose' | 'verboseBodies'>;
}

/** Milliseconds that a write in flight has after the signal to stop; then it counts as one of unknown outcome. */
const LAST_WRITES_MS = 20_000;

/**
 * Runs one piece of work on one environment. The first signal asks it for an orderly end, as on the command line:
 * requests that only read are dropped, a write in flight is finished and recorded.
 */
export async function withHost<Result>(
  options: HostOptions,
  work: (host: Host) => Promise<Result>,
): Promise<Result> {
  const { runtime, environment, folder, ceiling, log, observer, flags } = options;
  const interrupt = interruptOf(options.stop);
  const env = { ...runtime.env, GIT_CEILING_DIRECTORIES: ceiling };
  try {
    return await work({
      runtime: { ...runtime, env, cwd: folder, ask: undefined },
      flags: { ...flags, project: folder, env: environment },
      note: (text) => log('note', { environment, text: text.trim() }),
      progress: () => ({ show: () => {}, end: () => {} }),
      interrupt: () => interrupt,
      observer,
    });
  } finally {
    interrupt.release();
  }
}

function interruptOf(stop: AbortSignal): Interrupt {
  const reading = new AbortController();
  setMaxListeners(0, reading.signal);
  let writing = false;
  let timer: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    if (!writing) {
      reading.abort();
      return;
    }
    timer = setTimeout(() => reading.abort(), LAST_WRITES_MS);
    timer.unref();
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
    release: () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
    },
  };
}
