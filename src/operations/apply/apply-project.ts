import type { ApplyOutcome } from '../../apply/apply.ts';
import { tokenOf } from '../../canonical/set-entries.ts';
import type { Address } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import { jsonEqual } from '../../model/json.ts';
import type { Plan, Planned } from '../../model/plan.ts';
import type { ReviewVerdict, Settings } from '../../model/review.ts';
import type { State } from '../../model/state.ts';
import { judgedUnits } from '../../plan/judged-units.ts';
import { ownCreates } from '../../plan/own-creates.ts';
import type { JudgedUnit } from '../../plan/review-verdict.ts';
import type { TakeOverConsent } from '../../plan/take-over.ts';
import { findAddressesOrAll } from '../address-argument.ts';
import type { ConfirmPlan, Host } from '../host.ts';
import { planOn } from '../plan/make-plan.ts';
import { refusedBy } from '../plan/obstacles.ts';
import { findNamed, type PlanningFlags, planOptions, type TypedPlanningFlags } from '../plan/plan-options.ts';
import { commitPosition, positionCaution } from '../plan/position.ts';
import { judgeReview, type ReviewSource } from '../plan/review.ts';
import { rotatedNow } from '../plan/rotated.ts';
import { settingsOfInputs } from '../plan/settings.ts';
import { readSavedPlan } from '../saved-plan-file.ts';
import { gather, type Inputs } from '../session/inputs.ts';
import { commitText, type Work, withSession } from '../session/locked-run.ts';
import { noteAccount } from '../session/pinned-account.ts';
import { approvedSets, beginApproval, endApprovals, openSidecar } from '../session/requests.ts';
import { requireApproval } from './approval.ts';
import type { Executed } from './executed.ts';
import { withHeldResults } from './held-results.ts';
import { type Released, releaseForApply, requireComparedLive } from './release-for-apply.ts';
import { retryCommand, withRetry } from './retry-command.ts';

export interface ApplyRequest extends TypedPlanningFlags {
  readonly approve?: string;
  readonly expectDigest?: string;
  readonly promote: boolean;
  readonly overrideLimits?: boolean;
  readonly rerunTests?: boolean;
  /** Nobody asked for the gate tests: none runs twice for one content. */
  readonly testsOnce?: boolean;
  readonly replace?: boolean;
  /** Addresses as they were typed, or `all`. */
  readonly takeOver?: readonly string[];
  readonly notRenamed?: readonly string[];
  /** Sources of what was reviewed; each change has to be in one of them. Absent: nothing has to be reviewed. */
  readonly reviewed?: readonly ReviewSource[];
  /** Every commit of the branch counts as reviewed. */
  readonly trusted?: boolean;
  /** The commit may be older than the last applied one. */
  readonly allowBehind?: boolean;
  /** Whether `confirm` really asks somebody. */
  readonly asksPerson: boolean;
  /** Asked before the first write, unless a saved plan is executed. */
  readonly confirm: ConfirmPlan;
}

/** The same with the resources that it names. */
interface NamedRequest
  extends Omit<ApplyRequest, keyof TypedPlanningFlags | 'takeOver' | 'notRenamed'>,
    PlanningFlags {
  readonly takeOver?: readonly (Address | 'all')[];
  readonly notRenamed?: readonly (Address | 'all')[];
}

async function findNamedForApply(
  host: Host,
  { takeOver, notRenamed, target, revertDrift, releaseHold, ...request }: ApplyRequest,
): Promise<NamedRequest> {
  return {
    ...request,
    ...(await findNamed(host, {
      ...(target !== undefined && { target }),
      ...(revertDrift !== undefined && { revertDrift }),
      ...(releaseHold !== undefined && { releaseHold }),
    })),
    ...(takeOver !== undefined && { takeOver: await findAddressesOrAll(host, takeOver) }),
    ...(notRenamed !== undefined && { notRenamed: await findAddressesOrAll(host, notRenamed) }),
  };
}

/** Where an apply took place, and which limits were set aside for it. */
export interface ApplyPlace {
  readonly project: string;
  readonly environment: string;
  readonly overridden: readonly string[];
}

/** What came of an apply: it ran, or it was refused before its first write. */
export type Applied =
  | { readonly executed: Executed; readonly place: ApplyPlace }
  | { readonly refused: Failure; readonly plan: Plan };

/** Executes a saved plan, or plans and executes; nothing is written before every check has passed. */
export async function applyProject(
  host: Host,
  file: string | undefined,
  request: ApplyRequest,
): Promise<Applied> {
  const saved = file === undefined ? undefined : await applicablePlan(host, file);
  const inputs = await gather(host, host.flags.env ?? saved?.environment);
  const { environment } = inputs.project;
  // What was reviewed is judged once it is known what would be done.
  const released = saved !== undefined || request.reviewed !== undefined;
  requireApproval(environment, {
    approve: request.approve,
    otherwise: released,
    several: host.flags.several,
    takesPlan: true,
  });
  const here = { ...host, flags: { ...host.flags, env: environment.name } };
  const named = await findNamedForApply(here, request);
  return await withSession(host, inputs, (work) => run(host, inputs, work, saved, named));
}

async function run(
  host: Host,
  inputs: Inputs,
  work: Work,
  saved: Plan | undefined,
  request: NamedRequest,
): Promise<Applied> {
  const { runtime } = host;
  const state = work.session.current();
  const options = planOptions(request, saved?.options, inputs.project.environment);
  const settings = settingsOfInputs(inputs);
  const { planned: fresh, account } = await planOn(host, inputs, work.connection, state, options, {
    settings,
    refresh: request.refresh === true,
  });
  const { reviewed } = request;
  const begun = ownCreates(work.session.pending, fresh, account);
  const agreed =
    reviewed === undefined
      ? undefined
      : await agreement(host, { world: { planned: fresh, state }, inputs, reviewed, begun });
  const review = agreed?.review;
  const position = await commitPosition(host, inputs, state);
  if (position?.relation === 'unknown') host.note(`warning: ${positionCaution(position).message}\n`);
  let released: Released;
  try {
    released = releaseForApply(fresh, {
      inputs,
      state,
      saved,
      expectDigest: request.expectDigest,
      overrideLimits: request.overrideLimits === true,
      replaceRollout: request.replace === true,
      review,
      trusted: request.trusted === true,
      position: request.allowBehind === true ? undefined : position,
      // Whoever is asked about the plan is asked about its take-overs.
      takeOver: saved === undefined && request.asksPerson ? 'all' : consentOf(request.takeOver, begun),
      notRenamed: consentOf(request.notRenamed, []),
      now: runtime.clock().toISOString(),
      toolVersion: runtime.version,
    });
    if (saved === undefined) await request.confirm(inputs.project, fresh.plan);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { refused: error, plan: saved ?? fresh.plan };
  }
  const judged = judgedUnits({ plan: fresh.plan, desired: inputs.desired, state, begun: new Set(begun) });
  if (agreed?.approved === true) {
    await beginApproval(host, inputs.project, { digest: fresh.plan.plan_digest, units: judged });
  }
  const executed = await work.execute(released.planned, {
    promote: request.promote,
    rerunTests: request.rerunTests === true,
    testsOnce: request.testsOnce === true,
    replaceRollout: request.replace === true,
  });
  const { environment } = inputs.project;
  const retry = retryCommand(fresh.plan, environment, request);
  const ended = withRetry(executed, { plan: fresh.plan, environment, again: retry });
  const outcome = withHeldResults(withDigests(ended, judged), released.planned.plan);
  const place = placeOfApply(inputs, released.planned, state, request);
  if (outcome.exitKind === null && isFirst(state)) {
    noteAccount(host, inputs.project.environment, released.planned.plan, work.session.current());
  }
  const unrecorded =
    outcome.exitKind === null && options.targets.length === 0
      ? await recordCompleted(host, inputs, work, settings)
      : undefined;
  if (agreed?.approved === true && outcome.exitKind === null && unrecorded === undefined) {
    await endApprovals(host, inputs.project, fresh.plan.plan_digest);
  }
  const unsaved = (await work.save()) ?? unrecorded;
  return {
    executed: {
      ...outcome,
      ...(unsaved !== undefined && { next: retry }),
      ...(fresh.plan.drift.length > 0 && { drift: fresh.plan.drift }),
      commit: commitText(inputs.git),
      since: state?.completed?.commit ?? null,
      skipped: released.skipped,
      saved,
      desired: inputs.desired,
      unsaved,
    },
    place,
  };
}

interface Agreement {
  readonly review: ReviewVerdict;
  /** What was left beside the state allows what no change request does. */
  readonly approved: boolean;
}

/** What change requests agree to and, where that is not everything, what was approved beside the state. */
async function agreement(
  host: Host,
  judged: {
    readonly world: { readonly planned: Planned; readonly state: State | undefined };
    readonly inputs: Inputs;
    readonly reviewed: readonly ReviewSource[];
    readonly begun: readonly Address[];
  },
): Promise<Agreement> {
  const { world, inputs, reviewed, begun } = judged;
  const review = judgeReview(host, world, inputs, reviewed, begun);
  if (review.covered) return { review, approved: false };
  const sets = approvedSets(inputs.project, await openSidecar(host.runtime, inputs.project).read());
  if (sets.length === 0) return { review, approved: false };
  const approvals = { name: 'approve', sets };
  const approved = judgeReview(host, world, inputs, [...reviewed, approvals], begun);
  return approved.covered ? { review: approved, approved: true } : { review, approved: false };
}

/** Nothing was applied before: whatever is bound was bound by `pull` or `state import`. */
function isFirst(state: State | undefined): boolean {
  return Object.values(state?.resources ?? {}).every(({ provisional }) => provisional === true);
}

/**
 * Remembers the commit and settings of an apply that did all there was to do. An environment that nothing was ever
 * applied to has no state to remember it in.
 */
async function recordCompleted(
  host: Host,
  { git, desired }: Inputs,
  { session, connection }: Work,
  settings: Settings,
): Promise<Failure | undefined> {
  const known = session.current();
  const completed = { commit: git?.commit ?? null, dirty: git?.dirty ?? false, settings };
  if (known === undefined) return undefined;
  const { at = '', ...former } = known.completed ?? {};
  if (at !== '' && jsonEqual(former, completed)) {
    // From here on a secret that was rotated before is no news any more.
    if ((await rotatedNow(connection.api, desired, known)).length === 0) return undefined;
  }
  try {
    const entry = { ...completed, at: host.runtime.clock().toISOString() };
    await session.record({ op: 'complete', completed: entry });
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

async function applicablePlan(host: Host, file: string): Promise<Plan> {
  const plan = await readSavedPlan(host, file, 'apply');
  requireComparedLive(plan);
  return plan;
}

function placeOfApply(
  inputs: Inputs,
  planned: Planned,
  state: State | undefined,
  { overrideLimits = false }: Pick<ApplyRequest, 'overrideLimits'>,
): ApplyPlace {
  const limits = overrideLimits ? refusedBy(planned, inputs, state) : [];
  return {
    project: inputs.project.name,
    environment: inputs.project.environment.name,
    overridden: limits.map(({ message }) => message),
  };
}

function consentOf(named: NamedRequest['takeOver'], ours: readonly Address[]): TakeOverConsent {
  const addresses = (named ?? []).filter((name) => name !== 'all');
  return named?.includes('all') === true ? 'all' : new Set([...ours, ...addresses]);
}

/** Each result with the digests of what was reviewed of it, by which `comment --report` finds its change request. */
function withDigests(outcome: ApplyOutcome, units: readonly JudgedUnit[]): ApplyOutcome {
  const tokens = new Map<string, string[]>();
  for (const { address, digest, also = [] } of units) {
    tokens.set(address, [...(tokens.get(address) ?? []), ...[digest, ...also].map(tokenOf)]);
  }
  const results = outcome.results.map((result) => {
    const digests = tokens.get(result.address);
    return digests === undefined ? result : { ...result, digests };
  });
  return { ...outcome, results };
}
