import { ApiError, type ErrorKind, Failure } from '../model/errors.ts';
import type { Planned } from '../model/plan.ts';
import { GateFailure } from '../model/release.ts';
import type { ApplyReport, FieldProblem, StepError, StepResult, StepStatus } from '../model/report.ts';
import { changesLive, plannedId, type Step } from '../model/step.ts';
import type { Done } from './context.ts';

/** How one step ended, before steps of one address are merged. */
export interface StepOutcome {
  readonly step: Step;
  readonly status: StepStatus;
  readonly done: Done | undefined;
  readonly error: unknown;
  /** What the address is bound to afterwards: a create may fail after it made something. */
  readonly boundId?: string | undefined;
  /** Addresses that failed and that it depends on. */
  readonly waitsFor?: readonly string[];
}

function describe(error: unknown): StepError {
  const api = error instanceof ApiError ? error : undefined;
  const failure = error instanceof Failure ? error : undefined;
  const problems = fieldProblems(api);
  return {
    kind: failure?.kind ?? 'internal',
    code: failure?.code ?? 'INTERNAL',
    message: error instanceof Error ? error.message : String(error),
    status: api?.status ?? null,
    request_id: api?.requestId ?? null,
    hint: failure?.hint ?? null,
    ...(problems.length === 0 ? {} : { problems }),
  };
}

/** Where in the specs that is, the caller knows. */
function fieldProblems(error: ApiError | undefined): readonly FieldProblem[] {
  return (error?.problems ?? []).flatMap(({ pointer, message }) =>
    pointer === undefined ? [] : [{ pointer, message, at: null }],
  );
}

/** Where a step stood when it failed. */
export interface Standing {
  /** A write was announced in the log. */
  readonly announced: boolean;
  /** A write took effect, or may have, and is not in the state. */
  readonly unrecorded: boolean;
}

/** Failures to record: the lease is gone, or the place of the state refuses. */
const NOT_RECORDED: ReadonlySet<string> = new Set(['LEASE_LOST', 'STATE_WRITE']);

/**
 * `unknown` only where a write may have happened and nothing could be found out about it, or nothing recorded: its
 * own reply was lost, or it was announced and then reading failed, or it was sent and the state could not take it.
 */
export function statusOf(error: unknown, { announced, unrecorded }: Standing): StepStatus {
  if (unrecorded && error instanceof Failure && NOT_RECORDED.has(error.code)) return 'unknown';
  const unclear =
    error instanceof ApiError && (error.method === 'GET' ? announced : error.effect === 'unknown');
  return unclear || (error instanceof Failure && error.code === 'OUTCOME_AMBIGUOUS') ? 'unknown' : 'failed';
}

const SEVERITY: readonly StepStatus[] = ['skipped', 'applied', 'not_attempted', 'failed', 'unknown'];

/** What each step waits for that failed, directly or through others that could not begin. */
export function failedBelow(
  steps: readonly Step[],
  failed: ReadonlySet<string>,
): (step: Step) => readonly string[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const known = new Map<string, ReadonlySet<string>>();
  const below = (step: Step): ReadonlySet<string> => {
    const found = known.get(step.id);
    if (found !== undefined) return found;
    const addresses = new Set<string>();
    known.set(step.id, addresses);
    for (const id of step.dependsOn) {
      const needed = byId.get(id);
      if (needed === undefined) continue;
      if (failed.has(id)) addresses.add(needed.address);
      for (const address of below(needed)) addresses.add(address);
    }
    return addresses;
  };
  return (step) => [...below(step)].filter((address) => address !== step.address).sort();
}

/** One line per address: a create and the link step behind it are one change to whoever reads the report. */
export function mergeResults(outcomes: readonly StepOutcome[]): readonly StepResult[] {
  const byAddress = new Map<string, StepResult>();
  for (const outcome of outcomes) {
    const known = byAddress.get(outcome.step.address);
    const own = resultOf(outcome);
    byAddress.set(own.address, known === undefined ? own : merge(known, own));
  }
  return [...byAddress.values()];
}

/** Bindings that went over to another address: done with the state alone. */
export function movedResults({ plan }: Planned): readonly StepResult[] {
  return plan.changes
    .filter(({ action }) => action === 'move')
    .map(({ address, remote_id }) => ({
      address,
      action: 'move',
      status: 'applied',
      remote_id,
      version_id: null,
      promoted: false,
      error: null,
    }));
}

function resultOf({ step, status, done, error, boundId, waitsFor = [] }: StepOutcome): StepResult {
  const tests = error instanceof GateFailure ? error.verdicts : done?.tests;
  return {
    address: step.address,
    action: actionOf(step.action),
    status,
    remote_id: done?.remoteId ?? plannedId(step) ?? boundId ?? null,
    version_id: done?.versionId ?? null,
    promoted: done?.promoted ?? false,
    error: error === undefined ? null : describe(error),
    ...(step.action === 'adopt' && changesLive(step) ? { takes_over: true as const } : {}),
    ...(waitsFor.length === 0 ? {} : { waits_for: waitsFor }),
    ...(done?.rollout === undefined ? {} : { rollout: done.rollout }),
    ...(tests === undefined ? {} : { tests }),
  };
}

/** What a step of that sort is to whoever reads the report. */
function actionOf(action: Step['action']): StepResult['action'] {
  if (action === 'link') return 'create';
  return action === 'promote' ? 'update' : action;
}

function merge(first: StepResult, second: StepResult): StepResult {
  const worse = SEVERITY.indexOf(second.status) >= SEVERITY.indexOf(first.status) ? second : first;
  return {
    ...first,
    status: worse.status,
    error: worse.error,
    remote_id: second.remote_id ?? first.remote_id,
    version_id: second.version_id ?? first.version_id,
    promoted: first.promoted || second.promoted,
  };
}

/** How the apply as a whole went. */
export interface Course {
  /** A signal ended it early. */
  readonly stopped: boolean;
  /** The API confirmed a write, maybe one of a step that failed afterwards. */
  readonly wrote: boolean;
}

/** Verdict over all results, and the error kind that decides the exit code (null: exit 0). */
export function resultVerdict(
  outcomes: readonly StepOutcome[],
  results: readonly StepResult[],
  course: Course,
): { readonly outcome: ApplyReport['outcome']; readonly exitKind: ErrorKind | null } {
  const bad = results.filter(({ status }) => status !== 'applied' && status !== 'skipped');
  if (bad.length === 0) return { outcome: results.length === 0 ? 'nothing' : 'applied', exitKind: null };
  if (course.stopped) return { outcome: 'partial', exitKind: 'interrupted' };
  const wrote = outcomes.some(
    ({ done, status }) => done?.wrote === true || status === 'unknown' || status === 'applied',
  );
  const kinds = new Set(outcomes.flatMap(({ error }) => (error === undefined ? [] : [describe(error).kind])));
  const [only] = kinds;
  // Whatever else was applied: a failed gate is for the author of the change, not for whoever repairs accounts.
  if (only === 'gate' && kinds.size === 1) return { outcome: 'partial', exitKind: 'gate' };
  const single = kinds.size === 1 && !wrote ? only : undefined;
  switch (single) {
    case 'unavailable':
      return { outcome: 'partial', exitKind: course.wrote ? 'partial' : 'unavailable' };
    case 'auth':
    case 'stale':
      return { outcome: 'partial', exitKind: single };
    case 'refused':
      return course.wrote
        ? { outcome: 'partial', exitKind: 'partial' }
        : { outcome: 'refused', exitKind: 'refused' };
    default:
      return { outcome: 'partial', exitKind: kinds.has('internal') ? 'internal' : 'partial' };
  }
}
