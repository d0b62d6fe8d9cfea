import { mapScalars } from '../canonical/walk.ts';
import type { DesiredState } from '../model/desired.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { KINDS } from '../model/kinds.ts';
import type { RemoteAccount } from '../model/remote.ts';

/** The assistants that use each shared resource, by its live id and by its address. */
export type Users = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The blast radius. A shared tool, MCP server or insight takes effect at once for every assistant that uses it,
 * itself or through a group, managed or not; managed ones are named by address, others by id and name.
 */
export function usersOf(
  desired: DesiredState,
  account: RemoteAccount,
  refs: ReadonlyMap<string, string>,
): Users {
  const direct = new Map<string, Set<string>>();
  const groups = new Set<string>();
  const add = (used: string, user: string) => {
    const known = direct.get(used);
    if (known === undefined) direct.set(used, new Set([user]));
    else known.add(user);
  };
  for (const { kind, address, references } of desired.resources.values()) {
    const group = KINDS[kind].members !== undefined;
    if (kind !== 'assistant' && !group) continue;
    if (group) groups.add(address);
    for (const { target } of references) add(target, address);
  }
  for (const { kind, id, name, config } of account.resources) {
    const group = KINDS[kind].members !== undefined;
    if (kind !== 'assistant' && !group) continue;
    const label = refs.get(id) ?? (group ? id : `${id} (${name})`);
    if (group) groups.add(label);
    mapScalars(SHAPES[kind], config, 'ref', (value) => {
      if (typeof value === 'string') add(refs.get(value) ?? value, label);
      return value;
    });
  }
  return groups.size === 0 ? direct : throughGroups(direct, groups);
}

/** An insight group is no assistant: the assistants that use the group are the users. */
function throughGroups(direct: ReadonlyMap<string, ReadonlySet<string>>, groups: ReadonlySet<string>): Users {
  const users = new Map<string, ReadonlySet<string>>();
  for (const [used, by] of direct) {
    const final = [...by].flatMap((user) => (groups.has(user) ? [...(direct.get(user) ?? [])] : [user]));
    users.set(used, new Set(final));
  }
  return users;
}
