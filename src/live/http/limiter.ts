/**
 * How many requests may be in flight. The limit adapts the way TCP does: it halves when the API pushes back
 * and grows by about one for each full round of successes, never above what the project file allows. Waiting
 * requests are served in order of arrival; only a retry goes to the front, because its budget is running.
 */

export interface LimiterClock {
  /** Unix milliseconds. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What a finished request says about the load the API bears. */
export type Pressure = 'relaxed' | 'overloaded' | 'unclear';

export interface Limiter {
  /** Resolves with the function that gives the place back; call it exactly once. */
  acquire(urgent: boolean): Promise<(pressure: Pressure) => void>;
  /** Holds back every request that has not started for that many milliseconds from now. */
  pause(ms: number): void;
  /** The present limit, a whole number of at least 1. */
  limit(): number;
}

export function createLimiter(max: number, clock: LimiterClock, signal?: AbortSignal): Limiter {
  const ceiling = Math.max(1, Math.floor(max));
  const waiting: (() => void)[] = [];
  let allowed = ceiling;
  let inFlight = 0;
  let started = 0;
  let lastCut = 0;
  let pausedUntil = 0;
  let sleeping = false;

  function pump(): void {
    const wait = pausedUntil - clock.now();
    if (wait > 0 && waiting.length > 0) {
      if (!sleeping) void sleepThenPump(wait);
      return;
    }
    while (inFlight < Math.floor(allowed)) {
      const next = waiting.shift();
      if (next === undefined) return;
      inFlight += 1;
      next();
    }
  }

  async function sleepThenPump(ms: number): Promise<void> {
    sleeping = true;
    try {
      await clock.sleep(ms, signal);
    } catch {
      // An aborted sleep lets everyone through: they see the signal themselves and end.
      pausedUntil = 0;
    }
    sleeping = false;
    pump();
  }

  function permit(): (pressure: Pressure) => void {
    started += 1;
    const ticket = started;
    return (pressure) => {
      inFlight -= 1;
      // Requests that were in flight together report the same overload: only the first of them counts.
      if (pressure === 'overloaded' && ticket > lastCut) {
        allowed = Math.max(1, allowed / 2);
        lastCut = started;
      }
      if (pressure === 'relaxed') allowed = Math.min(ceiling, allowed + 1 / allowed);
      pump();
    };
  }

  return {
    async acquire(urgent) {
      await new Promise<void>((resolve) => {
        if (urgent) waiting.unshift(resolve);
        else waiting.push(resolve);
        pump();
      });
      return permit();
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
    },
    limit: () => Math.floor(allowed),
  };
}
