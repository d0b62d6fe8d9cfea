/** Carries out a plan's steps. The plan decides what is done, in which order, and from which value to which. */

import type { Kind } from '../model/address.ts';
import { type ErrorKind, Failure } from '../model/errors.ts';
import { KINDS } from '../model/kinds.ts';
import type { Planned } from '../model/plan.ts';
import { type ApplyReport, REPORT_FORMAT } from '../model/report.ts';
import type { Binding, State } from '../model/state.ts';
import {
  type AdoptStep,
  type CreateStep,
  changesLive,
  type LinkStep,
  plannedId,
  type Step,
  type UpdateStep,
} from '../model/step.ts';
import { bindResource, forgetBegun } from './bind.ts';
import { refuseOpenCanary } from './canary.ts';
import { completingStep, relinkingStep, restoreFormer } from './complete.ts';
import type { ApplyContext, ApplyDeps, Done } from './context.ts';
import { countingWrites } from './count-writes.ts';
import { createResource } from './create.ts';
import { deleteResource } from './delete.ts';
import { promoteExisting } from './promote.ts';
import {
  type Course,
  failedBelow,
  mergeResults,
  movedResults,
  resultVerdict,
  type StepOutcome,
  statusOf,
} from './results.ts';
import { canaryOf } from './rollout.ts';
import { runSteps } from './schedule.ts';
import { sharedLocks } from './shared-lock.ts';
import { readAgain, updateResource } from './update.ts';
import { movesMain, releaseVersion } from './version.ts';

export interface ApplyOutcome extends ApplyReport {
  /** What the exit code is made of; null for success. */
  readonly exitKind: ErrorKind | null;
}

/**
 * Applies a plan and reports what became of each change. Rejects with `Failure('refused')` before the first
 * write when a foreign canary stands in the way; every later failure is part of the report.
 */
export async function applyPlan(planned: Planned, deps: ApplyDeps): Promise<ApplyOutcome> {
  const { steps, stateEdits, confirms } = planned;
  if (steps.length === 0 && stateEdits.length === 0 && confirms.length === 0)
    return report(planned, [], { stopped: false, wrote: false }, deps);
  const ids = new Map(Object.entries(planned.ids));
  const refs = new Map([...ids].map(([target, id]) => [id, target]));
  await preflight(planned, deps);
  const state = await beginState(deps);
  const bindings = new Map(Object.entries(state.resources));
  const formerIds = formerIdsOf(state);
  const known = {
    ids,
    refs,
    bindings,
    formerIds,
    creating: sharedLocks<Kind>(),
    unlinked: new Map<string, string>(),
    restored: new Set<string>(),
    announced: new Set<string>(),
    unrecorded: new Set<string>(),
  };
  let wrote = false;
  const api = countingWrites(deps.api, (outcome) => {
    wrote ||= outcome === 'confirmed';
  });
  const context: ApplyContext = { ...deps, api, planned, lineage: state.lineage, ...known };
  await editState(context);
  const outcomes = await execute(context, steps);
  const reported = report(planned, outcomes, { stopped: deps.stop.aborted, wrote }, deps);
  if (reported.exitKind === null) await confirmBindings(context);
  return reported;
}

/** A provisional binding (`pull`, `import`) is confirmed by the first apply that read its document and did not fail. */
async function confirmBindings(context: ApplyContext): Promise<void> {
  for (const address of context.planned.confirms) {
    const known = context.bindings.get(address);
    if (known?.provisional !== true) continue;
    const { provisional: _provisional, ...binding } = known;
    context.bindings.set(address, binding);
    await context.session.record({ op: 'bind', address, binding });
  }
}

/** Everything that can be known to stand in the way is found before anything is written. */
async function preflight(planned: Planned, deps: ApplyDeps): Promise<void> {
  const bindings = editedBindings(planned, deps.session.current());
  const replace = deps.replaceRollout === true;
  const checks = planned.steps.map(async (step) => {
    const assistantId = endsCanary(step, deps) ? plannedId(step) : undefined;
    if (assistantId === undefined) return;
    await refuseOpenCanary(deps.api, {
      step,
      assistantId,
      binding: bindings.get(step.address),
      replace,
      promotion: step.action === 'promote' ? step.promotion : undefined,
    });
  });
  await Promise.all(checks);
}

/** True when an open canary of the assistant would be ended by the step. */
function endsCanary(step: Step, deps: Pick<ApplyDeps, 'promote'>): boolean {
  if (KINDS[step.kind].update !== 'version') return false;
  switch (step.action) {
    case 'delete':
    case 'promote':
      return true;
    case 'update':
    case 'adopt':
      return changesLive(step) && (movesMain(step, deps) || canaryOf(step, deps) !== undefined);
    case 'create':
    case 'link':
      return false;
    default:
      return step satisfies never;
  }
}

/** The bindings as the plan's edits of the state will leave them. */
function editedBindings(planned: Planned, state: State | undefined): ReadonlyMap<string, Binding> {
  const bindings = new Map(Object.entries(state?.resources ?? {}));
  for (const edit of planned.stateEdits) {
    if (edit.op === 'confirm-promotion') bindings.set(edit.address, edit.binding);
    const moved = edit.op === 'move' ? bindings.get(edit.from) : undefined;
    if (edit.op === 'move' && moved !== undefined) bindings.set(edit.to, moved);
  }
  return bindings;
}

function formerIdsOf(state: State): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, readonly string[]>();
  const add = (address: string, id: string) => ids.set(address, [...(ids.get(address) ?? []), id]);
  for (const { address, remote_id } of state.deleted) add(address, remote_id);
  for (const [address, { remote_id }] of Object.entries(state.resources)) add(address, remote_id);
  return ids;
}

async function beginState(deps: ApplyDeps): Promise<State> {
  const known = deps.session.current();
  if (known !== undefined) return known;
  const state = deps.newState();
  await deps.session.record({ op: 'init', state });
  return state;
}

/** Changes of the state alone: moves, a base that follows, bindings of what no longer exists. */
async function editState(context: ApplyContext): Promise<void> {
  for (const edit of context.planned.stateEdits) {
    if (edit.op === 'move') {
      await context.session.record({ op: 'move', from: edit.from, to: edit.to });
      const moved = context.bindings.get(edit.from);
      if (moved !== undefined) context.bindings.set(edit.to, moved);
      context.bindings.delete(edit.from);
    } else if (edit.op === 'confirm-promotion') {
      context.bindings.set(edit.address, edit.binding);
      await context.session.record({ op: 'bind', address: edit.address, binding: edit.binding });
    } else if (edit.op === 'forget') {
      await context.session.record({ op: 'unbind', address: edit.address });
    } else {
      const known = context.bindings.get(edit.address);
      if (known === undefined) continue;
      const { begun: _begun, restoring: _restoring, forms: _forms, ...kept } = known;
      const binding = {
        ...kept,
        base: edit.base,
        foreign: edit.foreign,
        ...(edit.forms.length > 0 && { forms: edit.forms }),
        prevent_destroy: edit.preventDestroy,
        ...(edit.readVersionId !== undefined && { read_version_id: edit.readVersionId }),
        updated_at: context.clock().toISOString(),
      };
      context.bindings.set(edit.address, binding);
      await context.session.record({ op: 'bind', address: edit.address, binding });
    }
  }
}

function runStep(running: ApplyContext, step: Step): Promise<Done> {
  const api = countingWrites(running.api, () => running.unrecorded.add(step.address));
  const context = { ...running, api };
  switch (step.action) {
    case 'create':
      return createOrComplete(context, step);
    case 'link':
      // The assistant was created by this apply: its handoffs become main without a gate.
      return linkCreated(context, step);
    case 'adopt':
    case 'update':
      return changesLive(step) ? changeResource(context, step) : adoptAsIs(context, step);
    case 'promote':
      return promoteExisting(context, step);
    case 'delete':
      return deleteResource(context, step);
    default:
      return step satisfies never;
  }
}

async function linkCreated(context: ApplyContext, step: LinkStep): Promise<Done> {
  if (!context.restored.has(step.address)) return releaseVersion(context, step, { promote: true });
  return releaseVersion(context, relinkingStep(context, step, await readAgain(context, step)), {
    promote: true,
  });
}

async function createOrComplete(context: ApplyContext, step: CreateStep): Promise<Done> {
  const restored = await restoreFormer(context, step);
  if (restored !== undefined) return releaseVersion(context, restored.completing, { promote: true });
  const made = await createResource(context, step);
  if (!('found' in made)) return made;
  const completing = completingStep(step, made.found, context.refs);
  if (KINDS[step.kind].update !== 'version') return updateResource(context, completing);
  // It is the rest of a create: promoted at once, because no caller reaches the assistant yet.
  return releaseVersion(context, completing, { promote: true });
}

function changeResource(context: ApplyContext, step: AdoptStep | UpdateStep): Promise<Done> {
  return KINDS[step.kind].update === 'version'
    ? releaseVersion(context, step, context)
    : updateResource(context, step);
}

async function adoptAsIs(context: ApplyContext, step: AdoptStep | UpdateStep): Promise<Done> {
  const live = await readAgain(context, step);
  await bindResource(context, step, live, undefined);
  return { remoteId: live.id, versionId: live.versionId ?? null, promoted: false, wrote: false };
}

/** Failures that end the whole apply: a refused key, or a state that can no longer be written. */
function isFatal(error: unknown): boolean {
  return (
    !(error instanceof Failure) ||
    error.kind === 'auth' ||
    error.code === 'STATE_WRITE' ||
    error.code === 'LEASE_LOST'
  );
}

async function execute(context: ApplyContext, steps: readonly Step[]): Promise<readonly StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  let fatal = false;
  const total = steps.length;
  const run = async (step: Step): Promise<'done' | 'failed'> => {
    try {
      const done = await runStep(context, step);
      outcomes.push({ step, status: 'applied', done, error: undefined });
      return 'done';
    } catch (error) {
      fatal ||= isFatal(error);
      let status = statusOf(error, {
        announced: context.announced.has(step.address),
        unrecorded: context.unrecorded.has(step.address),
      });
      if (status === 'failed' && !(await recordFailure(context, step, error))) {
        fatal = true;
        if (context.unrecorded.has(step.address)) status = 'unknown';
      }
      const boundId = context.bindings.get(step.address)?.remote_id;
      outcomes.push({ step, status, done: undefined, error, boundId });
      return 'failed';
    } finally {
      context.onProgress({ done: outcomes.length, total, note: step.address });
    }
  };
  const stopped = () => fatal || context.stop.aborted;
  // Twice as many steps as requests may be under way: while one waits for the log to reach the disk, another's
  // request takes its place. The API itself sees at most `concurrency` requests at once.
  const schedule = { concurrency: 2 * context.concurrency, stopped, run };
  const rest = steps.filter((step) => step.action !== 'delete');
  const deletes = steps.filter((step) => step.action === 'delete');
  const left = await runSteps(rest, schedule);
  const done = new Set(outcomes.filter(({ status }) => status === 'applied').map(({ step }) => step.id));
  const deletable = deletes.map((step) => ({
    ...step,
    dependsOn: step.dependsOn.filter((id) => !done.has(id)),
  }));
  // A failed create may have been meant to replace something that is deleted: nothing is deleted then.
  const missing = rest.some(({ action, id }) => action === 'create' && !done.has(id));
  const kept = missing ? deletes : await runSteps(deletable, schedule);
  const failed = new Set(outcomes.filter(({ status }) => status !== 'applied').map(({ step }) => step.id));
  const waitsFor = failedBelow(steps, failed);
  const never = [...left, ...kept].map((step) => ({
    step,
    status: 'not_attempted' as const,
    done: undefined,
    error: undefined,
    waitsFor: waitsFor(step),
  }));
  const order = new Map(steps.map((step, index) => [step.id, index]));
  return [...outcomes, ...never].sort((a, b) => (order.get(a.step.id) ?? 0) - (order.get(b.step.id) ?? 0));
}

/**
 * Records that an announced write certainly had no effect, so that the next apply does not look it up. False when the
 * log cannot be written. Nothing is recorded when the log itself is what failed.
 */
async function recordFailure(context: ApplyContext, step: Step, cause: unknown): Promise<boolean> {
  if (isFatal(cause)) return true;
  try {
    await forgetBegun(context, step);
    await context.session.record({ op: 'fail', address: step.address });
    return true;
  } catch {
    return false;
  }
}

function report(
  planned: Planned,
  outcomes: readonly StepOutcome[],
  course: Course,
  { isProtected = false }: Pick<ApplyDeps, 'isProtected'>,
): ApplyOutcome {
  const results = [...movedResults(planned), ...mergeResults(outcomes)];
  const { outcome, exitKind } = resultVerdict(outcomes, results, course);
  const environment = planned.plan.environment;
  const waits = outcomes.some(({ done }) => done?.waits === true);
  const rolls = outcomes.some(({ done }) => done?.rollout !== undefined);
  const done = rolls ? 'rollout tick' : waits ? 'promote' : 'plan';
  const command = exitKind === null ? done : 'apply';
  const approval = command === 'promote' && isProtected ? ['--approve', environment] : [];
  return {
    format_version: REPORT_FORMAT,
    plan_digest: planned.plan.plan_digest,
    outcome,
    results,
    // Where nothing was done, no command is suggested.
    next:
      outcome === 'nothing' && command === 'plan'
        ? ''
        : ['assistantctl', command, ...approval, '--env', environment].join(' '),
    exitKind,
  };
}
