import { rename } from 'node:fs/promises';
import { parseAddress } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import type { Environment, Project } from '../../model/project.ts';
import type { State, StateStore } from '../../model/state.ts';
import type { Host } from '../host.ts';
import { gatherProject } from '../session/inputs.ts';
import { openState } from '../session/open-state.ts';
import { type Leased, withLease } from '../session/opener.ts';
import { gitPlaces, hasBindings, otherState, withState } from './other-backend.ts';

type StateSettings = Environment['state'];

export interface MigrateRequest {
  readonly to: 'git' | 'file';
  /** Full name of the Git ref; by default that of the project file, or `refs/assistantctl/<environment>`. */
  readonly ref?: string;
}

export interface Migrated {
  readonly from: string;
  readonly to: string;
  readonly bindings: number;
  /** The line that the project file has to say; undefined where it says it already. */
  readonly line: string | undefined;
}

/**
 * Moves bindings, records of mains and copies of what was deleted to the other backend. Killed in between, the same
 * command goes on: the new place is complete before the old one is emptied.
 */
export async function migrateState(host: Host, request: MigrateRequest): Promise<Migrated> {
  const project = await gatherProject(host);
  // Before a lease is taken, so that a signal cannot leave it behind.
  host.interrupt();
  const { source, target } = await placesOf(host, project, request);
  const from = openState(host.runtime, withState(project, source));
  const to = openState(host.runtime, withState(project, target));
  const state = await restingState(host, project, from);
  await fill(host, project, to, state);
  await empty(host, project, from, { settings: source, moved: state });
  const said = JSON.stringify(target) === JSON.stringify(project.environment.state);
  return {
    from: from.location,
    to: to.location,
    bindings: Object.keys(state.resources).length,
    line: said ? undefined : lineOf(target),
  };
}

async function placesOf(
  host: Host,
  project: Project,
  { to, ref }: MigrateRequest,
): Promise<{ readonly source: StateSettings; readonly target: StateSettings }> {
  const { name, state: configured } = project.environment;
  if (configured.backend === to && ref === undefined) {
    const other = await otherState(host, project);
    if (other === undefined) throw nothingToMigrate(name);
    return { source: other.settings, target: configured };
  }
  if (to === 'file') return { source: configured, target: { backend: 'file' } };
  const [standard] = gitPlaces(name);
  const known = configured.backend === 'git' ? configured : standard;
  if (known === undefined) throw nothingToMigrate(name);
  const target = { ...known, ...(ref !== undefined && { ref }) };
  // From one ref to another, or from the file: whatever the project file names.
  const source: StateSettings = configured.backend === 'git' ? configured : { backend: 'file' };
  return { source, target };
}

function nothingToMigrate(environment: string): Failure {
  return new Failure('usage', `there is no state of ${environment} to migrate`, {
    code: 'STATE_MISSING',
    hint: 'assistantctl state list shows what is bound',
  });
}

/** What is to be moved, read under the lease: nobody is at work and nothing was left half done. */
function restingState(host: Host, project: Project, store: StateStore): Promise<State> {
  const read = async ({ session }: Leased): Promise<State> => {
    const state = session.current();
    if (state === undefined || !hasBindings(state)) throw nothingToMigrate(project.environment.name);
    if (session.pending.length > 0) {
      throw new Failure('refused', `an apply was broken off, and its outcome is not known yet`, {
        code: 'MIGRATE_PENDING',
        hint: `finish it first, where the state is now: assistantctl apply --env ${project.environment.name}`,
      });
    }
    return state;
  };
  return withLease(host, project, read, { store });
}

function fill(host: Host, project: Project, store: StateStore, state: State): Promise<void> {
  const write = async ({ session }: Leased): Promise<void> => {
    const present = session.current();
    if (hasBindings(present)) {
      if (present?.lineage === state.lineage) return;
      throw new Failure('refused', `${store.location} holds bindings of its own`, {
        code: 'MIGRATE_NOT_EMPTY',
        hint: 'two states of one environment cannot be joined: remove the bindings that are wrong with assistantctl state rm ADDR',
      });
    }
    await session.record({ op: 'init', state });
  };
  return withLease(host, project, write, { store, anyOwner: true });
}

function empty(
  host: Host,
  project: Project,
  store: StateStore,
  { settings, moved }: { readonly settings: StateSettings; readonly moved: State },
): Promise<void> {
  const clear = async ({ session }: Leased): Promise<void> => {
    if (session.current()?.serial !== moved.serial) {
      throw new Failure('refused', `${store.location} was changed while it was copied`, {
        code: 'MIGRATE_CHANGED',
        hint: 'somebody applied meanwhile; look at both states before the next apply',
      });
    }
    if (settings.backend === 'file') {
      await rename(store.location, `${store.location}.migrated`);
      return;
    }
    for (const text of Object.keys(moved.resources)) {
      const address = parseAddress(text)?.address;
      if (address !== undefined) await session.record({ op: 'unbind', address });
    }
  };
  return withLease(host, project, clear, { store });
}

function lineOf(settings: StateSettings): string {
  return settings.backend === 'file'
    ? 'state: { backend: file }'
    : `state: { backend: git, remote: ${settings.remote}, ref: ${settings.ref} }`;
}
