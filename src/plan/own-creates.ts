import { holdsSent } from '../canonical/holds-sent.ts';
import { valueAtPath, withReferences } from '../canonical/walk.ts';
import type { Address } from '../model/address.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { fromPointer, type JsonObject } from '../model/json.ts';
import type { Planned } from '../model/plan.ts';
import type { RemoteAccount, RemoteResource } from '../model/remote.ts';
import type { BeginEntry } from '../model/state.ts';

/**
 * Adoptions of resources that a killed run of ours created. They need no permission to take over. A live resource
 * counts as ours while it holds everything that the logged create sent, and while the adoption replaces nothing else.
 * If not, somebody may have created or changed it, and it is an adoption like any other.
 */
export function ownCreates(
  begun: readonly BeginEntry[],
  { plan, ids }: Pick<Planned, 'plan' | 'ids'>,
  account: RemoteAccount,
): readonly Address[] {
  const refs = new Map(Object.entries(ids).map(([target, id]) => [id, target]));
  return plan.changes.flatMap((change) => {
    if (change.action !== 'adopt') return [];
    const live = account.resources.find(({ id }) => id === change.remote_id);
    const replaced = change.fields.filter(({ replaces }) => replaces === true).map(({ path }) => path);
    const isOurs = begun.some(
      ({ address, action, sent }) =>
        address === change.address &&
        action === 'create' &&
        sent !== undefined &&
        live !== undefined &&
        madeWith(sent, live, replaced, refs),
    );
    return isOurs ? [change.address] : [];
  });
}

function madeWith(
  sent: JsonObject,
  live: RemoteResource,
  replaced: readonly string[],
  refs: ReadonlyMap<string, string>,
): boolean {
  const shape = SHAPES[live.kind];
  const named = withReferences(shape, sent, refs);
  return (
    holdsSent(shape, sent, live.config) &&
    replaced.every((pointer) => valueAtPath(shape, named, fromPointer(pointer)) !== undefined)
  );
}
