import { withIds } from '../canonical/walk.ts';
import type { Kind } from '../model/address.ts';
import { Failure } from '../model/errors.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import type { JsonObject } from '../model/json.ts';
import type { Planned } from '../model/plan.ts';
import type { RunGate } from '../model/release.ts';
import type { ReleaseApi } from '../model/release-api.ts';
import type { Api } from '../model/remote.ts';
import type { OpenedRollout } from '../model/report.ts';
import type { TestVerdict } from '../model/runs.ts';
import type { Binding, State, StateSession } from '../model/state.ts';
import type { StepBase } from '../model/step.ts';
import type { SharedLock } from './shared-lock.ts';

export interface ApplyProgress {
  readonly done: number;
  readonly total: number;
  readonly note: string;
}

/** What an apply works with; everything of the outside world comes in here. */
export interface ApplyDeps {
  readonly api: Api & Pick<ReleaseApi, 'createCanary' | 'replaceCanary' | 'deleteCanary'>;
  readonly session: StateSession;
  /** A fresh state for an environment that was never applied; its lineage is random. */
  readonly newState: () => State;
  /** First word of version names: the short commit, or `nogit`. */
  readonly versionPrefix: string;
  /** False: stage versions and leave main alone. */
  readonly promote: boolean;
  readonly concurrency: number;
  readonly clock: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  /** Aborted by the first signal: begin nothing more, finish what is under way. */
  readonly stop: AbortSignal;
  readonly onProgress: (progress: ApplyProgress) => void;
  /** The person or pipeline that is recorded for each promotion. */
  readonly who?: string;
  /** The environment is protected: the command that promotes what waits has to approve it by name. */
  readonly isProtected?: boolean;
  /** An open rollout of ours may be ended by a change that takes its place. */
  readonly replaceRollout?: boolean;
  /** Earlier runs may have sent the same creates without a record here (previews). */
  readonly forgetful?: boolean;
  /** Needed as soon as a step has a gate. */
  readonly gate?: RunGate;
}

/** The running apply: dependencies plus what has become known on the way. */
export interface ApplyContext extends ApplyDeps {
  readonly planned: Planned;
  readonly lineage: string;
  /** Reference target → live id; creates add theirs. */
  readonly ids: Map<string, string>;
  /** The same the other way round. */
  readonly refs: Map<string, string>;
  readonly bindings: Map<string, Binding>;
  /** Ids that an address had before: deleted, or bound and gone. */
  readonly formerIds: ReadonlyMap<string, readonly string[]>;
  /** Creates of one kind run together, and a look-up among all of that kind alone. */
  readonly creating: (kind: Kind) => SharedLock;
  /** Digests of assistants whose references this apply took away because they are to be deleted, by id. */
  readonly unlinked: Map<string, string>;
  /** Addresses of assistants that this apply brought back instead of creating them anew. */
  readonly restored: Set<string>;
  /** Addresses with an announced write whose outcome is not in the state yet. */
  readonly announced: Set<string>;
  /** Addresses with a write that took effect, or may have, and is not in the state yet. */
  readonly unrecorded: Set<string>;
}

/** What a step came to. */
export interface Done {
  readonly remoteId: string | null;
  readonly versionId: string | null;
  readonly promoted: boolean;
  /** False when the account already said what was wanted and no request was sent. */
  readonly wrote: boolean;
  /** A version was staged and waits for its promotion. */
  readonly waits?: boolean;
  /** A canary was opened and goes on with `rollout tick`. */
  readonly rollout?: OpenedRollout;
  /** Results of the gate. */
  readonly tests?: readonly TestVerdict[];
}

/** Live ids in place of references; a reference without an id is a `Failure`, never a request. */
export function resolveIds(context: ApplyContext, step: StepBase, config: JsonObject): JsonObject {
  const missing: string[] = [];
  const resolved = withIds(
    SHAPES[step.kind],
    config,
    (target) => context.ids.get(target),
    (target) => missing.push(target),
  );
  if (missing.length === 0) return resolved;
  throw new Failure('partial', `${step.address} refers to ${missing.join(', ')}, which has no live id`, {
    code: 'REF_UNAVAILABLE',
  });
}
