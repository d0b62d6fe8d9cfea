import { type Address, parseAddress } from '../model/address.ts';
import type { DesiredResource, DesiredState } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Binding, State } from '../model/state.ts';

/** A binding that goes over to another address of its kind. */
export interface MovedBinding {
  readonly from: Address;
  readonly to: Address;
  readonly remoteId: string;
}

/** Code of the error that ends a plan or apply like a conflict: only a person knows which binding is meant. */
export const MOVED_FROM_AMBIGUOUS = 'MOVED_FROM_AMBIGUOUS';

/**
 * Bindings with `moved_from` applied: the new address gets what its former key was bound to. An environment may have
 * skipped some renames, so `moved_from` can list several keys, of which at most one may be bound.
 */
export function movedBindings(
  desired: DesiredState,
  state: State | undefined,
): {
  readonly bindings: ReadonlyMap<string, Binding>;
  readonly moves: readonly MovedBinding[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const bindings = new Map(Object.entries(state?.resources ?? {}));
  const moves: MovedBinding[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const resource of desired.resources.values()) {
    const { address, lifecycle } = resource;
    const bound = lifecycle.movedFrom.filter((from) => bindings.has(from) && !desired.resources.has(from));
    const [from, second] = bound;
    const binding = from === undefined ? undefined : bindings.get(from);
    if (from === undefined || binding === undefined) continue;
    if (bindings.has(address)) {
      diagnostics.push(idle(resource, bound, bindings));
    } else if (second !== undefined) {
      diagnostics.push(several(resource, bound, bindings));
    } else {
      bindings.delete(from);
      bindings.set(address, binding);
      moves.push({ from, to: address, remoteId: binding.remote_id });
    }
  }
  return { bindings, moves, diagnostics };
}

function several(
  { address, position }: DesiredResource,
  bound: readonly Address[],
  bindings: ReadonlyMap<string, Binding>,
): Diagnostic {
  const named = bound.map((from) => `${from} (${bindings.get(from)?.remote_id ?? ''})`);
  return {
    severity: 'error',
    code: MOVED_FROM_AMBIGUOUS,
    message: `moved_from of ${address} names ${named.join(' and ')}, and all of them are bound: only one can keep its id`,
    address,
    position,
    hint: `move the one that is meant: ${bound.map((from) => `assistantctl state mv ${from} ${address}`).join('   or   ')}`,
  };
}

function idle(
  { address, position }: DesiredResource,
  bound: readonly Address[],
  bindings: ReadonlyMap<string, Binding>,
): Diagnostic {
  const [from = address] = bound;
  const key = parseAddress(from)?.key ?? from;
  return {
    severity: 'warning',
    code: 'MOVED_FROM_IDLE',
    message: `moved_from: ${key} of ${address} cannot act, because both are bound: ${from} to ${bindings.get(from)?.remote_id ?? ''}, ${address} to ${bindings.get(address)?.remote_id ?? ''}`,
    address,
    position,
    hint: `to keep the former one: assistantctl state rm ${address}, then assistantctl state mv ${from} ${address}; the other one is then unmanaged`,
    caution: true,
  };
}
