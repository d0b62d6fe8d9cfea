import type { Address } from '../model/address.ts';
import type { DesiredState } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ResourcePlan } from './resource-plan.ts';

/** References to resources that neither exist nor are created: a request could not name their ids. */
export function missingTargets(
  results: ReadonlyMap<Address, ResourcePlan>,
  desired: DesiredState,
  ids: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  const created = new Set<string>();
  for (const { change } of results.values()) if (change?.action === 'create') created.add(change.address);
  return [...results].flatMap(([address, result]) => {
    const references = result.steps.length === 0 ? [] : (desired.resources.get(address)?.references ?? []);
    return references.flatMap(({ pointer, target }): readonly Diagnostic[] => {
      if (ids.has(target) || created.has(target)) return [];
      const position = desired.locate(address, pointer);
      const integration = target.startsWith('integration/');
      return [
        {
          severity: 'error',
          code: integration ? 'INTEGRATION_UNKNOWN' : 'REF_UNAVAILABLE',
          message: integration
            ? `${address} refers to ${target}, which is not in the account's integration catalogue`
            : `${address} refers to ${target}, which has no live resource`,
          address,
          pointer,
          ...(position !== undefined && { position }),
          hint: integration
            ? 'connect the integration in the Telnyx portal, or correct its name'
            : `resolve ${target} first`,
        },
      ];
    });
  });
}
