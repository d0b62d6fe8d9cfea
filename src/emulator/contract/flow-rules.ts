import type { JsonObject } from '../../model/json.ts';
import type { EmulatedWorld } from './contract.ts';
import { badRequest } from './errors.ts';
import { nested, objects, strings, text } from './fields.ts';

/** The shared tools that a flow node names. */
export function nodeToolIds(node: JsonObject): readonly string[] {
  const single = text(node, 'shared_tool_id');
  return single === '' ? strings(node, 'shared_tool_ids') : [single];
}

function fail(detail: string): never {
  throw badRequest(detail, '/conversation_flow');
}

function unique(kind: string, items: readonly JsonObject[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const item of items) {
    const id = text(item, 'id');
    if (id === '') fail(`Every ${kind} needs an id.`);
    if (ids.has(id)) fail(`Duplicate ${kind} id '${id}'.`);
    ids.add(id);
  }
  return ids;
}

/** Checks a conversation flow as the public SDK describes it; answers the shared tools that its nodes use. */
export function checkFlow(world: EmulatedWorld, flow: JsonObject): readonly JsonObject[] {
  const nodes = objects(flow, 'nodes');
  const edges = objects(flow, 'edges');
  const ids = unique('node', nodes);
  unique('edge', edges);
  if (!ids.has(text(flow, 'start_node_id'))) fail('start_node_id does not name a node.');
  for (const edge of edges) {
    if (!ids.has(text(edge, 'start_node_id'))) fail(`Edge '${text(edge, 'id')}' starts at an unknown node.`);
    const target = nested(edge, 'target');
    const type = text(target, 'type');
    if (type === 'assistant' ? text(target, 'assistant_id') === '' : !ids.has(text(target, 'node_id'))) {
      fail(`Edge '${text(edge, 'id')}' leads to an unknown target.`);
    }
  }
  for (const node of nodes.filter(({ type }) => type === 'tool' || type === 'speak')) {
    const outgoing = edges.filter((edge) => edge.start_node_id === node.id);
    const defaults = outgoing.filter((edge) => nested(edge, 'condition').type === 'default').length;
    if (outgoing.length > 0 && defaults !== 1)
      fail(`Node '${text(node, 'id')}' needs exactly one default edge.`);
  }
  return nodes
    .flatMap(nodeToolIds)
    .map((id) => world.store.get('tools', id) ?? fail(`Tool ${id} not found.`));
}
