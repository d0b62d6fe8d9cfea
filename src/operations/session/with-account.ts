import type { Project } from '../../model/project.ts';
import type { State } from '../../model/state.ts';
import { checkState } from '../../state/decode.ts';
import type { Host } from '../host.ts';
import { accessTo } from './access.ts';
import { type Connection, connect } from './connect.ts';
import { openState } from './open-state.ts';

/** Works with the account and the state as it is, without the lease: for commands that change neither. */
export async function withAccount<Result>(
  host: Host,
  project: Project,
  work: (connection: Connection, state: State | undefined) => Promise<Result>,
): Promise<Result> {
  const access = accessTo(project.environment, host.runtime.env);
  const state = await openState(host.runtime, project).load();
  const expected = { project: project.name, environment: project.environment.name };
  const foreign = state === undefined ? undefined : checkState(state, expected);
  if (foreign !== undefined) throw foreign;
  const connection = await connect(host, project, access);
  try {
    return await work(connection, state);
  } finally {
    await connection.close();
  }
}
