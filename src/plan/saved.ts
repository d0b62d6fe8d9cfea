import { Failure } from '../model/errors.ts';
import { isArray, isObject, type Json } from '../model/json.ts';
import { type Change, PLAN_FORMAT, type Plan, type Planned } from '../model/plan.ts';
import type { State } from '../model/state.ts';
import { withinThemselves } from '../model/step.ts';
import { isOtherAccount } from './account.ts';
import { contentDigestOf } from './digests.ts';
import { digestOfUnits, reviewUnits } from './review-units.ts';

export interface SavedPlanCheck {
  /** Why the saved plan may not run, all of them; empty when it may. */
  readonly reasons: readonly string[];
  /** What is left to do of it. */
  readonly planned: Planned;
  /** Changes of the saved plan that are already in effect. */
  readonly skipped: readonly Change[];
}

const REQUIRED_TEXT = [
  'format_version',
  'project',
  'environment',
  'api_base',
  'account',
  'expires_at',
  'inputs_digest',
  'plan_digest',
];
const REQUIRED_LISTS = ['changes', 'drift', 'conflicts', 'orphans'];

function major(version: string): string {
  return version.split('.')[0] ?? '';
}

/** True for a document that has the parts of a saved plan; what they say is not judged. */
export function isPlan(value: unknown): value is Plan {
  return (
    isObject(value) &&
    REQUIRED_TEXT.every((name) => typeof value[name] === 'string') &&
    REQUIRED_LISTS.every((name) => isArray(value[name])) &&
    isObject(value.tool) &&
    isObject(value.summary) &&
    isObject(value.options) &&
    isArray(value.options.targets) &&
    isArray(value.changes) &&
    value.changes.every(isChange)
  );
}

function isChange(value: Json): boolean {
  return (
    isObject(value) &&
    typeof value.address === 'string' &&
    typeof value.action === 'string' &&
    isArray(value.fields) &&
    value.fields.every(isObject) &&
    isArray(value.depends_on)
  );
}

/**
 * Reads a saved plan. Anything that is not one is a `Failure('usage')`; one of another major format is a
 * `Failure('stale')`.
 */
export function parseSavedPlan(value: unknown): Plan {
  if (
    isObject(value) &&
    typeof value.format_version === 'string' &&
    major(value.format_version) !== major(PLAN_FORMAT)
  ) {
    throw new Failure(
      'stale',
      `the plan has format ${value.format_version}; this version reads ${major(PLAN_FORMAT)}.x`,
      {
        code: 'PLAN_FORMAT',
        hint: 'make a new plan with the version that applies it',
      },
    );
  }
  if (!isPlan(value)) {
    throw new Failure('usage', 'the file is not a saved plan', {
      code: 'PLAN_INVALID',
      hint: 'write one with: assistantctl plan --out FILE',
    });
  }
  return value;
}

/**
 * Holds a saved plan against a fresh one made from the same flags. What is already in effect is skipped, so a
 * plan that is applied twice does nothing the second time, and one that was interrupted goes on.
 */
export function checkSavedPlan(
  saved: Plan,
  fresh: Planned,
  context: { readonly now: string; readonly toolVersion: string; readonly state: State | undefined },
): SavedPlanCheck {
  const now = fresh.plan;
  const reasons: string[] = [];
  if (major(saved.tool.version) !== major(context.toolVersion)) {
    reasons.push(`it was made by version ${saved.tool.version} and this is ${context.toolVersion}`);
  }
  if (isEditedPlan(saved)) reasons.push('its content does not match its plan_digest: the file was changed');
  if (!(context.now < saved.expires_at)) reasons.push(`it expired at ${saved.expires_at}`);
  if (saved.project !== now.project) reasons.push(`it is for project ${saved.project}, not ${now.project}`);
  if (saved.environment !== now.environment)
    reasons.push(`it is for environment ${saved.environment}, not ${now.environment}`);
  if (saved.api_base !== now.api_base)
    reasons.push(`it was made against ${saved.api_base}, not ${now.api_base}`);
  if (isOtherAccount(saved.account, now.account)) reasons.push('it was made for another account');
  if (saved.inputs_digest !== now.inputs_digest)
    reasons.push('the specs, variables or flags have changed since');
  if (now.conflicts.length > 0) {
    reasons.push(`there are conflicts now: ${now.conflicts.map((conflict) => conflict.address).join(', ')}`);
  }
  const freshChanges = new Map(now.changes.map((change) => [identityOf(change), change]));
  const skipped: Change[] = [];
  const wanted = new Set<string>();
  for (const change of saved.changes) {
    const present = freshChanges.get(identityOf(change));
    if (present === undefined) {
      const reason = vanished(change, now);
      if (reason === undefined) skipped.push(change);
      else reasons.push(reason);
      continue;
    }
    const reason = moved(change, present, context.state);
    if (reason === undefined) wanted.add(identityOf(change));
    else reasons.push(reason);
  }
  return { reasons, planned: restrict(fresh, wanted), skipped };
}

/** A move and an update of one address are two changes. */
function identityOf({ address, action }: Change): string {
  return action === 'move' ? `${address}#move` : address;
}

/** True when a saved plan is not as it was written. */
export function isEditedPlan(saved: Plan): boolean {
  const { content_digest } = saved;
  const content = content_digest === undefined || content_digest === contentDigestOf(saved);
  return !content || digestOfUnits(reviewUnits(saved)) !== saved.plan_digest;
}

/** A planned change that is no longer one is done, unless the resource drifted or disappeared meanwhile. */
function vanished(change: Change, now: Plan): string | undefined {
  const hold = now.holds?.find(({ held }) => held.includes(change.address));
  if (hold !== undefined)
    return `${change.address} is held: ${hold.address} was taken back since (${hold.reason})`;
  const drift = now.drift.find((entry) => entry.address === change.address);
  if (drift === undefined || change.action === 'delete') return undefined;
  return drift.deleted ? `${change.address} was deleted outside Git since` : undefined;
}

function moved(change: Change, present: Change, state: State | undefined): string | undefined {
  const changed = `${change.address} has changed in the account since`;
  if (change.action === 'create' && present.action !== 'create') {
    // Bound or begun by an apply of ours that was interrupted: the rest of that create.
    return present.action === 'update' && state?.resources[change.address] !== undefined
      ? undefined
      : `${change.address} was to be created and now exists (${present.remote_id})`;
  }
  if (change.action === 'adopt' && present.action === 'update') return undefined;
  if (change.action !== present.action) return changed;
  return change.remote_id === present.remote_id && change.live_digest === present.live_digest
    ? undefined
    : changed;
}

function restrict(fresh: Planned, wanted: ReadonlySet<string>): Planned {
  const changes = fresh.plan.changes.filter((change) => wanted.has(identityOf(change)));
  const steps = fresh.steps.filter((step) => wanted.has(step.address));
  return { ...fresh, plan: { ...fresh.plan, changes }, steps: withinThemselves(steps) };
}
