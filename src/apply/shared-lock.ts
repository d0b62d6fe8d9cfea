/** A lock for readers and writers: creates of one kind run side by side, a listing of that kind runs alone. */
export interface SharedLock {
  /** Runs beside other shared work. */
  shared<Result>(act: () => Promise<Result>): Promise<Result>;
  /** Runs while nothing else does. Later callers wait, so that it gets its turn. */
  alone<Result>(act: () => Promise<Result>): Promise<Result>;
}

interface Waiting {
  readonly alone: boolean;
  readonly start: () => void;
}

/** One lock for each name. */
export function sharedLocks<Name>(): (name: Name) => SharedLock {
  const locks = new Map<Name, SharedLock>();
  return (name) => {
    const lock = locks.get(name) ?? sharedLock();
    locks.set(name, lock);
    return lock;
  };
}

function sharedLock(): SharedLock {
  const queue: Waiting[] = [];
  let running = 0;
  let occupied = false;

  function next(): void {
    for (let first = queue[0]; first !== undefined; first = queue[0]) {
      if (occupied || (first.alone && running > 0)) return;
      queue.shift();
      running += 1;
      occupied = first.alone;
      first.start();
    }
  }

  async function run<Result>(alone: boolean, act: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((start) => {
      queue.push({ alone, start });
      next();
    });
    try {
      return await act();
    } finally {
      running -= 1;
      occupied = false;
      next();
    }
  }

  return { shared: (act) => run(false, act), alone: (act) => run(true, act) };
}
