/** Rules of a conversation flow, as the official SDK describes what the API enforces. */
import type { DesiredResource } from '../../model/desired.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Finding } from '../problems/problem.ts';
import { suggestion } from '../problems/suggest.ts';
import { objectOf, objectsOf, problem, textOf, warning } from './world.ts';

type Entries = ReturnType<typeof objectsOf>;

export function flowRules(resource: DesiredResource): readonly Finding[] {
  const flow = objectOf(resource.spec.conversation_flow);
  const nodes = objectsOf(flow.nodes);
  const edges = objectsOf(flow.edges);
  if (nodes.length === 0) return [];
  const ids = nodes.flatMap(([, node]) => textOf(node.id) ?? []);
  const base = '/spec/conversation_flow';
  const start = textOf(flow.start_node_id);
  return [
    ...(start === undefined ? [] : unknownNode(start, ids, `${base}/start_node_id`)),
    ...duplicates(nodes, `${base}/nodes`, 'node'),
    ...duplicates(edges, `${base}/edges`, 'edge'),
    ...edges.flatMap(([index, edge]) => edgeEnds(edge, ids, `${base}/edges/${index}`)),
    ...nodes.flatMap(([index, node]) => nodeRules(node, edges, `${base}/nodes/${index}`)),
  ];
}

function unknownNode(id: string, ids: readonly string[], pointer: string): readonly Finding[] {
  if (ids.includes(id)) return [];
  return [problem('FLOW_NODE_UNKNOWN', pointer, `the flow has no node ${id}`, suggestion(id, ids))];
}

function duplicates(entries: Entries, pointer: string, noun: string): readonly Finding[] {
  const seen = new Set<string>();
  return entries.flatMap(([index, entry]) => {
    const id = textOf(entry.id);
    if (id === undefined) return [];
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [
      problem('FLOW_ID_TWICE', `${pointer}/${index}/id`, `another ${noun} of the flow has the id ${id}`),
    ];
  });
}

function edgeEnds(edge: JsonObject, ids: readonly string[], pointer: string): readonly Finding[] {
  const start = textOf(edge.start_node_id);
  const target = objectOf(edge.target);
  const end = target.type === 'node' ? textOf(target.node_id) : undefined;
  return [
    ...(start === undefined ? [] : unknownNode(start, ids, `${pointer}/start_node_id`)),
    ...(end === undefined ? [] : unknownNode(end, ids, `${pointer}/target/node_id`)),
    ...(end !== undefined && end === start
      ? [warning('FLOW_SELF_LOOP', `${pointer}/target/node_id`, `the edge leads from ${end} back to ${end}`)]
      : []),
  ];
}

function nodeRules(node: JsonObject, edges: Entries, pointer: string): readonly Finding[] {
  const leaving = edges.filter(([, edge]) => edge.start_node_id === node.id);
  const defaults = leaving.filter(([, edge]) => objectOf(edge.condition).type === 'default');
  const edgePointer = (index: number): string => `/spec/conversation_flow/edges/${index}/condition`;
  const type = textOf(node.type) ?? 'prompt';
  const id = textOf(node.id) ?? '';
  if (type === 'prompt') {
    const both = node.model !== undefined && node.external_llm !== undefined;
    const twoModels = 'a node takes model or external_llm, not both';
    return [
      ...defaults.map(([index]) => {
        const message = `${id} is a prompt node; a default edge may leave only a tool or speak node`;
        return problem(
          'FLOW_DEFAULT_EDGE',
          edgePointer(index),
          message,
          'give the edge an llm or expression condition',
        );
      }),
      ...(both ? [problem('FLOW_MODEL', `${pointer}/external_llm`, twoModels)] : []),
    ];
  }
  if (leaving.length === 0 || defaults.length === 1) return [];
  if (defaults.length === 0) {
    const message = `the ${type} node ${id} has outgoing edges but none with the condition default`;
    return [problem('FLOW_DEFAULT_EDGE', pointer, message, 'add an edge with condition: { type: default }')];
  }
  return defaults.slice(1).map(([index]) => {
    const message = `the ${type} node ${id} has another default edge already`;
    return problem('FLOW_DEFAULT_EDGE', edgePointer(index), message, 'keep exactly one');
  });
}
