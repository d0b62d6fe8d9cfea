import type { Step } from '../model/step.ts';

/** How one step ended for the scheduler: only success lets dependants run. */
export type StepEnd = 'done' | 'failed';

export interface Schedule {
  readonly concurrency: number;
  /** True: begin nothing more. Asked before each step. */
  readonly stopped: () => boolean;
  readonly run: (step: Step) => Promise<StepEnd>;
}

/**
 * Runs steps as soon as their dependencies are done, at most `concurrency` at once. A failure stops only what
 * depends on it. Resolves when nothing runs and nothing more can begin; returns the steps that never began.
 * `run` must not reject.
 */
export function runSteps(steps: readonly Step[], schedule: Schedule): Promise<readonly Step[]> {
  const unmet = new Map(steps.map((step) => [step.id, new Set(step.dependsOn)]));
  const dependants = new Map<string, Step[]>();
  for (const step of steps) {
    for (const dependency of step.dependsOn) {
      const waiting = dependants.get(dependency);
      if (waiting === undefined) dependants.set(dependency, [step]);
      else waiting.push(step);
    }
  }
  const begun = new Set<string>();
  const ready = steps.filter((step) => step.dependsOn.length === 0);
  let next = 0;
  let running = 0;

  return new Promise((resolve, reject) => {
    const finish = (step: Step, end: StepEnd): void => {
      running -= 1;
      if (end === 'done') release(step);
      advance();
    };
    const release = (step: Step): void => {
      for (const dependant of dependants.get(step.id) ?? []) {
        const missing = unmet.get(dependant.id);
        missing?.delete(step.id);
        if (missing?.size === 0) ready.push(dependant);
      }
    };
    const advance = (): void => {
      while (running < schedule.concurrency && next < ready.length && !schedule.stopped()) {
        const step = ready[next];
        next += 1;
        if (step === undefined) continue;
        running += 1;
        begun.add(step.id);
        schedule.run(step).then((end) => finish(step, end), reject);
      }
      if (running === 0) resolve(steps.filter((step) => !begun.has(step.id)));
    };
    advance();
  });
}
