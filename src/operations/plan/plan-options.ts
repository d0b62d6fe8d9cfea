import type { Address } from '../../model/address.ts';
import type { PlanOptions } from '../../model/plan.ts';
import type { Environment } from '../../model/project.ts';
import { findAddresses, findAddressesOrAll } from '../address-argument.ts';
import type { Host } from '../host.ts';

/** Options of planning that `plan` and `apply` have in common. */
export interface PlanningFlags {
  readonly prune?: boolean;
  readonly recreate?: boolean;
  readonly take?: 'git' | 'live';
  readonly target?: readonly Address[];
  readonly offline?: boolean;
  readonly revertDrift?: readonly (Address | 'all')[];
  readonly releaseHold?: readonly Address[];
  /** Every assistant is read by id. */
  readonly refresh?: boolean;
}

/** The same as they were typed: addresses may be short. */
export interface TypedPlanningFlags extends Omit<PlanningFlags, 'target' | 'revertDrift' | 'releaseHold'> {
  readonly target?: readonly string[];
  readonly revertDrift?: readonly string[];
  readonly releaseHold?: readonly string[];
}

/** Finds the resources that the flags name. */
export async function findNamed(
  host: Host,
  { target, revertDrift, releaseHold, ...flags }: TypedPlanningFlags,
): Promise<PlanningFlags> {
  return {
    ...flags,
    ...(target !== undefined && { target: await findAddresses(host, target) }),
    ...(revertDrift !== undefined && { revertDrift: await findAddressesOrAll(host, revertDrift) }),
    ...(releaseHold !== undefined && { releaseHold: await findAddresses(host, releaseHold) }),
  };
}

/** The saved plan's options, changed by the flags that were given explicitly. */
export function planOptions(
  flags: PlanningFlags,
  saved?: PlanOptions,
  environment?: Pick<Environment, 'prune'>,
): PlanOptions {
  const revertDrift = revertsOf(flags.revertDrift) ?? saved?.revertDrift;
  const releaseHolds = flags.releaseHold ?? saved?.releaseHolds;
  const targets = flags.target ?? saved?.targets ?? [];
  return {
    prune: flags.prune ?? saved?.prune ?? environment?.prune ?? false,
    recreate: flags.recreate ?? saved?.recreate ?? false,
    take: flags.take ?? saved?.take ?? null,
    targets: [...new Set(targets)].sort(),
    ...(revertDrift === undefined ? {} : { revertDrift }),
    ...(releaseHolds === undefined ? {} : { releaseHolds }),
    ...(flags.offline === true ? { offline: true as const } : {}),
  };
}

function revertsOf(named: PlanningFlags['revertDrift']): PlanOptions['revertDrift'] {
  if (named === undefined) return undefined;
  const addresses = named.filter((name) => name !== 'all');
  return addresses.length < named.length ? 'all' : [...new Set(addresses)].sort();
}
