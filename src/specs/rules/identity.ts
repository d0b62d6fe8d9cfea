import type { Address } from '../../model/address.ts';
import type { DesiredResource } from '../../model/desired.ts';
import { KINDS } from '../../model/kinds.ts';
import type { Finding } from '../problems/problem.ts';
import { problem, type RuleContext, warning } from './world.ts';

/** One rule over all resources: what was moved, and names that two share. */
export function identityRules(world: RuleContext): readonly (readonly [Address, Finding])[] {
  const findings: (readonly [Address, Finding])[] = [];
  const names = new Map<string, Address>();
  const claims = new Map<Address, Address>();
  for (const resource of world.resources.values()) {
    const { address, kind } = resource;
    const facts = KINDS[kind];
    const same = [kind, resource.name, ...facts.identity.map((field) => String(resource.spec[field]))].join(
      '\n',
    );
    const first = names.get(same);
    if (first === undefined) names.set(same, address);
    else findings.push([address, nameTwice(resource, first)]);
    for (const finding of movedRules(resource, world, claims)) findings.push([address, finding]);
  }
  return findings;
}

function nameTwice(resource: DesiredResource, first: Address): Finding {
  const { nameField } = KINDS[resource.kind];
  return warning(
    'NAME_TWICE',
    `/spec/${nameField}`,
    `${first} has the same name; one that already exists could not be told apart from it by name`,
    'give each its own name',
  );
}

function movedRules(
  resource: DesiredResource,
  world: RuleContext,
  claims: Map<Address, Address>,
): readonly Finding[] {
  return resource.lifecycle.movedFrom.flatMap((from, index) => {
    const finding = movedRule(resource, from, world, claims);
    if (finding === undefined) return [];
    const several = resource.lifecycle.movedFrom.length > 1;
    return [several ? { ...finding, pointer: `${finding.pointer}/${index}` } : finding];
  });
}

function movedRule(
  resource: DesiredResource,
  from: Address,
  world: RuleContext,
  claims: Map<Address, Address>,
): Finding | undefined {
  const pointer = '/lifecycle/moved_from';
  if (from === resource.address) {
    return problem('MOVED_FROM_SELF', pointer, 'moved_from names this very document', 'remove moved_from');
  }
  const other = claims.get(from);
  claims.set(from, other ?? resource.address);
  if (other !== undefined) {
    const hint = 'only one can keep its remote id';
    return problem('MOVED_FROM_TWICE', pointer, `${other} is also moved from ${from}`, hint);
  }
  if (!world.resources.has(from)) return undefined;
  const hint =
    'remove moved_from, or the document with the former key; to exchange two keys, use assistantctl state mv three times';
  return problem('MOVED_FROM_EXISTS', pointer, `${from} still exists`, hint);
}
