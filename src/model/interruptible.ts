/** Work that can be left and taken up again after each step; what it comes to is its return value. */
export type Interruptible<Result> = Generator<undefined, Result, undefined>;

/** All steps one after another. */
export function runToEnd<Result>(steps: Interruptible<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** A few steps at a time, with a pause after each few, in which other things may happen. */
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
