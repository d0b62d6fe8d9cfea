import { applyHappenings } from '../../operations/events/happenings.ts';
import { promoteVersions } from '../../operations/release/promote.ts';
import { confirmPlan } from '../announce.ts';
import { defineCommand } from '../define.ts';
import { emitEvents } from '../events.ts';
import { APPROVE, format, YES } from '../options.ts';
import { showReport } from '../show-report.ts';

/** Moves main to versions that wait, or to the one that is named, behind the same gate as an apply. */
export const promote = defineCommand({
  usage: 'promote [addresses...]',
  options: (command) =>
    command
      .option('--version <id>', 'this version instead of the one that waits')
      .option('--rerun-tests', 'run also gate tests that this content passed before')
      .option(...APPROVE)
      .option(...YES)
      .addOption(format('text', 'json')),
  run: async (context, [texts], flags) => {
    const executed = await promoteVersions(context, texts, {
      ...flags,
      confirm: (project, plan) => confirmPlan(context, project, plan, flags),
    });
    await emitEvents(context, (name) => applyHappenings(name, executed), { notify: true });
    return showReport(context, executed, flags.format);
  },
});
