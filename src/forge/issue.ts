import type { Forge, Post } from '../model/forge.ts';
import type { Put, WantedComment } from './sticky.ts';
import { ownPosts, sameText, shrinking } from './sticky.ts';

export interface WantedIssue extends Omit<WantedComment, 'commit' | 'onlyUpdate'> {
  readonly title: string;
  /** Nothing is wrong any more: an open issue gets this text and is closed; none is opened. */
  readonly resolved: boolean;
}

export type PutIssue = Put | { readonly outcome: 'closed'; readonly url: string };

/** One open issue per subject, found by marker and author; closed when its reason is gone. */
export async function putIssue(forge: Forge, wanted: WantedIssue): Promise<PutIssue> {
  const [first, ...twins] = ownPosts(await forge.issues(), wanted.marker, wanted.author);
  for (const twin of twins) await forge.editIssue(twin.id, { body: twin.body, closed: true });
  if (first !== undefined) {
    const put = await shrinking(wanted, (body) => edit(forge, first, body, wanted.resolved));
    if (put !== undefined) return put;
  }
  if (wanted.resolved) return { outcome: 'skipped' };
  const made = await shrinking(wanted, (body) => forge.addIssue(wanted.title, body));
  const [oldest = made, ...later] = ownPosts(await forge.issues(), wanted.marker, made.author);
  for (const twin of later) await forge.editIssue(twin.id, { body: twin.body, closed: true });
  if (oldest.id === made.id) return { outcome: 'created', url: made.url };
  const put = await shrinking(wanted, (body) => edit(forge, oldest, body, false));
  return put ?? { outcome: 'created', url: made.url };
}

async function edit(forge: Forge, issue: Post, body: string, closed: boolean): Promise<PutIssue | undefined> {
  if (!closed && sameText(issue.body, body)) return { outcome: 'unchanged', url: issue.url };
  const edited = await forge.editIssue(issue.id, { body, closed });
  if (edited === undefined) return undefined;
  return { outcome: closed ? 'closed' : 'updated', url: edited.url || issue.url };
}
