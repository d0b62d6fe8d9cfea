/**
 * A work tree that several may use at one commit, and that moves to another commit only while nobody uses it. Who
 * wants another commit than the present one is let in before those who come after it.
 */
export interface TreeLock {
  /** Runs `work` with the tree at `commit`; `move` puts it there. */
  at<Result>(commit: string, move: () => Promise<void>, work: () => Promise<Result>): Promise<Result>;
}

export function treeLock(): TreeLock {
  let present: string | undefined;
  let users: Promise<unknown> = Promise.resolve();
  let moving: Promise<void> = Promise.resolve();

  async function at<Result>(
    commit: string,
    move: () => Promise<void>,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const before = moving;
    let moved: () => void = () => undefined;
    moving = new Promise((resolve) => {
      moved = resolve;
    });
    let running: Promise<Result>;
    try {
      await before;
      if (present !== commit) {
        await users;
        present = undefined;
        await move();
        present = commit;
      }
      running = work();
      const others = users;
      users = running.then(
        () => others,
        () => others,
      );
    } finally {
      moved();
    }
    return await running;
  }

  return { at };
}
