import { applyHappenings } from '../../operations/events/happenings.ts';
import { rollBack } from '../../operations/release/rollback.ts';
import { confirmPlan, willAsk } from '../announce.ts';
import { defineCommand } from '../define.ts';
import { emitEvents } from '../events.ts';
import { APPROVE_UNLESS_ASKED, format, YES } from '../options.ts';
import { showReport } from '../show-report.ts';

/** Moves main back in one call, without a gate, and says why. */
export const rollback = defineCommand({
  usage: 'rollback <address>',
  options: (command) =>
    command
      .option('--to <id>', 'this version; by default the one that was main before')
      .option('--reason <text>', 'for the record')
      .option(...APPROVE_UNLESS_ASKED)
      .option(...YES)
      .addOption(format('text', 'json')),
  run: async (context, [text], flags) => {
    const executed = await rollBack(context, text, {
      ...flags,
      asksPerson: willAsk(context, flags),
      confirm: (project, plan) => confirmPlan(context, project, plan, flags),
    });
    await emitEvents(context, (name) => applyHappenings(name, executed), { notify: true });
    return showReport(context, executed, flags.format);
  },
});
