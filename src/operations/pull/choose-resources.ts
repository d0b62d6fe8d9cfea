import { type Address, parseAddress } from '../../model/address.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { Failure } from '../../model/errors.ts';
import type { RemoteResource } from '../../model/remote.ts';
import { managedElsewhere } from '../../plan/elsewhere.ts';
import { liveKey } from '../../pull/adopt.ts';
import type { OpenSpecs } from '../../specs/load/load.ts';
import { managedNote } from './adoption.ts';
import type { PullChoice, SortedAccount } from './pull.ts';
import type { DocumentMatch } from './shared-documents.ts';

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
  seen: SortedAccount,
  pairs: readonly DocumentMatch[],
): { readonly choice: PullChoice; readonly notes: readonly Diagnostic[] } {
  const paired = new Set(pairs.map(({ resource }) => resource.id));
  const resources = seen.unmanaged.resources.filter(({ id }) => !paired.has(id));
  if (names.length === 0) {
    // What the platform made is for those who ask for it by name.
    const adopt = wants.adopt ? resources.filter(({ stock }) => stock !== true) : [];
    const drift = wants.drift ? undefined : new Set<Address>();
    return {
      choice: { adopt, pairs: wants.adopt ? pairs : [], drift },
      notes: wants.adopt ? managedElsewhereNotes(seen) : [],
    };
  }
  const adopt = new Set<RemoteResource>();
  const drift = new Set<Address>();
  const chosen = new Set<DocumentMatch>();
  const notes: Diagnostic[] = [];
  for (const word of names) {
    const name = meantBy(word, specs, seen, pairs);
    refuseElsewhere(name, seen);
    const pair = pairs.find(({ address, resource }) => address === name || resource.id === name);
    if (pair !== undefined && wants.adopt) {
      chosen.add(pair);
      continue;
    }
    const managed = managedBy(name, specs, seen);
    const free = managed === undefined ? unmanagedBy(name, seen) : undefined;
    if (managed !== undefined) {
      if (wants.drift) drift.add(managed);
      else notes.push(managedNote(managed));
    } else if (free === undefined) throw unknownName(name);
    else if (wants.adopt) adopt.add(free);
    else throw notManaged(name);
  }
  return { choice: { adopt: [...adopt], pairs: [...chosen], drift }, notes };
}

/** An address or an id stays as it is; a key or a name alone becomes the address or id of the one that has it. */
function meantBy(
  word: string,
  { desired }: OpenSpecs,
  seen: SortedAccount,
  pairs: readonly DocumentMatch[],
): string {
  if (parseAddress(word) !== undefined || seen.account.resources.some(({ id }) => id === word)) return word;
  const { addresses, managed, resources } = seen.unmanaged;
  const known = new Set([
    ...desired.resources.keys(),
    ...managed.values(),
    ...pairs.map(({ address }) => address),
    ...resources.flatMap(({ kind, id }) => addresses.get(liveKey(kind, id)) ?? []),
  ]);
  const byKey = [...known].filter((address) => parseAddress(address)?.key === word);
  const byName = seen.account.resources.filter(({ name }) => name === word).map(({ id }) => id);
  const [only, second] = byKey.length > 0 ? byKey : byName;
  if (only === undefined) return word;
  if (second === undefined) return only;
  const found = byKey.length > 0 ? byKey : byName;
  throw new Failure('usage', `${JSON.stringify(word)} can be ${found.join(' or ')}`, {
    code: 'ADDRESS_AMBIGUOUS',
    hint: 'name the one that is meant',
    details: { found },
  });
}

/** What is live and belongs to another environment is not pulled here. */
function managedElsewhereNotes({ account }: SortedAccount): readonly Diagnostic[] {
  const owned = account.resources.flatMap(({ id }) => {
    const owner = account.elsewhere?.get(id);
    return owner === undefined ? [] : [{ id, owner }];
  });
  return owned.map(({ id, owner }) => {
    // One hint for all of them, so that they are shown as one entry.
    const handed = owned.length > 1 ? 'ADDR' : owner.address;
    return { ...managedElsewhere(owner.address, id, owner, handed), severity: 'warning' as const };
  });
}

function refuseElsewhere(name: string, { account }: SortedAccount): void {
  const owner = account.elsewhere?.get(name);
  if (owner === undefined) return;
  const { message, code, hint } = managedElsewhere(owner.address, name, owner);
  throw new Failure('refused', message, { code, ...(hint !== undefined && { hint }) });
}

function managedBy(name: string, { desired }: OpenSpecs, { unmanaged }: SortedAccount): Address | undefined {
  const parsed = parseAddress(name);
  if (parsed !== undefined) return desired.resources.has(parsed.address) ? parsed.address : undefined;
  for (const [key, address] of unmanaged.managed) {
    if (key.slice(key.indexOf(':') + 1) === name) return address;
  }
  return undefined;
}

function unmanagedBy(name: string, { unmanaged }: SortedAccount): RemoteResource | undefined {
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
