import type { Address, Kind } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Api, RemoteAccount } from '../../model/remote.ts';
import type { State, StateStore } from '../../model/state.ts';

/** The last live form of a deleted resource, or the one at a revision; fails with `usage` when there is none. */
export async function archivedConfig(
  store: StateStore,
  state: State | undefined,
  address: Address,
  revision: string | undefined,
): Promise<JsonObject> {
  if (revision !== undefined && store.at === undefined) {
    throw new Failure('usage', 'a state file has no revisions', {
      code: 'NO_HISTORY',
      hint: 'leave --at out; a history needs state: { backend: git, … }',
    });
  }
  const then = revision === undefined ? state : await store.at?.(revision);
  if (revision !== undefined && then === undefined) {
    throw new Failure('usage', `the state has no revision ${revision}`, {
      code: 'REVISION_UNKNOWN',
      hint: 'assistantctl state history lists them: give a serial, or the beginning of a STATE id',
    });
  }
  const applied = revision === undefined ? undefined : then?.resources[address]?.base;
  const form = applied ?? then?.deleted.findLast((item) => item.address === address)?.config;
  if (form !== undefined) return form;
  const known = [...new Set((then?.deleted ?? []).map((item) => item.address))];
  throw new Failure('usage', `nothing is kept of ${address}`, {
    code: 'RESTORE_UNKNOWN',
    hint:
      known.length === 0
        ? 'a copy is kept of what apply --prune deletes; nothing was deleted so far'
        : `copies are kept of ${known.join(', ')}`,
    details: { address },
  });
}

/** Present ids by former ids: a resource that was deleted and created again under its address has a new one. */
export function presentIds(
  state: State | undefined,
  account: RemoteAccount,
): (id: string) => string | undefined {
  const live = new Set(account.resources.map(({ id }) => id));
  for (const { id } of account.integrations ?? []) live.add(id);
  const successors = new Map(
    (state?.deleted ?? []).map(({ address, remote_id }) => [remote_id, state?.resources[address]?.remote_id]),
  );
  return (id) => {
    const present = live.has(id) ? id : successors.get(id);
    return present !== undefined && live.has(present) ? present : undefined;
  };
}

/** What the resource refers to has to be there first. */
export function unknownReferences(
  address: Address,
  ids: readonly string[],
  state: State | undefined,
): Failure {
  const addresses = ids.flatMap((id) => state?.deleted.find((item) => item.remote_id === id)?.address ?? []);
  return new Failure('refused', `${address} refers to ${ids.join(', ')}, which the account no longer has`, {
    code: 'REF_UNAVAILABLE',
    hint:
      addresses.length === 0
        ? 'create those again first'
        : addresses.map((one) => `assistantctl state restore ${one}`).join('   and   '),
    details: { address, ids },
  });
}

/** Those of the ids that the account really has not: not every kind was listed. */
export async function missingOf(
  api: Pick<Api, 'get'>,
  kinds: ReadonlyMap<string, Kind>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const answers = await Promise.all(
    ids.map(async (id) => {
      const kind = kinds.get(id);
      return kind !== undefined && (await api.get(kind, id)) !== undefined ? [] : [id];
    }),
  );
  return new Set(answers.flat());
}

/** What a restored resource lacks because it no longer exists, and how it may come back. */
export function leftOut(
  address: Address,
  pointers: readonly string[],
  missing: ReadonlySet<string>,
  state: State | undefined,
): string {
  const copies = (state?.deleted ?? []).filter(({ remote_id }) => missing.has(remote_id));
  const again = [...new Set(copies.map((copy) => copy.address))].map(
    (one) => `assistantctl state restore ${one}`,
  );
  const hint = again.length === 0 ? '' : `A copy is kept of some of it: ${again.join('   and   ')}\n`;
  return `note: ${address} is restored without ${pointers.join(', ')}: what it refers to there no longer exists (${[...missing].join(', ')}).\n${hint}`;
}
