/** The other environments of the project: what they have applied is theirs, whatever this one's documents say. */
import { parseAddress } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import type { Environment, Project } from '../../model/project.ts';
import type { Owner } from '../../model/remote.ts';
import type { State } from '../../model/state.ts';
import type { Runtime } from '../../runtime.ts';
import { checkState } from '../../state/decode.ts';
import type { Host } from '../host.ts';
import { gitFor } from './git.ts';
import { openState } from './open-state.ts';

/**
 * Who among the other environments manages which live resource, by remote id. The embedded API shares nothing with
 * anybody. A state that cannot be read is named in a warning: it must not keep every other environment from working.
 */
export async function managedBySiblings(host: Host, project: Project): Promise<ReadonlyMap<string, Owner>> {
  if (project.environment.target === 'emulator') return new Map();
  const siblings = project.siblings.filter(({ target }) => target === 'api');
  const commits = await commitsOf(host, project, siblings);
  const states = await Promise.all(
    siblings.map((sibling) => {
      const commit = commits.get(placeOf(sibling));
      // A remote that was asked and has no such ref has no state.
      return commit === null ? undefined : stateOf(host, project, sibling, commit);
    }),
  );
  return new Map(states.flatMap(ownedIds));
}

function placeOf({ state }: Environment): string {
  return state.backend === 'git' ? `${state.remote} ${state.ref}` : '';
}

/** The commit of each state in Git, null where there is none: one question a remote, however many environments. */
async function commitsOf(
  host: Host,
  project: Project,
  siblings: readonly Environment[],
): Promise<ReadonlyMap<string, string | null>> {
  const places = siblings.flatMap(({ state }) => (state.backend === 'git' ? [state] : []));
  const remotes = [...new Set(places.map(({ remote }) => remote))];
  const git = gitFor(host.runtime, project);
  const answers = await Promise.all(
    remotes.map(async (remote) => {
      const refs = places.filter((place) => place.remote === remote).map(({ ref }) => ref);
      const { code, stdout } = await git(['ls-remote', '--', remote, ...refs], project.root);
      if (code !== 0) return [];
      const found = new Map(
        stdout.split('\n').map((line) => {
          const [commit = '', ref = ''] = line.split('\t');
          return [ref, commit] as const;
        }),
      );
      return refs.map((ref) => [`${remote} ${ref}`, found.get(ref) ?? null] as const);
    }),
  );
  return new Map(answers.flat());
}

/** States by the commit that holds them, which never changes: a command for many environments reads each once. */
const known = new WeakMap<Runtime, Map<string, State | undefined>>();

async function stateOf(
  host: Host,
  project: Project,
  sibling: Environment,
  commit: string | undefined,
): Promise<State | undefined> {
  const states = known.get(host.runtime) ?? new Map<string, State | undefined>();
  known.set(host.runtime, states);
  const name = `${project.root} ${placeOf(sibling)} ${commit}`;
  if (commit !== undefined && states.has(name)) return states.get(name);
  const state = await readState(host, project, sibling);
  if (commit !== undefined) states.set(name, state);
  return state;
}

async function readState(host: Host, project: Project, sibling: Environment): Promise<State | undefined> {
  try {
    const state = await openState(host.runtime, { ...project, environment: sibling }).load();
    if (state === undefined) return undefined;
    // A copy of somebody else's state says nothing about this project.
    const foreign = checkState(state, { project: project.name, environment: sibling.name });
    return foreign === undefined ? state : undefined;
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    host.note(
      `warning: the state of environment ${sibling.name} cannot be read, so that what it manages is not known here: ${cause.message}\n`,
    );
    return undefined;
  }
}

function ownedIds(state: State | undefined): readonly (readonly [string, Owner])[] {
  return Object.entries(state?.resources ?? {}).flatMap(([text, { remote_id, provisional }]) => {
    const address = parseAddress(text)?.address;
    if (state === undefined || address === undefined || provisional === true) return [];
    return [[remote_id, { environment: state.environment, address }] as const];
  });
}
