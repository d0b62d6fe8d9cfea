import { Failure } from '../../model/errors.ts';
import type { LookedUp, StatusReport } from '../../model/status.ts';
import { loadDesired } from '../../specs/load/load.ts';
import { readGitInfo } from '../../state/git/git-info.ts';
import type { Host } from '../host.ts';
import { planWithoutLease } from '../plan/make-plan.ts';
import { planOptions } from '../plan/plan-options.ts';
import { commitPosition } from '../plan/position.ts';
import { settingsOfInputs } from '../plan/settings.ts';
import { gitFor } from '../session/git.ts';
import { gatherProject, refuseSpecErrors } from '../session/inputs.ts';
import { openState } from '../session/open-state.ts';

/** Finds out where an environment stands. What cannot be read is part of the answer and ends nothing; nothing is written. */
export async function findStatus(host: Host): Promise<StatusReport> {
  const project = await gatherProject(host);
  const { environment } = project;
  const [desired, git] = await Promise.all([
    loadDesired(project),
    readGitInfo(project.root, gitFor(host.runtime, project)),
  ]);
  const store = openState(host.runtime, project);
  const inputs = { project, desired, git };
  const [state, holder, plan] = await Promise.all([
    find(async () => {
      const read = await store.load();
      return {
        location: store.location,
        serial: read?.serial ?? null,
        bound: Object.keys(read?.resources ?? {}).length,
      };
    }),
    find(async () => (await store.holder()) ?? null),
    find(async () => {
      refuseSpecErrors(desired);
      const settings = settingsOfInputs(inputs);
      const options = planOptions({}, undefined, environment);
      const { planned, state } = await planWithoutLease(host, inputs, options, { settings });
      const behind = await commitPosition(host, inputs, state);
      return { ...planned.plan, ...(behind !== undefined && { behind }) };
    }),
  ]);
  const counted = (severity: string): number =>
    desired.diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  return {
    project: project.name,
    specs: project.specs,
    environment: environment.name,
    environments: project.environments,
    protected: environment.protected,
    git,
    documents: desired.documents,
    errors: counted('error'),
    warnings: counted('warning'),
    keyVariable: environment.target === 'emulator' ? null : environment.apiKeyEnv,
    state,
    holder,
    plan,
  };
}

async function find<Value>(look: () => Promise<Value>): Promise<LookedUp<Value>> {
  try {
    return { known: true, value: await look() };
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'internal' || error.kind === 'interrupted') throw error;
    return { known: false, code: error.code, reason: error.message };
  }
}
