import type { Plan } from '../../model/plan.ts';
import { driftHappenings } from '../../operations/events/happenings.ts';
import { planWithoutLease } from '../../operations/plan/make-plan.ts';
import { planOptions } from '../../operations/plan/plan-options.ts';
import { findRotatedSecrets } from '../../operations/plan/rotated.ts';
import { gather, withReportedDrift } from '../../operations/session/inputs.ts';
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
    const inputs = await gather(context);
    const { planned } = await planWithoutLease(context, withReportedDrift(inputs), planOptions({}), {
      whole: true,
    });
    const rotated = await findRotatedSecrets(context, inputs);
    const found = driftOnly({ ...planned.plan, diagnostics: [...planned.plan.diagnostics, ...rotated] });
    const changed = found.drift.length + found.conflicts.length > 0;
    context.outline(changed ? planOutline(found.summary) : 'no drift');
    await tellEvents(context, () => driftHappenings(found), false);
    if (format === 'json') context.printJson(found);
    else if (format === 'markdown') context.printExactly(renderPlanMarkdown(found));
    else if (changed) context.print(renderPlan(found, context.style));
    else
      context.print(
        `${rotated.map(({ message }) => `note: ${message}\n`).join('')}No drift: nothing of ${found.environment} was changed outside Git.\n`,
      );
    return changed ? EXIT_CHANGES : EXIT_DONE;
  },
});

/** A conflict is kept: its live side was changed outside Git too. */
function driftOnly(plan: Plan): Plan {
  const none = { create: 0, update: 0, delete: 0, adopt: 0, takeover: 0, move: 0, promote: 0, orphan: 0 };
  return {
    ...plan,
    summary: { ...plan.summary, ...none },
    changes: [],
    orphans: [],
    released: [],
  };
}
