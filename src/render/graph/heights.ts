import { neighbours, type Slot } from './rows.ts';

/** Pixels that a box and a waypoint take in a column. */
const ROW = 52;
const WAYPOINT_ROW = 22;
const RELAXATIONS = 10;

/** Vertical middles from 0: columns are packed, then drawn towards their neighbours without changing the order. */
export function heightsOf(
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
      const wanted: number[] = [];
      slots.forEach((slot, index) => {
        const near = [...(before.get(slot.id) ?? []), ...(after.get(slot.id) ?? [])].map(
          (id) => y.get(id) ?? 0,
        );
        const above = index === 0 ? 0 : (wanted[index - 1] ?? 0) + spacing(slots[index - 1], slot);
        // What has no neighbour follows the slot above it.
        wanted.push(near.length === 0 ? above : near.reduce((sum, value) => sum + value, 0) / near.length);
      });
      settle(slots, wanted).forEach((value, index) => {
        y.set(slots[index]?.id ?? '', value);
      });
    }
  }
  const top = Math.min(...y.values());
  return new Map([...y].map(([id, value]) => [id, Math.round(value - top)]));
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
