import type { GraphNode, ResourceGraph } from '../../model/graph.ts';
import { visible } from '../terminal/visible.ts';
import { displayWidth, truncate } from '../terminal/width.ts';
import { heightsOf } from './heights.ts';
import { type Link, rankNodes } from './ranks.ts';
import { orderRows } from './rows.ts';

/** A layered drawing of a resource graph, in pixels; the same graph always gives the same drawing. */

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
  readonly link: Link;
  /** At least two: the right side of one node and the left side of another, waypoints between. */
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
const COLUMN_GAP = 92;
const CHARACTER = 7.3;
const LABEL_COLUMNS = 26;
const ICON = 30;

/** Address without its kind: the kind is told by the colour and the column. */
function labelOf(node: GraphNode): string {
  return truncate(visible(node.address.slice(node.address.indexOf('/') + 1)), LABEL_COLUMNS, '…');
}

export function layoutGraph(graph: ResourceGraph): GraphLayout {
  const { rankOf, links } = rankNodes(graph);
  const { columns, paths } = orderRows(rankOf, links);
  const nodes = new Map(graph.nodes.map((node) => [node.address, node]));
  const middle = heightsOf(columns, paths);
  const placed = new Map<string, PlacedNode>();
  const spot = new Map<string, { left: Point; right: Point }>();
  let x = MARGIN;
  for (const slots of columns) {
    const labels = slots.flatMap(({ id }) =>
      nodes.has(id) ? [labelOf(nodes.get(id) ?? { address: id, kind: 'tool', name: id })] : [],
    );
    const width = Math.round(Math.max(0, ...labels.map(displayWidth)) * CHARACTER + ICON + 14);
    for (const { id } of slots) {
      const y = (middle.get(id) ?? 0) + MARGIN + NODE_HEIGHT / 2;
      spot.set(id, { left: { x, y }, right: { x: x + width, y } });
      const node = nodes.get(id);
      if (node === undefined) continue;
      const top = y - NODE_HEIGHT / 2;
      placed.set(id, { node, label: labelOf(node), x, y: top, width, height: NODE_HEIGHT });
    }
    x += width + COLUMN_GAP;
  }
  const bottom = Math.max(0, ...[...placed.values()].map((node) => node.y + node.height));
  return {
    width: Math.max(2 * MARGIN, x - COLUMN_GAP + MARGIN),
    height: bottom + MARGIN,
    nodes: [...placed.values()],
    links: withPorts(links.map((link, index) => ({ link, points: pointsOf(paths[index] ?? [], spot) }))),
  };
}

function pointsOf(
  path: readonly string[],
  spot: ReadonlyMap<string, { readonly left: Point; readonly right: Point }>,
): readonly Point[] {
  return path.flatMap((id, index) => {
    const at = spot.get(id);
    if (at === undefined) return [];
    if (index === 0) return [at.right];
    // A waypoint is a straight piece through its column, so that no line runs under a box.
    return index === path.length - 1 ? [at.left] : [at.left, at.right];
  });
}

const PORT_GAP = 7;

/** Links that meet at one side of a box end beside each other, in the order in which they arrive. */
function withPorts(links: readonly PlacedLink[]): readonly PlacedLink[] {
  const starts = portsOf(
    links,
    ({ link }) => link.from,
    ({ points }) => points[1],
  );
  const ends = portsOf(
    links,
    ({ link }) => link.to,
    ({ points }) => points.at(-2),
  );
  return links.map((placed) => {
    const last = placed.points.length - 1;
    const points = placed.points.map(({ x, y }, index) => {
      if (index === 0) return { x, y: y + (starts.get(placed) ?? 0) };
      return index === last ? { x, y: y + (ends.get(placed) ?? 0) } : { x, y };
    });
    return { ...placed, points };
  });
}

function portsOf(
  links: readonly PlacedLink[],
  box: (link: PlacedLink) => string,
  next: (link: PlacedLink) => Point | undefined,
): ReadonlyMap<PlacedLink, number> {
  const shifts = new Map<PlacedLink, number>();
  const groups = new Map<string, PlacedLink[]>();
  for (const link of links) groups.set(box(link), [...(groups.get(box(link)) ?? []), link]);
  for (const group of groups.values()) {
    const sorted = group.toSorted((a, b) => (next(a)?.y ?? 0) - (next(b)?.y ?? 0));
    const gap = Math.min(PORT_GAP, (NODE_HEIGHT - 12) / Math.max(1, sorted.length - 1));
    sorted.forEach((link, index) => {
      shifts.set(link, (index - (sorted.length - 1) / 2) * gap);
    });
  }
  return shifts;
}
