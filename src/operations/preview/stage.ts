import { type ApplyOutcome, applyPlan } from '../../apply/apply.ts';
import { digest } from '../../canonical/canonical.ts';
import type { Address } from '../../model/address.ts';
import type { DesiredState } from '../../model/desired.ts';
import { type ErrorKind, Failure } from '../../model/errors.ts';
import type { Planned } from '../../model/plan.ts';
import { previewPrefix } from '../../model/preview.ts';
import type { PreviewPart } from '../../model/preview-report.ts';
import type { State, StateSession } from '../../model/state.ts';
import { withinThemselves } from '../../model/step.ts';
import { makePlan } from '../../plan/plan.ts';
import { findTraces, type Removal, removeTraces } from '../../release/preview-traces.ts';
import { type PreviewWorld, previewWorld } from '../../release/preview-world.ts';
import type { Host } from '../host.ts';
import { compareWithLive } from '../plan/make-plan.ts';
import { planOptions } from '../plan/plan-options.ts';
import type { Connection } from '../session/connect.ts';
import type { Inputs } from '../session/inputs.ts';
import { memorySession } from '../session/memory-session.ts';
import { emptyState } from '../session/open-state.ts';
import { readState } from '../session/opener.ts';

/** What is asked of `preview up`. */
export interface PreviewRequest {
  readonly id: string;
  /** Copy the changed assistants that hand off to one another, so that a test crosses the handoff. */
  readonly linked: boolean;
  /** Somebody wants to call what was staged. */
  readonly talk: boolean;
}

/** What stands in the account after the first half of `preview up`. */
export interface Staged {
  readonly world: PreviewWorld;
  readonly parts: readonly PreviewPart[];
  /** Why not everything could be staged; null when it could. */
  readonly exitKind: ErrorKind | null;
  readonly removed: Removal;
  /** Live id by reference target, the preview's own in place of what it copies. */
  readonly ids: Planned['ids'];
  /** The environment as it is without the preview. */
  readonly before: { readonly state: State | undefined; readonly ids: Planned['ids'] };
  /** Id of every resource of the preview's world. */
  readonly idOf: (address: Address) => string | undefined;
}

/**
 * Stages what the branch changes and removes what an earlier `up` of this preview left behind. Reads the state and
 * writes nothing there.
 */
export async function stagePreview(
  host: Host,
  inputs: Inputs,
  connection: Connection,
  { id, linked, talk }: PreviewRequest,
): Promise<Staged> {
  const { project } = inputs;
  const desired = withoutPromotions(inputs.desired);
  const state = await readState(host, project);
  const { planned, account } = await compareWithLive(
    host,
    { ...inputs, desired },
    connection,
    state,
    planOptions({}),
  );
  refuseProblems(planned);
  const earlier = await findTraces(connection.api, id);
  const at = host.runtime.clock().toISOString();
  const begun = emptyState(host.runtime, project, connection.apiBase, planned.plan.account);
  // The same for every machine: a create that is repeated after a crash is then the same create.
  const lineage = digest(['preview', project.name, project.environment.name, id]);
  const world = previewWorld({
    id,
    desired,
    planned,
    account,
    state: { ...begun, lineage },
    at,
    linked,
    talk,
  });
  const { plan } = planned;
  const fresh = makePlan({
    project: { name: project.name, environment: project.environment.name, drift: 'report' },
    desired: world.desired,
    state: world.state,
    account,
    apiBase: connection.apiBase,
    options: planOptions({}),
    git: plan.git,
    tool: plan.tool,
    createdAt: plan.created_at,
    expiresAt: plan.expires_at,
  });
  const session = memorySession(world.state);
  const idOf = (address: Address): string | undefined =>
    session.current()?.resources[address]?.remote_id ??
    (world.copies.has(address) ? undefined : planned.ids[address]);
  const run = (
    addresses: ReadonlySet<Address>,
    { promote }: Pick<Execution, 'promote'>,
  ): Promise<ApplyOutcome> =>
    execute(host, inputs, connection, {
      id,
      session,
      promote,
      planned: restricted(fresh, addresses, idsFor(planned, fresh, world, session)),
    });
  const copies = await run(world.copies, { promote: true });
  const candidates = copies.exitKind === null ? await run(world.candidates, { promote: false }) : undefined;
  const exitKind = copies.exitKind ?? candidates?.exitKind ?? null;
  const results = [...copies.results, ...(candidates?.results ?? [])];
  const parts = [...world.copies, ...world.candidates].map((address): PreviewPart => {
    const result = results.find((one) => one.address === address);
    const version = world.candidates.has(address);
    const untouched = exitKind === null ? 'skipped' : 'not_attempted';
    return {
      address,
      what: version ? 'version' : 'copy',
      status: result?.status ?? untouched,
      remote_id: result?.remote_id ?? idOf(address) ?? null,
      version_id: version ? (result?.version_id ?? null) : null,
      fields: plan.changes.find((change) => change.address === address)?.fields ?? [],
      error: result?.error ?? null,
    };
  });
  const used = new Set(
    [...world.copies]
      .map((address) => idOf(address))
      .concat(parts.map((part) => part.version_id ?? undefined)),
  );
  const left = exitKind === null ? earlier.filter((trace) => !used.has(trace.versionId ?? trace.id)) : [];
  const removed = await removeTraces({ api: connection.api, sleep: host.runtime.sleep }, left);
  return {
    world,
    parts,
    exitKind,
    removed,
    ids: idsFor(planned, fresh, world, session),
    before: { state, ids: planned.ids },
    idOf,
  };
}

/** What waits or is being rolled out differs from main all the same. */
function withoutPromotions(desired: DesiredState): DesiredState {
  const resources = [...desired.resources].map(
    ([address, resource]) => [address, { ...resource, promotion: undefined }] as const,
  );
  return { ...desired, resources: new Map(resources) };
}

function refuseProblems({ plan }: Planned): void {
  if (plan.conflicts.length > 0) {
    const addresses = plan.conflicts.map((conflict) => conflict.address);
    throw new Failure('stale', `changed in Git and outside Git, differently: ${addresses.join(', ')}`, {
      code: 'CONFLICT',
      hint: 'write the live value into the spec, or undo it in the portal; plan shows both',
      details: { addresses },
    });
  }
  const diagnostics = plan.diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = diagnostics;
  if (first === undefined) return;
  throw new Failure('refused', first.message, { code: first.code, diagnostics });
}

/** Ids of what is live, the preview's own in place of what it copies. */
function idsFor(
  planned: Planned,
  fresh: Planned,
  world: PreviewWorld,
  session: StateSession,
): Planned['ids'] {
  const original = Object.entries(planned.ids).filter(([target]) => !has(world.copies, target));
  const made = Object.entries(session.current()?.resources ?? {}).map(
    ([address, { remote_id }]) => [address, remote_id] as const,
  );
  return { ...Object.fromEntries(original), ...fresh.ids, ...Object.fromEntries(made) };
}

function has(addresses: ReadonlySet<Address>, target: string): boolean {
  return [...addresses].some((address) => address === target);
}

/** The steps of some addresses, and nothing that would edit a state. */
function restricted(fresh: Planned, addresses: ReadonlySet<Address>, ids: Planned['ids']): Planned {
  const steps = fresh.steps.filter((step) => step.action !== 'delete' && addresses.has(step.address));
  return {
    plan: fresh.plan,
    steps: withinThemselves(steps),
    stateEdits: [],
    ids,
    liveIds: fresh.liveIds,
    renames: [],
    confirms: [],
  };
}

interface Execution {
  readonly id: string;
  readonly planned: Planned;
  readonly session: StateSession;
  readonly promote: boolean;
}

async function execute(
  host: Host,
  { project, git }: Inputs,
  { api }: Connection,
  { id, planned, session, promote }: Execution,
): Promise<ApplyOutcome> {
  const { runtime } = host;
  const interrupt = host.interrupt();
  interrupt.protectWrites();
  const progress = host.progress();
  try {
    return await applyPlan(planned, {
      api,
      session,
      newState: () => {
        throw new Failure('internal', 'a preview begins with a state', { code: 'PREVIEW_STATE' });
      },
      versionPrefix: previewPrefix(git, id),
      promote,
      forgetful: true,
      concurrency: project.concurrency,
      clock: runtime.clock,
      sleep: runtime.sleep,
      stop: interrupt.stop,
      onProgress: (event) => progress.show({ phase: `preview ${id}`, ...event }),
    });
  } finally {
    progress.end();
  }
}
