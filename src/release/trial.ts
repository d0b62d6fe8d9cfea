/**
 * A candidate of a preview before its tests: run on it as often as its gate asks for, and held against main. Main's
 * results are remembered by content, so that a test is run there once; those of the candidate are always fresh.
 */
import type { Address } from '../model/address.ts';
import { type Evidence, GateFailure, type GateRequest } from '../model/release.ts';
import { isBad, type TestVerdict } from '../model/runs.ts';
import type { PassedTest, TestedContent } from '../model/state.ts';
import { weigh, withMainResults } from './evidence.ts';
import type { GateDeps, GateTest } from './gate-tests.ts';

export interface Trial {
  readonly address: Address;
  readonly assistantId: string;
  /** Undefined for what is no version: a copy, or main itself. */
  readonly versionId: string | undefined;
  readonly content: string;
  /** What to compare with; undefined where there is nothing. */
  readonly main: { readonly versionId: string | undefined; readonly content: string } | undefined;
  /** Run on main what is not remembered of it. */
  readonly runMain: boolean;
  /** How the assistant's gate weighs runs; undefined: every test has to pass. */
  readonly evidence: Evidence | undefined;
  readonly tests: readonly GateTest[];
  /** What is remembered of main, from runs for evidence and from gates. */
  readonly tested: readonly TestedContent[];
  readonly passed: readonly PassedTest[];
  readonly timeoutMs: number;
}

export interface TrialResult {
  readonly trial: Trial;
  readonly verdicts: readonly TestVerdict[];
  /** What is new to remember. */
  readonly fresh: readonly TestedContent[];
  /** Why the change does not pass; null when it does. */
  readonly lacks: string | null;
  /** Why there is nothing to compare with although that was asked for; null when there is. */
  readonly noBaseline: string | null;
}

/** Compares and asks for nothing: what each test says decides. */
const SHOWN_ONLY: Evidence = { repeat: 1, passRate: 0, mustPass: [], maxDrop: 1 };

export async function runTrial(trial: Trial, deps: GateDeps): Promise<TrialResult> {
  const { evidence } = trial;
  const known = rememberedOfMain(trial);
  const asked = evidence ?? SHOWN_ONLY;
  const request: GateRequest = {
    address: trial.address,
    assistantId: trial.assistantId,
    versionId: trial.versionId,
    content: trial.content,
    gate: { tests: [], suites: [], members: [], timeoutMs: trial.timeoutMs, uses: '' },
    passed: [],
    tested: known,
    ...(trial.runMain && trial.main !== undefined && { main: trial.main }),
    idOf: () => undefined,
  };
  const { tested, failure, ...own } = await weighed(request, trial, asked, deps);
  const verdicts = own.verdicts.map((verdict, index) => {
    const choice = trial.tests[index];
    if (verdict.main_runs !== undefined || choice === undefined || trial.main === undefined) return verdict;
    return withMainResults({ main: trial.main, passed: [], tested: known }, choice, verdict);
  });
  const fresh = tested.filter((one) => !known.includes(one));
  const bad = verdicts.filter(isBad);
  const noBaseline = failure?.code === 'GATE_BASELINE' ? sentence(failure) : null;
  const base = { trial, verdicts, fresh, noBaseline };
  if (evidence === undefined) {
    return { ...base, lacks: bad.length === 0 ? null : '' };
  }
  return { ...base, lacks: failure === undefined ? null : sentence(failure) };
}

interface Weighed {
  readonly verdicts: readonly TestVerdict[];
  readonly tested: readonly TestedContent[];
  readonly failure: GateFailure | undefined;
}

async function weighed(
  request: GateRequest,
  { tests }: Trial,
  evidence: Evidence,
  deps: GateDeps,
): Promise<Weighed> {
  try {
    const { verdicts, tested = [] } = await weigh(request, evidence, tests, deps);
    return { verdicts, tested, failure: undefined };
  } catch (failure) {
    if (!(failure instanceof GateFailure)) throw failure;
    return { verdicts: failure.verdicts, tested: failure.tested ?? [], failure };
  }
}

/** A preview that is staged again has its candidate tested again. */
function rememberedOfMain({ main, tested, passed }: Trial): readonly TestedContent[] {
  if (main === undefined) return [];
  const counted = tested.filter(({ content }) => content === main.content);
  const keys = new Set(counted.map(keyOf));
  const green = passed
    .filter((one) => one.content === main.content && !keys.has(keyOf(one)))
    .map((one): TestedContent => ({ ...one, runs: 1, passed: 1 }));
  return [...counted, ...green];
}

function keyOf({ test_id, test_digest }: PassedTest): string {
  return `${test_id} ${test_digest}`;
}

/** The gate's message without the remark that main is unchanged: a preview never moves main. */
function sentence({ message }: GateFailure): string {
  return message.replace(/; main was left as it is$/, '');
}
