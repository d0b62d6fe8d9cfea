import type { Kind } from './address.ts';

/**
 * What the resources of a project have to do with each other. `uses`: an assistant and a shared tool, MCP server
 * or integration; `handoff`: from one assistant to another; `tests`: a test and its assistant; `gates`: the same
 * where the assistant's promotion waits for that test.
 */
export type Relation = 'uses' | 'handoff' | 'tests' | 'gates';

export interface GraphNode {
  /** `<kind>/<key>`; of an integration its catalogue name. */
  readonly address: string;
  readonly kind: Kind | 'integration';
  readonly name: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly relation: Relation;
}

/** Nodes and edges sorted by address; every edge joins two nodes of the graph. */
export interface ResourceGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** The nodes named and those next to them, with the edges that touch a named one. */
export function around(graph: ResourceGraph, addresses: ReadonlySet<string>): ResourceGraph {
  const edges = graph.edges.filter(({ from, to }) => addresses.has(from) || addresses.has(to));
  const kept = new Set([...addresses, ...edges.flatMap(({ from, to }) => [from, to])]);
  return { nodes: graph.nodes.filter(({ address }) => kept.has(address)), edges };
}
