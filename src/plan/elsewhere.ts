/**
 * Protects what sibling environments manage when several environments share one account. A resource that a sibling
 * has applied is never adopted, changed or deleted here. Tools, MCP servers and insights of equal content may be
 * referred to.
 */
import type { Address } from '../model/address.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { KINDS } from '../model/kinds.ts';
import type { Owner, RemoteAccount, RemoteResource } from '../model/remote.ts';
import type { OrphanPlan } from './orphans.ts';
import type { ResourcePlan } from './resource-plan.ts';

type Elsewhere = RemoteAccount['elsewhere'];

/** The error that stands in the place of what would be done to another environment's resource. `handed` is the address in its hint. */
export function managedElsewhere(
  address: Address,
  id: string,
  owner: Owner,
  handed: string = owner.address,
): Diagnostic {
  return {
    severity: 'error',
    code: 'MANAGED_ELSEWHERE',
    message: `${address} means ${id}, which environment ${owner.environment} manages as ${owner.address}`,
    address,
    hint: `check that this environment has the API key of its own account, or give what is in one account names of their own; to hand it over: assistantctl state rm ${handed} --env ${owner.environment}`,
  };
}

/**
 * Plans a document whose name a sibling's resource has: nothing to do for a tool, MCP server or insight of equal
 * content, else an error.
 */
export function planElsewhere(adoption: ResourcePlan, live: RemoteResource, owner: Owner): ResourcePlan {
  const equal = adoption.change?.takes_over !== true;
  if (equal && KINDS[live.kind].live) return { steps: [] };
  const address = adoption.change?.address;
  return {
    steps: [],
    ...(address !== undefined && { problem: managedElsewhere(address, live.id, owner) }),
  };
}

/** The plan of a bound resource without what would write to another environment's. */
export function withoutForeignWrites(plan: ResourcePlan, elsewhere: Elsewhere): ResourcePlan {
  const { change, ...rest } = plan;
  const id = change?.remote_id ?? undefined;
  const owner = id === undefined ? undefined : elsewhere?.get(id);
  if (change === undefined || id === undefined || owner === undefined) return plan;
  return { ...rest, steps: [], problem: managedElsewhere(change.address, id, owner) };
}

/** The plan of orphans without the deletion of what another environment manages. */
export function withoutForeignDeletes(plan: OrphanPlan, elsewhere: Elsewhere): OrphanPlan {
  const owned = plan.changes.flatMap(({ address, remote_id: id }) => {
    const owner = id === null ? undefined : elsewhere?.get(id);
    return id === null || owner === undefined ? [] : [{ address, id, owner }];
  });
  if (owned.length === 0) return plan;
  const kept = new Set(owned.map(({ address }) => address));
  return {
    ...plan,
    changes: plan.changes.filter(({ address }) => !kept.has(address)),
    steps: plan.steps.filter(({ address }) => !kept.has(address)),
    diagnostics: [
      ...plan.diagnostics,
      ...owned.map(({ address, id, owner }) => managedElsewhere(address, id, owner)),
    ],
  };
}
