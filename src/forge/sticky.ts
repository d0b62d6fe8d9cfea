import { ApiError } from '../model/errors.ts';
import type { Forge, Post } from '../model/forge.ts';
import type { Marker } from '../render/markdown/marker.ts';
import { NO_PROJECT, readMarker, readMarkers, sameSubject } from '../render/markdown/marker.ts';

/**
 * One comment per subject, whoever runs at the same time: it is found by its marker and its author, changed in
 * place, and whatever a race made twice is brought down to the oldest one by each of those who made it.
 */

export interface WantedComment {
  readonly marker: Marker;
  /** The text in at most that many characters. */
  readonly render: (length: number) => string;
  /** Characters to begin with. */
  readonly length: number;
  /** Account that the token writes as; undefined where it is not known, and then taken from the first post. */
  readonly author: string | undefined;
  /** Commit that the text is about: a change that stands on another one is left alone. */
  readonly commit: string | undefined;
  /** Do not begin a comment for this. */
  readonly onlyUpdate: boolean;
}

export type Put =
  | { readonly outcome: 'created' | 'updated' | 'unchanged'; readonly url: string }
  | { readonly outcome: 'skipped' }
  | { readonly outcome: 'stale'; readonly head: string };

const ROUNDS = 3;
const SHORTEST = 1_000;

/** Rejects with `ApiError`; after a rejection the comment is as it was or as wanted. */
export async function putComment(forge: Forge, change: number, wanted: WantedComment): Promise<Put> {
  let author = wanted.author;
  for (let round = 1; ; round += 1) {
    const found = await forge.comments(change);
    // Right before the write: the list may have taken many requests.
    const head = wanted.commit === undefined ? undefined : await forge.headOf(change);
    if (head !== undefined && !sameCommit(head, wanted.commit ?? '')) return { outcome: 'stale', head };
    const [first, ...twins] = ownPosts(found, wanted.marker, author);
    if (first !== undefined) {
      const put = await shrinking(wanted, (body) => replace(forge, change, first, body));
      for (const twin of twins) await forge.removeComment(change, twin.id);
      if (put !== undefined) return put;
    } else {
      if (wanted.onlyUpdate) return { outcome: 'skipped' };
      const made = await shrinking(wanted, (body) => add(forge, change, body));
      if (made !== undefined) {
        author = made.author;
        const put = await keepOldest(forge, change, made, wanted);
        if (put !== undefined) return put;
      }
    }
    if (round === ROUNDS) throw missingValues(change);
  }
}

/** Oldest first: every run that looks decides for the same one. */
export function ownPosts(
  found: readonly Post[],
  marker: Marker,
  author: string | undefined,
): readonly Post[] {
  const own = found.flatMap((post) => {
    if (author === undefined || post.author.toLowerCase() !== author.toLowerCase()) return [];
    const theirs = readMarker(post.body);
    return theirs !== undefined && sameSubject(theirs, marker) ? [{ post, project: theirs.project }] : [];
  });
  // Without the name of its project a run must not merge the comments of several projects.
  const projects = new Set(own.map(({ project }) => project).filter((project) => project !== NO_PROJECT));
  const unclear = marker.project === NO_PROJECT && projects.size > 1;
  return own
    .filter(({ project }) => !unclear || project === NO_PROJECT)
    .map(({ post }) => post)
    .toSorted((a, b) => Number(a.id) - Number(b.id));
}

/** A comment about a subject, and its marker for it. */
export interface MarkedPost {
  readonly post: Post;
  readonly marker: Marker;
}

/** The author's comments about a subject, alone or beside other environments; the oldest first. */
export function markedPosts(
  found: readonly Post[],
  subject: Marker,
  author: string | undefined,
): readonly MarkedPost[] {
  const marked = found.flatMap((post) => {
    if (author === undefined || post.author.toLowerCase() !== author.toLowerCase()) return [];
    const marker = readMarkers(post.body).find((one) => sameSubject(one, subject));
    return marker === undefined ? [] : [{ post, marker }];
  });
  return marked.toSorted((a, b) => Number(a.post.id) - Number(b.post.id));
}

/** Other apps of the forge that posted such a plan. They do not count; the hint names them. */
export function otherApps(found: readonly Post[], subject: Marker, author: string): readonly string[] {
  const apps = found.map((post) => post.author).filter((name) => /\[bot\]$/.test(name) && name !== author);
  return [...new Set(apps)].filter((name) => markedPosts(found, subject, name).length > 0);
}

/** Undefined when it was removed meanwhile. */
async function replace(forge: Forge, change: number, post: Post, body: string): Promise<Put | undefined> {
  if (sameText(post.body, body)) return { outcome: 'unchanged', url: post.url };
  const edited = await forge.editComment(change, post.id, body);
  return edited === undefined ? undefined : { outcome: 'updated', url: edited.url || post.url };
}

/** Undefined when it is not known whether the comment was made: look again. */
async function add(forge: Forge, change: number, body: string): Promise<Post | undefined> {
  try {
    return await forge.addComment(change, body);
  } catch (error) {
    if (error instanceof ApiError && error.effect === 'unknown' && error.status === 0) return undefined;
    throw error;
  }
}

/** After a post of our own: of those that are there now, the oldest stays and says what we say. */
async function keepOldest(
  forge: Forge,
  change: number,
  made: Post,
  wanted: WantedComment,
): Promise<Put | undefined> {
  const own = ownPosts(await forge.comments(change), wanted.marker, made.author);
  const [oldest = made, ...twins] = own;
  if (oldest.id === made.id) {
    for (const twin of twins) await forge.removeComment(change, twin.id);
    return { outcome: 'created', url: made.url };
  }
  const put = await shrinking(wanted, (body) => replace(forge, change, oldest, body));
  if (put === undefined) return undefined;
  for (const twin of twins) await forge.removeComment(change, twin.id);
  return put;
}

/** Tries shorter texts as long as the forge finds them too long. */
export async function shrinking<Result>(
  wanted: Pick<WantedComment, 'render' | 'length'>,
  send: (body: string) => Promise<Result>,
): Promise<Result> {
  for (let { length } = wanted; ; length = Math.floor(length / 2)) {
    try {
      return await send(wanted.render(length));
    } catch (error) {
      const tooLong = error instanceof ApiError && error.code === 'FORGE_TOO_LONG';
      if (!tooLong || length / 2 < SHORTEST) throw error;
    }
  }
}

/** Forges may change line breaks and the space at the end. */
export function sameText(a: string, b: string): boolean {
  const plain = (text: string): string => text.replaceAll('\r\n', '\n').trim();
  return plain(a) === plain(b);
}

/** Short ids are as good as long ones. */
function sameCommit(a: string, b: string): boolean {
  const [short = '', long = ''] = [a.toLowerCase(), b.toLowerCase()].sort((x, y) => x.length - y.length);
  return short.length >= 7 && long.startsWith(short);
}

function missingValues(change: number): ApiError {
  return new ApiError(
    'unavailable',
    `the comment on ${change} was removed or lost ${ROUNDS} times while it was written`,
    { method: 'POST', path: '', status: 0, effect: 'unknown' },
    { code: 'FORGE_UNSETTLED', hint: 'run the command again' },
  );
}
