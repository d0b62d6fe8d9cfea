import { driftHappenings } from '../../operations/events/happenings.ts';
import { findDrift } from '../../operations/plan/find-drift.ts';
import { renderPlanMarkdown } from '../../render/plan/plan-markdown.ts';
import { renderPlan } from '../../render/plan/plan-text.ts';
import { planOutline } from '../../render/terminal/outline-words.ts';
import { defineCommand } from '../define.ts';
import { emitEvents } from '../events.ts';
import { EXIT_CHANGES, EXIT_DONE } from '../exit-codes.ts';
import { format } from '../options.ts';

/** Shows only what was changed outside Git. */
export const drift = defineCommand({
  usage: 'drift',
  options: (command) => command.addOption(format('text', 'json', 'markdown')),
  several: { takes: 'patterns', writes: false, singleOptions: [] },
  run: async (context, _args, { format }) => {
    const { plan, changed, rotated } = await findDrift(context);
    const told = changed ? planOutline(plan.summary) : 'no drift';
    context.outline(rotated.length === 0 ? told : `${told}, ${secretsRotated(rotated.length)}`);
    await emitEvents(context, () => driftHappenings(plan), { notify: false });
    if (format === 'json') context.printJson(plan);
    else if (format === 'markdown') context.printExactly(renderPlanMarkdown(plan, { driftAlone: true }));
    else if (changed) context.print(renderPlan(plan, context.style, { driftAlone: true }));
    else if (rotated.length === 0)
      context.print(`No drift: nothing of ${plan.environment} was changed outside Git.
`);
    else {
      const lines = rotated
        .map(
          ({ message, hint }) => `  ${message}
    hint: ${hint}
`,
        )
        .join('');
      context.print(
        `${secretsRotated(rotated.length)} outside Git; what is live is what the documents of ${plan.environment} say.
${lines}`,
      );
    }
    return changed || rotated.length > 0 ? EXIT_CHANGES : EXIT_DONE;
  },
});

function secretsRotated(number: number): string {
  return number === 1 ? '1 secret was rotated' : `${number} secrets were rotated`;
}
