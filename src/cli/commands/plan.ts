import { resolve } from 'node:path';
import { headOfChange } from '../../forge/connect.ts';
import { readReviewSources } from '../../forge/reviewed-source.ts';
import { sourceLinks } from '../../forge/source-links.ts';
import type { Plan } from '../../model/plan.ts';
import { asFailures, joinReasons } from '../../operations/apply/reasons.ts';
import { planHappenings } from '../../operations/events/happenings.ts';
import { writePrivately } from '../../operations/files.ts';
import { planWithoutLease } from '../../operations/plan/make-plan.ts';
import { obstacles, refusedBy } from '../../operations/plan/obstacles.ts';
import { findNamed, planOptions } from '../../operations/plan/plan-options.ts';
import { commitPosition, positionCaution } from '../../operations/plan/position.ts';
import { judgeReview, unreviewedCaution, withReview } from '../../operations/plan/review.ts';
import { kindsOf, reviewInputs } from '../../operations/plan/review-inputs.ts';
import { gather } from '../../operations/session/inputs.ts';
import { readTestResults } from '../../operations/tests/test-results.ts';
import { renderDiagnostics } from '../../render/terminal/diagnostics.ts';
import { planOutline } from '../../render/terminal/outline-words.ts';
import { toJsonText } from '../context.ts';
import { defineCommand } from '../define.ts';
import { tellEvents } from '../events.ts';
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
    const gathered = await gather(context);
    const saves = page || flags.out !== undefined || flags.format === 'json';
    const review = await reviewInputs(context, gathered, flags.base, saves);
    const { inputs, settings } = review.shown;
    const options = planOptions(await findNamed(context, flags), undefined, inputs.project.environment);
    const { planned, state, account, apiBase, blastRadius } = await planWithoutLease(
      context,
      inputs,
      options,
      {
        blastRadius: page || flags.blastRadius === true,
        whole: flags.refresh === true,
        settings,
        kinds: kindsOf(review),
      },
    );
    const world = { planned, state, account, apiBase, options };
    const head = await headOfChange(context, inputs.git?.commit ?? null);
    const reviewed = sources && judgeReview(context, world, inputs, sources);
    const position = await commitPosition(
      context,
      gathered,
      state,
      review.base === null ? [] : [review.base],
    );
    const made = options.offline === true ? planned.plan : withReview(context, world, review, head);
    const saved: Plan = {
      ...made,
      diagnostics: [
        ...(position === undefined ? [] : [positionCaution(position)]),
        ...(reviewed === undefined || reviewed.covered ? [] : [unreviewedCaution(reviewed)]),
        ...made.diagnostics,
      ],
      ...(position !== undefined && { behind: position }),
      ...(reviewed !== undefined && { reviewed }),
      ...(blastRadius !== undefined && { blast_radius: blastRadius }),
    };
    for (const note of review.notes) context.note(`note: ${note}\n`);
    if (flags.gitlabReport !== undefined) {
      const file = ownFile(context, flags.gitlabReport, saved.environment);
      await writePrivately(file, toJsonText(gitlabCounts(saved)));
    }
    if (flags.out !== undefined) await writePrivately(resolve(cwd, flags.out), toJsonText(saved));
    const refused = refusedBy(planned, inputs, state);
    await tellEvents(context, () => planHappenings(saved), false);
    context.outline(planOutline(saved.summary));
    const places = page ? await sourceLinks(context, inputs, saved.review?.head ?? head) : undefined;
    const linked = places === undefined ? {} : { sources: places };
    await showPlan(context, saved, { flags, inputs, blastRadius, tests, refused, ...linked });
    const stopped = obstacles(saved, inputs.project);
    if (refused.length > 0) context.note(renderDiagnostics(refused, context.noteStyle));
    for (const { message } of stopped) context.note(`${message}\n`);
    const reasons = joinReasons([...stopped, ...asFailures(refused)]);
    if (reasons !== undefined) return exitCodeOf(reasons.kind);
    return flags.detailedExitcode === true && differs(saved) ? EXIT_CHANGES : EXIT_DONE;
  },
});

/** What GitLab's `terraform` report shows in a merge request; a resource that is taken over is one that changes. */
function gitlabCounts({ summary }: Plan): { create: number; update: number; delete: number } {
  return { create: summary.create, update: summary.update + summary.takeover, delete: summary.delete };
}

function differs({ summary }: Plan): boolean {
  const { create, update, promote, adopt, takeover, move, drift } = summary;
  return create + update + promote + adopt + takeover + move + summary.delete + drift > 0;
}
