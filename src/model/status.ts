import type { FailureCode } from './codes/failure-codes.ts';
import type { GitInfo, Plan } from './plan.ts';
import type { LeaseHolder } from './state.ts';

/** A fact that may not have been found out: then it is why. */
export type LookedUp<Value> =
  | { readonly known: true; readonly value: Value }
  | { readonly known: false; readonly code: FailureCode; readonly reason: string };

/** What `status` tells: where an environment of a project stands. */
export interface StatusReport {
  readonly project: string;
  readonly specs: string;
  readonly environment: string;
  readonly environments: readonly string[];
  readonly protected: boolean;
  readonly git: GitInfo | null;
  readonly documents: number;
  readonly errors: number;
  readonly warnings: number;
  /** The variable that holds the key; null for the embedded API. */
  readonly keyVariable: string | null;
  readonly state: LookedUp<StateFacts>;
  readonly holder: LookedUp<LeaseHolder | null>;
  /** The plan as of now, made without the lease. */
  readonly plan: LookedUp<Plan>;
}

export interface StateFacts {
  readonly location: string;
  /** Null when the environment was never applied. */
  readonly serial: number | null;
  readonly bound: number;
}
