import { ApiError } from '../model/errors.ts';
import type { Forge, LastEditor, MergedChange, Post } from '../model/forge.ts';
import type { Marker } from '../render/markdown/marker.ts';
import { NO_DIGEST } from '../render/markdown/marker.ts';
import { markedPosts, otherApps } from './sticky.ts';

/** A change request that was merged since the last completed apply, and what its reviewers agreed to. */
export interface MergedSet {
  readonly change: number;
  readonly merged: string;
  /** Undefined where it does not count. */
  readonly marker: Marker | undefined;
  /** Why it does not. */
  readonly why?: string;
}

export interface MergedQuestion {
  readonly environment: string;
  readonly project: string;
  /** Account that the pipeline writes its comments as. */
  readonly author: string;
  /** Branch at hand: a request counts only when it was merged into it. */
  readonly target: string;
  /** The commit at hand. */
  readonly commit: string;
  /** The commit of the last completed apply; undefined where there was none. */
  readonly since: string | undefined;
  /** Commits between the two, the newest first, where the clone knows them; else the forge is asked. */
  readonly commits: readonly string[] | undefined;
}

/**
 * The requests of a range of commits, the oldest merge first, each with its set where that counts. One whose comments
 * cannot be read rejects, because it is not known whether it counts; for a report (`unreadable: 'absent'`) it only has
 * no set.
 */
export async function mergedSets(
  forge: Forge,
  question: MergedQuestion,
  { unreadable = 'reject' }: { readonly unreadable?: 'reject' | 'absent' } = {},
): Promise<readonly MergedSet[]> {
  const commits = question.commits ?? (await forge.commitsBetween(question.since, question.commit));
  const range = new Set(commits);
  const found = new Map<number, MergedChange>();
  for (const commit of commits.toReversed()) {
    for (const change of await forge.mergedChanges(commit)) {
      const inRange = change.commit === undefined || range.has(change.commit);
      if (change.target === question.target && inRange && !found.has(change.number)) {
        found.set(change.number, change);
      }
    }
  }
  const sets: MergedSet[] = [];
  for (const change of found.values()) {
    try {
      sets.push(await setOf(forge, change, question));
    } catch (error) {
      if (unreadable === 'reject' || !(error instanceof ApiError)) throw error;
      const { number, mergedAt } = change;
      sets.push({ change: number, merged: mergedAt, marker: undefined, why: error.message });
    }
  }
  return sets;
}

async function setOf(forge: Forge, change: MergedChange, question: MergedQuestion): Promise<MergedSet> {
  const { number, mergedAt } = change;
  const absent = (why: string): MergedSet => ({ change: number, merged: mergedAt, marker: undefined, why });
  if (change.fork) return absent('comes from a fork, whose plan nobody made with the account');
  const { environment, project, author } = question;
  const subject = { topic: 'plan', environment, project, digest: NO_DIGEST };
  const comments = await forge.comments(number);
  const found = markedPosts(comments, subject, author).at(-1);
  if (found === undefined) {
    const [app] = otherApps(comments, subject, author);
    const hint = app === undefined ? '' : `; if the pipeline writes as ${app}, say so with --author`;
    return absent(`has no plan of ${environment} by ${author}${hint}`);
  }
  const { post, marker } = found;
  if (marker.review === undefined || marker.digest === NO_DIGEST) {
    return absent('shows a plan that failed, or one that names no set');
  }
  if (!sameHead(marker.review.head, change.head)) {
    const shown = marker.review.head?.slice(0, 12) ?? 'no commit';
    return absent(`was merged at ${change.head.slice(0, 12)}, and its plan is of ${shown}`);
  }
  const editor = await editorProblem(forge, number, post, author);
  if (editor !== undefined) return absent(editor);
  return {
    change: number,
    merged: mergedAt,
    marker: { ...marker, review: { ...marker.review, merged: mergedAt, change: number } },
  };
}

/** Why the text of a comment is not the pipeline's own any more. */
async function editorProblem(
  forge: Forge,
  change: number,
  post: Post,
  author: string,
): Promise<string | undefined> {
  const editor = await forge.lastEditor(change, post);
  if (!editor.known) {
    return post.edited ? 'shows a comment that was changed, and the forge does not say by whom' : undefined;
  }
  if (!isForeign(editor, author)) return undefined;
  return `shows a comment that ${editor.login} changed last`;
}

/** True where somebody else than the pipeline changed a post last. */
export function isForeign(editor: LastEditor, author: string): editor is ForeignEditor {
  return editor.known && editor.login !== undefined && !sameAccount(editor.login, author);
}

type ForeignEditor = { readonly known: true; readonly login: string };

/** The interfaces of GitHub name an app with and without its suffix. */
function sameAccount(a: string, b: string): boolean {
  const bare = (login: string): string => login.toLowerCase().replace(/\[bot\]$/, '');
  return bare(a) === bare(b);
}

function sameHead(shown: string | null, merged: string): boolean {
  return shown !== null && shown.length >= 40 && shown.toLowerCase() === merged.toLowerCase();
}
