import type { Change, DriftEntry, FieldChange } from '../../model/plan.ts';
import { promotionNote } from '../terminal/plan-words.ts';

/** Groups equal changes of several resources, so that each is shown once. */

/** Changes that differ in nothing but whom they concern. */
export interface AlikeChanges {
  /** The first of them, which stands for all. */
  readonly change: Change;
  /** All of them, the first included, in the order in which they were given. */
  readonly addresses: readonly string[];
}

/** The same of what was changed outside Git. */
export interface AlikeDrift {
  readonly entry: DriftEntry;
  readonly addresses: readonly string[];
}

/** Two resources are read faster one by one. */
const FEWEST = 3;

interface Concerning {
  readonly address: string;
  readonly fields: readonly unknown[];
}

/** Entries of one key together, each group at the place of its first; few and empty ones stay single. */
function grouped<Entry extends Concerning>(
  entries: readonly Entry[],
  sameness: (entry: Entry) => string,
): readonly (readonly [first: Entry, addresses: readonly string[]])[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = sameness(entry);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups.values()].flatMap((group): readonly (readonly [Entry, readonly string[]])[] => {
    const [first] = group;
    if (first === undefined || group.length < FEWEST || first.fields.length === 0) {
      return group.map((entry) => [entry, [entry.address]]);
    }
    return [[first, group.map(({ address }) => address)]];
  });
}

export function alike(changes: readonly Change[]): readonly AlikeChanges[] {
  return grouped(changes, sameness).map(([change, addresses]) =>
    addresses.length === 1
      ? { change, addresses }
      : { change: { ...change, reason: commonReason(change) }, addresses },
  );
}

export function alikeDrift(entries: readonly DriftEntry[]): readonly AlikeDrift[] {
  const same = ({ deleted, fields }: DriftEntry): string => JSON.stringify([deleted, shown(fields)]);
  return grouped(entries, same).map(([entry, addresses]) => ({ entry, addresses }));
}

/** Fields without their digests, which hold the address. */
function shown(fields: readonly FieldChange[]): readonly unknown[] {
  return fields.map(({ digest: _, ...field }) => field);
}

/** Why, without the id of the resource that it concerns. */
function commonReason({ reason, remote_id: id }: Change): string {
  return id === null ? reason : reason.replace(` (${id})`, '').replaceAll(id, '');
}

/** All that a reader sees of a change but its address and ids. */
function sameness(change: Change): string {
  const { action, fields, affects, takes_over: takesOver } = change;
  return JSON.stringify([
    action,
    takesOver ?? false,
    commonReason(change),
    promotionNote(change),
    shown(fields),
    affects,
  ]);
}
