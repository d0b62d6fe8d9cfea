import { canonical, canonicalLike } from '../canonical/canonical.ts';
import { type Kind, parseAddress } from '../model/address.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { jsonEqual } from '../model/json.ts';
import type { RemoteAccount, RemoteResource } from '../model/remote.ts';
import type { State } from '../model/state.ts';

/**
 * Bound resources that a listing shows otherwise than they were last applied, or not at all, and those whose main
 * may be about to move. A listing may lag behind a write or abbreviate, so these are read one by one before anything is concluded from them.
 */
export function suspects(
  state: State | undefined,
  account: RemoteAccount,
): readonly { readonly kind: Kind; readonly id: string }[] {
  const live = new Map(account.resources.map((resource) => [`${resource.kind}:${resource.id}`, resource]));
  return Object.entries(state?.resources ?? {}).flatMap(([address, binding]) => {
    const kind = parseAddress(address)?.kind;
    if (kind === undefined) return [];
    const listed = live.get(`${kind}:${binding.remote_id}`);
    const shape = SHAPES[kind];
    const asApplied =
      listed !== undefined &&
      binding.base !== null &&
      binding.candidate === undefined &&
      binding.moving === undefined &&
      jsonEqual(canonicalLike(shape, listed.config, binding.base), canonical(shape, binding.base));
    return asApplied ? [] : [{ kind, id: binding.remote_id }];
  });
}

/** The account with some resources replaced by what reading them one by one gave; unknown ones are added. */
export function withConfirmed(account: RemoteAccount, confirmed: readonly RemoteResource[]): RemoteAccount {
  const byId = new Map(confirmed.map((resource) => [resource.id, resource]));
  const kept = account.resources.map((resource) => byId.get(resource.id) ?? resource);
  const listed = new Set(account.resources.map((resource) => resource.id));
  return { ...account, resources: [...kept, ...confirmed.filter((resource) => !listed.has(resource.id))] };
}
