/** Merges as the forges' lists tell them. */

import type { LastEditor, MergedChange, Post } from '../../model/forge.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { ForgeClient } from './client.ts';
import { badReply } from './pages.ts';

/** Commits that are looked through for merges. */
export const MOST_COMMITS = 200;

/** A pull request of GitHub. */
export function mergedPull(pull: JsonObject): MergedChange | undefined {
  const { number, merged_at: mergedAt, merge_commit_sha: commit, head, base } = pull;
  const [from, to] = [isObject(head) ? head : {}, isObject(base) ? base : {}];
  if (typeof number !== 'number' || typeof mergedAt !== 'string') return undefined;
  if (typeof from.sha !== 'string' || typeof to.ref !== 'string') return undefined;
  const nameOf = (repo: Json | undefined) => (isObject(repo) ? repo.full_name : undefined);
  return {
    number,
    head: from.sha,
    target: to.ref,
    mergedAt,
    commit: typeof commit === 'string' ? commit : undefined,
    // The repository of a fork may be gone, and is null then.
    fork: from.repo !== undefined && nameOf(from.repo) !== nameOf(to.repo),
  };
}

/** A merge request of GitLab. */
export function mergedRequest(change: JsonObject): MergedChange | undefined {
  const { iid, sha, target_branch: target, merged_at: mergedAt } = change;
  const { source_project_id: from, target_project_id: to } = change;
  if (typeof iid !== 'number' || typeof sha !== 'string' || typeof target !== 'string') return undefined;
  const commit = [change.merge_commit_sha, change.squash_commit_sha, sha].find(
    (known) => typeof known === 'string',
  );
  return {
    number: iid,
    head: sha,
    target,
    mergedAt: typeof mergedAt === 'string' ? mergedAt : '',
    commit: typeof commit === 'string' ? commit : undefined,
    fork: from !== to,
  };
}

/** The commits of a comparison of GitHub, over all its pages. */
export async function comparedCommits(client: ForgeClient, path: string): Promise<readonly Json[]> {
  const commits: Json[] = [];
  for (let page = 1; commits.length < MOST_COMMITS; page += 1) {
    const request = {
      method: 'GET',
      path: `${path}?per_page=100&page=${page}`,
      retryClass: 'read',
    } as const;
    const reply = await client.send(request);
    const more = isObject(reply.body) ? reply.body.commits : undefined;
    if (!isArray(more)) throw badReply('GET', path, reply, 'it holds no commits');
    commits.push(...more);
    if (more.length < 100) break;
  }
  return commits;
}

/** The line of first parents from a commit on, as far as the commits are there. */
export function firstParents(to: string, commits: readonly Json[]): readonly string[] {
  const known = new Map(
    commits.filter(isObject).flatMap(({ sha, id, parents, parent_ids }) => {
      const name = typeof sha === 'string' ? sha : id;
      const first = isArray(parents) ? parents[0] : isArray(parent_ids) ? parent_ids[0] : undefined;
      const parent = isObject(first) ? first.sha : first;
      return typeof name === 'string'
        ? [[name, typeof parent === 'string' ? parent : undefined] as const]
        : [];
    }),
  );
  const line: string[] = [];
  for (let at: string | undefined = to; at !== undefined && known.has(at); at = known.get(at)) line.push(at);
  // A forge that names no parents lists the commits all the same.
  return line.length > 1 || known.size <= 1 ? line : [...known.keys()];
}

/** REST does not tell who changed a comment; GraphQL does. */
const FIELDS = 'databaseId editor { login } lastEditedAt';
export const EDITOR_OF_NODE = `query ($node: ID!) { node(id: $node) { ... on IssueComment { ${FIELDS} } } }`;
export const EDITORS_OF_PULL = `query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) { comments(last: 100) { nodes { ${FIELDS} } } }
  }
}`;
export const EDITOR_OF_NOTE =
  'query ($note: NoteID!) { note(id: $note) { lastEditedAt lastEditedBy { username } } }';

export function editorOnGithub(data: JsonObject | undefined, post: Post): LastEditor {
  if (data === undefined) return { known: false };
  const found = isObject(data.node) ? data.node : commentIn(data, post.id);
  return found === undefined ? { known: false } : editorIn(found.editor, 'login', found.lastEditedAt);
}

export function editorOnGitlab(data: JsonObject | undefined): LastEditor {
  const note = data !== undefined && isObject(data.note) ? data.note : undefined;
  return note === undefined ? { known: false } : editorIn(note.lastEditedBy, 'username', note.lastEditedAt);
}

/** An editor whose account is gone has no name, and was somebody all the same. */
function editorIn(editor: Json | undefined, field: string, at: Json | undefined): LastEditor {
  const name = isObject(editor) ? editor[field] : undefined;
  const login = typeof name === 'string' ? name : undefined;
  return login === undefined && typeof at === 'string' ? { known: false } : { known: true, login };
}

function commentIn({ repository }: JsonObject, id: string): JsonObject | undefined {
  const pull = isObject(repository) ? repository.pullRequest : undefined;
  const comments = isObject(pull) ? pull.comments : undefined;
  const nodes = isObject(comments) && isArray(comments.nodes) ? comments.nodes : [];
  return nodes.filter(isObject).find(({ databaseId }) => String(databaseId) === id);
}

/** By its times. A forge that tells none of them says nothing. */
export function wasEdited({ created_at: made, updated_at: changed }: JsonObject): boolean {
  return (made !== undefined || changed !== undefined) && made !== changed;
}
