/**
 * The one place that opens what a use case works with, and closes it again however the work ends: the state with the
 * check whose it is, the lease of the environment, and the connection to the account.
 */
import { Failure } from '../../model/errors.ts';
import type { Project } from '../../model/project.ts';
import type { State, StateSession, StateStore, WriteFence } from '../../model/state.ts';
import { checkState } from '../../state/decode.ts';
import type { Host } from '../host.ts';
import { accessTo } from './access.ts';
import { type Connection, connect } from './connect.ts';
import { holderName, openState } from './open-state.ts';

/** The state of the project's environment, without its lease; fails when it belongs to another project or environment. */
export async function readState(host: Host, project: Project): Promise<State | undefined> {
  return requireOwn(project, await openState(host.runtime, project).load());
}

/** Works with the account alone. With a fence, writes go only as long as the lease lasts that it belongs to. */
export async function withConnection<Result>(
  host: Host,
  project: Project,
  work: (connection: Connection) => Promise<Result>,
  fence?: WriteFence,
): Promise<Result> {
  const access = accessTo(project.environment, host.runtime.env);
  const connection = await connect(host, project, access, fence);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** Works with the account and the state as it is, without the lease: for commands that do not change the state. */
export async function withAccount<Result>(
  host: Host,
  project: Project,
  work: (connection: Connection, state: State | undefined) => Promise<Result>,
): Promise<Result> {
  // A missing key ends the command before anything is read.
  accessTo(project.environment, host.runtime.env);
  const state = await readState(host, project);
  return await withConnection(host, project, (connection) => work(connection, state));
}

/** The lease of an environment, held. */
export interface Leased {
  readonly session: StateSession;
  /**
   * Ends the session ahead of the report; nothing is recorded after it. What kept the state from being saved is
   * returned, because the report must say it.
   */
  save(): Promise<Failure | undefined>;
}

export interface LeaseOptions {
  /** Where the state is; by default where the project file says. */
  readonly store?: StateStore;
  /** For what makes a state of another project or environment its own. */
  readonly anyOwner?: boolean;
}

/** Holds the lease of the environment while the work runs. */
export async function withLease<Result>(
  host: Host,
  project: Project,
  work: (leased: Leased) => Promise<Result>,
  { store = openState(host.runtime, project), anyOwner = false }: LeaseOptions = {},
): Promise<Result> {
  // Before the lease is taken, so that a signal cannot leave it behind.
  host.interrupt();
  const session = await store.open(holderName(host.runtime));
  host.observer?.leased(true);
  let saving: Promise<Failure | undefined> | undefined;
  const save: Leased['save'] = () => {
    saving ??= unsaved(session);
    return saving;
  };
  try {
    if (!anyOwner) requireOwn(project, session.current());
    return await work({ session, save });
  } finally {
    try {
      if (saving === undefined) await session.close();
    } finally {
      host.observer?.leased(false);
    }
  }
}

function requireOwn(project: Project, state: State | undefined): State | undefined {
  const expected = { project: project.name, environment: project.environment.name };
  const foreign = state === undefined ? undefined : checkState(state, expected);
  if (foreign !== undefined) throw foreign;
  return state;
}

async function unsaved(session: StateSession): Promise<Failure | undefined> {
  try {
    await session.close();
    return undefined;
  } catch (cause) {
    if (cause instanceof Failure) return cause;
    throw cause;
  }
}
