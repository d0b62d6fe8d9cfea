import type { Json } from './json.ts';
import type { TestRun } from './runs.ts';

/**
 * The part of the API that releases need: test runs and canary deploys. Every method rejects with `ApiError` after
 * its retries, like those of `Api`.
 */
export interface ReleaseApi {
  /**
   * Starts a run of a test, on a version of the assistant behind its destination or, without one, on main. The
   * same key gives the same run for 24 hours; a run of unknown outcome may therefore be triggered again with it.
   * Undefined when the API answers 404: there is no such test.
   */
  triggerRun(
    testId: string,
    versionId: string | undefined,
    idempotencyKey: string,
  ): Promise<TestRun | undefined>;
  /** Undefined when the API answers 404. */
  getRun(testId: string, runId: string): Promise<TestRun | undefined>;
  /** All runs of a test, newest first; undefined when the API answers 404. */
  listRuns(testId: string): Promise<readonly TestRun[] | undefined>;
  /** Names of the suites that the account's tests carry. */
  listSuites(): Promise<readonly string[]>;
  /** Starts every test of a suite, whatever assistant each of them is for; one run per test. */
  triggerSuite(
    suite: string,
    versionId: string | undefined,
    idempotencyKey: string,
  ): Promise<readonly TestRun[]>;
  /** The runs of one suite run, or of the suite. */
  listSuiteRuns(suite: string, suiteRunId: string | undefined): Promise<readonly TestRun[]>;
  /** Opens a canary deploy where there is none. */
  createCanary(assistantId: string, rules: readonly Json[], idempotencyKey: string): Promise<void>;
  /** Replaces the rules of the open canary deploy. */
  replaceCanary(assistantId: string, rules: readonly Json[]): Promise<void>;
  /** Resolves also when there was none. */
  deleteCanary(assistantId: string): Promise<void>;
}
