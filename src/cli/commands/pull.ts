import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PullReport } from '../../model/pull.ts';
import type { State, StateSession } from '../../model/state.ts';
import { commitOnBranch, requireNewBranch } from '../../operations/pull/branch.ts';
import { choose } from '../../operations/pull/choose-resources.ts';
import { carryOut, look, type Pulling } from '../../operations/pull/pull.ts';
import { accessTo } from '../../operations/session/access.ts';
import { type Connection, connect } from '../../operations/session/connect.ts';
import { gitFor } from '../../operations/session/git.ts';
import { gatherProject, type Inputs, refuseSpecErrors } from '../../operations/session/inputs.ts';
import { withSession } from '../../operations/session/locked-run.ts';
import { openState } from '../../operations/session/open-state.ts';
import { renderPull } from '../../render/terminal/pull-text.ts';
import { openSpecs } from '../../specs/load/load.ts';
import { readGitInfo } from '../../state/git/git-info.ts';
import type { Context } from '../context.ts';
import { EXIT_CHANGES, EXIT_DONE, exitCodeOf } from '../exit-codes.ts';

export interface PullFlags {
  readonly adopt?: boolean;
  readonly drift?: boolean;
  readonly prBranch?: string;
  readonly format: string;
}

/** Live → YAML. Adopting binds and therefore takes the lease; taking drift over changes files alone. */
export async function pull(context: Context, names: readonly string[], flags: PullFlags): Promise<number> {
  const both = flags.adopt !== true && flags.drift !== true;
  const wants = { adopt: both || flags.adopt === true, drift: both || flags.drift === true };
  const project = await gatherProject(context);
  const access = accessTo(project.environment, context.runtime.env);
  if (wants.adopt) await mkdir(join(project.root, project.specs), { recursive: true });
  const specs = await openSpecs(project);
  refuseSpecErrors(specs.desired);
  const git = gitFor(context.runtime, project);
  if (flags.prBranch !== undefined) await requireNewBranch(git, project.root, flags.prBranch);
  const inputs: Inputs = { project, desired: specs.desired, git: await readGitInfo(project.root, git) };

  const work = async (connection: Connection, state: State | undefined, session?: StateSession) => {
    const pulling: Pulling = { host: context, specs, inputs, connection, state, ...(session && { session }) };
    const seen = await look(pulling);
    const { choice, notes } = choose(names, wants, specs, seen);
    const report = await carryOut(pulling, seen, choice);
    const told = { ...report, diagnostics: [...notes, ...report.diagnostics] };
    if (flags.prBranch === undefined || report.files.length === 0) return told;
    return { ...told, branch: await commitOnBranch(git, project.root, flags.prBranch, told) };
  };
  if (wants.adopt) {
    return await withSession(context, inputs, access, async ({ connection, session }) =>
      showPull(context, await work(connection, session.current(), session), flags.format),
    );
  }
  const state = await openState(context.runtime, project).load();
  const connection = await connect(context, project, access);
  try {
    return showPull(context, await work(connection, state), flags.format);
  } finally {
    await connection.close();
  }
}

/** Prints the report; the exit code says what still waits for a person. */
export function showPull(context: Context, report: PullReport, format: string): number {
  if (format === 'json') context.printJson(report);
  else context.print(renderPull(report, context.style));
  if (report.diagnostics.some(({ severity }) => severity === 'error')) return exitCodeOf('spec');
  if (report.conflicts.length > 0) return exitCodeOf('stale');
  return report.left.length + report.deleted.length > 0 ? EXIT_CHANGES : EXIT_DONE;
}
