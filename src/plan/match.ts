import { type Address, parseAddress } from '../model/address.ts';
import type { DesiredResource, DesiredState } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { KINDS } from '../model/kinds.ts';
import type { RemoteAccount, RemoteResource } from '../model/remote.ts';
import type { Binding, State } from '../model/state.ts';

/** How a spec meets the account. `gone`: bound, but the resource was deleted outside Git. */
export type Match =
  | { readonly how: 'bound'; readonly binding: Binding; readonly live: RemoteResource }
  | { readonly how: 'adopt'; readonly live: RemoteResource }
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
  readonly moves: readonly { readonly from: Address; readonly to: Address }[];
  readonly orphans: readonly Orphan[];
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

/** Bindings with `moved_from` applied: the new address takes over what the old one was bound to. */
function movedBindings(desired: DesiredState, state: State | undefined) {
  const bindings = new Map(Object.entries(state?.resources ?? {}));
  const moves: { from: Address; to: Address }[] = [];
  for (const { address, lifecycle } of desired.resources.values()) {
    const from = lifecycle.movedFrom;
    if (from === undefined || desired.resources.has(from) || bindings.has(address)) continue;
    const binding = bindings.get(from);
    if (binding === undefined) continue;
    bindings.delete(from);
    bindings.set(address, binding);
    moves.push({ from, to: address });
  }
  return { bindings, moves };
}

/** Pairs every spec with what it is bound to, or with the one live resource of exactly its name. */
export function matchResources(
  desired: DesiredState,
  state: State | undefined,
  account: RemoteAccount,
): Matching {
  const { bindings, moves } = movedBindings(desired, state);
  const live = new Map(account.resources.map((resource) => [liveKey(resource.kind, resource.id), resource]));
  const boundIds = new Set([...bindings.values()].map((binding) => binding.remote_id));
  const free = account.resources.filter((resource) => !boundIds.has(resource.id));
  const freeByName = groupBy(free, (resource) => identityOf(resource.kind, resource.name, resource.config));
  const unbound = [...desired.resources.values()].filter((resource) => !bindings.has(resource.address));
  const claims = groupBy(unbound, (resource) => identityOf(resource.kind, resource.name, resource.spec));

  const matches = new Map<Address, Match>();
  const diagnostics: Diagnostic[] = [];
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
    const candidates = freeByName.get(identity) ?? [];
    const [candidate] = candidates;
    if (candidate === undefined) {
      matches.set(resource.address, { how: 'create' });
    } else if (candidates.length === 1 && claims.get(identity)?.length === 1) {
      matches.set(resource.address, { how: 'adopt', live: candidate });
    } else {
      diagnostics.push(ambiguous(resource, candidates, claims.get(identity) ?? []));
    }
  }

  const adopted = [...matches.values()].filter((match) => match.how === 'adopt').length;
  const orphans = [...bindings].flatMap(([text, binding]) => {
    const parsed = parseAddress(text);
    if (parsed === undefined || desired.resources.has(parsed.address)) return [];
    return [{ address: parsed.address, binding, live: live.get(liveKey(parsed.kind, binding.remote_id)) }];
  });
  return { matches, moves, orphans, unmanaged: free.length - adopted, diagnostics };
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
  recreate: boolean,
): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const integration of account.integrations ?? [])
    ids.set(`integration/${integration.name}`, integration.id);
  for (const orphan of matching.orphans) ids.set(orphan.address, orphan.binding.remote_id);
  for (const [address, match] of matching.matches) {
    if (match.how === 'bound' || match.how === 'adopt') ids.set(address, match.live.id);
    if (match.how === 'gone' && !recreate) ids.set(address, match.binding.remote_id);
  }
  return ids;
}

/** Bound ids of which the account has none: another account, or a state that is not its own. */
export function isForeignAccount(state: State | undefined, account: RemoteAccount): boolean {
  const bound = Object.values(state?.resources ?? {});
  if (bound.length === 0) return false;
  const ids = new Set(account.resources.map((resource) => resource.id));
  return bound.every((binding) => !ids.has(binding.remote_id));
}
