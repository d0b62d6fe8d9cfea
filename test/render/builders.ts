import type { Address } from '../../src/model/address.ts';
import type { Change, FieldChange, Plan, PlanSummary } from '../../src/model/plan.ts';

const NO_COUNTS: PlanSummary = {
  create: 0,
  update: 0,
  delete: 0,
  adopt: 0,
  takeover: 0,
  move: 0,
  promote: 0,
  unchanged: 14,
  drift: 0,
  conflict: 0,
  orphan: 0,
  unmanaged: 0,
};

export function buildPlan(parts: Partial<Plan> = {}, counts: Partial<PlanSummary> = {}): Plan {
  return {
    format_version: '1.0',
    tool: { name: 'assistantctl', version: '0.1.0' },
    project: 'northwind-voice',
    environment: 'production',
    api_base: 'https://api.telnyx.com/v2',
    account: 'acct:1f2e3d4c',
    created_at: '2026-11-22T12:00:00.000Z',
    expires_at: '2026-11-23T12:00:00.000Z',
    git: { commit: '4be19d20c5a4b0f1e2d3c4b5a697887766554433', branch: 'main', dirty: false },
    inputs_digest: `sha256:${'1'.repeat(64)}`,
    plan_digest: 'sha256:9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a0',
    options: { prune: false, recreate: false, take: null, targets: [] },
    summary: { ...NO_COUNTS, ...counts },
    changes: [],
    drift: [],
    conflicts: [],
    orphans: [],
    released: [],
    diagnostics: [],
    ...parts,
  };
}

export function buildChange(address: Address, parts: Partial<Change> = {}): Change {
  return {
    address,
    action: 'update',
    remote_id: 'remote-1',
    reason: 'The spec changed.',
    fields: [],
    promotes: false,
    live_version_id: null,
    base_digest: null,
    live_digest: null,
    desired_digest: null,
    depends_on: [],
    affects: [],
    ...parts,
  };
}

export function field(
  path: string,
  before: FieldChange['before'],
  after: FieldChange['after'],
  origin: FieldChange['origin'] = 'config',
): FieldChange {
  return { path, before, after, origin };
}
