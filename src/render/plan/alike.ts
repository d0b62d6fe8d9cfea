import type { Change } from '../../model/plan.ts';
import { promotionNote } from '../terminal/plan-words.ts';

/** Changes that say the same of several resources, and so are shown once. */
export interface AlikeChanges {
  /** The first of them, which stands for all. */
  readonly change: Change;
  /** All of them, the first included, in the order in which they were given. */
  readonly addresses: readonly string[];
}

/** Two resources are read faster one by one. */
const FEWEST = 3;

/** Puts changes together that differ in nothing but whom they concern. */
export function alike(changes: readonly Change[]): readonly AlikeChanges[] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = sameness(change);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return [...groups.values()].flatMap((group) => {
    const single = (change: Change): AlikeChanges => ({ change, addresses: [change.address] });
    const [first] = group;
    if (first === undefined || group.length < FEWEST || first.fields.length === 0) return group.map(single);
    return [{ change: first, addresses: group.map(({ address }) => address) }];
  });
}

/** All that a reader sees of a change but its address and ids. */
function sameness(change: Change): string {
  const { action, reason, fields, affects, takes_over: takesOver } = change;
  return JSON.stringify([action, takesOver ?? false, reason, promotionNote(change), fields, affects]);
}
