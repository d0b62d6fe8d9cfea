import { ApiError } from '../../model/errors.ts';
import type { ChangeLink, Forge, Post } from '../../model/forge.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import {
  askWho,
  createForgeClient,
  type ForgeOptions,
  type ForgeReply,
  type ForgeRequest,
} from './client.ts';
import { changeNumbers, shortened } from './github.ts';
import { createGraph } from './graph.ts';
import {
  EDITOR_OF_NOTE,
  editorOnGitlab,
  firstParents,
  MOST_COMMITS,
  mergedRequest,
  wasEdited,
} from './merged.ts';
import { badReply, readAll, readSome } from './pages.ts';

/** GitLab over REST. Source of paths, fields and limits: GitLab's REST API documentation, v4. */

/** The documented length of a note is 1,000,000 characters; GitLab folds away far shorter ones in its pages. */
const LONGEST_BODY = 250_000;
/** The documented length of the description of a commit status. */
const LONGEST_STATUS = 255;
/** There is no answer between success and failure. */
const STATES = { pending: 'pending', success: 'success', neutral: 'success', failure: 'failed' } as const;

export function gitlabForge(options: ForgeOptions): Forge {
  const client = createForgeClient(options, {});
  const graph = createGraph(options, {});
  const project = `/projects/${encodeURIComponent(options.repository)}`;
  const request = (change: number): string => `${project}/merge_requests/${change}`;

  async function write(sent: ForgeRequest, idField: string): Promise<Post | undefined> {
    const reply = await client.send(sent);
    return reply.status === 404 ? undefined : postOf(sent, reply, idField);
  }

  async function mergedRequests(commit: string): Promise<readonly JsonObject[]> {
    const path = `${project}/repository/commits/${encodeURIComponent(commit)}/merge_requests`;
    return (await readAll(client, path)).filter(isObject).filter(({ state }) => state === 'merged');
  }

  return {
    name: 'gitlab',
    longestBody: LONGEST_BODY,
    async whoAmI() {
      // A job token belongs to a job and not to a user.
      const body = await askWho(client);
      return isObject(body) && typeof body.username === 'string' ? body.username : undefined;
    },
    async headOf(change) {
      const reply = await client.send({ method: 'GET', path: request(change), retryClass: 'read' });
      const sha = isObject(reply.body) ? reply.body.sha : undefined;
      if (typeof sha === 'string') return sha;
      throw badReply('GET', request(change), reply, 'the merge request has no sha');
    },
    async mergedAs(commit) {
      return changeNumbers(await mergedRequests(commit), 'iid', (change) => madeBy(change, commit));
    },
    mergedChanges: async (commit) =>
      (await mergedRequests(commit)).flatMap((change) => mergedRequest(change) ?? []),
    async commitsBetween(from, to) {
      const last = encodeURIComponent(to);
      if (from === undefined) {
        const path = `${project}/repository/commits?ref_name=${last}&first_parent=true`;
        return firstParents(to, await readSome(client, path, MOST_COMMITS));
      }
      const path = `${project}/repository/compare?from=${encodeURIComponent(from)}&to=${last}`;
      const reply = await client.send({ method: 'GET', path, retryClass: 'read' });
      const commits = isObject(reply.body) ? reply.body.commits : undefined;
      if (!isArray(commits)) throw badReply('GET', path, reply, 'it holds no commits');
      return firstParents(to, commits);
    },
    lastEditor: async (_change, post) =>
      editorOnGitlab(await graph.ask(EDITOR_OF_NOTE, { note: `gid://gitlab/Note/${post.id}` })),
    async openChanges(target) {
      const path = `${project}/merge_requests?state=opened&target_branch=${encodeURIComponent(target)}`;
      const found = (await readAll(client, path)).filter(isObject);
      return found.flatMap(({ iid, sha }) =>
        typeof iid === 'number' && typeof sha === 'string' ? [{ number: iid, head: sha }] : [],
      );
    },
    async openChangeFrom(branch, target) {
      const query = `state=opened&source_branch=${encodeURIComponent(branch)}&target_branch=${encodeURIComponent(target)}`;
      const found = await readAll(client, `${project}/merge_requests?${query}`);
      // A branch of a fork may have the same name.
      const own = found
        .filter(isObject)
        .find(
          ({ source_branch: name, source_project_id: from, target_project_id: to }) =>
            name === branch && from === to,
        );
      return own === undefined ? undefined : linkOf(own);
    },
    async addChange({ branch, target, title, body }) {
      const path = `${project}/merge_requests`;
      const sent = {
        title,
        description: withoutQuickActions(body),
        source_branch: branch,
        target_branch: target,
        remove_source_branch: true,
      };
      const reply = await client.send({ method: 'POST', path, body: sent, retryClass: 'once' });
      return requiredLink('POST', path, reply);
    },
    async editChange(change, { title, body }) {
      const path = request(change);
      const sent = { title, description: withoutQuickActions(body) };
      const reply = await client.send({ method: 'PUT', path, body: sent, retryClass: 'idempotent' });
      return requiredLink('PUT', path, reply);
    },
    comments: async (change) => {
      const found = await readAll(client, `${request(change)}/notes?sort=asc&order_by=created_at`);
      return posts(
        found.filter((note) => isObject(note) && note.system !== true),
        'id',
      );
    },
    async addComment(change, body) {
      const path = `${request(change)}/notes`;
      const sent = { method: 'POST', path, body: noteBody(body), retryClass: 'once' } as const;
      return postOf(sent, await client.send(sent), 'id');
    },
    editComment: (change, id, body) =>
      write(
        {
          method: 'PUT',
          path: `${request(change)}/notes/${id}`,
          body: noteBody(body),
          retryClass: 'idempotent',
          mayBeMissing: true,
        },
        'id',
      ),
    async removeComment(change, id) {
      const path = `${request(change)}/notes/${id}`;
      await client.send({ method: 'DELETE', path, retryClass: 'idempotent', mayBeMissing: true });
    },
    issues: async () =>
      posts(await readAll(client, `${project}/issues?state=opened&order_by=created_at&sort=asc`), 'iid'),
    async addIssue(title, body) {
      const sent = {
        method: 'POST',
        path: `${project}/issues`,
        body: { title, description: withoutQuickActions(body) },
        retryClass: 'once',
      } as const;
      return postOf(sent, await client.send(sent), 'iid');
    },
    editIssue: (id, { body, closed }) =>
      write(
        {
          method: 'PUT',
          path: `${project}/issues/${id}`,
          body: { description: withoutQuickActions(body), ...(closed ? { state_event: 'close' } : {}) },
          retryClass: 'idempotent',
          mayBeMissing: true,
        },
        'iid',
      ),
    async setVerdict(commit, { name, state, title, run }) {
      const path = `${project}/statuses/${encodeURIComponent(commit)}`;
      const body = {
        state: STATES[state],
        name,
        description: shortened(title, LONGEST_STATUS),
        ...(run !== undefined && { target_url: run }),
      };
      try {
        await client.send({ method: 'POST', path, body, retryClass: 'idempotent' });
      } catch (error) {
        // GitLab refuses to set a status that is so already.
        if (error instanceof ApiError && error.status === 400 && /transition/i.test(error.message)) return;
        throw error;
      }
    },
    close: async () => {
      await Promise.all([client.close(), graph.close()]);
    },
  };
}

function linkOf({ iid, web_url: url }: JsonObject): ChangeLink | undefined {
  return typeof iid === 'number' ? { number: iid, url: typeof url === 'string' ? url : '' } : undefined;
}

function requiredLink(method: string, path: string, reply: ForgeReply): ChangeLink {
  const link = isObject(reply.body) ? linkOf(reply.body) : undefined;
  if (link !== undefined) return link;
  throw badReply(method, path, reply, 'it holds no merge request');
}

function noteBody(body: string): JsonObject {
  return { body: withoutQuickActions(body) };
}

/** GitLab obeys lines such as `/merge` wherever they are not code; a backslash makes them text. */
export function withoutQuickActions(text: string): string {
  let fence = '';
  return text
    .split('\n')
    .map((line) => {
      const [, ticks, info = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
      if (ticks !== undefined && fence === '') fence = ticks;
      else if (ticks?.startsWith(fence) === true && info.trim() === '') fence = '';
      return fence === '' ? line.replace(/^(\s*)\/(?=\w)/, '$1\\/') : line;
    })
    .join('\n');
}

function madeBy(change: JsonObject, commit: string): boolean {
  return change.merge_commit_sha === commit || change.squash_commit_sha === commit || change.sha === commit;
}

function postOf(request: ForgeRequest, reply: ForgeReply, idField: string): Post {
  const post = decodePost(reply.body, idField);
  if (post !== undefined) return post;
  throw badReply(request.method, request.path, reply, 'it holds no note');
}

function posts(items: readonly Json[], idField: string): readonly Post[] {
  return items.flatMap((item) => decodePost(item, idField) ?? []);
}

/** Notes have `body`, issues `description`. */
function decodePost(value: Json, idField: string): Post | undefined {
  if (!isObject(value) || typeof value[idField] !== 'number') return undefined;
  const { author, web_url: url } = value;
  const body = value.body ?? value.description;
  return {
    id: String(value[idField]),
    author: isObject(author) && typeof author.username === 'string' ? author.username : '',
    body: typeof body === 'string' ? body : '',
    url: typeof url === 'string' ? url : '',
    edited: wasEdited(value),
  };
}
