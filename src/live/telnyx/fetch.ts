import type { Kind } from '../../model/address.ts';
import type { Api, Confirmed, Item, RemoteAccount } from '../../model/remote.ts';

export interface FetchOptions {
  readonly kinds: readonly Kind[];
  /** Fetch the integration catalogue too; only needed when a spec refers to it. */
  readonly integrations: boolean;
  /** How many resources of a kind there are likely to be; only saves time. */
  readonly expected?: ReadonlyMap<Kind, number>;
  /** Called once for each list that has arrived, with the number of its entries. */
  readonly onProgress?: (progress: FetchProgress) => void;
}

export interface FetchProgress {
  readonly list: Kind | 'integration';
  readonly count: number;
}

/** The account's resources of the given kinds, all lists at once. Rejects with the first list that fails. */
export async function fetchAccount(api: Api, options: FetchOptions): Promise<RemoteAccount> {
  const told = async <Item>(list: Kind | 'integration', items: Promise<readonly Item[]>) => {
    const arrived = await items;
    options.onProgress?.({ list, count: arrived.length });
    return arrived;
  };
  const [integrations, ...lists] = await Promise.all([
    options.integrations ? told('integration', api.integrations()) : undefined,
    ...options.kinds.map((kind) => told(kind, api.list(kind, options.expected?.get(kind)))),
  ]);
  return { resources: lists.flat(), integrations };
}

/** Reads each item by its id: the word of the single resource against a list that may lag or leave fields out. */
export async function confirm(api: Api, items: readonly Item[]): Promise<Confirmed> {
  const answers = await Promise.all(items.map(({ kind, id }) => api.get(kind, id)));
  return { items, found: answers.filter((answer) => answer !== undefined) };
}

/** Ids of those versions that the API no longer has. */
export async function vanishedVersions(
  api: Pick<Api, 'getVersion'>,
  versions: readonly { readonly assistantId: string; readonly versionId: string }[],
): Promise<ReadonlySet<string>> {
  const answers = await Promise.all(
    versions.map(async ({ assistantId, versionId }) => ({
      versionId,
      found: (await api.getVersion(assistantId, versionId)) !== undefined,
    })),
  );
  return new Set(answers.filter(({ found }) => !found).map(({ versionId }) => versionId));
}
