/**
 * Long computation that can be interrupted after each step (`yield`), so that a process can answer other events in
 * between. Its result is the return value.
 */
export type Interruptible<Result> = Generator<undefined, Result, undefined>;

/** Runs all steps without a pause. */
export function runToEnd<Result>(steps: Interruptible<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Runs `atATime` steps, then awaits `pause`, until the work is done. */
export async function runWithPauses<Result>(
  steps: Interruptible<Result>,
  atATime: number,
  pause: () => Promise<unknown>,
): Promise<Result> {
  for (;;) {
    for (let step = 0; step < atATime; step += 1) {
      const { done, value } = steps.next();
      if (done === true) return value;
    }
    await pause();
  }
}
