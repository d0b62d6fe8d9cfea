/**
 * Runs tests on the platform and waits for their results. A run is triggered with a key of its own, so that a
 * trigger whose reply was lost is sent again without starting a second run; then it is polled, ever less often.
 */
import { ApiError } from '../model/errors.ts';
import type { ReleaseApi } from '../model/release-api.ts';
import type { Api } from '../model/remote.ts';
import { isFinal, type RunnableTest, type TestRun, type TestVerdict } from '../model/runs.ts';

export interface RunTestsDeps {
  readonly api: Pick<Api, 'get'> & Pick<ReleaseApi, 'triggerRun' | 'getRun'>;
  /** Fresh each time: two runs of one test are two runs. */
  readonly newKey: () => string;
  /** In place of fresh keys: a run that somebody who is gone has triggered is found again by its key. */
  readonly keyOf?: (test: RunnableTest, attempt: number) => string;
  readonly clock: () => Date;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Aborted: trigger nothing more and stop waiting. */
  readonly stop: AbortSignal;
  readonly onProgress?: (progress: TestProgress) => void;
}

export interface TestProgress {
  readonly done: number;
  readonly total: number;
  /** The test that was heard of last. */
  readonly note: string;
}

export interface TestOrder {
  readonly tests: readonly RunnableTest[];
  /** The version to talk to; undefined for main. */
  readonly versionId: string | undefined;
  /** Milliseconds for all of them together. */
  readonly timeoutMs: number;
  /** Tests that run at the same time. */
  readonly concurrency: number;
}

const FIRST_POLL_MS = 250;
const LONGEST_POLL_MS = 5_000;
const POLL_GROWTH = 1.5;
/** Every so many polls of a run that goes on it is checked that its test still exists. */
const POLLS_PER_CHECK = 4;
/** Tries of one trigger whose reply was lost, all with the same key. */
const TRIGGER_TRIES = 3;
/** Runs of a test that the platform could not hold (`error`): the first and one more. */
const RUNS = 2;
const LOG_LINES = 10;

type Refusal = { readonly outcome: TestVerdict['outcome']; readonly problem: string };
type Ending = { readonly run: TestRun } | Refusal;

/**
 * One verdict per test, in the order of the tests. Rejects only when the API cannot be worked with at all (a
 * refused key, an unknown version); a test that gives no result is a verdict, not a rejection.
 */
export async function runTests(order: TestOrder, deps: RunTestsDeps): Promise<readonly TestVerdict[]> {
  const { tests } = order;
  const deadline = deps.clock().getTime() + order.timeoutMs;
  const verdicts = new Map<RunnableTest, TestVerdict>();
  const waiting = tests.values();
  let broken = false;
  const work = async (): Promise<void> => {
    for (const test of waiting) {
      if (broken) return;
      deps.onProgress?.({ done: verdicts.size, total: tests.length, note: test.name });
      verdicts.set(test, await runOne(test, order, deps, deadline));
      deps.onProgress?.({ done: verdicts.size, total: tests.length, note: test.name });
    }
  };
  const workers = Array.from({ length: Math.max(1, Math.min(order.concurrency, tests.length)) }, () =>
    work().catch((error: unknown) => {
      broken = true;
      throw error;
    }),
  );
  for (const result of await Promise.allSettled(workers)) {
    if (result.status === 'rejected') throw result.reason;
  }
  return tests.flatMap((test) => verdicts.get(test) ?? []);
}

async function runOne(
  test: RunnableTest,
  order: TestOrder,
  deps: RunTestsDeps,
  deadline: number,
): Promise<TestVerdict> {
  const begun = deps.clock().getTime();
  let attempts = 0;
  let last: TestRun | undefined;
  for (;;) {
    const hindrance = halted(deps, deadline);
    const ending =
      hindrance ??
      (await attempt(test, order, deps, deadline, {
        number: attempts + 1,
        begun: () => {
          attempts += 1;
        },
      }));
    last = 'run' in ending ? ending.run : last;
    const again = 'run' in ending && ending.run.status === 'error' && attempts < RUNS;
    if (!again) return verdict(test, ending, last, attempts, deps.clock().getTime() - begun);
  }
}

function halted(deps: RunTestsDeps, deadline: number): Refusal | undefined {
  if (deps.stop.aborted)
    return { outcome: 'interrupted', problem: 'the wait for its result was interrupted' };
  if (deps.clock().getTime() < deadline) return undefined;
  return { outcome: 'timeout', problem: 'there was no result within the time allowed' };
}

async function attempt(
  test: RunnableTest,
  order: TestOrder,
  deps: RunTestsDeps,
  deadline: number,
  { number, begun }: { readonly number: number; readonly begun: () => void },
): Promise<Ending> {
  const triggered = await trigger(test, order, deps, number);
  if (triggered === undefined) return gone();
  if ('outcome' in triggered) return triggered;
  begun();
  let run = triggered;
  let delay = FIRST_POLL_MS;
  let polls = 0;
  while (!isFinal(run.status)) {
    const left = deadline - deps.clock().getTime();
    const hindrance = halted(deps, deadline);
    if (hindrance !== undefined) return { ...hindrance, problem: `${hindrance.problem} (run ${run.runId})` };
    await deps.sleep(Math.min(delay, Math.max(1, left)), deps.stop);
    if (deps.stop.aborted) continue;
    delay = Math.min(LONGEST_POLL_MS, delay * POLL_GROWTH);
    polls += 1;
    const seen = await poll(test, run, deps, polls % POLLS_PER_CHECK === 0);
    if (seen === 'gone') return gone();
    run = seen ?? run;
  }
  return { run };
}

function gone(): Ending {
  return { outcome: 'missing', problem: 'the test is not in the account: it was deleted' };
}

async function trigger(
  test: RunnableTest,
  order: TestOrder,
  deps: RunTestsDeps,
  run: number,
): Promise<TestRun | Refusal | undefined> {
  const key = deps.keyOf?.(test, run) ?? deps.newKey();
  for (let number = 1; ; number += 1) {
    try {
      return await deps.api.triggerRun(test.testId, order.versionId, key);
    } catch (error) {
      if (error instanceof ApiError && (error.status === 400 || error.status === 422)) {
        return { outcome: 'error', problem: error.message };
      }
      const lost = error instanceof ApiError && error.effect === 'unknown';
      if (!lost || number === TRIGGER_TRIES || deps.stop.aborted) throw error;
      await deps.sleep(FIRST_POLL_MS * number, deps.stop);
    }
  }
}

/** Undefined when nothing could be learnt this time: the wait goes on until the deadline or the signal to stop. */
async function poll(
  test: RunnableTest,
  run: TestRun,
  deps: RunTestsDeps,
  check: boolean,
): Promise<TestRun | 'gone' | undefined> {
  try {
    const seen = await deps.api.getRun(test.testId, run.runId);
    if (seen !== undefined && (isFinal(seen.status) || !check)) return seen;
    // A run that cannot be read yet, or goes on, is one thing; a test that is no more is another.
    return (await deps.api.get('test', test.testId)) === undefined ? 'gone' : seen;
  } catch (error) {
    const later = error instanceof ApiError && error.kind === 'unavailable';
    if (later || deps.stop.aborted) return undefined;
    throw error;
  }
}

function verdict(
  test: RunnableTest,
  ending: Ending,
  last: TestRun | undefined,
  attempts: number,
  durationMs: number,
): TestVerdict {
  const run = 'run' in ending ? ending.run : last;
  return {
    address: test.address ?? null,
    test_id: test.testId,
    name: test.name,
    suite: test.suite ?? null,
    outcome: 'run' in ending ? outcomeOf(ending.run) : ending.outcome,
    attempts,
    run_id: run?.runId ?? null,
    conversation_id: run?.conversationId ?? null,
    rubric: (run?.rubric ?? []).map((item) => ({ ...item, criteria: test.criteria[item.name] ?? null })),
    logs: lastLines(run?.logs ?? ''),
    problem: 'run' in ending ? null : ending.problem,
    duration_ms: durationMs,
    remembered: false,
  };
}

/** A run is green only when each of its rubric items is. */
function outcomeOf({ status, rubric }: TestRun): TestVerdict['outcome'] {
  if (status !== 'passed') return status === 'failed' ? 'failed' : 'error';
  return rubric.some((item) => item.status === 'failed' || item.status === 'error') ? 'failed' : 'passed';
}

function lastLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-LOG_LINES);
}
