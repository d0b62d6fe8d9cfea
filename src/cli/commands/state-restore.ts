import { restoreResource } from '../../operations/state/restore.ts';
import { confirmPlan, willAsk } from '../announce.ts';
import { defineCommand } from '../define.ts';
import { APPROVE_UNLESS_ASKED, format, YES } from '../options.ts';
import { showReport } from '../show-report.ts';

/** Creates a deleted resource again from its archived form and binds it. */
export const restoreState = defineCommand({
  usage: 'restore <address>',
  options: (command) =>
    command
      .option('--at <revision>', 'its last applied form at a serial or commit of the history')
      .option(...APPROVE_UNLESS_ASKED)
      .option(...YES)
      .addOption(format('text', 'json')),
  run: async (context, [text], flags) => {
    const executed = await restoreResource(context, text, {
      ...flags,
      asksPerson: willAsk(context, flags),
      confirm: (project, plan) => confirmPlan(context, project, plan, flags),
    });
    return showReport(context, executed, flags.format);
  },
});
