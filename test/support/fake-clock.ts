/** Time that passes only by sleeping; every sleep is recorded. */
export interface FakeClock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  readonly sleeps: readonly number[];
}

export const FAKE_START = Date.UTC(2026, 0, 15, 12, 0, 0);

export function fakeClock(): FakeClock {
  let now = FAKE_START;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    sleep: async (ms) => {
      sleeps.push(ms);
      now += ms;
    },
  };
}
