import { rolloutHappenings } from '../../operations/events/happenings.ts';
import { moveRollouts, type RolloutRequest, readRollouts } from '../../operations/release/move-rollouts.ts';
import { renderFailure } from '../../render/terminal/errors.ts';
import { renderRollouts } from '../../render/terminal/rollout-text.ts';
import type { Context } from '../context.ts';
import { tellEvents } from '../events.ts';
import { EXIT_DONE, exitCodeOf } from '../exit-codes.ts';

export interface RolloutFlags extends Omit<RolloutRequest, 'order'> {
  readonly format: string;
}

/** At most one move of each open rollout. */
export function tick(context: Context, texts: readonly string[], flags: RolloutFlags): Promise<number> {
  return move(context, texts, 'tick', flags);
}

/** Back to main for everybody; ends with the exit code of a failed gate, as an abort by a tick does. */
export function abort(context: Context, text: string, flags: RolloutFlags): Promise<number> {
  return move(context, [text], 'abort', flags);
}

/** To the end at once, without waiting for holds or analysis. */
export function finishRollout(context: Context, text: string, flags: RolloutFlags): Promise<number> {
  return move(context, [text], 'promote', flags);
}

/** Shows the open rollouts and what stands in their way. Takes no lease and writes nothing. */
export async function rolloutStatus(
  context: Context,
  texts: readonly string[],
  flags: { readonly format: string },
): Promise<number> {
  const report = await readRollouts(context, texts);
  if (flags.format === 'json') context.printJson(report);
  else context.print(renderRollouts(report, context.style));
  return EXIT_DONE;
}

async function move(
  context: Context,
  texts: readonly string[],
  order: RolloutRequest['order'],
  flags: RolloutFlags,
): Promise<number> {
  const { report, failures, exitKind } = await moveRollouts(context, texts, { ...flags, order });
  await tellEvents(context, () => rolloutHappenings(report), true);
  if (flags.format === 'json') context.printJson(report);
  else context.print(renderRollouts(report, context.style));
  for (const failure of failures) context.note(renderFailure(failure, context.noteStyle));
  return exitKind === undefined ? EXIT_DONE : exitCodeOf(exitKind, context.interruptedBy());
}
