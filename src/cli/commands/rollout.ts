import type { Address } from '../../model/address.ts';
import { type ErrorKind, Failure } from '../../model/errors.ts';
import { REPORT_FORMAT } from '../../model/report.ts';
import type { RolloutReport } from '../../model/rollout-report.ts';
import { requireAddress } from '../../operations/address-argument.ts';
import { requireApproval } from '../../operations/apply/approval.ts';
import { requireAssistant } from '../../operations/release/promotions.ts';
import { type Moved, moveOne, openRollouts } from '../../operations/release/rollouts.ts';
import { accessTo } from '../../operations/session/access.ts';
import { gather } from '../../operations/session/inputs.ts';
import { withSession } from '../../operations/session/locked-run.ts';
import type { RolloutSubject } from '../../release/rollout.ts';
import { renderFailure } from '../../render/terminal/errors.ts';
import { renderRollouts } from '../../render/terminal/rollout-text.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE, exitCodeOf } from '../exit-codes.ts';

export interface RolloutFlags {
  readonly format: string;
  readonly reason?: string;
  readonly approve?: string;
}

/** Worst first: what somebody has to look at decides the exit code. */
const WORST: readonly ErrorKind[] = [
  'interrupted',
  'internal',
  'auth',
  'partial',
  'stale',
  'refused',
  'usage',
  'unavailable',
  'gate',
  'inconclusive',
];

/** At most one move of each open rollout. */
export function tick(context: Context, texts: readonly string[], flags: RolloutFlags): Promise<number> {
  return moveAll(context, texts, 'tick', flags);
}

/** Back to main for everybody; ends with the exit code of a failed gate, as an abort by a tick does. */
export function abort(context: Context, text: string, flags: RolloutFlags): Promise<number> {
  return moveAll(context, [text], 'abort', flags);
}

/** To the end at once, without waiting for holds or analysis. */
export function finishRollout(context: Context, text: string, flags: RolloutFlags): Promise<number> {
  return moveAll(context, [text], 'promote', flags);
}

async function moveAll(
  context: Context,
  texts: readonly string[],
  order: 'tick' | 'abort' | 'promote',
  flags: RolloutFlags,
): Promise<number> {
  const addresses = addressesOf(texts);
  const inputs = await gather(context);
  const { environment } = inputs.project;
  if (order === 'promote') requireApproval(environment, flags.approve, false);
  const access = accessTo(environment, context.runtime.env);
  return await withSession(context, inputs, access, async (work) => {
    const subjects = openRollouts(work.session.current(), addresses);
    if (order !== 'tick' && subjects.length === 0) throw noRollout(addresses);
    const { protectWrites, stop } = context.interrupt();
    protectWrites();
    const moved: Moved[] = [];
    for (const subject of subjects) {
      if (stop.aborted) break;
      moved.push(await moveOne(context, inputs, work, subject, { order, reason: flags.reason }));
    }
    return show(context, environment.name, moved, subjects, flags);
  });
}

export function addressesOf(texts: readonly string[]): readonly Address[] {
  return [...new Set(texts.map((text) => requireAssistant(requireAddress(text))))];
}

function noRollout(addresses: readonly Address[]): Failure {
  return new Failure('usage', `${addresses.join(', ')} has no open rollout`, {
    code: 'NO_ROLLOUT',
    hint: 'assistantctl rollout status lists those that are open',
  });
}

function show(
  context: Context,
  environment: string,
  moved: readonly Moved[],
  subjects: readonly RolloutSubject[],
  flags: RolloutFlags,
): number {
  const goesOn = moved.some(({ entry }) => entry.next_at !== null && entry.found === null);
  const report: RolloutReport = {
    format_version: REPORT_FORMAT,
    environment,
    rollouts: moved.map(({ entry }) => entry),
    next: goesOn ? `assistantctl rollout tick --env ${environment}` : '',
  };
  if (flags.format === 'json') context.printJson(report);
  else context.print(renderRollouts(report, context.style));
  for (const { failure } of moved) {
    if (failure !== undefined) context.note(renderFailure(failure, context.noteStyle));
  }
  const interrupted = moved.length < subjects.length;
  const kinds = new Set(moved.map(({ exitKind }) => exitKind));
  const worst = interrupted ? 'interrupted' : WORST.find((kind) => kinds.has(kind));
  return worst === undefined ? EXIT_DONE : exitCodeOf(worst, context.interruptedBy());
}
