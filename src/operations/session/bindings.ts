import type { Address } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import type { Project } from '../../model/project.ts';
import type { State, StateSession } from '../../model/state.ts';
import { checkState } from '../../state/decode.ts';
import type { Host } from '../host.ts';
import { holderName, openState } from './open-state.ts';

/** The address has no binding. */
export function notBound(address: Address, state: State | undefined): Failure {
  const known = Object.keys(state?.resources ?? {}).sort();
  return new Failure('usage', `${address} is not bound in the state`, {
    code: 'NOT_BOUND',
    hint: known.length === 0 ? 'the state is empty' : 'assistantctl state list shows what is bound',
    details: { address },
  });
}

/** The address or the live resource is bound already, and to something else. */
export function boundOtherwise(address: Address, bound: Address, id: string): Failure {
  return new Failure('refused', `${address} cannot be bound: ${bound} is bound to ${id}`, {
    code: 'ALREADY_BOUND',
    hint: `assistantctl state rm ${bound} forgets that binding and leaves the live resource alone`,
    details: { address: bound, remote_id: id },
  });
}

/** Runs an edit of the state under the lease of its environment. */
export async function editState(
  host: Host,
  project: Project,
  edit: (session: StateSession) => Promise<void>,
): Promise<void> {
  // Before the lease is taken, so that a signal cannot leave it behind.
  host.interrupt();
  const session = await openState(host.runtime, project).open(holderName(host.runtime));
  try {
    const state = session.current();
    const expected = { project: project.name, environment: project.environment.name };
    const foreign = state === undefined ? undefined : checkState(state, expected);
    if (foreign !== undefined) throw foreign;
    await edit(session);
  } finally {
    await session.close();
  }
}
