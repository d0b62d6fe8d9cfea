import { parseAddress } from '../model/address.ts';
import type { DesiredState } from '../model/desired.ts';
import { fromPointer, jsonAt } from '../model/json.ts';
import { KINDS } from '../model/kinds.ts';
import type { Integration, RemoteAccount, RemoteResource } from '../model/remote.ts';
import type { Binding, State } from '../model/state.ts';

/**
 * The account as the last apply left it, from the state alone: what a plan compares with where the account may
 * not be read, such as a pull request from a fork. Nothing in it can drift, and nothing unmanaged is in it.
 */
export function lastKnownAccount(state: State | undefined, desired: DesiredState): RemoteAccount {
  const bindings = Object.entries(state?.resources ?? {});
  return {
    resources: bindings.flatMap(([address, binding]) => lastKnown(address, binding) ?? []),
    integrations: lastIntegrations(state, desired),
  };
}

function lastKnown(address: string, binding: Binding): RemoteResource | undefined {
  const parsed = parseAddress(address);
  if (parsed === undefined) return undefined;
  const config = binding.base ?? {};
  const name = config[KINDS[parsed.kind].nameField];
  return {
    kind: parsed.kind,
    id: binding.remote_id,
    name: typeof name === 'string' ? name : parsed.key,
    config,
    versionId: binding.main_version_id ?? undefined,
    versionName: undefined,
    createdAt: undefined,
  };
}

/**
 * The catalogue cannot be asked: an entry has the id that the base holds where the spec refers to it, or one that
 * stands for an id to be found out.
 */
function lastIntegrations(state: State | undefined, desired: DesiredState): readonly Integration[] {
  const ids = new Map<string, string>();
  for (const { address, references } of desired.resources.values()) {
    const base = state?.resources[address]?.base;
    for (const { pointer, target } of references) {
      const [kind, name] = [target.slice(0, target.indexOf('/')), target.slice(target.indexOf('/') + 1)];
      if (kind !== 'integration') continue;
      const known = base ? jsonAt(base, fromPointer(pointer)) : undefined;
      if (typeof known === 'string') ids.set(name, known);
      else if (!ids.has(name)) ids.set(name, `offline:${name}`);
    }
  }
  return [...ids].map(([name, id]) => ({ id, name }));
}
