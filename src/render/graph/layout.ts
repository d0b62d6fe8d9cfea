import type { GraphNode, ResourceGraph } from '../../model/graph.ts';
import { visible } from '../visible.ts';
import { displayWidth, truncate } from '../width.ts';
import { type Link, rankNodes } from './ranks.ts';
import { neighbours, orderRows, type Slot } from './rows.ts';

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

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly links: readonly PlacedLink[];
}

const MARGIN = 16;
const NODE_HEIGHT = 36;
const ROW = 52;
const WAYPOINT_ROW = 22;
const COLUMN_GAP = 92;
const CHARACTER = 7.3;
const LABEL_COLUMNS = 26;
const ICON = 30;
const RELAXATIONS = 10;

/** Address without its kind: the kind is told by the colour and the column. */
function labelOf(node: GraphNode): string {
  return truncate(visible(node.address.slice(node.address.indexOf('/') + 1)), LABEL_COLUMNS, '…');
}

export function layoutGraph(graph: ResourceGraph): Layout {
  const { rankOf, links } = rankNodes(graph);
  const { columns, paths } = orderRows(rankOf, links);
  const nodes = new Map(graph.nodes.map((node) => [node.address, node]));
  const middle = rowsOf(columns, paths);
  const placed = new Map<string, PlacedNode>();
  const spot = new Map<string, { left: Point; right: Point }>();
  let x = MARGIN;
  for (const slots of columns) {
    const labels = slots.flatMap(({ id }) =>
      nodes.has(id) ? [labelOf(nodes.get(id) ?? { address: id, kind: 'tool', name: id })] : [],
    );
    const width = Math.round(Math.max(0, ...labels.map(displayWidth)) * CHARACTER + ICON + 14);
    for (const { id } of slots) {
      const y = middle.get(id) ?? 0;
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
    links: links.map((link, index) => ({ link, points: pointsOf(paths[index] ?? [], spot) })),
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

/** Vertical middles: columns are packed, then drawn towards their neighbours without changing the order. */
function rowsOf(
  columns: readonly (readonly Slot[])[],
  paths: readonly (readonly string[])[],
): ReadonlyMap<string, number> {
  const { before, after } = neighbours(paths);
  const y = new Map<string, number>();
  for (const slots of columns) {
    let at = 0;
    for (const [index, slot] of slots.entries()) {
      if (index > 0) at += spacing(slots[index - 1], slot);
      y.set(slot.id, at);
    }
  }
  for (let round = 0; round < RELAXATIONS; round += 1) {
    const order = round % 2 === 0 ? columns : columns.toReversed();
    for (const slots of order) {
      const wanted = slots.map(({ id }) => {
        const near = [...(before.get(id) ?? []), ...(after.get(id) ?? [])].map((next) => y.get(next) ?? 0);
        return near.length === 0
          ? (y.get(id) ?? 0)
          : near.reduce((sum, value) => sum + value, 0) / near.length;
      });
      settle(slots, wanted).forEach((value, index) => {
        y.set(slots[index]?.id ?? '', value);
      });
    }
  }
  const top = Math.min(...y.values());
  return new Map([...y].map(([id, value]) => [id, Math.round(value - top + MARGIN + NODE_HEIGHT / 2)]));
}

function spacing(a: Slot | undefined, b: Slot): number {
  const room = (slot: Slot | undefined): number => (slot?.waypoint === true ? WAYPOINT_ROW : ROW) / 2;
  return room(a) + room(b);
}

/** Positions near the wanted ones that keep the order and the spacing: the mean of packing down and packing up. */
function settle(slots: readonly Slot[], wanted: readonly number[]): readonly number[] {
  const down: number[] = [];
  slots.forEach((slot, index) => {
    const least =
      index === 0 ? Number.NEGATIVE_INFINITY : (down[index - 1] ?? 0) + spacing(slots[index - 1], slot);
    down.push(Math.max(least, wanted[index] ?? 0));
  });
  const up: number[] = Array.from({ length: slots.length }, () => 0);
  for (let index = slots.length - 1; index >= 0; index -= 1) {
    const slot = slots[index];
    const next = slots[index + 1];
    const most =
      slot === undefined || next === undefined
        ? Number.POSITIVE_INFINITY
        : (up[index + 1] ?? 0) - spacing(slot, next);
    up[index] = Math.min(most, wanted[index] ?? 0);
  }
  return down.map((value, index) => (value + (up[index] ?? value)) / 2);
}
