import { type Address, parseAddress } from '../model/address.ts';
import type { DesiredResource, DesiredState } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { isIgnoredLive } from '../model/ignore-live.ts';
import { KINDS } from '../model/kinds.ts';
import type { PlanOptions } from '../model/plan.ts';
import type { Owner, RemoteAccount, RemoteResource } from '../model/remote.ts';
import type { Binding, State } from '../model/state.ts';
import { type MovedBinding, movedBindings } from './moved-bindings.ts';

/** How a spec meets the account. */
export type Match =
  | { readonly how: 'bound'; readonly binding: Binding; readonly live: RemoteResource }
  | { readonly how: 'adopt'; readonly live: RemoteResource }
  /** The one live resource of that name belongs to another environment of the project. */
  | { readonly how: 'elsewhere'; readonly live: RemoteResource; readonly owner: Owner }
  /** Bound, but the resource was deleted outside Git. */
  | { readonly how: 'gone'; readonly binding: Binding }
  | { readonly how: 'create' };

export interface Orphan {
  readonly address: Address;
  readonly binding: Binding;
  /** Undefined when it is gone from the account too. */
  readonly live: RemoteResource | undefined;
}

export interface Matching {
  readonly matches: ReadonlyMap<Address, Match>;
  readonly moves: readonly MovedBinding[];
  readonly orphans: readonly Orphan[];
  /** Provisional bindings without a document here, whose resource another document adopts. */
  readonly superseded: readonly Address[];
  readonly unmanaged: number;
  readonly diagnostics: readonly Diagnostic[];
}

function liveKey(kind: string, id: string): string {
  return `${kind}:${id}`;
}

function identityOf(kind: keyof typeof KINDS, name: string, config: DesiredResource['spec']): string {
  const parts = KINDS[kind].identity.map((fieldName) => config[fieldName] ?? null);
  return JSON.stringify([kind, name, ...parts]);
}

function groupBy<T>(items: Iterable<T>, key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}

/** Pairs every spec with what it is bound to, or with the one live resource of exactly its name. */
export function matchResources(
  desired: DesiredState,
  state: State | undefined,
  account: RemoteAccount,
): Matching {
  const { bindings: known, moves, diagnostics: moved } = movedBindings(desired, state);
  // What was bound without an apply is nothing to anybody but its document.
  const isOurs = ([address, { provisional }]: readonly [string, Binding]): boolean =>
    provisional !== true || hasDocument(desired, address);
  const bindings = new Map([...known].filter(isOurs));
  const provisional = [...known].filter((entry) => !isOurs(entry));
  const live = new Map(account.resources.map((resource) => [liveKey(resource.kind, resource.id), resource]));
  const boundIds = new Set([...bindings.values()].map((binding) => binding.remote_id));
  const unbound = account.resources.filter((resource) => !boundIds.has(resource.id));
  const byIdentity = (resources: readonly RemoteResource[]) =>
    groupBy(resources, (resource) => identityOf(resource.kind, resource.name, resource.config));
  const ownerOf = ({ id }: RemoteResource): Owner | undefined => account.elsewhere?.get(id);
  const free = byIdentity(unbound.filter((resource) => ownerOf(resource) === undefined));
  const owned = byIdentity(unbound.filter((resource) => ownerOf(resource) !== undefined));
  const claims = groupBy(
    [...desired.resources.values()].filter((resource) => !bindings.has(resource.address)),
    (resource) => identityOf(resource.kind, resource.name, resource.spec),
  );

  const matches = new Map<Address, Match>();
  const diagnostics: Diagnostic[] = [...moved];
  for (const resource of desired.resources.values()) {
    const binding = bindings.get(resource.address);
    if (binding !== undefined) {
      const found = live.get(liveKey(resource.kind, binding.remote_id));
      matches.set(
        resource.address,
        found ? { how: 'bound', binding, live: found } : { how: 'gone', binding },
      );
      continue;
    }
    const identity = identityOf(resource.kind, resource.name, resource.spec);
    const candidates = free.get(identity) ?? [];
    const [candidate] = candidates;
    const [foreign] = owned.get(identity) ?? [];
    const owner = foreign && ownerOf(foreign);
    const stock = candidates.find((each) => each.stock === true);
    if (stock !== undefined) {
      diagnostics.push(stockClaimed(resource, stock));
    } else if (candidate === undefined) {
      const elsewhere = foreign && owner && { how: 'elsewhere' as const, live: foreign, owner };
      matches.set(resource.address, elsewhere ?? { how: 'create' });
    } else if (candidates.length === 1 && claims.get(identity)?.length === 1) {
      matches.set(resource.address, { how: 'adopt', live: candidate });
    } else {
      diagnostics.push(ambiguous(resource, candidates, claims.get(identity) ?? []));
    }
  }

  const idsOf = (...hows: readonly Match['how'][]): ReadonlySet<string> =>
    new Set(
      [...matches.values()].flatMap((match) =>
        'live' in match && hows.includes(match.how) ? [match.live.id] : [],
      ),
    );
  const adopted = idsOf('adopt');
  const taken = idsOf('adopt', 'elsewhere');
  const orphans = [...bindings].flatMap(([text, binding]) => {
    const parsed = parseAddress(text);
    if (parsed === undefined || desired.resources.has(parsed.address)) return [];
    return [{ address: parsed.address, binding, live: live.get(liveKey(parsed.kind, binding.remote_id)) }];
  });
  const superseded = provisional.flatMap(([text, { remote_id }]) => {
    const address = parseAddress(text)?.address;
    return address !== undefined && adopted.has(remote_id) ? [address] : [];
  });
  const ignored = desired.ignoreLive ?? [];
  const unmanaged = unbound.filter((each) => !taken.has(each.id) && !isIgnoredLive(ignored, each)).length;
  return { matches, moves, orphans, superseded, unmanaged, diagnostics };
}

function hasDocument(desired: DesiredState, address: string): boolean {
  const parsed = parseAddress(address);
  return parsed !== undefined && desired.resources.has(parsed.address);
}

/** The platform's own objects are taken over on request alone: every assistant of the account may use them. */
function stockClaimed(resource: DesiredResource, { id }: RemoteResource): Diagnostic {
  const { noun } = KINDS[resource.kind];
  return {
    severity: 'error',
    code: 'STOCK_OBJECT',
    message: `"${resource.name}" is the name of the ${noun} that the platform put into the account (${id})`,
    address: resource.address,
    position: resource.position,
    hint: `choose another name, or take it over on purpose: assistantctl state import ${resource.address} ${id}`,
  };
}

function ambiguous(
  resource: DesiredResource,
  candidates: readonly RemoteResource[],
  claimants: readonly DesiredResource[],
): Diagnostic {
  const { noun, plural } = KINDS[resource.kind];
  const ids = candidates.map((candidate) => candidate.id);
  const message =
    claimants.length > 1
      ? `${claimants.map((claimant) => claimant.address).join(' and ')} all have the name "${resource.name}", and the account has ${ids.length} ${ids.length === 1 ? noun : plural} of that name: ${ids.join(', ')}`
      : `${ids.length} ${plural} in the account are named "${resource.name}": ${ids.join(', ')}`;
  return {
    severity: 'error',
    code: 'NAME_AMBIGUOUS',
    message,
    address: resource.address,
    position: resource.position,
    hint: `say which one is meant: ${ids.map((id) => `assistantctl state import ${resource.address} ${id}`).join('   or   ')}`,
  };
}

/**
 * Ids by reference target. A resource that was deleted outside Git keeps its last id unless it is recreated, so
 * that those who refer to it are not changed for a reason that Git did not give.
 */
export function knownIds(
  matching: Matching,
  account: RemoteAccount,
  { recreate }: Pick<PlanOptions, 'recreate'>,
): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const integration of account.integrations ?? [])
    ids.set(`integration/${integration.name}`, integration.id);
  for (const orphan of matching.orphans) ids.set(orphan.address, orphan.binding.remote_id);
  for (const [address, match] of matching.matches) {
    if (match.how === 'bound' || match.how === 'adopt' || match.how === 'elsewhere') {
      ids.set(address, match.live.id);
    }
    if (match.how === 'gone' && !recreate) ids.set(address, match.binding.remote_id);
  }
  return ids;
}

/** Bound ids of which the account has none: another account, or a state that is not its own. */
export function isForeignAccount(state: State | undefined, account: RemoteAccount): boolean {
  const bound = Object.values(state?.resources ?? {}).filter(({ provisional }) => provisional !== true);
  if (bound.length === 0) return false;
  const ids = new Set(account.resources.map((resource) => resource.id));
  return bound.every((binding) => !ids.has(binding.remote_id));
}

/** Whether an address has to be created before anything can refer to it. */
export function createdBy(
  matching: Matching,
  { recreate }: Pick<PlanOptions, 'recreate'>,
): (address: Address) => boolean {
  return (address) => {
    const how = matching.matches.get(address)?.how;
    return how === 'create' || (how === 'gone' && recreate);
  };
}
