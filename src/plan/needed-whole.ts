/**
 * Which resources a list may not speak for. The list of assistants shows `tools`, `mcp_servers` and
 * `conversation_flow` empty whatever an assistant has, and other lists may do the like. An empty value of a list can
 * therefore agree with a spec by chance: that the last tool was taken away would look like nothing to do.
 */
import { canonical } from '../canonical/canonical.ts';
import { withReferences } from '../canonical/walk.ts';
import type { DesiredResource, DesiredState } from '../model/desired.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { type JsonObject, jsonEqual } from '../model/json.ts';
import { KINDS } from '../model/kinds.ts';
import type { PlanOptions } from '../model/plan.ts';
import type { Item, RemoteAccount, RemoteResource } from '../model/remote.ts';
import type { State } from '../model/state.ts';
import { managed } from './create.ts';
import { knownIds, matchResources } from './match.ts';

export interface Knowledge {
  readonly desired: DesiredState;
  readonly state: State | undefined;
  readonly listed: RemoteAccount;
  readonly options: PlanOptions;
  readonly whole?: boolean;
}

/**
 * What a plan decides about and must therefore know whole: what Git changed since the last apply, what refers to
 * something that is bound to another id by now, what is adopted, and what is deleted.
 */
export function neededWhole({ desired, state, listed, options, whole = false }: Knowledge): readonly Item[] {
  const matching = matchResources(desired, state, listed);
  const ids = knownIds(matching, listed, options.recreate);
  const refs = new Map([...ids].map(([target, id]) => [id, target]));
  const matched = [...matching.matches].flatMap(([address, match]): readonly Item[] => {
    const resource = desired.resources.get(address);
    if (resource === undefined) return [];
    if (match.how === 'adopt') return [itemOf(match.live)];
    if (match.how !== 'bound') return [];
    const always = whole && KINDS[resource.kind].update === 'version';
    return always || changedInGit(resource, match.binding.base, refs) ? [itemOf(match.live)] : [];
  });
  const orphans = matching.orphans.flatMap(({ live }) => (live === undefined ? [] : [live]));
  return [...matched, ...(options.prune ? orphans.map(itemOf) : [])];
}

function itemOf({ kind, id }: RemoteResource): Item {
  return { kind, id };
}

function changedInGit(
  resource: DesiredResource,
  base: JsonObject | null,
  refs: ReadonlyMap<string, string>,
): boolean {
  if (base === null) return true;
  const shape = SHAPES[resource.kind];
  const before = managed(resource, withReferences(shape, base, refs));
  const after = managed(resource, withReferences(shape, resource.spec, refs));
  return !jsonEqual(before, after) && !jsonEqual(canonical(shape, before), canonical(shape, after));
}
