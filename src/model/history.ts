import type { Address } from './address.ts';
import { isFinal, type RunStatus, type TestRun } from './runs.ts';

/** How a test did in its last runs; what `test history` prints, hence the names. */
export interface TestHistory {
  readonly address: Address | null;
  readonly test_id: string;
  readonly name: string;
  readonly suite: string | null;
  /** Runs that ended, newest first, at most as many as were asked for. */
  readonly runs: readonly {
    readonly run_id: string;
    readonly status: RunStatus;
    readonly created_at: string | null;
    readonly conversation_id: string | null;
    /** What it talked to, where the state remembers it. */
    readonly on: RunSide | null;
  }[];
  readonly passed: number;
  readonly failed: number;
  readonly error: number;
  /** Share of runs that passed, from 0 to 1; null without runs. */
  readonly pass_rate: number | null;
  /** The same of the runs on main, and of those on candidates. */
  readonly main: SideHistory;
  readonly candidate: SideHistory;
  /** By the runs that were not on a candidate: a bad change makes no test flaky. */
  readonly flaky: boolean;
}

export type RunSide = 'main' | 'candidate';

export interface SideHistory {
  readonly runs: number;
  readonly passed: number;
  readonly pass_rate: number | null;
}

/** A fix or a regression splits the runs once, with at least this many on either side. */
const SETTLED_RUNS = 3;

/** Sums up the last runs of a test, given newest first. Runs that have not ended do not count. */
export function historyOf(
  test: Pick<TestHistory, 'address' | 'test_id' | 'name' | 'suite'>,
  runs: readonly TestRun[],
  last: number,
  sideOf: (runId: string) => RunSide | undefined = () => undefined,
): TestHistory {
  const ended = runs.filter(({ status }) => isFinal(status)).slice(0, last);
  const count = (status: RunStatus): number => ended.filter((run) => run.status === status).length;
  const passed = count('passed');
  return {
    ...test,
    runs: ended.map(({ runId, status, createdAt, conversationId }) => ({
      run_id: runId,
      status,
      created_at: createdAt ?? null,
      conversation_id: conversationId ?? null,
      on: sideOf(runId) ?? null,
    })),
    passed,
    failed: count('failed'),
    error: count('error'),
    pass_rate: ended.length === 0 ? null : passed / ended.length,
    main: side(ended.filter(({ runId }) => sideOf(runId) === 'main')),
    candidate: side(ended.filter(({ runId }) => sideOf(runId) === 'candidate')),
    flaky: isFlaky(
      ended.filter(({ runId }) => sideOf(runId) !== 'candidate').map(({ status }) => status === 'passed'),
    ),
  };
}

function side(runs: readonly TestRun[]): SideHistory {
  const passed = runs.filter(({ status }) => status === 'passed').length;
  return { runs: runs.length, passed, pass_rate: runs.length === 0 ? null : passed / runs.length };
}

/** Both results among the runs, unless they are split once with enough runs on either side. */
export function isFlaky(greens: readonly boolean[]): boolean {
  const first = greens.findIndex((green) => green !== greens[0]);
  if (first < 0) return false;
  const changesAgain = greens.slice(first).some((green) => green === greens[0]);
  return changesAgain || first < SETTLED_RUNS || greens.length - first < SETTLED_RUNS;
}
