import { resolve } from 'node:path';
import type { Address } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import { requireApproval } from '../../operations/apply/approval.ts';
import type { Released } from '../../operations/apply/release-for-apply.ts';
import { releaseForApply, requireComparedLive } from '../../operations/apply/release-for-apply.ts';
import { readJsonFile } from '../../operations/files.ts';
import { planOn } from '../../operations/plan/make-plan.ts';
import type { PlanningFlags } from '../../operations/plan/plan-options.ts';
import { planOptions } from '../../operations/plan/plan-options.ts';
import { accessTo } from '../../operations/session/access.ts';
import type { Inputs } from '../../operations/session/inputs.ts';
import { gather } from '../../operations/session/inputs.ts';
import type { Work } from '../../operations/session/locked-run.ts';
import { withSession } from '../../operations/session/locked-run.ts';
import { parseSavedPlan } from '../../plan/saved.ts';
import type { TakeOverConsent } from '../../plan/take-over.ts';
import { confirmPlan, willAsk } from '../announce.ts';
import type { Context } from '../context.ts';
import { reportPlace } from '../report-place.ts';
import { refusalReport, showReport } from '../show-report.ts';

export interface ApplyFlags extends PlanningFlags {
  readonly approve?: string;
  readonly expectDigest?: string;
  readonly promote: boolean;
  readonly overrideLimits?: boolean;
  readonly takeOver?: readonly (Address | 'all')[];
  readonly notRenamed?: readonly (Address | 'all')[];
  readonly rerunTests?: boolean;
  readonly replace?: boolean;
  readonly yes?: boolean;
  readonly format: string;
}

/** Executes a saved plan, or plans and executes; nothing is written before every check has passed. */
export async function apply(context: Context, file: string | undefined, flags: ApplyFlags): Promise<number> {
  const saved = file === undefined ? undefined : await readSavedPlan(context, file);
  const inputs = await gather(context, context.flags.env ?? saved?.environment);
  const { environment } = inputs.project;
  requireApproval(environment, flags.approve, saved !== undefined);
  const access = accessTo(environment, context.runtime.env);
  return await withSession(context, inputs, access, (work) => run(context, inputs, work, saved, flags));
}

async function run(
  context: Context,
  inputs: Inputs,
  work: Work,
  saved: Plan | undefined,
  flags: ApplyFlags,
): Promise<number> {
  const { runtime } = context;
  const state = work.session.current();
  const fresh = await planOn(
    context,
    inputs,
    work.connection,
    state,
    planOptions(flags, saved?.options, inputs.project.environment),
  );
  let released: Released;
  try {
    released = releaseForApply(fresh, {
      inputs,
      state,
      saved,
      expectDigest: flags.expectDigest,
      overrideLimits: flags.overrideLimits === true,
      // Whoever is asked about the plan is asked about its take-overs.
      takeOver: saved === undefined && willAsk(context, flags) ? 'all' : consentOf(flags.takeOver),
      notRenamed: consentOf(flags.notRenamed),
      now: runtime.clock().toISOString(),
      toolVersion: runtime.version,
    });
    if (saved === undefined) await confirmPlan(context, inputs.project, fresh.plan, flags);
  } catch (error) {
    if (!(error instanceof Failure) || flags.format !== 'json') throw error;
    return refusalReport(context, saved ?? fresh.plan, error);
  }
  const outcome = await work.execute(released.planned, flags.promote, flags.rerunTests, flags.replace);
  const { overrideLimits = false } = flags;
  const place = reportPlace(inputs, released.planned, { state, overrideLimits });
  const unsaved = await work.save();
  return showReport(
    context,
    {
      ...outcome,
      ...(unsaved !== undefined && { next: `assistantctl apply --env ${inputs.project.environment.name}` }),
      skipped: released.skipped,
      saved,
      desired: inputs.desired,
      place,
      unsaved,
    },
    flags.format,
  );
}

function consentOf(named: ApplyFlags['takeOver']): TakeOverConsent {
  const addresses = (named ?? []).filter((name) => name !== 'all');
  return named?.includes('all') === true ? 'all' : new Set(addresses);
}

async function readSavedPlan(context: Context, file: string): Promise<Plan> {
  const plan = parseSavedPlan(await readJsonFile(resolve(context.runtime.cwd, file), 'saved plan'));
  requireComparedLive(plan);
  return plan;
}
