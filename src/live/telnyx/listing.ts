import { ApiError } from '../../model/errors.ts';
import type { Answer, Client } from '../http/client.ts';
import { type Listing, ListingFault, listAll } from '../http/paging.ts';
import type { RetryClass } from '../http/retry.ts';

/** Reads a whole list; `filter` is an encoded query that every page carries. */
export type ReadList = <Item>(
  what: Omit<Listing<Item>, 'read'>,
  path: string,
  filter?: string,
) => Promise<readonly Item[]>;

/** Complete listings over a client; one that stays incomplete is an `ApiError`. */
export function createListing(client: Client, retryClass: RetryClass = 'read'): ReadList {
  return async (what, path, filter) => {
    const read = (page: string | undefined): Promise<Answer> => {
      const query = [filter, page].filter((part) => part !== undefined && part !== '').join('&');
      return client.send({ method: 'GET', path, retryClass, ...(query === '' ? {} : { query }) });
    };
    try {
      return await listAll({ ...what, read });
    } catch (error) {
      throw error instanceof ListingFault ? incomplete(path, error) : error;
    }
  };
}

function incomplete(path: string, cause: ListingFault): ApiError {
  return new ApiError(
    'unavailable',
    `GET ${path}: the listing is not complete: ${cause.message}, twice`,
    { method: 'GET', path, status: 200, effect: 'none' },
    {
      code: 'LISTING_INCOMPLETE',
      cause,
      hint: 'Someone may be changing the account; run the command again.',
    },
  );
}
