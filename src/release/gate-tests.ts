/** Which tests a gate runs, and what stands in their way. */

import { liveDigest } from '../canonical/canonical.ts';
import type { Address } from '../model/address.ts';
import type { FailureCode } from '../model/codes/failure-codes.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { GateFailure, type GateRequest, type GateResult } from '../model/release.ts';
import type { Api, RemoteResource } from '../model/remote.ts';
import type { RunnableTest, TestVerdict } from '../model/runs.ts';
import type { PassedTest } from '../model/state.ts';
import type { RunTestsDeps, TestProgress } from './run-tests.ts';
import { isTestOf, isTestOfAnother, runnable, suiteOf } from './test-selection.ts';

export interface GateDeps extends Omit<RunTestsDeps, 'api' | 'onProgress'> {
  readonly api: RunTestsDeps['api'] & Pick<Api, 'list'>;
  /** Tests of one gate that run at the same time. */
  readonly concurrency: number;
  /** Run also what this content passed before. */
  readonly rerun: boolean;
  /** Nobody asked for this gate: what failed on this content, or was triggered for it, is not run again. */
  readonly onlyOnce?: boolean;
  readonly onProgress?: (address: Address, progress: TestProgress) => void;
}

export interface GateTest {
  readonly test: RunnableTest;
  readonly digest: string;
  /** Why it cannot be run. */
  readonly hindrance: string | undefined;
}

/** The tests that the gate names and the members of its suites: those with specs and those of the account. */
export async function gateTestsOf(
  request: GateRequest,
  api: Pick<Api, 'get' | 'list'>,
): Promise<readonly GateTest[]> {
  const { gate, address, assistantId, idOf } = request;
  const listed = await api.list('test');
  const byId = new Map(listed.map((test) => [test.id, test]));
  const chosen = new Map<string, GateTest>();
  const closed = (code: FailureCode, message: string, hint: string): never => {
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
    const live = byId.get(id) ?? (await api.get('test', id));
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

function choice(live: RemoteResource, address: Address | undefined, assistantId: string): GateTest {
  const foreign = isTestOfAnother(live, assistantId);
  return {
    test: runnable(live, address),
    digest: liveDigest(SHAPES.test, live.config),
    hindrance: foreign ? `it tests ${String(live.config.destination)}, not this assistant` : undefined,
  };
}

/** The verdict on a test that failed on this content before. */
export function failedBefore(choice: GateTest, before: PassedTest): TestVerdict {
  const problem = 'it failed on this content before; apply --rerun-tests runs it again';
  return { ...withoutRun(choice, before), outcome: 'failed', problem };
}

/** The verdict on a test that was not run: green before, or not to be run at all. */
export function withoutRun({ test, hindrance }: GateTest, before: PassedTest | undefined): TestVerdict {
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

export function nothing({ passed }: GateRequest): GateResult {
  return { verdicts: [], passed };
}
