/**
 * Planning from lists and reads. A plan decides nothing from a list alone: `plan/listed` says what has to be read by id,
 * and the plan is made when that was read. A quiet account costs the pages of its lists and no reads.
 */
import type { Planned } from '../model/plan.ts';
import type { Confirmed, Item, RemoteAccount } from '../model/remote.ts';
import {
  compareWithLists,
  type ListDifference,
  type ListedAccount,
  listKey,
  type Unreliable,
  unreliableFields,
  withListedGaps,
} from './listed.ts';
import type { Unchanged } from './unchanged.ts';

export interface Survey extends ListedAccount {
  /** Reads items by id. */
  readonly confirm: (items: readonly Item[]) => Promise<Confirmed>;
  readonly plan: (account: RemoteAccount, unchanged: Unchanged) => Planned;
}

/** The account with what was read by id in place of what was listed. */
function corrected(account: RemoteAccount, { items, found }: Confirmed): RemoteAccount {
  const asked = new Set(items.map(listKey));
  return {
    ...account,
    read: new Set([...(account.read ?? []), ...items.map(({ id }) => id)]),
    resources: [...account.resources.filter((resource) => !asked.has(listKey(resource))), ...found],
  };
}

function merged(answers: readonly Confirmed[]): Confirmed {
  return { items: answers.flatMap(({ items }) => items), found: answers.flatMap(({ found }) => found) };
}

/** One resource of each kind: its read shows which fields the lists of that kind leave out. */
function samples(differences: readonly ListDifference[]): readonly ListDifference[] {
  const byKind = new Map(differences.toReversed().map((difference) => [difference.listed.kind, difference]));
  return [...byKind.values()];
}

function itemsOf(differences: readonly ListDifference[]): readonly Item[] {
  return differences.map(({ listed: { kind, id } }) => ({ kind, id }));
}

function unreliableIn(sampled: readonly ListDifference[], { found }: Confirmed): Unreliable {
  const byKey = new Map(found.map((resource) => [listKey(resource), resource]));
  return new Map(
    sampled.map((difference) => {
      const resource = byKey.get(listKey(difference.listed));
      const fields = resource === undefined ? [] : unreliableFields(difference, resource);
      return [difference.listed.kind, new Set(fields)] as const;
    }),
  );
}

/** Plans from the lists and from what was read by id. */
export async function planWithReads(
  survey: Survey,
): Promise<{ readonly planned: Planned; readonly account: RemoteAccount }> {
  const read = async (items: readonly Item[]): Promise<Confirmed> =>
    items.length === 0 ? { items: [], found: [] } : await survey.confirm(items);
  const { needed, differences, bases, unchanged } = compareWithLists(survey);
  const sampled = samples(differences);
  const [decided, tried] = await Promise.all([read(needed), read(itemsOf(sampled))]);
  const unreliable = unreliableIn(sampled, tried);
  const rest = differences.filter(
    (difference) =>
      !sampled.includes(difference) &&
      difference.fields.some((name) => unreliable.get(difference.listed.kind)?.has(name) !== true),
  );
  const answers = merged([decided, tried, await read(itemsOf(rest))]);
  const account = withListedGaps(corrected(survey.listed, answers), bases, unreliable);
  return { planned: survey.plan(account, unchanged), account };
}
