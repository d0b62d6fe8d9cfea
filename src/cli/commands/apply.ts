import { readReviewSources } from '../../forge/reviewed-source.ts';
import { Failure } from '../../model/errors.ts';
import { applyProject } from '../../operations/apply/apply-project.ts';
import { applyHappenings, failureHappenings, refusalHappenings } from '../../operations/events/happenings.ts';
import { confirmPlan, willAsk } from '../announce.ts';
import { defineCommand } from '../define.ts';
import { emitEvents, emitFailure } from '../events.ts';
import { doLeftRequests } from '../left-requests.ts';
import { collectAddressOrAll, format, planningOptions, reviewedOption, YES } from '../options.ts';
import { refusalReport, showReport } from '../show-report.ts';

/** Executes a saved plan, or plans and executes; nothing is written before every check has passed. */
export const apply = defineCommand({
  usage: 'apply [file]',
  options: (command) =>
    planningOptions(command)
      .option(
        '--approve <env>',
        'needed for a protected environment without a saved plan; a list for several',
      )
      .option('--expect-digest <hex>', 'go on only when the fresh plan has this digest')
      .addOption(reviewedOption())
      .option('--no-promote', 'stage assistant versions and leave main where it is')
      .option('--rerun-tests', 'run also gate tests that this content passed before')
      .option('--replace', 'let a change take the place of an open rollout of the same assistant')
      .option('--override-limits', 'go beyond `limits` of the project file')
      .option('--allow-behind', 'apply a commit that is older than the last applied one')
      .option(
        '--take-over <address>',
        'let this adoption replace live values; `all` for every one',
        collectAddressOrAll,
      )
      .option(
        '--not-renamed <address>',
        'let this resource be created beside one of its name whose spec is gone; `all` for every one',
        collectAddressOrAll,
      )
      .option(...YES)
      .option('--keep-going', 'of several environments go on after one that failed')
      .addOption(format('text', 'json', 'markdown')),
  several: {
    takes: 'names',
    writes: true,
    stops: true,
    singleArgument: true,
    singleOptions: ['expectDigest'],
  },
  run: async (context, [file], flags) => {
    const { reviewed, ...request } = flags;
    const sources = reviewed && (await readReviewSources(context, reviewed));
    if (sources !== undefined) await doLeftRequests(context);
    const applied = await applyProject(context, file, {
      ...request,
      ...(sources !== undefined && { reviewed: sources }),
      asksPerson: willAsk(context, flags),
      confirm: (project, plan) => confirmPlan(context, project, plan, flags),
    }).catch(async (error: unknown) => {
      if (error instanceof Failure) await emitFailure(context, (name) => failureHappenings(name, error));
      throw error;
    });
    if ('executed' in applied) {
      const { executed, place } = applied;
      await emitEvents(context, (name) => applyHappenings(name, executed), {
        notify: true,
        environment: place.environment,
      });
      return showReport(context, executed, flags.format, place);
    }
    const { refused, plan } = applied;
    await emitEvents(context, () => refusalHappenings(plan, refused), {
      notify: true,
      environment: plan.environment,
    });
    if (flags.format !== 'json') throw applied.refused;
    return refusalReport(context, applied.plan, applied.refused);
  },
});
