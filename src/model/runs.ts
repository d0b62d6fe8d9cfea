import type { Address } from './address.ts';

/**
 * One run of a test as the API reports it. `pending`, `starting` and `running` are on the way; the others are
 * final. Source: the official SDK's test run types.
 */
export type RunStatus = 'pending' | 'starting' | 'running' | 'passed' | 'failed' | 'error';

export interface TestRun {
  readonly runId: string;
  readonly testId: string;
  readonly status: RunStatus;
  /** One entry per rubric item of the test. */
  readonly rubric: readonly { readonly name: string; readonly status: RunStatus }[];
  readonly logs: string;
  readonly conversationId: string | undefined;
  readonly suiteRunId: string | undefined;
  readonly createdAt: string | undefined;
  readonly completedAt: string | undefined;
}

export function isFinal(status: RunStatus): boolean {
  return status === 'passed' || status === 'failed' || status === 'error';
}

/**
 * How a test ended for us. `error`: the platform could not hold the conversation, twice; `timeout`: no result in
 * time; `missing`: the test was deleted before it had a result; `interrupted`: we were told to stop waiting.
 */
export type TestOutcome = 'passed' | 'failed' | 'error' | 'timeout' | 'missing' | 'interrupted';

/** What is to be run. */
export interface RunnableTest {
  /** Undefined for a test that no spec describes. */
  readonly address: Address | undefined;
  readonly testId: string;
  readonly name: string;
  readonly suite: string | undefined;
  /** What each rubric item asks for, by its name. */
  readonly criteria: { readonly [item: string]: string };
}

/** The result of one test; part of reports, hence the names. */
export interface TestVerdict {
  readonly address: Address | null;
  readonly test_id: string;
  readonly name: string;
  readonly suite: string | null;
  readonly outcome: TestOutcome;
  /** Runs that were triggered; 0 when an earlier green result of the same content counts. */
  readonly attempts: number;
  readonly run_id: string | null;
  readonly conversation_id: string | null;
  readonly rubric: readonly RubricVerdict[];
  /** The last lines of the platform's log of the run. */
  readonly logs: readonly string[];
  /** Why there is no result, in a sentence; null when there is one. */
  readonly problem: string | null;
  /** Milliseconds from the first trigger to the result. */
  readonly duration_ms: number;
  /** True when this very content was put to this very test before and the test was not run again. */
  readonly remembered: boolean;
  /** Of a gate that weighs runs: those with a result, and how many of them passed. */
  readonly runs?: RunCount;
  /** The same on main, where the gate compares with it. */
  readonly main_runs?: RunCount;
  /** Milliseconds of all runs on main together, whenever they were. */
  readonly main_duration_ms?: number;
}

export interface RunCount {
  readonly passed: number;
  readonly total: number;
}

export interface RubricVerdict {
  readonly name: string;
  readonly criteria: string | null;
  readonly status: RunStatus;
}

/** Ended and not in order. */
export function isBad(verdict: TestVerdict): boolean {
  return verdict.outcome !== 'passed';
}
