import type { DesiredResource } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Hold } from '../model/hold.ts';
import type {
  Change,
  ConflictEntry,
  DriftEntry,
  FieldChange,
  PendingEntry,
  StateEdit,
} from '../model/plan.ts';
import type { Release } from '../model/release.ts';
import type { WriteStep } from '../model/step.ts';
import type { Policy } from './compare.ts';
import type { Seal } from './fields.ts';

/** Everything that planning one resource may come to; empty parts mean "nothing of that sort". */
export interface ResourcePlan {
  readonly change?: Change;
  readonly steps: readonly WriteStep[];
  readonly drift?: DriftEntry;
  readonly conflict?: ConflictEntry;
  readonly released?: { readonly address: Change['address']; readonly fields: readonly FieldChange[] };
  readonly stateEdit?: StateEdit;
  /** A move of main that turned out to be done; comes before everything else. */
  readonly settled?: StateEdit;
  readonly pending?: PendingEntry;
  /** The change is left out: somebody took it back. */
  readonly hold?: Hold;
  /** What the API made of values of the spec. */
  readonly diagnostics?: readonly Diagnostic[];
  /** Why nothing may be done, though something would have to be. */
  readonly problem?: Diagnostic;
  /** Differences that the spec says to ignore. */
  readonly ignored?: Diagnostic;
}

export interface ResourceContext {
  /** Somebody said that what was taken back is to come again. */
  readonly releaseHold: boolean;
  readonly policy: Policy;
  readonly recreate: boolean;
  /** Reference target → live id. */
  readonly ids: ReadonlyMap<string, string>;
  /** Live id → reference target. */
  readonly refs: ReadonlyMap<string, string>;
  /** References that this resource's create leaves to a link step. */
  readonly deferred: DesiredResource['references'];
  /** How a new version becomes main; undefined for at once. */
  readonly release: Release | undefined;
  /** False when the version that the binding says is waiting is no longer there. */
  readonly waits: boolean;
  /** Keyed hash of what is hidden; absent where the environment was never applied. */
  readonly seal: Seal | undefined;
  /** The live form was read by id, and not from a list. */
  readonly readById: boolean;
}
