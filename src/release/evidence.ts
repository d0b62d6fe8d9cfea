/**
 * Gates that weigh runs: each test runs several times on the version and, with `max_drop`, on main, and the share of
 * passed runs decides. The state remembers all runs of a content. So a version that became main is the baseline of
 * the next one, and an apply that is repeated gets the same verdict.
 */
import type { FailureCode } from '../model/codes/failure-codes.ts';
import { type Evidence, GateFailure, type GateRequest, type GateResult } from '../model/release.ts';
import { isBad, type RunCount, type TestVerdict } from '../model/runs.ts';
import type { PassedTest, TestedContent } from '../model/state.ts';
import { namedVerdicts, notPassed, testedThing } from './gate-failures.ts';
import { type GateDeps, type GateTest, withoutRun } from './gate-tests.ts';
import { runTests } from './run-tests.ts';

/** How many results of an assistant are remembered. */
const MOST_TESTED = 400;
/** How many runs of one test on one content are told apart in its history. */
const MOST_RUN_IDS = 40;
/** Shares are compared as people write them: 2 of 3 is 0.6667. */
const TOLERANCE = 0.0001;

/** A version, and what tells its content apart. */
interface Side {
  readonly versionId: string | undefined;
  readonly content: string;
  readonly on: 'main' | 'candidate';
}

export async function weigh(
  request: GateRequest,
  evidence: Evidence,
  chosen: readonly GateTest[],
  deps: GateDeps,
): Promise<GateResult> {
  const { passed, main } = request;
  let tested = request.tested ?? [];
  const judged = async (side: Side): Promise<readonly TestVerdict[]> => {
    const { verdicts, fresh } = await runsOn(side, request, evidence, chosen, tested, deps);
    tested = withFresh(tested, fresh);
    return verdicts;
  };
  const own = await judged({ versionId: request.versionId, content: request.content, on: 'candidate' });
  const silent = own.filter(isSilent);
  if (silent.length > 0) throw notPassed(request, silent, { verdicts: own, passed, tested });
  const compares = evidence.maxDrop !== undefined && main !== undefined;
  const before = compares ? await judged({ ...main, on: 'main' }) : [];
  const onMain = new Map(before.map((verdict) => [verdict.test_id, verdict]));
  const verdicts = own.map((verdict) => {
    const { runs: main_runs, duration_ms } = onMain.get(verdict.test_id) ?? {};
    if (main_runs === undefined) return verdict;
    return { ...verdict, main_runs, ...(duration_ms ? { main_duration_ms: duration_ms } : {}) };
  });
  const result = { verdicts, passed, tested };
  const unknown = before.filter(isSilent);
  if (unknown.length > 0) throw withoutBaseline(request, unknown, result);
  decide(request, evidence, result);
  return result;
}

/** Without a result: nothing can be concluded from it. */
function isSilent({ outcome }: TestVerdict): boolean {
  return outcome !== 'passed' && outcome !== 'failed';
}

async function runsOn(
  { versionId, content, on }: Side,
  request: GateRequest,
  { repeat }: Evidence,
  chosen: readonly GateTest[],
  tested: readonly TestedContent[],
  deps: GateDeps,
): Promise<{ readonly verdicts: readonly TestVerdict[]; readonly fresh: readonly TestedContent[] }> {
  const known = new Map(
    (deps.rerun ? [] : tested)
      .filter((one) => one.content === content && one.runs >= repeat)
      .map((one) => [`${one.test_id} ${one.test_digest}`, one]),
  );
  const earlier = ({ test, digest }: GateTest) => known.get(`${test.testId} ${digest}`);
  const due = chosen.filter((choice) => choice.hindrance === undefined && earlier(choice) === undefined);
  const { onProgress, ...rest } = deps;
  const results = await runTests(
    {
      // One object for each run: it is what a run is told by.
      tests: Array.from({ length: repeat }, () => due.map(({ test }) => ({ ...test }))).flat(),
      versionId,
      timeoutMs: request.gate.timeoutMs,
      concurrency: deps.concurrency,
    },
    { ...rest, ...(onProgress && { onProgress: (event) => onProgress(request.address, event) }) },
  );
  const runsOf = (testId: string) => results.filter(({ test_id }) => test_id === testId);
  const verdicts = chosen.map(
    (choice) => together(runsOf(choice.test.testId)) ?? fromMemory(choice, earlier(choice), on),
  );
  const at = deps.clock().toISOString();
  const fresh = verdicts.flatMap((verdict, index) => {
    const test_digest = chosen[index]?.digest;
    const { runs, test_id, run_id, conversation_id, duration_ms } = verdict;
    if (runs === undefined || verdict.remembered || isSilent(verdict) || test_digest === undefined) return [];
    const { passed, total } = runs;
    const run_ids = runsOf(test_id).flatMap((run) => run.run_id ?? []);
    const what = { content, test_id, test_digest, run_id, conversation_id, at, on, run_ids };
    return [{ ...what, runs: total, passed, duration_ms: Math.round(duration_ms) }];
  });
  return { verdicts, fresh };
}

/** The runs of one test as one result: that of the run which says most against the version. */
function together(runs: readonly TestVerdict[]): TestVerdict | undefined {
  const worst = runs.find(isSilent) ?? runs.find(isBad) ?? runs.at(-1);
  if (worst === undefined) return undefined;
  const sum = (value: (verdict: TestVerdict) => number): number =>
    runs.reduce((total, verdict) => total + value(verdict), 0);
  return {
    ...worst,
    attempts: sum(({ attempts }) => attempts),
    duration_ms: sum(({ duration_ms }) => duration_ms),
    runs: {
      passed: runs.filter(({ outcome }) => outcome === 'passed').length,
      total: runs.filter((verdict) => !isSilent(verdict)).length,
    },
  };
}

/** Nothing of it was run now, so that only the comparison with main says how long it took then. */
function fromMemory(choice: GateTest, before: TestedContent | undefined, on: Side['on']): TestVerdict {
  const verdict = withoutRun(choice, before);
  if (before === undefined || choice.hindrance !== undefined) return verdict;
  const { passed, runs } = before;
  const duration_ms = on === 'main' ? (before.duration_ms ?? 0) : 0;
  return {
    ...verdict,
    outcome: passed === runs ? 'passed' : 'failed',
    runs: { passed, total: runs },
    duration_ms,
  };
}

/** With what is remembered of the same test on main; nothing is run for it. */
export function withMainResults(
  { main, passed, tested = [] }: Pick<GateRequest, 'main' | 'passed' | 'tested'>,
  { test, digest }: GateTest,
  verdict: TestVerdict,
): TestVerdict {
  if (main === undefined) return verdict;
  const same = (one: PassedTest): boolean =>
    one.content === main.content && one.test_id === test.testId && one.test_digest === digest;
  const known = tested.findLast(same);
  if (known === undefined) {
    return passed.some(same) ? { ...verdict, main_runs: { passed: 1, total: 1 } } : verdict;
  }
  const duration = known.duration_ms === undefined ? {} : { main_duration_ms: known.duration_ms };
  return { ...verdict, main_runs: { passed: known.passed, total: known.runs }, ...duration };
}

/** The newest results of each content and test, within bounds. */
export function withFresh(
  tested: readonly TestedContent[],
  fresh: readonly TestedContent[],
): readonly TestedContent[] {
  const key = ({ content, test_id, test_digest }: TestedContent): string =>
    `${content} ${test_id} ${test_digest}`;
  const earlier = new Map(tested.map((one) => [key(one), one]));
  const replaced = new Set(fresh.map(key));
  const added = fresh.map((one) => {
    const before = earlier.get(key(one));
    if (before === undefined || before.on !== one.on) return one;
    // The share is that of the last runs; which runs they were is a matter of the history.
    const run_ids = [...new Set([...(before.run_ids ?? []), ...(one.run_ids ?? [])])].slice(-MOST_RUN_IDS);
    return { ...one, run_ids };
  });
  return [...tested.filter((one) => !replaced.has(key(one))), ...added].slice(-MOST_TESTED);
}

interface Lack {
  readonly code: FailureCode;
  readonly text: string;
}

/** Rejects with everything that the runs lack, named by the first of it. */
function decide(request: GateRequest, evidence: Evidence, result: Required<GateResult>): void {
  const { verdicts } = result;
  const { passRate, mustPass, maxDrop } = evidence;
  const own = total(verdicts.map(({ runs }) => runs));
  const main = total(verdicts.map(({ main_runs }) => main_runs));
  const must = verdicts.filter(
    (verdict) => verdict.address !== null && mustPass.includes(verdict.address) && isBad(verdict),
  );
  const newly = verdicts.filter((verdict) => isBad(verdict) && isWorse(verdict));
  const lacks: Lack[] = [];
  if (must.length > 0) {
    lacks.push({ code: 'GATE_MUST_PASS', text: `${namedVerdicts(must)} had to pass in every run` });
  }
  if (share(own) < passRate - TOLERANCE) {
    const failed = namedVerdicts(verdicts.filter(isBad));
    const text = `${counted(own)}, and ${percent(passRate)} are asked for: ${failed}`;
    lacks.push({ code: 'GATE_PASS_RATE', text });
  }
  if (maxDrop !== undefined && main.total > 0 && share(own) < share(main) - maxDrop - TOLERANCE) {
    const text = `${counted(own)}, on main ${counted(main)}, and at most ${percent(maxDrop)} less are allowed: worse are ${namedVerdicts(newly)}`;
    lacks.push({ code: 'GATE_DROP', text });
  }
  const first = lacks[0];
  if (first === undefined) return;
  const { address, versionId } = request;
  const message = `${address}: not enough passed on ${testedThing(versionId)}: ${lacks.map(({ text }) => text).join('; ')}; main was left as it is`;
  const hint =
    'correct the change and apply again; results of this content are remembered, --rerun-tests runs them anew';
  throw new GateFailure('gate', message, { code: first.code, hint }, result);
}

function withoutBaseline(
  request: GateRequest,
  unknown: readonly TestVerdict[],
  result: GateResult,
): GateFailure {
  const { message, kind } = notPassed(request, unknown, result, 'main, so there is nothing to compare with');
  const code = kind === 'interrupted' ? 'GATE_INTERRUPTED' : 'GATE_BASELINE';
  const hint = 'apply again, or leave promotion.gate.against out for this once';
  return new GateFailure(kind === 'interrupted' ? 'interrupted' : 'gate', message, { code, hint }, result);
}

function isWorse({ runs, main_runs }: TestVerdict): boolean {
  return runs !== undefined && main_runs !== undefined && share(runs) < share(main_runs) - TOLERANCE;
}

function total(counts: readonly (RunCount | undefined)[]): RunCount {
  return counts.reduce<RunCount>(
    (sum, count) => ({
      passed: sum.passed + (count?.passed ?? 0),
      total: sum.total + (count?.total ?? 0),
    }),
    { passed: 0, total: 0 },
  );
}

function share({ passed, total: of }: RunCount): number {
  return of === 0 ? 0 : passed / of;
}

function counted(count: RunCount): string {
  return `${count.passed} of ${count.total} runs passed (${percent(share(count))})`;
}

function percent(value: number): string {
  return `${Math.round(value * 1000) / 10} %`;
}
