import { REPORT_FORMAT } from '../../model/report.ts';
import type { RolloutEntry, RolloutReport } from '../../model/rollout-report.ts';
import { entryOf, openRollouts } from '../../operations/release/rollouts.ts';
import { accessTo } from '../../operations/session/access.ts';
import { connect } from '../../operations/session/connect.ts';
import { gatherProject } from '../../operations/session/inputs.ts';
import { openState } from '../../operations/session/open-state.ts';
import { sight } from '../../release/rollout.ts';
import { describeSighting } from '../../release/rollout-decision.ts';
import { renderRollouts } from '../../render/terminal/rollout-text.ts';
import { checkState } from '../../state/decode.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { addressesOf } from './rollout.ts';

/** Shows the open rollouts and what stands in their way. Takes no lease and writes nothing. */
export async function rolloutStatus(
  context: Context,
  texts: readonly string[],
  flags: { readonly format: string },
): Promise<number> {
  const project = await gatherProject(context);
  const { environment } = project;
  const access = accessTo(environment, context.runtime.env);
  const state = await openState(context.runtime, project).load();
  const foreign = state && checkState(state, { project: project.name, environment: environment.name });
  if (foreign !== undefined) throw foreign;
  const subjects = openRollouts(state, addressesOf(texts));
  const connection = await connect(context, project, access);
  let rollouts: readonly RolloutEntry[];
  try {
    rollouts = await Promise.all(
      subjects.map(async (subject) => {
        const { seen } = await sight(subject, connection);
        return { ...entryOf(subject, undefined), found: describeSighting(subject.rollout, seen) ?? null };
      }),
    );
  } finally {
    await connection.close();
  }
  const report: RolloutReport = {
    format_version: REPORT_FORMAT,
    environment: environment.name,
    rollouts,
    next: rollouts.every(({ found }) => found !== null)
      ? ''
      : `assistantctl rollout tick --env ${environment.name}`,
  };
  if (flags.format === 'json') context.printJson(report);
  else context.print(renderRollouts(report, context.style));
  return EXIT_DONE;
}
