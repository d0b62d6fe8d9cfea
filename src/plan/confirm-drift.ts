/**
 * Lists are only hearsay: the API may let them lag behind a write or leave fields out. Before a plan says that
 * somebody changed or deleted something, the resource itself is read. In the quiet case nothing is.
 */
import { parseAddress } from '../model/address.ts';
import type { DesiredState } from '../model/desired.ts';
import { isObject } from '../model/json.ts';
import type { Planned, PlanOptions } from '../model/plan.ts';
import type { Confirmed, Item, RemoteAccount } from '../model/remote.ts';
import type { State } from '../model/state.ts';
import { neededWhole } from './needed-whole.ts';

/**
 * Bound resources that a listing lacks, that were never compared before, whose main may be about to move, or that
 * are listed with another main version than the one last seen.
 */
function suspects(state: State | undefined, account: RemoteAccount): readonly Item[] {
  const listed = new Map(account.resources.map(({ kind, id, versionId }) => [`${kind}:${id}`, versionId]));
  return Object.entries(state?.resources ?? {}).flatMap(([address, binding]) => {
    const kind = parseAddress(address)?.kind;
    if (kind === undefined) return [];
    const id = binding.remote_id;
    const settled = binding.base !== null && binding.candidate === undefined && binding.moving === undefined;
    const version = listed.get(`${kind}:${id}`) ?? binding.main_version_id;
    const known = binding.main_version_id === null || version === binding.main_version_id;
    return settled && known && listed.has(`${kind}:${id}`) ? [] : [{ kind, id }];
  });
}

function itemOf(address: string, id: string | null | undefined): readonly Item[] {
  const kind = parseAddress(address)?.kind;
  return kind === undefined || id === null || id === undefined ? [] : [{ kind, id }];
}

/** What the plan blames on somebody else. */
function blamed({ plan, ids }: Planned): readonly Item[] {
  const reverted = plan.changes.filter(({ fields }) => fields.some(({ origin }) => origin === 'drift'));
  return [
    ...plan.drift
      .filter(({ deleted }) => !deleted)
      .flatMap(({ address, remote_id }) => itemOf(address, remote_id)),
    ...plan.conflicts.flatMap(({ address }) => itemOf(address, ids[address])),
    ...reverted.flatMap(({ address, remote_id }) => itemOf(address, remote_id)),
  ];
}

/** Changes that set a field which the listing does not have: it may have left the field out. */
function thin({ plan }: Planned): readonly Item[] {
  return plan.changes
    .filter(({ action, fields }) => action !== 'create' && fields.some(({ before }) => before === null))
    .flatMap(({ address, remote_id }) => itemOf(address, remote_id));
}

/** The account with what was read by id in place of what was listed. */
function corrected(account: RemoteAccount, { items, found }: Confirmed): RemoteAccount {
  const asked = new Set(items.map(({ id }) => id));
  return { ...account, resources: [...account.resources.filter(({ id }) => !asked.has(id)), ...found] };
}

/** True when reading a resource gave fields that its listing had left out. */
function abbreviates(account: RemoteAccount, { found }: Confirmed): boolean {
  const listed = new Map(account.resources.map((resource) => [resource.id, resource.config]));
  return found.some(({ id, config }) => {
    const known = listed.get(id);
    return (
      isObject(known) &&
      Object.keys(config).some((name) => config[name] !== null && !Object.hasOwn(known, name))
    );
  });
}

export interface Survey {
  readonly desired: DesiredState;
  readonly state: State | undefined;
  readonly options: PlanOptions;
  /** Every assistant that Git or the state names is read by id, whatever the list says. */
  readonly whole?: boolean;
  readonly listed: RemoteAccount;
  /** Reads items by id. */
  readonly confirm: (items: readonly Item[]) => Promise<Confirmed>;
  readonly plan: (account: RemoteAccount) => Planned;
}

/** Plans from the lists and reads by id only what the verdict hangs on. */
export async function planSurely(
  survey: Survey,
): Promise<{ readonly planned: Planned; readonly account: RemoteAccount }> {
  const { confirm, plan } = survey;
  const read = new Set<string>();
  const correct = async (
    account: RemoteAccount,
    items: readonly Item[],
  ): Promise<[RemoteAccount, Confirmed]> => {
    const fresh = items.filter(({ id }) => !read.has(id));
    for (const { id } of fresh) read.add(id);
    const answer: Confirmed = fresh.length === 0 ? { items: [], found: [] } : await confirm(fresh);
    return [fresh.length === 0 ? account : corrected(account, answer), answer];
  };
  const doubtful = [...suspects(survey.state, survey.listed), ...neededWhole(survey)];
  const [known] = await correct(survey.listed, [
    ...new Map(doubtful.map((item) => [item.id, item])).values(),
  ]);
  let account = known;
  let planned = plan(account);
  // One thin resource tells whether this API abbreviates; only then are all of them read.
  const sample = thin(planned).filter(({ id }) => !read.has(id));
  const [sampled, answer] = await correct(account, sample.slice(0, 1));
  const more = abbreviates(account, answer) ? sample : [];
  const [sure] = await correct(sampled, [...more, ...blamed(planned)]);
  if (sure !== account) {
    account = sure;
    planned = plan(account);
  }
  return { planned, account };
}
