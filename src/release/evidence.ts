/**
 * Tests as evidence: each is run several times on the version and, where main is the measure, on main, and the
 * share of passed runs decides. Runs of one content are remembered, green or not: a version that became main brings
 * the baseline of the next one along, and applying again does not throw the dice anew.
 */
import type { FailureCode } from '../model/codes/failure-codes.ts';
import { type Evidence, GateFailure, type GateRequest, type GateResult } from '../model/release.ts';
import { isBad, type RunCount, type TestVerdict } from '../model/runs.ts';
import type { TestedContent } from '../model/state.ts';
import { namedVerdicts, notPassed } from './gate-failures.ts';
import { type GateDeps, type GateTest, withoutRun } from './gate-tests.ts';
import { runTests } from './run-tests.ts';

/** How many results of an assistant are remembered. */
const MOST_TESTED = 400;
/** Shares are compared as people write them: 2 of 3 is 0.6667. */
const TOLERANCE = 0.0001;

/** A version, and what tells its content apart. */
interface Side {
  readonly versionId: string | undefined;
  readonly content: string;
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
  const own = await judged(request);
  const silent = own.filter(isSilent);
  if (silent.length > 0) throw notPassed(request, silent, { verdicts: own, passed, tested });
  const compares = evidence.maxDrop !== undefined && main !== undefined;
  const before = compares ? await judged(main) : [];
  const counts = new Map(before.map((verdict) => [verdict.test_id, verdict.runs]));
  const verdicts = own.map((verdict) => {
    const main_runs = counts.get(verdict.test_id);
    return main_runs === undefined ? verdict : { ...verdict, main_runs };
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
  { versionId, content }: Side,
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
  const verdicts = chosen.map((choice) => {
    const runs = results.filter(({ test_id }) => test_id === choice.test.testId);
    return together(runs) ?? fromMemory(choice, earlier(choice));
  });
  const at = deps.clock().toISOString();
  const fresh = verdicts.flatMap((verdict, index) => {
    const test_digest = chosen[index]?.digest;
    const { runs, test_id, run_id, conversation_id } = verdict;
    if (runs === undefined || verdict.remembered || isSilent(verdict) || test_digest === undefined) return [];
    const { passed, total } = runs;
    return [{ content, test_id, test_digest, run_id, conversation_id, at, runs: total, passed }];
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

function fromMemory(choice: GateTest, before: TestedContent | undefined): TestVerdict {
  const verdict = withoutRun(choice, before);
  if (before === undefined || choice.hindrance !== undefined) return verdict;
  const { passed, runs } = before;
  return { ...verdict, outcome: passed === runs ? 'passed' : 'failed', runs: { passed, total: runs } };
}

/** Earlier results with those that are new in their place. */
export function withFresh(
  tested: readonly TestedContent[],
  fresh: readonly TestedContent[],
): readonly TestedContent[] {
  const key = ({ content, test_id, test_digest }: TestedContent): string =>
    `${content} ${test_id} ${test_digest}`;
  const replaced = new Set(fresh.map(key));
  return [...tested.filter((one) => !replaced.has(key(one))), ...fresh].slice(-MOST_TESTED);
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
  const message = `${address}: not enough passed on version ${versionId}: ${lacks.map(({ text }) => text).join('; ')}; main was left as it is`;
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
