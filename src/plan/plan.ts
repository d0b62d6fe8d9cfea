/** The planner: specs, state and account go in, a plan comes out. It reads no clock, no file and no network. */
import { type Address, parseAddress } from '../model/address.ts';
import type { DesiredState } from '../model/desired.ts';
import { atLevels, type Diagnostic, type DiagnosticLevels } from '../model/diagnostic.ts';
import { Failure } from '../model/errors.ts';
import { KINDS } from '../model/kinds.ts';
import {
  type Change,
  type GitInfo,
  PLAN_FORMAT,
  type Plan,
  type Planned,
  type PlanOptions,
} from '../model/plan.ts';
import type { DriftPolicy } from '../model/project.ts';
import type { RemoteAccount } from '../model/remote.ts';
import type { HeldChange, SettingChange, Settings } from '../model/review.ts';
import type { State } from '../model/state.ts';
import type { Step } from '../model/step.ts';
import { accountFingerprint } from './account.ts';
import { type Users, usersOf } from './affected.ts';
import { contentDigestOf, inputsDigest } from './digests.ts';
import { withoutForeignDeletes, withoutForeignWrites } from './elsewhere.ts';
import { deferredReferences } from './graph.ts';
import { heldChange, holdCaution, withoutHeld } from './holds.ts';
import { inventoryWarnings } from './inventory.ts';
import { createdBy, isForeignAccount, knownIds, type Match, type Matching, matchResources } from './match.ts';
import { missingTargets } from './missing-targets.ts';
import type { MovedBinding } from './moved-bindings.ts';
import { planOrphans } from './orphans.ts';
import { releaseOf } from './release.ts';
import { renameCautions, suspectedRenames } from './renames.ts';
import { planResource } from './resource.ts';
import type { ResourcePlan } from './resource-plan.ts';
import {
  conflictDigest,
  digestOfUnits,
  type PlanIdentity,
  reviewUnits,
  withDigests,
} from './review-units.ts';
import { sealOf } from './seal.ts';
import { settingChanges } from './settings.ts';
import {
  deleteDependencies,
  dependencyAddresses,
  orderedDeletes,
  targetClosure,
  withDependencies,
} from './step-order.ts';
import { takeOverCautions } from './take-over.ts';
import { stillUnchanged, type Unchanged } from './unchanged.ts';

export interface PlanInput {
  readonly project: {
    readonly name: string;
    readonly environment: string;
    readonly drift: DriftPolicy;
    readonly diagnosticLevels?: DiagnosticLevels;
  };
  readonly desired: DesiredState;
  readonly state: State | undefined;
  readonly account: RemoteAccount;
  readonly apiBase: string;
  readonly options: PlanOptions;
  readonly git: GitInfo | null;
  readonly tool: { readonly name: string; readonly version: string };
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly expiresAt: string;
  /** What Git writes and the API never sees; absent where that is of no interest. */
  readonly settings?: Settings;
  /** What is known to be as it was; absent where nobody has looked. */
  readonly unchanged?: Unchanged;
}

const NOTHING_TO_DO: ResourcePlan = { steps: [] };

/**
 * Plans the account towards the specs. Problems that concern single resources come back as diagnostics in the
 * plan; only a state that cannot belong to this account is a `Failure('stale')`.
 */
export function makePlan(input: PlanInput): Planned {
  const { desired, state, account, options } = input;
  if (isForeignAccount(state, account)) throw foreignAccount(input);
  const matching = matchResources(desired, state, account);
  const ids = knownIds(matching, account, options);
  const refs = new Map([...ids].map(([target, id]) => [id, target]));
  const chosen = targetClosure(options.targets, desired, createdBy(matching, options));
  const isChosen = (address: Address): boolean => chosen === undefined || chosen.has(address);
  const deferred = deferredReferences(creates(desired, matching, options));
  const seal = sealOf(state);
  const unchanged = stillUnchanged(input.unchanged, ids);
  const results = new Map<Address, ResourcePlan>();
  for (const [address, match] of matching.matches) {
    const resource = desired.resources.get(address);
    if (resource === undefined || !isChosen(address)) continue;
    const readById =
      match.how !== 'create' && match.how !== 'gone' && account.read?.has(match.live.id) === true;
    if (match.how === 'bound' && !readById && unchanged.has(address)) {
      results.set(address, NOTHING_TO_DO);
      continue;
    }
    const drift = revertsDrift(options, address) ? 'revert' : input.project.drift;
    const context = {
      policy: { drift, take: options.take },
      recreate: options.recreate,
      ids,
      refs,
      deferred: deferred.get(address) ?? [],
      release: releaseOf(resource, desired),
      waits: !isVanished(match, account.vanished),
      seal,
      releaseHold: options.releaseHolds?.includes(address) === true,
      readById,
    };
    results.set(address, withoutForeignWrites(planResource(resource, match, context), account.elsewhere));
  }
  const orphans = withoutForeignDeletes(planOrphans(matching.orphans, input, chosen), account.elsewhere);
  const moves = matching.moves.filter(({ to }) => isChosen(to));
  const renames = suspectedRenames(desired, matching, isChosen);
  const plans = [...results.values()];
  const live = new Map(account.resources.map((resource) => [resource.id, resource]));
  const written = withDependencies(
    plans.flatMap((plan) => plan.steps),
    desired,
    deferred,
  );
  const planned: readonly Step[] = [
    ...written,
    ...orderedDeletes(
      orphans.steps.map((step) => ({
        ...step,
        dependsOn: deleteDependencies(step, [...written, ...orphans.steps], live),
      })),
      live,
    ),
  ];
  const held = new Map(
    plans.flatMap(({ hold, change }) => (hold && change ? [[change.address, hold] as const] : [])),
  );
  const { steps, leftOut } = withoutHeld(planned, held);
  const holds = [...held].map(([address, hold]) => heldChange(address, hold, leftOut.get(address) ?? []));
  const out = new Set(holds.flatMap((hold) => hold.held));
  const bare = [...plans.flatMap((plan) => plan.change ?? []), ...orphans.changes].filter(
    ({ address }) => !out.has(address),
  );
  const users = bare.some(takesEffectAtOnce) ? usersOf(desired, account, refs) : new Map();
  const dependencies = dependencyAddresses(steps);
  const changes = [
    ...moves.map(moveChange),
    ...bare.map((change) => finishChange(change, dependencies, users)),
  ];
  const found = [
    ...desired.diagnostics.filter((diagnostic) => isStillOpen(diagnostic, state)),
    ...holds.map(holdCaution),
    ...takeOverCautions(changes, account),
    ...renameCautions(renames),
    ...matching.diagnostics,
    ...plans.flatMap(({ problem }) => problem ?? []),
    ...plans.flatMap(({ ignored }) => ignored ?? []),
    ...missingTargets(results, desired, ids),
    ...keptCopies(bare, state),
    ...plans.flatMap(({ diagnostics: notes = [] }) => notes.map((note) => located(note, desired))),
    ...inventoryWarnings(desired, account),
    ...orphans.diagnostics,
  ];
  const diagnostics = atLevels(found, input.project.diagnosticLevels ?? {});
  const plan = assemble(input, {
    matching,
    plans,
    changes,
    diagnostics,
    orphans: orphans.orphans,
    holds,
  });
  const stateEdits = [
    ...moves.map(({ from, to }) => ({ op: 'move' as const, from, to })),
    ...matching.superseded.map((address) => ({ op: 'forget' as const, address })),
    ...plans.flatMap((result) => result.confirmedPromotion ?? []),
    ...plans.flatMap((result) => result.stateEdit ?? []),
    ...orphans.stateEdits,
  ];
  const confirms = [...results.keys()].filter((address) => {
    const match = matching.matches.get(address);
    return match?.how === 'bound' && match.binding.provisional === true;
  });
  const liveIds = new Set(account.resources.map(({ id }) => id));
  return { plan, steps, stateEdits, ids: Object.fromEntries(ids), liveIds, renames, confirms };
}

function revertsDrift({ revertDrift }: PlanOptions, address: Address): boolean {
  return revertDrift === 'all' || revertDrift?.includes(address) === true;
}

function moveChange({ from, to, remoteId }: MovedBinding): Change {
  const [before, after] = [from, to].map((address) => parseAddress(address)?.key ?? address);
  return {
    address: to,
    action: 'move',
    remote_id: remoteId,
    reason: `keeps the id that ${from} was bound to`,
    fields: [{ path: '/key', before: before ?? null, after: after ?? null, origin: 'config' }],
    promotes: false,
    live_version_id: null,
    base_digest: null,
    live_digest: null,
    desired_digest: null,
    depends_on: [],
    affects: [],
  };
}

function isVanished(match: Match, vanished: ReadonlySet<string> | undefined): boolean {
  const waiting = match.how === 'bound' ? match.binding.candidate?.version_id : undefined;
  return waiting !== undefined && vanished?.has(waiting) === true;
}

function foreignAccount({ state, project }: PlanInput): Failure {
  const bindings = Object.values(state?.resources ?? {});
  const count = bindings.filter(({ provisional }) => provisional !== true).length;
  return new Failure(
    'stale',
    count === 1
      ? `the one resource that the state of "${project.environment}" is bound to does not exist in this account`
      : `none of the ${count} resources that the state of "${project.environment}" is bound to exists in this account`,
    {
      code: 'ACCOUNT_OTHER',
      hint: 'check the API key and base_url of the environment; if the account was really emptied, remove the bindings with: assistantctl state rm ADDR',
    },
  );
}

function creates(desired: DesiredState, matching: Matching, options: PlanOptions) {
  const isCreated = createdBy(matching, options);
  return [...desired.resources.values()].filter(({ address }) => isCreated(address));
}

/** True for a change of a shared tool or MCP server: there is no version to stage, so callers hear it at once. */
function takesEffectAtOnce({ address, action, fields }: Change): boolean {
  const kind = parseAddress(address)?.kind;
  if (kind === undefined || !KINDS[kind].live) return false;
  return action === 'delete' || (action !== 'create' && action !== 'move' && fields.length > 0);
}

function finishChange(
  change: Change,
  dependencies: ReadonlyMap<Address, readonly Address[]>,
  users: Users,
): Change {
  const used = [...(users.get(change.address) ?? [])].filter((user) => user !== change.address).sort();
  return {
    ...change,
    depends_on: dependencies.get(change.address) ?? [],
    affects: takesEffectAtOnce(change) ? used : [],
  };
}

function located(diagnostic: Diagnostic, desired: DesiredState): Diagnostic {
  const { address, pointer } = diagnostic;
  if (address === undefined || pointer === undefined) return diagnostic;
  const position = desired.locate(address, pointer);
  return position === undefined ? diagnostic : { ...diagnostic, position };
}

/** Creates where a copy of the deleted resource is kept: to restore it would bring back more than the spec writes. */
function keptCopies(changes: readonly Change[], state: State | undefined): readonly Diagnostic[] {
  return changes.flatMap(({ address, action }): readonly Diagnostic[] => {
    const bound = state !== undefined && Object.hasOwn(state.resources, address);
    const copy = state?.deleted.findLast((one) => one.address === address);
    if (action !== 'create' || bound || copy === undefined) return [];
    return [
      {
        severity: 'info',
        code: 'COPY_KEPT',
        message: `${address} was deleted on ${copy.deleted_at.slice(0, 10)} (it was ${copy.remote_id}), and a copy of its last live form is kept`,
        address,
        hint: `to bring that one back instead, and apply after that: assistantctl state restore ${address}`,
      },
    ];
  });
}

interface Parts {
  readonly matching: Matching;
  readonly plans: readonly ResourcePlan[];
  readonly changes: readonly Change[];
  readonly diagnostics: readonly Diagnostic[];
  readonly orphans: Plan['orphans'];
  readonly holds: readonly HeldChange[];
}

function assemble(input: PlanInput, parts: Parts): Plan {
  const { plans, matching } = parts;
  const place = identity(input);
  const changes = parts.changes.map((change) => withDigests(place, change));
  const settings = changedSettings(input);
  const drift = plans.flatMap((plan) => plan.drift ?? []);
  const conflicts = plans
    .flatMap((plan) => plan.conflict ?? [])
    .map(({ address, fields }) => ({
      address,
      fields: fields.map((field) => ({ ...field, digest: conflictDigest(place, address, field) })),
    }));
  const count = (action: Change['action']) => changes.filter((change) => change.action === action).length;
  const takeover = changes.filter((change) => change.takes_over === true).length;
  const pending = plans.flatMap((plan) => plan.pending ?? []);
  const touched = new Set(
    [...changes, ...drift, ...conflicts, ...pending, ...parts.holds].map((entry) => entry.address),
  );
  const reverted = changes.filter((change) => change.fields.some((field) => field.origin === 'drift'));
  return {
    format_version: PLAN_FORMAT,
    tool: input.tool,
    project: input.project.name,
    environment: input.project.environment,
    api_base: input.apiBase,
    account: accountFingerprint(input.state, input.account, input.apiBase),
    created_at: input.createdAt,
    expires_at: input.expiresAt,
    git: input.git,
    inputs_digest: inputsDigest(input),
    plan_digest: digestOfUnits(reviewUnits({ ...place, changes: parts.changes, conflicts, settings })),
    content_digest: contentDigestOf({ changes, conflicts }),
    options: input.options,
    summary: {
      create: count('create'),
      update: count('update'),
      delete: count('delete'),
      adopt: count('adopt') - takeover,
      takeover,
      move: count('move'),
      promote: changes.filter((change) => change.promotes).length,
      unchanged: plans.length - [...touched].filter((address) => matching.matches.has(address)).length,
      drift: new Set([...drift, ...reverted].map((entry) => entry.address)).size,
      conflict: conflicts.length,
      orphan: parts.orphans.length,
      unmanaged: matching.unmanaged,
      ...(pending.length > 0 && { pending: pending.length }),
    },
    changes,
    drift,
    conflicts,
    ...(settings.length > 0 && { settings }),
    ...(parts.holds.length > 0 && { holds: parts.holds }),
    orphans: parts.orphans,
    ...(pending.length > 0 && { pending }),
    released: plans.flatMap((plan) => plan.released ?? []),
    diagnostics: parts.diagnostics,
  };
}

/** Without a completed apply there is nothing to compare settings with: the first one begins the record. */
function changedSettings(input: PlanInput): readonly SettingChange[] {
  const { settings, state } = input;
  const former = state?.completed?.settings;
  return settings === undefined || former === undefined
    ? []
    : settingChanges(identity(input), former, settings, input.desired);
}

function identity(input: PlanInput): PlanIdentity {
  return { project: input.project.name, environment: input.project.environment, api_base: input.apiBase };
}

/**
 * Diagnostics of the specs that still matter. Errors ended the command before, and a name that two documents share does
 * not matter for a resource that is bound by its id.
 */
function isStillOpen({ severity, code, address }: Diagnostic, state: State | undefined): boolean {
  if (severity === 'error') return false;
  const bound = address !== undefined && Object.hasOwn(state?.resources ?? {}, address);
  return !(code === 'NAME_TWICE' && bound);
}
