import { type Address, parseAddress } from '../../model/address.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { Failure } from '../../model/errors.ts';
import type { RemoteResource } from '../../model/remote.ts';
import { liveKey } from '../../pull/adopt.ts';
import type { OpenSpecs } from '../../specs/load/load.ts';
import { managedNote } from './adoption.ts';
import type { PullChoice, Seen } from './pull.ts';

interface Wants {
  readonly adopt: boolean;
  readonly drift: boolean;
}

/**
 * What the words of the command line mean: an address of a spec, the address that an unmanaged resource would
 * get, or a live id. No words mean everything. Fails with `usage` for a word that means nothing.
 */
export function choose(
  names: readonly string[],
  wants: Wants,
  specs: OpenSpecs,
  seen: Seen,
): { readonly choice: PullChoice; readonly notes: readonly Diagnostic[] } {
  const { resources } = seen.unmanaged;
  if (names.length === 0) {
    // What the platform made is for those who ask for it by name.
    const adopt = wants.adopt ? resources.filter(({ stock }) => stock !== true) : [];
    return { choice: { adopt, drift: wants.drift ? undefined : new Set() }, notes: [] };
  }
  const adopt = new Set<RemoteResource>();
  const drift = new Set<Address>();
  const notes: Diagnostic[] = [];
  for (const name of names) {
    const managed = managedBy(name, specs, seen);
    const free = managed === undefined ? unmanagedBy(name, seen) : undefined;
    if (managed !== undefined) {
      if (wants.drift) drift.add(managed);
      else notes.push(managedNote(managed));
    } else if (free === undefined) throw unknownName(name);
    else if (wants.adopt) adopt.add(free);
    else throw notManaged(name);
  }
  return { choice: { adopt: [...adopt], drift }, notes };
}

function managedBy(name: string, { desired }: OpenSpecs, { unmanaged }: Seen): Address | undefined {
  const parsed = parseAddress(name);
  if (parsed !== undefined) return desired.resources.has(parsed.address) ? parsed.address : undefined;
  for (const [key, address] of unmanaged.managed) {
    if (key.slice(key.indexOf(':') + 1) === name) return address;
  }
  return undefined;
}

function unmanagedBy(name: string, { unmanaged }: Seen): RemoteResource | undefined {
  return unmanaged.resources.find(
    ({ kind, id }) => id === name || unmanaged.addresses.get(liveKey(kind, id)) === name,
  );
}

function unknownName(name: string): Failure {
  return new Failure('usage', `${name} is neither a resource of the specs nor one of the account`, {
    code: 'PULL_UNKNOWN',
    hint: 'name an address such as assistant/front-desk, or the id of a live resource; without names pull takes all',
    details: { name },
  });
}

function notManaged(name: string): Failure {
  return new Failure('usage', `${name} is not managed, so nothing of it can have drifted`, {
    code: 'PULL_UNMANAGED',
    hint: `assistantctl pull --adopt ${name} writes a document for it`,
    details: { name },
  });
}
