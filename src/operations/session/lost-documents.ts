import { type Address, parseAddress } from '../../model/address.ts';
import type { DesiredState } from '../../model/desired.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { State } from '../../model/state.ts';
import { openSpecs } from '../../specs/load/load.ts';
import { loadProject } from '../../specs/project/project.ts';
import type { Host } from '../host.ts';
import { openState } from './open-state.ts';

/** A document that was applied and says no kind any more has been damaged; it must not look like a deletion. */
export function documentsWithoutKind(desired: DesiredState, state: State): readonly Diagnostic[] {
  const bound = Object.keys(state.resources).flatMap((text) => parseAddress(text) ?? []);
  const known = (address: Address): boolean =>
    desired.resources.has(address) || desired.elsewhere.has(address);
  return (desired.kindless ?? []).flatMap(({ key, position }) => {
    const gone = bound.filter((each) => each.key === key && !known(each.address));
    return gone.map(({ address }) => ({
      severity: 'error' as const,
      code: 'KIND_MISSING',
      message: `this says no kind, and ${address} was applied from a document with this key`,
      position,
      hint: `write kind: ${address.slice(0, address.indexOf('/'))}`,
    }));
  });
}

/** The same for each of the named environments whose state lies beside the project, where it is known offline. */
export async function lostDocuments(
  host: Host,
  root: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly Diagnostic[]>> {
  const lost = new Map<string, readonly Diagnostic[]>();
  for (const name of names) {
    const project = await loadProject(root, name);
    if (project.environment.state.backend !== 'file') continue;
    const state = await openState(host.runtime, project).load();
    if (state === undefined) continue;
    const { desired } = await openSpecs(project);
    lost.set(name, documentsWithoutKind(desired, state));
  }
  return lost;
}
