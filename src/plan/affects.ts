import { mapScalars } from '../canonical/walk.ts';
import type { DesiredState } from '../model/desired.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import type { RemoteAccount } from '../model/remote.ts';

/** Who uses what: for each shared tool or MCP server, by live id and by address, the assistants that name it. */
export type Users = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The blast radius. A shared tool or MCP server takes effect at once for every assistant that uses it, managed
 * or not; managed ones are named by address, others by id and name.
 */
export function usersOf(
  desired: DesiredState,
  account: RemoteAccount,
  refs: ReadonlyMap<string, string>,
): Users {
  const users = new Map<string, Set<string>>();
  const add = (used: string, user: string) => {
    const known = users.get(used);
    if (known === undefined) users.set(used, new Set([user]));
    else known.add(user);
  };
  for (const resource of desired.resources.values()) {
    if (resource.kind !== 'assistant') continue;
    for (const { target } of resource.references) add(target, resource.address);
  }
  for (const resource of account.resources) {
    if (resource.kind !== 'assistant') continue;
    const label = refs.get(resource.id) ?? `${resource.id} (${resource.name})`;
    mapScalars(SHAPES.assistant, resource.config, 'ref', (value) => {
      if (typeof value === 'string') add(refs.get(value) ?? value, label);
      return value;
    });
  }
  return users;
}
