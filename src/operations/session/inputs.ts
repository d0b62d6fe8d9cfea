import type { DesiredState } from '../../model/desired.ts';
import { hasErrors } from '../../model/diagnostic.ts';
import { Failure } from '../../model/errors.ts';
import type { GitInfo } from '../../model/plan.ts';
import type { Project } from '../../model/project.ts';
import { openSpecs } from '../../specs/load/load.ts';
import {
  chooseEnvironment,
  findProjectRoot,
  loadProject,
  loadProjectDocument,
} from '../../specs/project/project.ts';
import { readGitInfo } from '../../state/git/git-info.ts';
import type { Host } from '../host.ts';
import { gitFor } from './git.ts';
import { requireOwnFolder } from './own-folder.ts';

/** What Git says, read without any network. */
export interface Inputs {
  readonly project: Project;
  readonly desired: DesiredState;
  readonly git: GitInfo | null;
}

/** The project around the working directory (or `--project`) with one environment chosen. */
export async function gatherProject(host: Host, environment = host.flags.env): Promise<Project> {
  const project = await chosenProject(host, environment);
  if (host.workspace === undefined) await requireOwnFolder(host.runtime, project);
  return project;
}

async function chosenProject(host: Host, environment: string | undefined): Promise<Project> {
  if (host.workspace !== undefined) return chooseEnvironment(host.workspace.document, environment);
  const root = await findProjectRoot(host.runtime.cwd, host.flags.project);
  return await loadProject(root, environment);
}

/** The name of the project, whatever environment is chosen. */
export async function projectName({ runtime, flags }: Host): Promise<string> {
  return (await loadProjectDocument(await findProjectRoot(runtime.cwd, flags.project))).name;
}

/** Reads project and specs; errors in them end the command with all their diagnostics. */
export async function gather(host: Host, environment = host.flags.env): Promise<Inputs> {
  const inputs = await gatherWithErrors(host, environment);
  refuseSpecErrors(inputs.desired);
  return inputs;
}

/** The same for what undoes and needs no specs: a broken document is no reason to let callers wait. */
export async function gatherWithErrors(host: Host, environment = host.flags.env): Promise<Inputs> {
  const project = await chosenProject(host, environment);
  const { runtime, workspace } = host;
  // Git is asked first: reading the specs keeps this process busy, and its answers are there when that is done.
  const [, git, { desired }] = await Promise.all([
    workspace ?? requireOwnFolder(runtime, project),
    workspace?.git() ?? readGitInfo(project.root, gitFor(runtime, project), host.note),
    openSpecs(project, workspace?.specs()),
  ]);
  return { project, desired, git };
}

/** Ends the command when the specs have errors. */
export function refuseSpecErrors(desired: DesiredState): void {
  if (!hasErrors(desired.diagnostics)) return;
  const errors = desired.diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  throw new Failure('spec', `the specs have ${errors === 1 ? 'an error' : `${errors} errors`}`, {
    code: 'SPEC_INVALID',
    diagnostics: desired.diagnostics,
    hint: 'assistantctl validate checks them without a network',
  });
}

/** The inputs with `drift: report`: drift is shown as it is, whatever an apply would do about it. */
export function withReportedDrift(inputs: Inputs): Inputs {
  const environment = { ...inputs.project.environment, drift: 'report' as const };
  return { ...inputs, project: { ...inputs.project, environment } };
}
