import { isBad, type RunCount, type TestVerdict } from './runs.ts';

/** What a change does to its tests, held against main. */
export interface TestComparison {
  readonly tests: number;
  readonly passed: number;
  readonly failed: number;
  /** Runs with a result, on the candidate. */
  readonly runs: RunCount;
  /** The same on main, of the tests that were run there; null where none was. */
  readonly main: RunCount | null;
  /** Of the same tests on the candidate. */
  readonly compared: RunCount | null;
  readonly newly_failing: readonly string[];
  readonly newly_passing: readonly string[];
  readonly duration_ms: number;
  /** Null where it is not known. */
  readonly main_duration_ms: number | null;
}

export type Newly = 'failing' | 'passing';

/** What the candidate changes for a test of which every run passed on main, or does not pass there. */
export function newly(verdict: TestVerdict): Newly | undefined {
  const { main_runs: main, outcome } = verdict;
  if (main === undefined || main.total === 0 || (outcome !== 'passed' && outcome !== 'failed'))
    return undefined;
  const now = ownRuns(verdict);
  const passes = now.passed === now.total;
  const passed = main.passed === main.total;
  return passes === passed ? undefined : passed ? 'failing' : 'passing';
}

/** Runs with a result; a test that was not weighed counts as one. */
export function ownRuns({ runs, outcome }: TestVerdict): RunCount {
  if (runs !== undefined) return runs;
  if (outcome === 'passed') return { passed: 1, total: 1 };
  return { passed: 0, total: outcome === 'failed' ? 1 : 0 };
}

export function compareWithMain(verdicts: readonly TestVerdict[]): TestComparison {
  const compared = verdicts.filter(({ main_runs: main }) => main !== undefined && main.total > 0);
  const bad = verdicts.filter(isBad).length;
  const named = (how: Newly): readonly string[] =>
    verdicts.filter((verdict) => newly(verdict) === how).map(({ address, name }) => address ?? name);
  const durations = compared.map(({ main_duration_ms: ms }) => ms);
  const known = durations.length > 0 && durations.every((ms) => ms !== undefined);
  return {
    tests: verdicts.length,
    passed: verdicts.length - bad,
    failed: bad,
    runs: sum(verdicts.map(ownRuns)),
    main: compared.length === 0 ? null : sum(compared.map(({ main_runs: main }) => main ?? NONE)),
    compared: compared.length === 0 ? null : sum(compared.map(ownRuns)),
    newly_failing: named('failing'),
    newly_passing: named('passing'),
    duration_ms: verdicts.reduce((all, { duration_ms: ms }) => all + ms, 0),
    main_duration_ms: known ? durations.reduce<number>((all, ms) => all + (ms ?? 0), 0) : null,
  };
}

const NONE: RunCount = { passed: 0, total: 0 };

function sum(counts: readonly RunCount[]): RunCount {
  return counts.reduce(
    (all, { passed, total }) => ({ passed: all.passed + passed, total: all.total + total }),
    NONE,
  );
}
