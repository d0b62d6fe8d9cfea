import type { Link } from './ranks.ts';

/** Order within the columns: long links get a waypoint in each column between, then barycentres are sorted. */

export interface Slot {
  /** Address of a node, or a name of its own for a waypoint. */
  readonly id: string;
  readonly waypoint: boolean;
}

export interface Rows {
  /** Slots of each column from top to bottom. */
  readonly columns: readonly (readonly Slot[])[];
  /** Ids that each link passes, both ends included. */
  readonly paths: readonly (readonly string[])[];
}

const SWEEPS = 12;

export function orderRows(rankOf: ReadonlyMap<string, number>, links: readonly Link[]): Rows {
  const columns: Slot[][] = [];
  const column = (rank: number): Slot[] => {
    while (columns.length <= rank) columns.push([]);
    return columns[rank] ?? [];
  };
  for (const [id, rank] of rankOf) column(rank).push({ id, waypoint: false });
  const paths = links.map((link, index) => {
    const first = rankOf.get(link.from) ?? 0;
    const last = rankOf.get(link.to) ?? 0;
    const between: string[] = [];
    for (let rank = first + 1; rank < last; rank += 1) {
      const id = `\u0000${index}:${rank}`;
      between.push(id);
      column(rank).push({ id, waypoint: true });
    }
    return [link.from, ...between, link.to];
  });
  const { before, after } = neighbours(paths);
  let best = columns.map((slots) => [...slots]);
  let fewest = crossings(best, after);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep += 1) {
    const rightwards = sweep % 2 === 0;
    const indexes = columns.map((_, index) => index);
    for (const index of rightwards ? indexes.slice(1) : indexes.slice(0, -1).reverse()) {
      const beside = columns[rightwards ? index - 1 : index + 1] ?? [];
      columns[index] = byBarycentre(columns[index] ?? [], beside, rightwards ? before : after);
    }
    const count = crossings(columns, after);
    if (count >= fewest) continue;
    fewest = count;
    best = columns.map((slots) => [...slots]);
  }
  return { columns: best, paths };
}

type Neighbours = ReadonlyMap<string, readonly string[]>;

/** For each id what stands next to it on a link, left and right. */
export function neighbours(paths: readonly (readonly string[])[]): { before: Neighbours; after: Neighbours } {
  const before = new Map<string, string[]>();
  const after = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, key: string, value: string): void => {
    const known = map.get(key);
    if (known === undefined) map.set(key, [value]);
    else known.push(value);
  };
  for (const path of paths) {
    path.slice(1).forEach((id, index) => {
      const previous = path[index] ?? '';
      add(after, previous, id);
      add(before, id, previous);
    });
  }
  return { before, after };
}

function byBarycentre(slots: readonly Slot[], beside: readonly Slot[], next: Neighbours): Slot[] {
  const at = new Map(beside.map(({ id }, index) => [id, index]));
  const weight = (slot: Slot, index: number): number => {
    const places = (next.get(slot.id) ?? []).flatMap((id) => at.get(id) ?? []);
    // Without a neighbour a slot keeps its place, measured on the scale of the other column.
    if (places.length === 0) return (index / Math.max(1, slots.length)) * beside.length;
    return places.reduce((sum, place) => sum + place, 0) / places.length;
  };
  return slots
    .map((slot, index) => ({ slot, index, weight: weight(slot, index) }))
    .sort((a, b) => a.weight - b.weight || a.index - b.index)
    .map(({ slot }) => slot);
}

/** Beyond this many links between two columns crossings are estimated as many, because counting is quadratic. */
const COUNTABLE = 600;

function crossings(columns: readonly (readonly Slot[])[], after: Neighbours): number {
  let total = 0;
  columns.slice(0, -1).forEach((slots, index) => {
    const at = new Map((columns[index + 1] ?? []).map(({ id }, place) => [id, place]));
    const ends = slots.flatMap(({ id }) => (after.get(id) ?? []).map((next) => at.get(next) ?? 0));
    const starts = slots.flatMap(({ id }, place) => (after.get(id) ?? []).map(() => place));
    if (ends.length > COUNTABLE) return;
    for (let a = 0; a < ends.length; a += 1) {
      for (let b = a + 1; b < ends.length; b += 1) {
        if ((starts[a] ?? 0) < (starts[b] ?? 0) && (ends[a] ?? 0) > (ends[b] ?? 0)) total += 1;
      }
    }
  });
  return total;
}
