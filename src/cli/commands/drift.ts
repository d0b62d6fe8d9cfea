import { driftHappenings } from '../../operations/events/happenings.ts';
import { findDrift } from '../../operations/plan/find-drift.ts';
import { renderPlanMarkdown } from '../../render/plan/plan-markdown.ts';
import { renderPlan } from '../../render/plan/plan-text.ts';
import { planOutline } from '../../render/terminal/outline-words.ts';
import { defineCommand } from '../define.ts';
import { tellEvents } from '../events.ts';
import { EXIT_CHANGES, EXIT_DONE } from '../exit-codes.ts';
import { format } from '../options.ts';

/** Shows only what was changed outside Git. */
export const drift = defineCommand({
  usage: 'drift',
  options: (command) => command.addOption(format('text', 'json', 'markdown')),
  several: { takes: 'patterns', writes: false, singleOptions: [] },
  run: async (context, _args, { format }) => {
    const { plan, changed, rotated } = await findDrift(context);
    context.outline(changed ? planOutline(plan.summary) : 'no drift');
    await tellEvents(context, () => driftHappenings(plan), false);
    if (format === 'json') context.printJson(plan);
    else if (format === 'markdown') context.printExactly(renderPlanMarkdown(plan));
    else if (changed) context.print(renderPlan(plan, context.style));
    else {
      const notes = rotated.map(({ message }) => `note: ${message}\n`).join('');
      context.print(`${notes}No drift: nothing of ${plan.environment} was changed outside Git.\n`);
    }
    return changed ? EXIT_CHANGES : EXIT_DONE;
  },
});
