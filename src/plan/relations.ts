import { parseAddress } from '../model/address.ts';
import type { DesiredResource, DesiredState } from '../model/desired.ts';
import type { GraphEdge, GraphNode, Relation, ResourceGraph } from '../model/graph.ts';
import { isArray, isObject, type Json } from '../model/json.ts';

/** The graph of what the specs of one environment describe. It needs neither state nor network. */
export function relationsOf(desired: DesiredState): ResourceGraph {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  for (const { address, kind, name } of desired.resources.values())
    nodes.set(address, { address, kind, name });
  for (const resource of desired.resources.values()) {
    for (const { target } of resource.references) {
      if (!nodes.has(target)) nodes.set(target, outside(target));
      const edge = { from: resource.address, to: target, relation: relationTo(resource, target, desired) };
      if (target !== resource.address) edges.set(`${edge.from} ${edge.to}`, edge);
    }
  }
  return {
    nodes: [...nodes.values()].sort((a, b) => order(a.address, b.address)),
    edges: [...edges.values()].sort((a, b) => order(a.from, b.from) || order(a.to, b.to)),
  };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What a reference names and no spec describes: the catalogue's integrations. */
function outside(target: string): GraphNode {
  const known = parseAddress(target);
  const name = target.slice(target.indexOf('/') + 1);
  return { address: target, kind: known?.kind ?? 'integration', name };
}

function relationTo(resource: DesiredResource, target: string, desired: DesiredState): Relation {
  if (resource.kind !== 'test') return target.startsWith('assistant/') ? 'handoff' : 'uses';
  const gate = desired.resources.get(parseAddress(target)?.address ?? resource.address)?.promotion?.gate;
  return isObject(gate) && waitsFor([gate.tests, gate.must_pass], gate.suites, resource) ? 'gates' : 'tests';
}

function waitsFor(
  lists: readonly (Json | undefined)[],
  suites: Json | undefined,
  test: DesiredResource,
): boolean {
  const named = lists
    .flatMap((tests) => (isArray(tests) ? tests : []))
    .some((item) => isObject(item) && item.$ref === test.address);
  const suite = test.spec.test_suite;
  return named || (isArray(suites) && suite !== undefined && suites.includes(suite));
}
