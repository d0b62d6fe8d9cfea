import { liveDigest } from '../canonical/canonical.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { KINDS } from '../model/kinds.ts';
import type { Change, Plan, PlanOptions, StateEdit } from '../model/plan.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { DeleteStep } from '../model/step.ts';
import type { Orphan } from './match.ts';

export interface OrphanPlan {
  readonly orphans: Plan['orphans'];
  readonly changes: readonly Change[];
  readonly steps: readonly DeleteStep[];
  readonly stateEdits: readonly StateEdit[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Bound resources whose spec is gone: listed always, deleted only with `--prune` and never when protected. */
export function planOrphans(
  orphans: readonly Orphan[],
  input: { readonly options: PlanOptions },
  chosen: ReadonlySet<string> | undefined,
): OrphanPlan {
  const result = {
    orphans: [] as Plan['orphans'][number][],
    changes: [] as Change[],
    steps: [] as DeleteStep[],
    stateEdits: [] as StateEdit[],
    diagnostics: [] as Diagnostic[],
  };
  for (const orphan of orphans) {
    const { address, binding, live } = orphan;
    if (chosen !== undefined && !chosen.has(address)) continue;
    if (live === undefined) {
      result.stateEdits.push({ op: 'forget', address });
      continue;
    }
    result.orphans.push({ address, remote_id: binding.remote_id });
    if (!input.options.prune) continue;
    if (live.stock === true) {
      result.diagnostics.push(stockOrphan(orphan));
      continue;
    }
    if (binding.prevent_destroy) {
      result.diagnostics.push(protectedOrphan(orphan));
      continue;
    }
    result.changes.push(deleteChange(orphan, live));
    result.steps.push(deleteStep(orphan, live));
  }
  return result;
}

function stockOrphan({ address, binding }: Orphan): Diagnostic {
  return {
    severity: 'warning',
    code: 'STOCK_KEPT',
    message: `${address} (${binding.remote_id}) has no spec any more; the platform put it into the account, so it is never deleted`,
    address,
    hint: `let go of it with: assistantctl state rm ${address}`,
  };
}

function protectedOrphan({ address, binding }: Orphan): Diagnostic {
  return {
    severity: 'warning',
    code: 'DESTROY_PREVENTED',
    message: `${address} (${binding.remote_id}) has no spec any more, and its lifecycle.prevent_destroy keeps it from being deleted`,
    address,
    hint: `bring the spec back with prevent_destroy: false and apply it first, or let go of it with: assistantctl state rm ${address}`,
  };
}

function deleteChange({ address, binding }: Orphan, live: RemoteResource): Change {
  const shape = SHAPES[live.kind];
  return {
    address,
    action: 'delete',
    remote_id: binding.remote_id,
    reason: `${KINDS[live.kind].noun} has no spec any more (--prune)`,
    fields: [{ path: `/${KINDS[live.kind].nameField}`, before: live.name, after: null, origin: 'removed' }],
    promotes: false,
    live_version_id: live.versionId ?? null,
    base_digest: null,
    live_digest: liveDigest(shape, live.config),
    desired_digest: null,
    depends_on: [],
    affects: [],
  };
}

function deleteStep({ address, binding }: Orphan, live: RemoteResource): DeleteStep {
  return {
    id: address,
    address,
    kind: live.kind,
    action: 'delete',
    name: live.name,
    remoteId: binding.remote_id,
    dependsOn: [],
    liveDigest: liveDigest(SHAPES[live.kind], live.config),
  };
}
