import { KIND_NAMES, type Kind, parseAddress, toAddress } from '../../model/address.ts';
import type { DesiredResource } from '../../model/desired.ts';
import type { Finding } from '../problems/problem.ts';
import { nearest } from '../problems/suggest.ts';
import { problem, type RuleContext } from './world.ts';

/** Every reference of a spec leads to a document that exists in this environment. */
export function referenceRules(resource: DesiredResource, world: RuleContext): readonly Finding[] {
  return resource.references.flatMap(({ pointer, target }) => {
    if (target.startsWith('integration/')) return [];
    const found = missing(target, world);
    return found === undefined ? [] : [{ ...found, pointer: `/spec${pointer}` }];
  });
}

/** What is wrong with a reference to an address, or undefined when it leads somewhere. */
export function missing(target: string, world: RuleContext): Finding | undefined {
  const parsed = parseAddress(target);
  if (parsed === undefined) return undefined;
  const { address, kind, key } = parsed;
  if (world.resources.has(address)) return undefined;
  if (world.abstract.has(address)) {
    const hint = 'refer to a document that extends it, or remove abstract: true';
    return problem('REF_DANGLING', '', `${target} is abstract and no resource of its own`, hint);
  }
  if (world.elsewhere.has(address)) {
    const hint = `add the environment to only: in the document of ${target}, or leave the reference out here`;
    return problem(
      'REF_ELSEWHERE',
      '',
      `${target} does not exist in every environment that refers to it`,
      hint,
    );
  }
  if (world.broken.has(key)) return undefined;
  const near = nearest(key, keysOf(kind, world));
  const namesake = KIND_NAMES.find((other) => world.resources.has(toAddress(other, key)));
  const other = namesake === undefined ? undefined : `there is ${toAddress(namesake, key)}`;
  const hint = near === undefined ? other : `did you mean ${kind}/${near}?`;
  return problem('REF_DANGLING', '', `${target} does not exist`, hint);
}

function* keysOf(kind: Kind, { resources }: RuleContext): Generator<string> {
  for (const resource of resources.values()) if (resource.kind === kind) yield resource.key;
}
