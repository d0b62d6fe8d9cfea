/** Both clocks of this process, in milliseconds. */
export interface LeaseClocks {
  /** May jump, and goes on while the machine sleeps. */
  readonly wall: () => number;
  /** Never jumps, and may stand still while the machine sleeps. */
  readonly monotonic: () => number;
}

export interface LeaseTime {
  /** The present moment, to be taken before a renewal is begun. */
  now(): Moment;
  /** The renewal that was begun at that moment succeeded. */
  renewed(at: Moment): void;
  /** How long nobody else can have taken the lease, by whichever clock says less; not positive once it is over. */
  remainingMs(): number;
}

export interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

/**
 * How long a lease lasts for its holder. A suspended process wakes up with a clock that ran on and must not
 * believe what it knew before; a clock that was set back must not lengthen anything.
 */
export function leaseTime(clocks: LeaseClocks, lastsMs: number, from: Moment): LeaseTime {
  let last = from;
  const now = (): Moment => momentOf(clocks);
  return {
    now,
    renewed: (at) => {
      last = at;
    },
    remainingMs: () => {
      const { wall, monotonic } = now();
      return lastsMs - Math.max(wall - last.wall, monotonic - last.monotonic);
    },
  };
}

export function momentOf({ wall, monotonic }: LeaseClocks): Moment {
  return { wall: wall(), monotonic: monotonic() };
}

/** The clocks of a store: its own wall clock, and the monotonic one of the process unless a test gives another. */
export function clocksOf(options: {
  readonly clock: () => Date;
  readonly monotonic?: (() => number) | undefined;
}): LeaseClocks {
  const { clock, monotonic } = options;
  return { wall: () => clock().getTime(), monotonic: monotonic ?? (() => performance.now()) };
}
