import { configDigest } from '../canonical/canonical.ts';
import type { Address, Kind } from '../model/address.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import type { JsonObject } from '../model/json.ts';
import { KINDS } from '../model/kinds.ts';
import type { Change, Planned } from '../model/plan.ts';
import type { CreateStep } from '../model/step.ts';

/**
 * A plan that does nothing but create one resource from an archived form. It leaves no base behind: nobody wrote a
 * spec of it, so that the next plan has two sides.
 */
export function restorePlan(
  planned: Planned,
  archived: {
    readonly address: Address;
    readonly kind: Kind;
    readonly config: JsonObject;
    /** The id that it had. */
    readonly formerId?: string | undefined;
  },
): Planned {
  const { address, kind, config, formerId } = archived;
  const desired = configDigest(SHAPES[kind], config);
  const step: CreateStep = {
    id: address,
    address,
    kind,
    action: 'create',
    name: String(config[KINDS[kind].nameField] ?? ''),
    dependsOn: [],
    spec: config,
    createSpec: config,
    desiredDigest: desired,
    base: null,
    foreign: [],
    preventDestroy: false,
    ...(formerId !== undefined && { formerId }),
  };
  const change: Change = {
    address,
    action: 'create',
    remote_id: null,
    reason: 'restored from the copy in the state',
    fields: [],
    promotes: false,
    live_version_id: null,
    base_digest: null,
    live_digest: null,
    desired_digest: desired,
    depends_on: [],
    affects: [],
  };
  const none = { update: 0, delete: 0, adopt: 0, takeover: 0, move: 0, promote: 0 };
  const summary = { ...planned.plan.summary, ...none, create: 1 };
  return { ...planned, plan: { ...planned.plan, summary, changes: [change] }, steps: [step], stateEdits: [] };
}
