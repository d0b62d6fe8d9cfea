import { Graph, layout } from '@dagrejs/dagre';
import type { GraphEdge, GraphNode, ResourceGraph } from '../../model/graph.ts';
import { visible } from '../terminal/visible.ts';
import { displayWidth, truncate } from '../terminal/width.ts';

/**
 * A layered drawing of a resource graph, in pixels, left to right: tests, assistants, what they use. The same graph
 * always gives the same drawing. Where things go is worked out by dagre.
 */

export interface PlacedNode {
  readonly node: GraphNode;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedLink {
  readonly edge: GraphEdge;
  /** The other direction exists as well and is drawn with this one. */
  readonly mutual: boolean;
  /** At least two: from the side of `edge.from` to the side of `edge.to`. */
  readonly points: readonly Point[];
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly links: readonly PlacedLink[];
}

const MARGIN = 16;
const NODE_HEIGHT = 36;
const CHARACTER = 7.3;
const LABEL_COLUMNS = 26;
const ICON = 44;

/** Address without its kind, which the colour shows. */
function labelOf(node: GraphNode): string {
  return truncate(visible(node.address.slice(node.address.indexOf('/') + 1)), LABEL_COLUMNS, '…');
}

export function layoutGraph(graph: ResourceGraph): GraphLayout {
  const drawing = new Graph();
  drawing.setGraph({
    rankdir: 'LR',
    acyclicer: 'greedy',
    // The default takes seconds for some hundred resources.
    ranker: 'longest-path',
    nodesep: 14,
    edgesep: 8,
    ranksep: 92,
    marginx: MARGIN,
    marginy: MARGIN,
  });
  drawing.setDefaultEdgeLabel(() => ({}));
  const labels = new Map(graph.nodes.map((node) => [node.address, labelOf(node)]));
  for (const { address } of graph.nodes) {
    const width = Math.round(displayWidth(labels.get(address) ?? '') * CHARACTER + ICON);
    drawing.setNode(address, { width, height: NODE_HEIGHT });
  }
  const edges = withoutReturns(graph.edges);
  for (const { edge } of edges) drawing.setEdge(edge.from, edge.to, {});
  layout(drawing);
  const { width = 0, height = 0 } = drawing.graph();
  return {
    width: Math.max(2 * MARGIN, round(width)),
    height: Math.max(2 * MARGIN, round(height)),
    nodes: graph.nodes.map((node) => {
      const at = drawing.node(node.address);
      return {
        node,
        label: labels.get(node.address) ?? '',
        x: round(at.x - at.width / 2),
        y: round(at.y - at.height / 2),
        width: at.width,
        height: at.height,
      };
    }),
    links: edges.map(({ edge, mutual }) => ({
      edge,
      mutual,
      points: pointsOf(drawing.edge(edge.from, edge.to).points),
    })),
  };
}

/** Two resources that refer to each other are joined by one line. */
function withoutReturns(
  edges: readonly GraphEdge[],
): readonly { readonly edge: GraphEdge; readonly mutual: boolean }[] {
  const pair = ({ from, to }: GraphEdge): string => `${from} ${to}`;
  const all = new Set(edges.map(pair));
  const drawn = new Set<string>();
  return edges.flatMap((edge) => {
    const back = `${edge.to} ${edge.from}`;
    if (drawn.has(back) || drawn.has(pair(edge))) return [];
    drawn.add(pair(edge));
    return [{ edge, mutual: all.has(back) && edge.from !== edge.to }];
  });
}

function pointsOf(points: readonly Point[] = []): readonly Point[] {
  return points.map(({ x, y }) => ({ x: round(x), y: round(y) }));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
