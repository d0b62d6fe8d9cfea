import type { GraphEdge, ResourceGraph } from '../../model/graph.ts';

/**
 * Columns of the drawing. Tests stand left of the assistants, what assistants use stands right of them, and
 * assistants follow the way that calls are handed over. Handoffs often form cycles; the order of Eades, Lin and
 * Smyth leaves few of them pointing backwards, and those are laid out as if they pointed forwards.
 */

export interface Link {
  /** The end further left. */
  readonly from: string;
  readonly to: string;
  readonly edge: GraphEdge;
  /** Which ends carry an arrow head. */
  readonly heads: 'to' | 'from' | 'both';
}

export interface Ranks {
  /** Column of each address, from 0 without gaps. */
  readonly rankOf: ReadonlyMap<string, number>;
  readonly links: readonly Link[];
}

/** Assigns columns and turns every edge so that it points to the right. */
export function rankNodes(graph: ResourceGraph): Ranks {
  const assistants = graph.nodes.filter(({ kind }) => kind === 'assistant').map(({ address }) => address);
  const handoffs = graph.edges.filter(({ relation }) => relation === 'handoff');
  const place = new Map(sequence(assistants, handoffs).map((address, index) => [address, index]));
  const at = (address: string): number => place.get(address) ?? 0;
  const rank = new Map<string, number>(assistants.map((address) => [address, 1]));
  for (const address of [...place.keys()]) {
    for (const { from, to } of handoffs) {
      if (from !== address || at(to) < at(from)) continue;
      rank.set(to, Math.max(rank.get(to) ?? 1, (rank.get(from) ?? 1) + 1));
    }
  }
  const last = Math.max(1, ...rank.values());
  for (const { address, kind } of graph.nodes) {
    if (kind === 'test') rank.set(address, 0);
    else if (kind !== 'assistant') rank.set(address, last + 1);
  }
  const used = [...new Set(rank.values())].sort((a, b) => a - b);
  const column = new Map(used.map((value, index) => [value, index]));
  const rankOf = new Map([...rank].map(([address, value]) => [address, column.get(value) ?? 0]));
  return { rankOf, links: toLinks(graph.edges, rankOf) };
}

function toLinks(edges: readonly GraphEdge[], rankOf: ReadonlyMap<string, number>): readonly Link[] {
  const all = new Set(edges.map(({ from, to }) => `${from} ${to}`));
  return edges.flatMap((edge): Link[] => {
    const mutual = all.has(`${edge.to} ${edge.from}`);
    const forward = (rankOf.get(edge.from) ?? 0) < (rankOf.get(edge.to) ?? 0);
    if (forward) return [{ from: edge.from, to: edge.to, edge, heads: mutual ? 'both' : 'to' }];
    return mutual ? [] : [{ from: edge.to, to: edge.from, edge, heads: 'from' }];
  });
}

/** Sources first, sinks last; in between whoever hands over more than is handed to it. */
function sequence(addresses: readonly string[], edges: readonly GraphEdge[]): readonly string[] {
  const out = new Map(addresses.map((address) => [address, new Set<string>()]));
  const into = new Map(addresses.map((address) => [address, new Set<string>()]));
  for (const { from, to } of edges) {
    out.get(from)?.add(to);
    into.get(to)?.add(from);
  }
  const left: string[] = [];
  const right: string[] = [];
  const open = new Set(addresses);
  const remove = (address: string): void => {
    open.delete(address);
    for (const next of out.get(address) ?? []) into.get(next)?.delete(address);
    for (const before of into.get(address) ?? []) out.get(before)?.delete(address);
  };
  while (open.size > 0) {
    const source = [...open].find((address) => into.get(address)?.size === 0);
    const sink = source === undefined ? [...open].find((address) => out.get(address)?.size === 0) : undefined;
    const next = source ?? sink ?? widest([...open], out, into);
    remove(next);
    if (sink === undefined) left.push(next);
    else right.unshift(next);
  }
  return [...left, ...right];
}

type Neighbours = ReadonlyMap<string, ReadonlySet<string>>;

function widest(open: readonly string[], out: Neighbours, into: Neighbours): string {
  const gain = (address: string): number => {
    const outgoing = out.get(address)?.size ?? 0;
    return 1000 * (outgoing - (into.get(address)?.size ?? 0)) + outgoing;
  };
  return open.reduce((best, address) => (gain(address) > gain(best) ? address : best), open[0] ?? '');
}
