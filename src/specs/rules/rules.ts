import type { Address } from '../../model/address.ts';
import type { DesiredResource } from '../../model/desired.ts';
import type { Finding } from '../problem.ts';

/** One environment as the rules see it. */
export interface World {
  readonly environment: string;
  readonly resources: ReadonlyMap<Address, DesiredResource>;
  /** Addresses that exist in other environments only. */
  readonly elsewhere: ReadonlySet<Address>;
  /** Keys of documents that could not be read. */
  readonly broken: ReadonlySet<string>;
}

/** A rule looks at one resource of a kind, knowing all others. */
export type Rule = (resource: DesiredResource, world: World) => readonly Finding[];

export interface RuleFinding {
  readonly address: Address;
  readonly finding: Finding;
}

/** Rules that need more than one value or more than one document. */
export function checkRules(world: World): readonly RuleFinding[] {
  return world.resources.size === 0 ? [] : [];
}
