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

/** What the planner found out about one resource; a part that is absent has nothing to say. */
export interface ResourcePlan {
  readonly change?: Change;
  readonly steps: readonly WriteStep[];
  readonly drift?: DriftEntry;
  readonly conflict?: ConflictEntry;
  readonly released?: { readonly address: Change['address']; readonly fields: readonly FieldChange[] };
  readonly stateEdit?: StateEdit;
  /** A promotion that was begun earlier and turned out to be done: recorded before everything else. */
  readonly confirmedPromotion?: StateEdit;
  readonly pending?: PendingEntry;
  /** The change is left out: somebody took it back. */
  readonly hold?: Hold;
  /** What the API made of values of the spec. */
  readonly diagnostics?: readonly Diagnostic[];
  /** The error that keeps the change from being made. */
  readonly problem?: Diagnostic;
  /** Differences that the spec says to ignore. */
  readonly ignored?: Diagnostic;
}

export interface ResourceContext {
  /** `--release-hold`: the change that was rolled back is made again. */
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
