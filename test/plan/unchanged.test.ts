import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { Planned, PlanOptions } from '../../src/model/plan.ts';
import type { Confirmed, Item, RemoteAccount, RemoteResource } from '../../src/model/remote.ts';
import { type Binding, STATE_FORMAT, type State } from '../../src/model/state.ts';
import { planWithReads } from '../../src/plan/confirm-drift.ts';
import { makePlan } from '../../src/plan/plan.ts';
import type { Unchanged } from '../../src/plan/unchanged.ts';
import { desiredState } from '../support/specs.ts';

const TOOL = { type: 'hangup', display_name: 'End', hangup: { description: 'Ends it.' } };
const DESK = { name: 'Desk', model: 'm', instructions: 'Be brief.', tool_ids: ['tool-1'] };
const WRITTEN = { ...DESK, tool_ids: [{ $ref: 'tool/end' }] };

function binding(id: string, base: JsonObject, more: Partial<Binding> = {}): Binding {
  return {
    remote_id: id,
    base,
    foreign: [],
    main_version_id: null,
    staged_version_id: null,
    prevent_destroy: false,
    updated_at: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}

function stateOf(desk: Partial<Binding> = {}): State {
  return {
    format_version: STATE_FORMAT,
    lineage: 'l',
    serial: 1,
    project: 'test',
    environment: 'local',
    api_base: 'http://api.test/v2',
    account: 'acct',
    resources: {
      'tool/end': binding('tool-1', TOOL),
      'assistant/desk': binding('desk-1', DESK, { read_version_id: 'v1', ...desk }),
    },
    deleted: [],
  };
}

function live(kind: 'tool' | 'assistant', id: string, config: JsonObject): RemoteResource {
  return {
    kind,
    id,
    name: String(config.display_name ?? config.name),
    config,
    versionId: kind === 'assistant' ? 'v1' : undefined,
    versionName: undefined,
    createdAt: undefined,
  };
}

interface World {
  readonly desk?: Partial<Binding>;
  /** As the lists show them. */
  readonly listed: readonly RemoteResource[];
  /** As reads by id show them; by default as listed. */
  readonly read?: readonly RemoteResource[];
  readonly options?: Partial<PlanOptions>;
  readonly written?: JsonObject;
}

async function planned(
  world: World,
): Promise<{ plan: Planned; unchanged: Unchanged; read: readonly Item[] }> {
  const desired = desiredState({ 'tool/end': TOOL, 'assistant/desk': world.written ?? WRITTEN });
  const options: PlanOptions = { prune: false, recreate: false, take: null, targets: [], ...world.options };
  const state = stateOf(world.desk);
  const asked: Item[] = [];
  let told: Unchanged = { addresses: new Set(), ids: new Map() };
  const confirm = async (items: readonly Item[]): Promise<Confirmed> => {
    asked.push(...items);
    const found = (world.read ?? world.listed).filter((each) => items.some(({ id }) => id === each.id));
    return { items, found };
  };
  const plan = (account: RemoteAccount, unchanged: Unchanged): Planned => {
    told = unchanged;
    const input = {
      project: { name: 'test', environment: 'local', drift: 'report' as const },
      desired,
      state,
      account,
      apiBase: 'http://api.test/v2',
      options,
      git: null,
      tool: { name: 'assistantctl', version: '0.1.0' },
      createdAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-02T00:00:00.000Z',
    };
    const made = makePlan({ ...input, unchanged });
    expect(made).toEqual(makePlan(input));
    return made;
  };
  const listed = { resources: world.listed, integrations: undefined };
  const { planned: made } = await planWithReads({ desired, state, options, listed, confirm, plan });
  return { plan: made, unchanged: told, read: asked };
}

const QUIET = [live('tool', 'tool-1', TOOL), live('assistant', 'desk-1', DESK)];

describe('what is known to be unchanged', () => {
  it('is everything in a quiet account, and nothing is read by id', async () => {
    const { plan, unchanged, read } = await planned({ listed: QUIET });
    expect([...unchanged.addresses].sort()).toEqual(['assistant/desk', 'tool/end']);
    expect(read).toEqual([]);
    expect(plan.plan.summary).toMatchObject({ unchanged: 2, update: 0, drift: 0 });
    expect(plan.stateEdits).toEqual([]);
  });

  it('is what a list leaves out of an assistant too', async () => {
    const { unchanged } = await planned({
      listed: [live('tool', 'tool-1', TOOL), live('assistant', 'desk-1', { ...DESK, tool_ids: [] })],
    });
    expect(unchanged.addresses).toContain('assistant/desk');
  });

  it('is not what differs live', async () => {
    const { plan, unchanged } = await planned({
      listed: [
        live('tool', 'tool-1', { ...TOOL, display_name: 'Edited' }),
        live('assistant', 'desk-1', DESK),
      ],
    });
    expect([...unchanged.addresses]).toEqual(['assistant/desk']);
    expect(plan.plan.drift.map(({ address }) => address)).toEqual(['tool/end']);
  });

  it.each<[string, Partial<Binding>]>([
    ['an own form', { forms: [{ at: '/model', sent: 'm', got: 'M' }] }],
    ['a foreign element', { foreign: ['/tags/x'] }],
    ['a write that was begun', { begun: DESK }],
    ['protection that Git no longer asks for', { prevent_destroy: true }],
    ['a provisional binding', { provisional: true }],
  ])('is not a resource with %s', async (_what, desk) => {
    const { unchanged } = await planned({ listed: QUIET, desk });
    expect([...unchanged.addresses]).toEqual(['tool/end']);
  });

  it('is no longer known where a reference turned out to lead nowhere', async () => {
    // The list is behind: the tool is in it, and gone.
    const { plan, unchanged } = await planned({
      listed: [
        live('tool', 'tool-1', { ...TOOL, display_name: 'Edited' }),
        live('assistant', 'desk-1', DESK),
      ],
      read: [live('assistant', 'desk-1', DESK)],
      options: { recreate: true },
    });
    expect(unchanged.addresses).toContain('assistant/desk');
    expect(plan.plan.changes.map(({ address, action }) => `${action} ${address}`).sort()).toEqual([
      'create tool/end',
      'update assistant/desk',
    ]);
  });
});
