import { rolloutHappenings } from '../../operations/events/happenings.ts';
import { moveRollouts, type RolloutRequest, readRollouts } from '../../operations/release/move-rollouts.ts';
import { renderFailure } from '../../render/terminal/errors.ts';
import { renderRollouts } from '../../render/terminal/rollout-text.ts';
import type { Context } from '../context.ts';
import { defineCommand } from '../define.ts';
import { emitEvents } from '../events.ts';
import { EXIT_DONE, exitCodeOf } from '../exit-codes.ts';
import { doLeftRequests } from '../left-requests.ts';
import { APPROVE, format, type TextOrJson, textOrJson } from '../options.ts';

/** At most one move of each open rollout. */
export const tick = defineCommand({
  usage: 'tick [addresses...]',
  options: (command) => textOrJson(command),
  run: async (context, [texts], flags) => {
    if (texts.length === 0) await doLeftRequests(context);
    return await move(context, texts, { order: 'tick' }, flags);
  },
});

/** Back to main for everybody: done as asked, and so no failed gate as an abort by a tick is. */
export const abort = defineCommand({
  usage: 'abort <address>',
  options: (command) =>
    command
      .option('--reason <text>', 'for the record')
      .option(...APPROVE)
      .addOption(format('text', 'json')),
  run: (context, [text], { format, ...request }) =>
    move(context, [text], { ...request, order: 'abort' }, { format }),
});

/** To the end at once, without waiting for holds or analysis. */
export const finishRollout = defineCommand({
  usage: 'promote <address>',
  options: (command) => command.option(...APPROVE).addOption(format('text', 'json')),
  run: (context, [text], { format, ...request }) =>
    move(context, [text], { ...request, order: 'promote' }, { format }),
});

/** Shows the open rollouts and what stands in their way. Takes no lease and writes nothing. */
export const rolloutStatus = defineCommand({
  usage: 'status [addresses...]',
  options: (command) => textOrJson(command),
  run: async (context, [texts], flags) => {
    const report = await readRollouts(context, texts);
    if (flags.format === 'json') context.printJson(report);
    else context.print(renderRollouts(report, context.style));
    return EXIT_DONE;
  },
});

async function move(
  context: Context,
  texts: readonly string[],
  request: RolloutRequest,
  { format }: { readonly format: TextOrJson },
): Promise<number> {
  const { report, failures, exitKind } = await moveRollouts(context, texts, request);
  await emitEvents(context, () => rolloutHappenings(report), { notify: true });
  if (format === 'json') context.printJson(report);
  else context.print(renderRollouts(report, context.style));
  for (const failure of failures) context.note(renderFailure(failure, context.noteStyle));
  return exitKind === undefined ? EXIT_DONE : exitCodeOf(exitKind, context.interruptedBy());
}
