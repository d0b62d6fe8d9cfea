/**
 * A bound resource without a document and a new document of the same kind and name are most likely one thing whose key
 * changed. Creating the one and deleting the other would lose the id, and with it numbers and history.
 */
import { type Address, parseAddress } from '../model/address.ts';
import type { DesiredResource, DesiredState } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { SuspectedRename } from '../model/plan.ts';
import type { Matching, Orphan } from './match.ts';

/** Pairs that look like renames, among those that the plan is about. */
export function suspectedRenames(
  desired: DesiredState,
  { matches, orphans }: Matching,
  isChosen: (address: Address) => boolean,
): readonly SuspectedRename[] {
  const created = [...desired.resources.values()].filter(
    ({ address }) => matches.get(address)?.how === 'create' && isChosen(address),
  );
  const byName = new Map<string, Orphan[]>();
  for (const orphan of orphans) {
    if (orphan.live === undefined) continue;
    const name = nameOf(orphan.live);
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [orphan]);
    else known.push(orphan);
  }
  return created.flatMap((resource) => {
    const former = byName.get(nameOf(resource)) ?? [];
    const unnamed = former.filter(({ address }) => !resource.lifecycle.movedFrom.includes(address));
    return unnamed.map(({ address: from, binding }) => ({
      from,
      to: resource.address,
      name: resource.name,
      remoteId: binding.remote_id,
      position: resource.position,
    }));
  });
}

function nameOf({ kind, name }: Pick<DesiredResource, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** What a plan says of them. */
export function renameCautions(renames: readonly SuspectedRename[]): readonly Diagnostic[] {
  return renames.map((rename) => ({
    severity: 'warning',
    code: 'RENAMED',
    message: `${rename.to} looks like ${rename.from} (${rename.remoteId}) under another key: both are named "${rename.name}", and apply creates no twin. Write ${lineOf(rename)}, or say --not-renamed ${rename.to}`,
    address: rename.to,
    position: rename.position,
    hint: `write ${lineOf(rename)} to keep the id, or allow a second one with: assistantctl apply --not-renamed ${rename.to}`,
    caution: true,
  }));
}

/** Why apply does not go on: pairs of which nobody said that they are two things. */
export function renameRefusals(
  renames: readonly SuspectedRename[],
  apart: 'all' | ReadonlySet<Address>,
): readonly Diagnostic[] {
  const open = renames.filter(({ from, to }) => apart !== 'all' && !apart.has(to) && !apart.has(from));
  return renameCautions(open).map(({ caution: _caution, ...rest }) => ({ ...rest, severity: 'error' }));
}

/** `lifecycle: { moved_from: reception } into assistants/front-desk.yaml`. */
function lineOf({ from, position }: SuspectedRename): string {
  return `lifecycle: { moved_from: ${parseAddress(from)?.key ?? from} } into ${position.file}`;
}
