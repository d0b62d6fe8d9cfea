import type { ApiError } from '../../model/errors.ts';
import { isArray, type Json } from '../../model/json.ts';
import { badReplyError } from '../http/errors.ts';
import { header } from '../http/retry.ts';
import type { ForgeClient, ForgeReply } from './client.ts';

export const FORGE_PAGE_SIZE = 100;
/** 100,000 comments: more would be a server that does not stop. */
const MOST_PAGES = 1_000;

/**
 * Every entry of a list. Both forges say in `Link` whether there is a next page; a server or proxy that leaves the
 * header out is asked until a page is not full. Pages are asked for by number, so that no address that a reply
 * names is ever sent the token.
 */
export async function readAll(client: ForgeClient, path: string): Promise<readonly Json[]> {
  const items: Json[] = [];
  const separator = path.includes('?') ? '&' : '?';
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const query = `per_page=${FORGE_PAGE_SIZE}&page=${page}`;
    const reply = await client.send({
      method: 'GET',
      path: `${path}${separator}${query}`,
      retryClass: 'read',
    });
    if (!isArray(reply.body)) throw badReply('GET', path, reply, 'the list is none');
    items.push(...reply.body);
    if (!hasNext(reply, reply.body.length)) return items;
  }
  throw badReply('GET', path, { status: 200, headers: {} }, `the list has more than ${MOST_PAGES} pages`);
}

/** The first entries of a list that is too long to be read whole. */
export async function readSome(client: ForgeClient, path: string, most: number): Promise<readonly Json[]> {
  const items: Json[] = [];
  const separator = path.includes('?') ? '&' : '?';
  for (let page = 1; items.length < most; page += 1) {
    const query = `per_page=${FORGE_PAGE_SIZE}&page=${page}`;
    const sent = { method: 'GET', path: `${path}${separator}${query}`, retryClass: 'read' } as const;
    const reply = await client.send(sent);
    if (!isArray(reply.body)) throw badReply('GET', path, reply, 'the list is none');
    items.push(...reply.body);
    if (!hasNext(reply, reply.body.length)) break;
  }
  return items.slice(0, most);
}

function hasNext(reply: ForgeReply, length: number): boolean {
  const link = header(reply.headers, 'link');
  if (link !== undefined) return /;\s*rel="?next"?/.test(link);
  return length >= FORGE_PAGE_SIZE;
}

/** A success whose body is not what the forge documents. */
export function badReply(
  method: string,
  path: string,
  reply: Pick<ForgeReply, 'status' | 'headers'>,
  what: string,
): ApiError {
  return badReplyError({ method, path, attempts: 1, effect: 'unknown' }, reply, what);
}
