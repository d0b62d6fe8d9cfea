/**
 * The gate: a staged version's tests, run on that very version. It is open only when every test passed, or as many
 * of their runs as the spec asks for; a gate that names nothing to run is closed.
 */
import { hash } from 'node:crypto';
import type { GateRequest, GateResult, RunGate } from '../model/release.ts';
import { isBad, type RunnableTest, type TestVerdict } from '../model/runs.ts';
import type { PassedTest, TestedContent } from '../model/state.ts';
import { weigh, withFresh } from './evidence.ts';
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
        (deps.onlyOnce !== true || failedEarlier(choice) === undefined),
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
    const verdicts = chosen.map((choice) => {
      const before = earlier(choice) === undefined ? failedEarlier(choice) : undefined;
      return (
        fresh.get(choice.test.testId) ??
        (before === undefined ? withoutRun(choice, earlier(choice)) : failedBefore(choice, before))
      );
    });
    const passed = remembered(request, chosen, verdicts, deps);
    const tested = withFailures(request, chosen, verdicts, deps);
    const result = { verdicts, passed, ...(tested !== undefined && { tested }) };
    judge(request, result);
    return result;
  };
}

/** What failed on the content at hand, by test and its digest. */
function failuresOf(
  { content, tested = [] }: GateRequest,
  deps: GateDeps,
): ReadonlyMap<string, TestedContent> {
  const failures = deps.rerun ? [] : tested.filter((one) => one.content === content && one.passed < one.runs);
  return new Map(failures.map((one) => [`${one.test_id} ${one.test_digest}`, one]));
}

/** Runs that failed count as runs for evidence. Undefined where there is nothing new. */
function withFailures(
  request: GateRequest,
  chosen: readonly GateTest[],
  verdicts: readonly TestVerdict[],
  deps: GateDeps,
): readonly TestedContent[] | undefined {
  const at = deps.clock().toISOString();
  const digests = new Map(chosen.map(({ test, digest }) => [test.testId, digest]));
  const fresh = verdicts
    .filter(({ outcome, remembered }) => outcome === 'failed' && !remembered)
    .map(({ test_id, run_id, conversation_id }) => ({
      content: request.content,
      test_id,
      test_digest: digests.get(test_id) ?? '',
      run_id,
      conversation_id,
      at,
      runs: 1,
      passed: 0,
    }));
  return fresh.length === 0 ? undefined : withFresh(request.tested ?? [], fresh);
}

/** The same for whoever comes to run the test for the same content of the same version. */
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

function judge(request: GateRequest, result: GateResult): void {
  const bad = result.verdicts.filter(isBad);
  if (bad.length > 0) throw notPassed(request, bad, result);
}
