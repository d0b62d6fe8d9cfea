/** Plans that move main to a version that exists: promotions of what waits, and rollbacks. */

import { asSent } from '../canonical/as-sent.ts';
import { digest, sealSecrets } from '../canonical/canonical.ts';
import { contentDigest } from '../canonical/confirmed-promotion.ts';
import { projectLike } from '../canonical/project.ts';
import type { Address } from '../model/address.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import {
  type Change,
  type GitInfo,
  PLAN_FORMAT,
  type Plan,
  type Planned,
  type StateEdit,
} from '../model/plan.ts';
import type { Release } from '../model/release.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { Binding, State } from '../model/state.ts';
import type { PlannedPromotion, PromoteStep } from '../model/step.ts';
import { fieldsTakenBack } from './holds.ts';
import { releaseNote } from './release.ts';
import { digestOfUnits, reviewUnits } from './review-units.ts';
import { configFields } from './version-diff.ts';

export interface Promotion {
  readonly address: Address;
  readonly binding: Binding;
  readonly main: RemoteResource;
  readonly version: RemoteResource;
  /** For the record of mains. */
  readonly reason: string;
  readonly rollback: boolean;
  /** The last step of the open rollout: its canary goes with it. */
  readonly endsRollout?: boolean;
  /** Undefined: without a gate. */
  readonly release: Release | undefined;
}

export interface PromotionsInput {
  readonly project: { readonly name: string; readonly environment: string };
  readonly state: State;
  readonly apiBase: string;
  readonly git: GitInfo | null;
  readonly tool: Plan['tool'];
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly moves: readonly Promotion[];
  /** Moves that were begun earlier and turned out to be done. */
  readonly confirmed: readonly { readonly address: Address; readonly binding: Binding }[];
}

/** One step for each move; nothing else is compared and nothing else is touched. */
export function planPromotions(input: PromotionsInput): Planned {
  const { state, moves } = input;
  const ids = Object.fromEntries(
    Object.entries(state.resources).map(([address, { remote_id }]) => [address, remote_id]),
  );
  const refs = new Map(Object.entries(ids).map(([address, id]) => [id, address]));
  const changes = moves.map((move) => changeOf(move, refs));
  const inputs = digest(moves.map(({ address, version }) => [address, contentDigest(version.config)]));
  const identity = {
    project: input.project.name,
    environment: input.project.environment,
    api_base: input.apiBase,
    inputs_digest: inputs,
  };
  const plan: Plan = {
    format_version: PLAN_FORMAT,
    tool: input.tool,
    ...identity,
    account: state.account,
    created_at: input.createdAt,
    expires_at: input.expiresAt,
    git: input.git,
    plan_digest: digestOfUnits(reviewUnits({ ...identity, changes, conflicts: [] })),
    options: { prune: false, recreate: false, take: null, targets: moves.map(({ address }) => address) },
    summary: {
      create: 0,
      update: changes.length,
      delete: 0,
      adopt: 0,
      takeover: 0,
      move: 0,
      promote: changes.length,
      unchanged: 0,
      drift: 0,
      conflict: 0,
      orphan: 0,
      unmanaged: 0,
    },
    changes,
    drift: [],
    conflicts: [],
    orphans: [],
    released: [],
    diagnostics: [],
  };
  const stateEdits = input.confirmed.map((done): StateEdit => ({ op: 'confirm-promotion', ...done }));
  return { plan, steps: moves.map(stepOf), stateEdits, ids, liveIds: new Set(), renames: [], confirms: [] };
}

function changeOf(move: Promotion, refs: ReadonlyMap<string, string>): Change {
  const { address, main, version, reason, release } = move;
  return {
    address,
    action: 'update',
    remote_id: main.id,
    reason: `main moves to version ${version.versionId ?? ''} (${reason})`,
    fields: configFields(main.config, version.config, refs),
    promotes: true,
    live_version_id: main.versionId ?? null,
    base_digest: null,
    live_digest: contentDigest(main.config),
    desired_digest: contentDigest(version.config),
    depends_on: [],
    affects: [],
    existing: true,
    ...(release !== undefined && { release: releaseNote(release) }),
  };
}

function stepOf(promotion: Promotion): PromoteStep {
  const { address, main, binding, release } = promotion;
  return {
    id: address,
    address,
    kind: 'assistant',
    action: 'promote',
    name: main.name,
    remoteId: main.id,
    dependsOn: [],
    preventDestroy: binding.prevent_destroy,
    promotion: plannedPromotion(promotion),
    ...(release !== undefined && { release }),
  };
}

/**
 * With the candidate that we staged, base becomes what it was staged for. With any other version it becomes what
 * that version says of the fields that are managed: Git then differs from it as from anything applied before, and
 * the next plan shows that as an ordinary change.
 */
function plannedPromotion({
  binding,
  main,
  version,
  reason,
  rollback,
  endsRollout,
}: Promotion): PlannedPromotion {
  const shape = SHAPES.assistant;
  const content = contentDigest(version.config);
  const candidate = binding.candidate;
  const ours = candidate !== undefined && candidate.content === content;
  const { base, foreign, forms } = binding;
  const kept = ours ? candidate.forms : forms;
  const after = ours
    ? candidate.base
    : base === null
      ? null
      : sealSecrets(shape, projectLike(shape, asSent(shape, version.config, forms), base, foreign));
  const takenBack = rollback && base !== null && after !== null ? fieldsTakenBack(base, after) : [];
  return {
    version_id: version.versionId ?? '',
    content,
    from: contentDigest(main.config),
    rollback,
    ...(endsRollout === true && { endsRollout }),
    reason,
    base: after,
    ...(takenBack.length > 0 && { takesBack: takenBack }),
    foreign: ours ? candidate.foreign : foreign,
    ...(kept !== undefined && { forms: kept }),
  };
}
