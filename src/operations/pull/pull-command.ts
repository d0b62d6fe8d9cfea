import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PullReport } from '../../model/pull.ts';
import type { State, StateSession } from '../../model/state.ts';
import type { LayoutStyle } from '../../pull/layout.ts';
import { openAccounts, openWidened } from '../../specs/load/load.ts';
import { readGitInfo } from '../../state/git/git-info.ts';
import type { Host } from '../host.ts';
import { accessTo } from '../session/access.ts';
import type { Connection } from '../session/connect.ts';
import { gitFor } from '../session/git.ts';
import { gatherProject, type Inputs, refuseSpecErrors } from '../session/inputs.ts';
import { withSession } from '../session/locked-run.ts';
import { withAccount } from '../session/opener.ts';
import { commitOnBranch, requireNewBranch } from './branch.ts';
import { choose } from './choose-resources.ts';
import { carryOut, look, type Pulling } from './pull.ts';
import { pairsOf } from './shared-documents.ts';

export interface PullRequest {
  readonly adopt?: boolean;
  readonly drift?: boolean;
  readonly prBranch?: string;
  /** Where drift goes that several accounts share. */
  readonly as?: 'overlay' | 'shared';
  /** How new documents are spread over files. */
  readonly layout?: LayoutStyle;
}

/** Live → YAML. Adopting binds and therefore takes the lease; taking drift over changes files alone. */
export async function pullAccount(
  host: Host,
  names: readonly string[],
  request: PullRequest,
): Promise<PullReport> {
  const both = request.adopt !== true && request.drift !== true;
  const wants = { adopt: both || request.adopt === true, drift: both || request.drift === true };
  const project = await gatherProject(host);
  // A missing key ends the command before anything is written.
  accessTo(project.environment, host.runtime.env);
  if (wants.adopt) await mkdir(join(project.root, project.specs), { recursive: true });
  const { specs, siblings } = await openAccounts(project);
  refuseSpecErrors(specs.desired);
  const git = gitFor(host.runtime, project);
  if (request.prBranch !== undefined) await requireNewBranch(git, project.root, request.prBranch);
  const inputs: Inputs = { project, desired: specs.desired, git: await readGitInfo(project.root, git) };

  const work = async (connection: Connection, state: State | undefined, session?: StateSession) => {
    const wide = wants.adopt ? await openWidened(project) : specs;
    const pulling: Pulling = {
      host,
      specs,
      wide,
      siblings,
      inputs,
      connection,
      state,
      ...(request.as && { as: request.as }),
      ...(request.layout && { layout: request.layout }),
      ...(session && { session }),
    };
    const seen = await look(pulling);
    const pairs = wants.adopt ? pairsOf({ specs, wide, siblings }, seen) : [];
    const { choice, notes } = choose(names, wants, specs, seen, pairs);
    // What Git says instead of the live value must not be lost: it is committed, or the resource was named.
    const settle = request.drift === true && (names.length > 0 || inputs.git?.dirty === false);
    const unknown = wants.adopt && wants.drift;
    const report = await carryOut(pulling, seen, { ...choice, unknown, settle });
    const told = { ...report, diagnostics: [...notes, ...report.diagnostics] };
    if (request.prBranch === undefined || report.files.length === 0) return told;
    return { ...told, branch: await commitOnBranch(git, project.root, request.prBranch, told) };
  };
  if (wants.adopt) {
    return await withSession(
      host,
      inputs,
      async ({ connection, session }) => await work(connection, session.current(), session),
    );
  }
  return await withAccount(host, project, (connection, state) => work(connection, state));
}
