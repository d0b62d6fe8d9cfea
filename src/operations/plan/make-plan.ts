import { setImmediate } from 'node:timers/promises';
import { confirm, fetchAccount, vanishedVersions } from '../../live/telnyx/fetch.ts';
import { type InventoryNeeds, takeInventory } from '../../live/telnyx/inventory.ts';
import { KIND_NAMES, type Kind } from '../../model/address.ts';
import type { BlastRadius } from '../../model/blast-radius.ts';
import type { DesiredState } from '../../model/desired.ts';
import { Failure } from '../../model/errors.ts';
import { type Interruptible, runWithPauses } from '../../model/interruptible.ts';
import { countByKind, kindsToList } from '../../model/kinds.ts';
import type { Planned, PlanOptions } from '../../model/plan.ts';
import type { RemoteAccount } from '../../model/remote.ts';
import type { Settings } from '../../model/review.ts';
import type { State } from '../../model/state.ts';
import { waitingVersions } from '../../plan/binding-versions.ts';
import { planWithReads } from '../../plan/confirm-drift.ts';
import { specsDigest } from '../../plan/digests.ts';
import { inventoryNeeds } from '../../plan/inventory.ts';
import { lastKnownAccount } from '../../plan/offline.ts';
import { makePlan } from '../../plan/plan.ts';
import type { Unchanged } from '../../plan/unchanged.ts';
import type { Host, Progress } from '../host.ts';
import type { Connection } from '../session/connect.ts';
import type { Inputs } from '../session/inputs.ts';
import { documentsWithoutKind } from '../session/lost-documents.ts';
import { readState, withAccount } from '../session/opener.ts';
import { requirePinnedAccount } from '../session/pinned-account.ts';
import { managedBySiblings } from '../session/sibling-environments.ts';
import { warnOfMissingState } from '../session/state-notes.ts';
import { refuseOtherBackend } from '../state/other-backend.ts';
import { blastRadius } from './blast-radius.ts';
import { withDeletionChecks } from './deletion-checks.ts';

/** Documents that are worked on before replies get their turn: a few milliseconds. */
const DOCUMENTS_A_TURN = 50;

/** `api_base` of a plan that was made offline for an environment without a state. */
const OFFLINE_BASE = 'offline';

export interface PlannedWithoutLease {
  readonly planned: Planned;
  readonly state: State | undefined;
  readonly account: RemoteAccount;
  readonly apiBase: string;
  /** Only where it was asked for. */
  readonly blastRadius?: BlastRadius;
}

export interface Compared {
  readonly planned: Planned;
  readonly account: RemoteAccount;
}

/** Plans without taking the lease: for commands that write nothing. */
export async function planWithoutLease(
  host: Host,
  inputs: Inputs,
  options: PlanOptions,
  wanted: {
    readonly blastRadius?: boolean;
    readonly whole?: boolean;
    readonly kinds?: readonly Kind[];
    readonly settings?: Settings;
  } = {},
): Promise<PlannedWithoutLease> {
  if (options.offline === true) {
    return planOffline(host, inputs, await readState(host, inputs.project), options, wanted.settings);
  }
  return await withAccount(host, inputs.project, async (connection, state) => {
    await refuseOtherBackend(host, inputs.project, state);
    warnOfMissingState(host, inputs.project, state);
    const { whole = false, kinds = [], settings } = wanted;
    const { planned, account } = await compareWithLive(host, inputs, connection, state, options, {
      whole,
      kinds,
      ...(settings !== undefined && { settings }),
    });
    const { apiBase } = connection;
    if (wanted.blastRadius !== true) return { state, planned, account, apiBase };
    const reached = await blastRadius(planned, { inputs, connection, account, state });
    return { state, planned, account, apiBase, blastRadius: reached };
  });
}

/** Git against the last apply: neither a key nor a request. */
function planOffline(
  host: Host,
  inputs: Inputs,
  state: State | undefined,
  options: PlanOptions,
  settings: Settings | undefined,
): PlannedWithoutLease {
  refuseLostDocuments(inputs, state);
  requireNamed(options, inputs, state);
  const apiBase = state?.api_base ?? OFFLINE_BASE;
  const account = lastKnownAccount(state, inputs.desired);
  const planned = planAccount(host, inputs, apiBase, state, account, options, { settings });
  return { state, planned, account, apiBase };
}

function refuseLostDocuments({ desired }: Inputs, state: State | undefined): void {
  if (state === undefined) return;
  const lost = documentsWithoutKind(desired, state);
  if (lost.length === 0) return;
  throw new Failure('spec', 'files that held applied documents say no kind', {
    code: 'SPEC_INVALID',
    diagnostics: lost,
    hint: 'write their kind again; to drop the resources delete the files, to keep the files name them under ignore:',
  });
}

/** Reads the account, as far as the environment's drift policy asks for, and compares it with Git and the state. */
export async function planOn(
  host: Host,
  inputs: Inputs,
  connection: Connection,
  state: State | undefined,
  options: PlanOptions,
  asked: { readonly settings?: Settings; readonly refresh?: boolean } = {},
): Promise<Compared> {
  const { refresh = false, ...also } = asked;
  // Where drift is put back or forbidden, none may hide behind a list.
  const reverts = inputs.project.environment.drift !== 'report' || options.revertDrift !== undefined;
  const whole = refresh || reverts;
  return compareWithLive(host, inputs, connection, state, options, { whole, ...also });
}

/** As {@link planOn}, and reads what `wanted` names besides the kinds that specs and state name. */
export async function compareWithLive(
  host: Host,
  inputs: Inputs,
  connection: Connection,
  state: State | undefined,
  options: PlanOptions,
  wanted: AlsoRead = {},
): Promise<Compared> {
  refuseLostDocuments(inputs, state);
  requireNamed(options, inputs, state);
  const progress = host.progress();
  const { settings } = wanted;
  try {
    const listed = await readAccount(host, connection, { inputs, state, progress, wanted });
    const compared = await planWithReads({
      desired: inputs.desired,
      state,
      options,
      // Lists that do not show main's version id do not show that main moved either.
      whole: (wanted.whole ?? false) || !inputs.project.environment.listsShowMain,
      listed,
      confirm: (items) => confirm(connection.api, items),
      plan: (account, unchanged) =>
        planAccount(host, inputs, connection.apiBase, state, account, options, { settings, unchanged }),
    });
    const { account } = compared;
    const planned = await withDeletionChecks(host, inputs, compared.planned, { connection, account });
    return { planned, account };
  } finally {
    progress.end();
  }
}

/** What a plan is told besides. */
interface Known {
  readonly settings?: Settings | undefined;
  readonly unchanged?: Unchanged | undefined;
}

/** Compares an account that was read already. */
export function planAccount(
  host: Host,
  { project, desired, git }: Inputs,
  apiBase: string,
  state: State | undefined,
  account: RemoteAccount,
  options: PlanOptions,
  { settings, unchanged }: Known = {},
): Planned {
  const { runtime } = host;
  const now = runtime.clock();
  return makePlan({
    project: {
      name: project.name,
      environment: project.environment.name,
      drift: project.environment.drift,
      diagnosticLevels: project.diagnosticLevels,
    },
    desired,
    state,
    account,
    apiBase,
    options,
    git,
    tool: { name: 'assistantctl', version: runtime.version },
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + project.planTtlMs).toISOString(),
    ...(settings !== undefined && { settings }),
    ...(unchanged !== undefined && { unchanged }),
  });
}

/** Fails on an option that names what no document and no binding has: a typing error must not become an empty plan. */
function requireNamed(
  { targets, revertDrift = [], releaseHolds = [] }: PlanOptions,
  { desired }: Inputs,
  state: State | undefined,
): void {
  const bound = state?.resources ?? {};
  const named = new Set([...targets, ...(revertDrift === 'all' ? [] : revertDrift), ...releaseHolds]);
  const unknown = [...named].filter((name) => !desired.resources.has(name) && !Object.hasOwn(bound, name));
  if (unknown.length === 0) return;
  throw new Failure('usage', `no spec and no binding has the address ${unknown.join(', ')}`, {
    code: 'TARGET_UNKNOWN',
    hint: 'addresses are <kind>/<key>, for example assistant/front-desk',
  });
}

/** What is read of an account besides the resources that specs and state name. */
export interface AlsoRead {
  readonly kinds?: readonly Kind[];
  /** The integration catalogue. */
  readonly integrations?: boolean;
  /** Every assistant that Git or the state names, read by id. */
  readonly whole?: boolean;
  /** What Git writes and the API never sees, to be compared as well. */
  readonly settings?: Settings;
}

interface Reading {
  readonly inputs: Inputs;
  readonly state: State | undefined;
  readonly progress: Progress;
  readonly wanted: AlsoRead;
}

const NOTHING_NEEDED = { secrets: false, buckets: false };

async function readAccount(
  host: Host,
  connection: Connection,
  { inputs, state, progress, wanted }: Reading,
): Promise<RemoteAccount> {
  const { desired, project } = inputs;
  const embedded = project.environment.target === 'emulator';
  const resources = [...desired.resources.values()];
  const mentions = resources.some(({ references }) =>
    references.some(({ target }) => target.startsWith('integration/')),
  );
  const integrations = wanted.integrations === true || mentions;
  const bound = Object.keys(state?.resources ?? {});
  const known = kindsToList([...desired.resources.keys(), ...bound]);
  const expected = countByKind(bound);
  const kinds = [...new Set([...known, ...(wanted.kinds ?? [])])];
  const total = kinds.length + (integrations ? 1 : 0);
  let done = 0;
  const show = (): void => progress.show({ phase: 'reading the account', done, total });
  show();
  const onProgress = (): void => {
    done += 1;
    show();
  };
  const [account, elsewhere, inventory, vanished] = await Promise.all([
    fetchAccount(connection.api, { kinds, integrations, expected, onProgress }),
    managedBySiblings(host, project),
    whileWaiting(desired, embedded, (needs) => takeInventory(connection.api, needs)),
    vanishedVersions(connection.api, waitingVersions(state)),
  ]);
  const rest = KIND_NAMES.filter((kind) => !kinds.includes(kind));
  await requirePinnedAccount(project.environment, host.runtime.env, account, () =>
    fetchAccount(connection.api, { kinds: rest, integrations: false }),
  );
  return { ...account, ...inventory, elsewhere, vanished };
}

/** Computes during the wait for replies. The inventory comes first, because it leads to requests of its own. */
async function whileWaiting<Result>(
  desired: DesiredState,
  embedded: boolean,
  lookUp: (needs: InventoryNeeds) => Promise<Result>,
): Promise<Result> {
  const inTurn = <Value>(steps: Interruptible<Value>): Promise<Value> =>
    runWithPauses(steps, DOCUMENTS_A_TURN, setImmediate);
  await setImmediate();
  // The embedded API has no secrets or buckets of its own, so their absence there means nothing.
  const found = lookUp(embedded ? NOTHING_NEEDED : await inTurn(inventoryNeeds(desired)));
  const [result] = await Promise.all([found, inTurn(specsDigest(desired))]);
  return result;
}
