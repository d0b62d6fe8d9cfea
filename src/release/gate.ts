/**
 * The gate: a staged version's tests, run on that very version. It is open only when every test passed; a gate
 * that names nothing to run is closed.
 */
import { liveDigest } from '../canonical/canonical.ts';
import type { Address } from '../model/address.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { GateFailure, type GateRequest, type GateResult, type RunGate } from '../model/release.ts';
import type { Api, RemoteResource } from '../model/remote.ts';
import { isBad, type RunnableTest, type TestVerdict } from '../model/runs.ts';
import type { PassedTest } from '../model/state.ts';
import { type RunTestsDeps, runTests, type TestProgress } from './run-tests.ts';
import { isTestOf, isTestOfAnother, runnable, suiteOf } from './test-selection.ts';

export interface GateDeps extends Omit<RunTestsDeps, 'api' | 'onProgress'> {
  readonly api: RunTestsDeps['api'] & Pick<Api, 'list'>;
  /** Tests of one gate that run at the same time. */
  readonly concurrency: number;
  /** Run also what this content passed before. */
  readonly rerun: boolean;
  readonly onProgress?: (address: Address, progress: TestProgress) => void;
}

/** How many green results of an assistant are remembered. */
const MOST_PASSED = 100;

interface Chosen {
  readonly test: RunnableTest;
  readonly digest: string;
  /** Why it cannot be run. */
  readonly hindrance: string | undefined;
}

/** The gate as an apply calls it. */
export function createGate(deps: GateDeps): RunGate {
  return async (request) => {
    const chosen = await chooseTests(request, deps);
    const known = deps.rerun ? [] : request.passed;
    const passedBefore = new Map(
      known
        .filter(({ content }) => content === request.content)
        .map((passed) => [`${passed.test_id} ${passed.test_digest}`, passed]),
    );
    const earlier = (choice: Chosen) => passedBefore.get(`${choice.test.testId} ${choice.digest}`);
    const due = chosen.filter((choice) => choice.hindrance === undefined && earlier(choice) === undefined);
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
        ...(onProgress && { onProgress: (progress) => onProgress(request.address, progress) }),
      },
    );
    const fresh = new Map(results.map((verdict) => [verdict.test_id, verdict]));
    const verdicts = chosen.map(
      (choice) => fresh.get(choice.test.testId) ?? withoutRun(choice, earlier(choice)),
    );
    const passed = remembered(request, chosen, verdicts, deps);
    judge(request, verdicts, passed);
    return { verdicts, passed };
  };
}

/** The tests that the gate names and the members of its suites: those with specs and those of the account. */
async function chooseTests(request: GateRequest, deps: GateDeps): Promise<readonly Chosen[]> {
  const { gate, address, assistantId, idOf } = request;
  const listed = await deps.api.list('test');
  const byId = new Map(listed.map((test) => [test.id, test]));
  const chosen = new Map<string, Chosen>();
  const closed = (code: string, message: string, hint: string): never => {
    throw new GateFailure('gate', `${address}: ${message}`, { code, hint }, nothing(request));
  };
  for (const test of [...gate.tests, ...gate.members]) {
    const id = idOf(test);
    if (id === undefined) {
      closed(
        'GATE_TEST_MISSING',
        `${test} is not in the account`,
        'apply without --target, so that it is created',
      );
      continue;
    }
    // A list may lag behind the write that has just made the test.
    const live = byId.get(id) ?? (await deps.api.get('test', id));
    if (live === undefined) {
      const hint = 'plan --recreate creates it again';
      closed('GATE_TEST_MISSING', `${test} (${id}) was deleted from the account`, hint);
      continue;
    }
    chosen.set(id, choice(live, test, assistantId));
  }
  for (const suite of gate.suites) {
    const members = listed.filter((test) => suiteOf(test) === suite && isTestOf(test, assistantId));
    for (const live of members)
      if (!chosen.has(live.id)) chosen.set(live.id, choice(live, undefined, assistantId));
    if (![...chosen.values()].some(({ test }) => test.suite === suite)) {
      const hint = 'an empty suite proves nothing: give it a test whose destination is this assistant';
      closed('GATE_SUITE_EMPTY', `the suite ${suite} has no test of this assistant`, hint);
    }
  }
  if (chosen.size === 0) closed('GATE_EMPTY', 'its gate names no test', 'add promotion.gate.tests or suites');
  return [...chosen.values()];
}

function choice(live: RemoteResource, address: Address | undefined, assistantId: string): Chosen {
  const foreign = isTestOfAnother(live, assistantId);
  return {
    test: runnable(live, address),
    digest: liveDigest(SHAPES.test, live.config),
    hindrance: foreign ? `it tests ${String(live.config.destination)}, not this assistant` : undefined,
  };
}

/** The verdict on a test that was not run: green before, or not to be run at all. */
function withoutRun({ test, hindrance }: Chosen, before: PassedTest | undefined): TestVerdict {
  return {
    address: test.address ?? null,
    test_id: test.testId,
    name: test.name,
    suite: test.suite ?? null,
    outcome: hindrance === undefined && before !== undefined ? 'passed' : 'error',
    attempts: 0,
    run_id: before?.run_id ?? null,
    conversation_id: before?.conversation_id ?? null,
    rubric: [],
    logs: [],
    problem: hindrance ?? null,
    duration_ms: 0,
    remembered: before !== undefined,
  };
}

function remembered(
  request: GateRequest,
  chosen: readonly Chosen[],
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

function nothing({ passed }: GateRequest): GateResult {
  return { verdicts: [], passed };
}

function judge(request: GateRequest, verdicts: readonly TestVerdict[], passed: readonly PassedTest[]): void {
  const bad = verdicts.filter(isBad);
  if (bad.length === 0) return;
  const { address, versionId } = request;
  const interrupted = bad.every(({ outcome }) => outcome === 'interrupted');
  const names = bad.slice(0, 5).map(({ name, outcome }) => `${name} (${outcome})`);
  const more = bad.length > names.length ? ` and ${bad.length - names.length} more` : '';
  const message = `${address}: ${bad.length} of ${verdicts.length} tests did not pass on version ${versionId}: ${names.join(', ')}${more}; main was left as it is`;
  const timeout = bad.some(({ outcome }) => outcome === 'timeout');
  const again = 'apply again; tests that passed on this content are not run again';
  const hint = interrupted
    ? again
    : timeout
      ? 'allow more time with promotion.gate.timeout, or look at the run in the Telnyx portal'
      : `correct the change and ${again}`;
  const code = interrupted ? 'GATE_INTERRUPTED' : timeout ? 'GATE_TIMEOUT' : 'GATE_FAILED';
  throw new GateFailure(interrupted ? 'interrupted' : 'gate', message, { code, hint }, { verdicts, passed });
}
