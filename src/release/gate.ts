/**
 * The gate: a staged version's tests, run on that very version. It is open only when every test passed, or as many
 * of their runs as the spec asks for; a gate that names nothing to run is closed.
 */
import { hash } from 'node:crypto';
import type { GateRequest, GateResult, RunGate } from '../model/release.ts';
import { isBad, type RunnableTest, type TestVerdict } from '../model/runs.ts';
import type { PassedTest, TestedContent } from '../model/state.ts';
import { weigh, withFresh, withMainResults } from './evidence.ts';
import { notPassed } from './gate-failures.ts';
import { failedBefore, type GateDeps, type GateTest, gateTestsOf, withoutRun } from './gate-tests.ts';
import { runTests } from './run-tests.ts';

/** How many green results of an assistant are remembered. */
const MOST_PASSED = 100;

/** The gate as an apply calls it. */
export function createGate(deps: GateDeps): RunGate {
  return async (request) => {
    const chosen = await gateTestsOf(request, deps.api);
    const { evidence } = request.gate;
    if (evidence !== undefined) return weigh(request, evidence, chosen, deps);
    const known = deps.rerun ? [] : request.passed;
    const passedBefore = new Map(
      known
        .filter(({ content }) => content === request.content)
        .map((passed) => [`${passed.test_id} ${passed.test_digest}`, passed]),
    );
    const earlier = (choice: GateTest) => passedBefore.get(`${choice.test.testId} ${choice.digest}`);
    const failed = failuresOf(request, deps);
    const failedEarlier = (choice: GateTest) => failed.get(`${choice.test.testId} ${choice.digest}`);
    const due = chosen.filter(
      (choice) =>
        choice.hindrance === undefined &&
        earlier(choice) === undefined &&
        failedEarlier(choice) === undefined,
    );
    const { onProgress, ...rest } = deps;
    const results = await runTests(
      {
        tests: due.map(({ test }) => test),
        versionId: request.versionId,
        timeoutMs: request.gate.timeoutMs,
        concurrency: deps.concurrency,
      },
      {
        ...rest,
        ...(deps.onlyOnce === true && { keyOf: keyOfRun(request, chosen) }),
        ...(onProgress && { onProgress: (progress) => onProgress(request.address, progress) }),
      },
    );
    const fresh = new Map(results.map((verdict) => [verdict.test_id, verdict]));
    const withoutRunNow = (choice: GateTest): TestVerdict => {
      const before = earlier(choice) === undefined ? failedEarlier(choice) : undefined;
      return before === undefined ? withoutRun(choice, earlier(choice)) : failedBefore(choice, before);
    };
    const verdicts = chosen.map((choice) =>
      withMainResults(request, choice, fresh.get(choice.test.testId) ?? withoutRunNow(choice)),
    );
    const passed = remembered(request, chosen, verdicts, deps);
    const tested = counted(request, chosen, results, deps);
    judge(request, { verdicts, passed, tested });
    return { verdicts, passed, tested };
  };
}

/** What failed on the content at hand, by test and its digest, where it is not to be run again. */
function failuresOf(
  { content, tested = [] }: GateRequest,
  deps: GateDeps,
): ReadonlyMap<string, TestedContent> {
  if (deps.rerun || deps.onlyOnce !== true) return new Map();
  const failures = tested.filter((one) => one.content === content && one.passed < one.runs);
  return new Map(failures.map((one) => [`${one.test_id} ${one.test_digest}`, one]));
}

/**
 * Idempotency key of a run: the same for every process that runs this test on the same content of the same version.
 */
function keyOfRun(
  { assistantId, versionId, content }: GateRequest,
  chosen: readonly GateTest[],
): (test: RunnableTest, attempt: number) => string {
  const digests = new Map(chosen.map(({ test, digest }) => [test.testId, digest]));
  return ({ testId }, attempt) => {
    const parts = [assistantId, versionId, content, testId, digests.get(testId) ?? '', String(attempt)];
    return hash('sha256', parts.join('\n'), 'hex').slice(0, 32);
  };
}

function remembered(
  request: GateRequest,
  chosen: readonly GateTest[],
  verdicts: readonly TestVerdict[],
  deps: GateDeps,
): readonly PassedTest[] {
  const at = deps.clock().toISOString();
  const digests = new Map(chosen.map(({ test, digest }) => [test.testId, digest]));
  const fresh = verdicts
    .filter((verdict) => !verdict.remembered)
    .map((verdict) => ({ verdict, test_digest: digests.get(verdict.test_id) ?? '' }));
  const run = new Set(fresh.map(({ verdict, test_digest }) => `${verdict.test_id} ${test_digest}`));
  const kept = request.passed.filter(
    ({ content, test_id, test_digest }) =>
      content !== request.content || !run.has(`${test_id} ${test_digest}`),
  );
  const added = fresh
    .filter(({ verdict }) => verdict.outcome === 'passed')
    .map(({ verdict, test_digest }) => ({
      content: request.content,
      test_id: verdict.test_id,
      test_digest,
      run_id: verdict.run_id,
      conversation_id: verdict.conversation_id,
      at,
    }));
  return [...kept, ...added].slice(-MOST_PASSED);
}

/**
 * The counted results, failed ones included, so that the history of a test tells versions apart that never became
 * main.
 */
function counted(
  request: GateRequest,
  chosen: readonly GateTest[],
  results: readonly TestVerdict[],
  deps: GateDeps,
): readonly TestedContent[] {
  const at = deps.clock().toISOString();
  const digests = new Map(chosen.map(({ test, digest }) => [test.testId, digest]));
  const fresh = results.flatMap(({ outcome, test_id, run_id, conversation_id, duration_ms }) => {
    const test_digest = digests.get(test_id);
    if (test_digest === undefined || (outcome !== 'passed' && outcome !== 'failed')) return [];
    const what = { content: request.content, test_id, test_digest, run_id, conversation_id, at };
    const run_ids = run_id === null ? [] : [run_id];
    const passed = outcome === 'passed' ? 1 : 0;
    const duration = Math.round(duration_ms);
    return [{ ...what, on: 'candidate' as const, run_ids, runs: 1, passed, duration_ms: duration }];
  });
  return withFresh(request.tested ?? [], fresh);
}

function judge(request: GateRequest, result: Required<GateResult>): void {
  const bad = result.verdicts.filter(isBad);
  if (bad.length > 0) throw notPassed(request, bad, result);
}
