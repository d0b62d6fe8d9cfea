import { resolve } from 'node:path';
import { headOfChange } from '../../forge/connect.ts';
import { readReviewSources } from '../../forge/reviewed-source.ts';
import { sourceLinks } from '../../forge/source-links.ts';
import type { Plan } from '../../model/plan.ts';
import { asFailures, joinReasons } from '../../operations/apply/reasons.ts';
import { planHappenings } from '../../operations/events/happenings.ts';
import { writePrivately } from '../../operations/files.ts';
import { hasDifferences, planProject } from '../../operations/plan/plan-project.ts';
import { readTestResults } from '../../operations/tests/test-results.ts';
import { renderDiagnostics } from '../../render/terminal/diagnostics.ts';
import { planOutline } from '../../render/terminal/outline-words.ts';
import { toJsonText } from '../context.ts';
import { defineCommand } from '../define.ts';
import { emitEvents } from '../events.ts';
import { EXIT_CHANGES, EXIT_DONE, exitCodeOf } from '../exit-codes.ts';
import { format, planningOptions, reviewedOption } from '../options.ts';
import { ownFile, showPlan } from '../show-plan.ts';

/**
 * Compares and shows; with `--out` the plan is saved, also when it cannot be applied as it is. The exit code is the
 * one that apply would end with for what the branch can mend; what a person may still allow is a caution.
 */
export const plan = defineCommand({
  usage: 'plan',
  options: (command) =>
    planningOptions(command)
      .option('--base <ref>', 'where the change goes: only what differs from it is put up for review')
      .addOption(reviewedOption())
      .option('--out <file>', 'save the plan for `apply FILE`')
      .option('--html <file>', 'write the page of `--format html` beside the result')
      .option('--tests <file>', 'JSON of `test run`, shown in Markdown and HTML')
      .option('--blast-radius', 'look up phone numbers and canaries in the other formats too')
      .option('--detailed-exitcode', 'exit 2 when there is something to do')
      .option('--offline', 'compare with the last apply alone: no key, no request; cannot be applied')
      .option('--gitlab-report <file>', "write the counts for GitLab's terraform report")
      .addOption(format('text', 'json', 'markdown', 'html')),
  several: {
    takes: 'patterns',
    writes: false,
    singleOptions: ['out', 'tests'],
    singleFormats: ['html'],
  },
  run: async (context, _args, flags) => {
    const { cwd } = context.runtime;
    const tests = flags.tests === undefined ? [] : await readTestResults(resolve(cwd, flags.tests));
    const sources = flags.reviewed && (await readReviewSources(context, flags.reviewed));
    const page = flags.html !== undefined || flags.format === 'markdown' || flags.format === 'html';
    const { reviewed: _reviewed, ...request } = flags;
    const planned = await planProject(context, {
      ...request,
      ...(sources !== undefined && { reviewed: sources }),
      blastRadius: page || flags.blastRadius === true,
      saves: page || flags.out !== undefined || flags.format === 'json',
      headOf: (commit) => headOfChange(context, commit),
    });
    const { plan: made, inputs, blastRadius, refused, target } = planned;
    for (const note of planned.notes) context.note(`note: ${note}\n`);
    if (flags.gitlabReport !== undefined) {
      const file = ownFile(context, flags.gitlabReport, made.environment);
      await writePrivately(file, toJsonText(gitlabCounts(made)));
    }
    if (flags.out !== undefined) await writePrivately(resolve(cwd, flags.out), toJsonText(made));
    await emitEvents(context, () => planHappenings(made), { notify: false });
    context.outline(planOutline(made.summary));
    const links = page ? await sourceLinks(context, inputs, planned.head) : undefined;
    await showPlan(context, made, {
      flags,
      inputs,
      blastRadius,
      tests,
      refused,
      ...(links !== undefined && { sources: links }),
      ...(target !== undefined && { target }),
    });
    if (refused.length > 0) context.note(renderDiagnostics(refused, context.noteStyle));
    const unsaid = planned.obstacles.filter(({ diagnostics }) => diagnostics.length === 0);
    for (const { message } of unsaid) context.note(`${message}\n`);
    const reasons = joinReasons([...planned.obstacles, ...asFailures(refused)]);
    if (reasons !== undefined) return exitCodeOf(reasons.kind);
    return flags.detailedExitcode === true && hasDifferences(made) ? EXIT_CHANGES : EXIT_DONE;
  },
});

/** What GitLab's `terraform` report shows in a merge request; a resource that is taken over is one that changes. */
function gitlabCounts({ summary }: Plan): { create: number; update: number; delete: number } {
  return { create: summary.create, update: summary.update + summary.takeover, delete: summary.delete };
}
