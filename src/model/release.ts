import type { Address } from './address.ts';
import type { FailureCode } from './codes/failure-codes.ts';
import { Failure } from './errors.ts';
import type { CanaryPlan } from './rollout.ts';
import type { TestVerdict } from './runs.ts';
import type { PassedTest, TestedContent } from './state.ts';

/** How a staged version becomes main; `promotion.strategy` of a spec. */
export type Strategy = 'immediate' | 'gated' | 'manual' | 'canary';

/** What a version has to pass first. */
export interface GateSpec {
  /** Tests that the spec names. */
  readonly tests: readonly Address[];
  readonly suites: readonly string[];
  /** Tests of those suites that have specs and are for this assistant; the account may have more. */
  readonly members: readonly Address[];
  /** Milliseconds for all of them together. */
  readonly timeoutMs: number;
  /** Digest of the specs of the tools and MCP servers that the assistant uses: a result is worth no more than they. */
  readonly uses: string;
  /** Absent: every test is run once and has to pass. */
  readonly evidence?: Evidence;
}

/** What share of the runs has to pass. */
export interface Evidence {
  /** Runs of each test. */
  readonly repeat: number;
  /** Share of all runs; 0 where only the comparison decides. */
  readonly passRate: number;
  /** Tests of which no run may fail. */
  readonly mustPass: readonly Address[];
  /** How much smaller the share may be than main's; absent where main is not asked. */
  readonly maxDrop?: number;
}

/** How a new version of an assistant becomes main; a step without one promotes at once. */
export type Release = VersionRelease | CanaryRelease;

/** Behind a gate, or by `promote` alone. */
export interface VersionRelease {
  readonly strategy: 'gated' | 'manual';
  readonly gate: GateSpec | null;
}

export interface CanaryRelease {
  readonly strategy: 'canary';
  readonly gate: GateSpec | null;
  readonly canary: CanaryPlan;
}

/** A version that stands before its gate. */
export interface GateRequest {
  readonly address: Address;
  readonly assistantId: string;
  /** Undefined: the main of a temporary copy. */
  readonly versionId: string | undefined;
  /** Digest of the version's configuration. */
  readonly content: string;
  readonly gate: GateSpec;
  /** Results that were green before. */
  readonly passed: readonly PassedTest[];
  /** Results of runs for evidence. */
  readonly tested?: readonly TestedContent[];
  /** What callers reach at present. */
  readonly main?: { readonly versionId: string | undefined; readonly content: string };
  readonly idOf: (address: Address) => string | undefined;
}

export interface GateResult {
  readonly verdicts: readonly TestVerdict[];
  /** The earlier green results and the new ones. */
  readonly passed: readonly PassedTest[];
  /** The earlier results of runs for evidence and the new ones; absent: there is nothing new. */
  readonly tested?: readonly TestedContent[];
}

/** Runs a gate. Rejects with `GateFailure` when the version may not pass. */
export type RunGate = (request: GateRequest) => Promise<GateResult>;

/** A test failed, or gave no result, or there was none to run. Main is untouched. */
export class GateFailure extends Failure {
  override readonly name: string = 'GateFailure';
  readonly verdicts: readonly TestVerdict[];
  readonly passed: readonly PassedTest[];
  readonly tested: readonly TestedContent[] | undefined;

  constructor(
    kind: 'gate' | 'interrupted',
    message: string,
    failure: { readonly code: FailureCode; readonly hint?: string },
    result: GateResult,
  ) {
    super(kind, message, failure);
    this.verdicts = result.verdicts;
    this.passed = result.passed;
    this.tested = result.tested;
  }
}
