import { isArray, isObject, type Json, jsonEqual } from '../../model/json.ts';
import type { Paging } from '../../model/kinds.ts';

/**
 * Complete listings. A resource missing from a list would look deleted, so that every sign of a hole (a page
 * too short, a total that does not add up, a list that grew meanwhile) restarts the listing once, and the
 * second time fails it.
 */

export const PAGE_SIZE = 100;
/**
 * Pages that are asked for together with the first where so many entries are expected. Few, because a server that does not
 * page answers each of them with the whole list.
 */
const MOST_AHEAD = 2;
/** Far beyond any account; keeps an absurd `total_pages` from becoming that many requests. */
const MOST_PAGES = 10_000;

/** A listing that came back readable but with a hole in it. */
export class ListingFault extends Error {
  override readonly name: string = 'ListingFault';
}

/** One page as fetched, with the error to throw when its shape is wrong. */
export interface RawPage {
  readonly body: Json;
  reject(what: string): Error;
}

export interface Listing<Item> {
  readonly paging: Paging;
  /** Entries per page; {@link PAGE_SIZE} unless the endpoint allows fewer. */
  readonly pageSize?: number;
  /** How many entries there are likely to be; only saves time. */
  readonly expected?: number;
  /** Fetches one page; there is no query where the endpoint does not page. */
  readonly read: (query: string | undefined) => Promise<RawPage>;
  readonly decode: (value: Json) => Item | undefined;
  readonly identify: (item: Item) => string;
  /** For telling whether two entries of one identity are the same. */
  readonly content: (item: Item) => Json;
}

/** Every item, or a rejection with `ListingFault` or whatever `read` and `reject` give. Never a part. */
export async function listAll<Item>(listing: Listing<Item>): Promise<readonly Item[]> {
  try {
    return await listOnce(listing);
  } catch (error) {
    if (error instanceof ListingFault) return listOnce(listing);
    throw error;
  }
}

async function listOnce<Item>(listing: Listing<Item>): Promise<readonly Item[]> {
  const begun = readPage(listing, listing.paging === 'none' ? undefined : 1);
  const readNext = readAhead(listing);
  const first = await begun;
  if (first.totals !== undefined) {
    // What was asked for without a query came in pages all the same, of a size that is the server's.
    const again = listing.paging === 'none' && first.totals.pages > 1 ? await readPage(listing, 1) : first;
    return listByTotals(listing, { first: again, totals: again.totals ?? first.totals, readNext });
  }
  if (first.torn) throw new ListingFault('the totals of the list (meta) are not readable');
  return listing.paging === 'none'
    ? merge(listing, [first.items])
    : listUntilShort(listing, { first, readNext });
}

type ReadPage<Item> = (number: number) => Promise<Page<Item>>;

/** Asks for the pages that are very likely to exist; every other one is asked for when it is wanted. */
function readAhead<Item>(listing: Listing<Item>): ReadPage<Item> {
  const { paging, expected = 0, pageSize = PAGE_SIZE } = listing;
  const likely = paging === 'meta' ? Math.ceil(expected / pageSize) : 1;
  const ahead = new Map<number, Promise<Page<Item>>>();
  for (let number = 2; number <= Math.min(likely, 1 + MOST_AHEAD); number += 1) {
    const page = readPage(listing, number);
    // The failure of a page that turns out not to exist is nobody's business.
    page.catch(() => undefined);
    ahead.set(number, page);
  }
  return (number) => ahead.get(number) ?? readPage(listing, number);
}

interface Begun<Item> {
  readonly first: Page<Item>;
  readonly readNext: ReadPage<Item>;
}

async function listByTotals<Item>(
  listing: Listing<Item>,
  { first, totals, readNext }: Begun<Item> & { readonly totals: Totals },
): Promise<readonly Item[]> {
  if (totals.pages > MOST_PAGES) {
    throw new ListingFault(`the list claims to have ${totals.pages} pages`);
  }
  const numbers = Array.from({ length: Math.max(0, totals.pages - 1) }, (_, index) => index + 2);
  const rest = await Promise.all(numbers.map(readNext));
  const pages = [first, ...rest];
  for (const [index, page] of pages.entries()) {
    const now = page.totals;
    if (now === undefined || now.pages !== totals.pages || now.results !== totals.results) {
      throw new ListingFault(`the totals changed between page 1 and page ${index + 1}`);
    }
    if (now.number !== undefined && now.number !== index + 1) {
      throw new ListingFault(`page ${index + 1} was asked for and page ${now.number} came`);
    }
    if (index < pages.length - 1 && page.items.length !== first.items.length) {
      throw new ListingFault(`page ${index + 1} of ${pages.length} is not full`);
    }
  }
  const items = merge(
    listing,
    pages.map((page) => page.items),
  );
  if (items.length !== totals.results) {
    throw new ListingFault(`${items.length} of ${totals.results} entries arrived`);
  }
  return items;
}

/**
 * Without totals the list ends with the first page that is not full. Where totals are documented a short page may be a
 * torn one: there it ends with an empty page.
 */
async function listUntilShort<Item>(
  listing: Listing<Item>,
  { first, readNext }: Begun<Item>,
): Promise<readonly Item[]> {
  const pages = [first.items];
  // More than was asked for comes from a server that does not page.
  if (first.items.length > (listing.pageSize ?? PAGE_SIZE)) return merge(listing, pages);
  const full =
    listing.paging === 'meta'
      ? 1
      : looksCapped(first.items.length)
        ? first.items.length
        : (listing.pageSize ?? PAGE_SIZE);
  let last = first.items;
  while (last.length >= full) {
    if (pages.length > MOST_PAGES) throw new ListingFault('the list does not end');
    const page = await readNext(pages.length + 1);
    // A server that does not page answers every page with the whole list.
    if (page.items.length > 0 && sameItems(listing, page.items, first.items)) break;
    last = page.items;
    pages.push(last);
  }
  return merge(listing, pages);
}

/** A first page of exactly one of the usual page sizes may be a server that caps or ignores `page[size]`. */
function looksCapped(length: number): boolean {
  return [10, 20, 25, 50].includes(length);
}

interface Totals {
  readonly pages: number;
  readonly results: number;
  readonly number: number | undefined;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly totals: Totals | undefined;
  /** There is something in the place of totals, and it is none. */
  readonly torn: boolean;
}

async function readPage<Item>(listing: Listing<Item>, number: number | undefined): Promise<Page<Item>> {
  const query = number === undefined ? undefined : pageQuery(number, listing.pageSize);
  const page = await listing.read(query);
  const data = isObject(page.body) ? page.body.data : page.body;
  if (!isArray(data)) throw page.reject('the body is no list');
  const items = data.map((entry, index) => {
    const item = listing.decode(entry);
    if (item === undefined) throw page.reject(`entry ${index + 1} of the list is not readable`);
    return item;
  });
  const meta = isObject(page.body) ? (page.body.meta ?? undefined) : undefined;
  const totals = readTotals(meta);
  return { items, totals, torn: meta !== undefined && totals === undefined };
}

function readTotals(meta: Json | undefined): Totals | undefined {
  if (!isObject(meta)) return undefined;
  const pages = count(meta.total_pages);
  const results = count(meta.total_results);
  if (pages === undefined || results === undefined) return undefined;
  return { pages, results, number: count(meta.page_number) };
}

function count(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** An entry seen twice is harmless when it is the same both times, and a sign of change when not. */
function merge<Item>(listing: Listing<Item>, pages: readonly (readonly Item[])[]): readonly Item[] {
  const byId = new Map<string, Item>();
  for (const item of pages.flat()) {
    const id = listing.identify(item);
    const seen = byId.get(id);
    if (seen !== undefined && !jsonEqual(listing.content(seen), listing.content(item))) {
      throw new ListingFault(`${id} came twice with different content`);
    }
    byId.set(id, item);
  }
  return [...byId.values()];
}

function sameItems<Item>({ identify }: Listing<Item>, a: readonly Item[], b: readonly Item[]): boolean {
  const ids = b.map(identify);
  return a.length === b.length && a.every((item, index) => identify(item) === ids[index]);
}

/** Brackets are percent-encoded: raw ones have been answered with 503. */
function pageQuery(number: number, size = PAGE_SIZE): string {
  return `page%5Bnumber%5D=${number}&page%5Bsize%5D=${size}`;
}
