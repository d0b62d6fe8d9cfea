/** The other environments of the project: what they have applied is theirs, whatever this one's documents say. */
import { parseAddress } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import type { Environment, Project } from '../../model/project.ts';
import type { Owner } from '../../model/remote.ts';
import type { State } from '../../model/state.ts';
import { checkState } from '../../state/decode.ts';
import type { Host } from '../host.ts';
import { openState } from './open-state.ts';

/**
 * Who among the other environments manages which live resource, by remote id. The embedded API shares nothing with
 * anybody. A state that cannot be read is named in a warning: it must not keep every other environment from working.
 */
export async function managedBySisters(host: Host, project: Project): Promise<ReadonlyMap<string, Owner>> {
  if (project.environment.target === 'emulator') return new Map();
  const sisters = project.sisters.filter(({ target }) => target === 'api');
  const states = await Promise.all(sisters.map((sister) => stateOf(host, project, sister)));
  return new Map(states.flatMap(ownedIds));
}

async function stateOf(host: Host, project: Project, sister: Environment): Promise<State | undefined> {
  try {
    const state = await openState(host.runtime, { ...project, environment: sister }).load();
    if (state === undefined) return undefined;
    // A copy of somebody else's state says nothing about this project.
    const foreign = checkState(state, { project: project.name, environment: sister.name });
    return foreign === undefined ? state : undefined;
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    host.note(
      `warning: the state of environment ${sister.name} cannot be read, so that what it manages is not known here: ${cause.message}\n`,
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
