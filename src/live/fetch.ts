import type { Kind } from '../model/address.ts';
import type { Api, RemoteAccount, RemoteResource } from '../model/remote.ts';

export interface FetchOptions {
  readonly kinds: readonly Kind[];
  /** Fetch the integration catalogue too; only needed when a spec refers to it. */
  readonly integrations: boolean;
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
    ...options.kinds.map((kind) => told(kind, api.list(kind))),
  ]);
  return { resources: lists.flat(), integrations };
}

export interface MissingResource {
  readonly kind: Kind;
  readonly id: string;
  readonly missing: true;
}

/**
 * Reads each item by its id: the word of the single resource against a list that may lag behind or leave
 * fields out. Results are in the order of the items.
 */
export function confirm(
  api: Api,
  items: readonly { readonly kind: Kind; readonly id: string }[],
): Promise<readonly (RemoteResource | MissingResource)[]> {
  return Promise.all(
    items.map(async ({ kind, id }) => (await api.get(kind, id)) ?? { kind, id, missing: true as const }),
  );
}
