/** A state that is kept where the project file does not look any more, or not yet. */
import { Failure } from '../../model/errors.ts';
import type { Environment, Project } from '../../model/project.ts';
import type { State, StateStore } from '../../model/state.ts';
import { checkState } from '../../state/decode.ts';
import type { Host } from '../host.ts';
import { gitFor } from '../session/git.ts';
import { openState } from '../session/open-state.ts';

/** A remote that does not answer soon is as good as none: this is asked before anything else. */
const ASKING_MS = 10_000;

type StateSettings = Environment['state'];

/** Where a state of an environment is kept by default on a Git remote. */
export function gitPlaces(environment: string): readonly Extract<StateSettings, { backend: 'git' }>[] {
  return [`refs/assistantctl/${environment}`, `refs/heads/assistantctl/${environment}`].map((ref) => ({
    backend: 'git',
    remote: 'origin',
    ref,
  }));
}

/** The project with its environment's state elsewhere. */
export function withState(project: Project, state: StateSettings): Project {
  return { ...project, environment: { ...project.environment, state } };
}

export interface FoundState {
  readonly settings: StateSettings;
  readonly store: StateStore;
  readonly state: State;
}

/** The state of the project's environment in the backend that the project file does not name; undefined without bindings. */
export async function otherState(host: Host, project: Project): Promise<FoundState | undefined> {
  const { name, state: configured } = project.environment;
  if (configured.backend === 'git') return await boundAt(host, project, { backend: 'file' });
  const wanted = gitPlaces(name);
  const git = gitFor(host.runtime, project, { timeoutMs: ASKING_MS });
  const listed = await git(['ls-remote', 'origin', ...wanted.map(({ ref }) => ref)], project.root);
  if (listed.code !== 0) return undefined;
  const there = new Set(listed.stdout.split('\n').map((line) => line.split('\t')[1] ?? ''));
  for (const settings of wanted.filter(({ ref }) => there.has(ref))) {
    const found = await boundAt(host, project, settings);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function boundAt(
  host: Host,
  project: Project,
  settings: StateSettings,
): Promise<FoundState | undefined> {
  const store = openState(host.runtime, withState(project, settings));
  const state = await store.load().catch(() => undefined);
  const expected = { project: project.name, environment: project.environment.name };
  const ours = state !== undefined && checkState(state, expected) === undefined;
  return ours && hasBindings(state) ? { settings, store, state } : undefined;
}

export function hasBindings(state: State | undefined): boolean {
  return Object.keys(state?.resources ?? {}).length > 0;
}

/**
 * Fails with `refused` where nothing is known of an environment although the other backend knows it: everything would
 * be adopted again by name, and rollback targets, copies and open rollouts would be lost from view.
 */
export async function refuseOtherBackend(
  host: Host,
  project: Project,
  state: State | undefined,
): Promise<void> {
  const { environment } = project;
  // The embedded API works without a network.
  const local = environment.target === 'emulator' && environment.state.backend === 'file';
  if (local || hasBindings(state)) return;
  const found = await otherState(host, project);
  if (found === undefined) return;
  const count = Object.keys(found.state.resources).length;
  const to = environment.state.backend;
  throw new Failure(
    'refused',
    `the state of ${environment.name} is empty, but ${found.store.location} holds ${count} bindings of it`,
    {
      code: 'STATE_ELSEWHERE',
      hint: `move them: assistantctl state migrate --to ${to} --env ${environment.name}; or name that place under state: in assistantctl.yaml`,
      details: { location: found.store.location, bindings: count },
    },
  );
}
