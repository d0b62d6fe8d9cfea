import { ApiError } from '../../model/errors.ts';
import type { ChangeLink, CommitVerdict, Forge, Post } from '../../model/forge.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import {
  askWho,
  createForgeClient,
  type ForgeOptions,
  type ForgeReply,
  type ForgeRequest,
} from './client.ts';
import { createGraph } from './graph.ts';
import {
  comparedCommits,
  EDITOR_OF_NODE,
  EDITORS_OF_PULL,
  editorOnGithub,
  firstParents,
  MOST_COMMITS,
  mergedPull,
  wasEdited,
} from './merged.ts';
import { badReply, readAll, readSome } from './pages.ts';

/** GitHub over REST. Source of paths, fields and limits: GitHub's REST API documentation, version 2022-11-28. */

const HEADERS = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };
/** The documented length of a comment's body is 65,536 characters. */
const LONGEST_BODY = 65_536;
/** The documented length of the description of a commit status. */
const LONGEST_STATUS = 140;

export function githubForge(options: ForgeOptions): Forge {
  const client = createForgeClient(options, HEADERS);
  const graph = createGraph(options, HEADERS);
  const repo = `/repos/${options.repository.split('/').map(encodeURIComponent).join('/')}`;

  async function write(request: ForgeRequest): Promise<Post | undefined> {
    const reply = await client.send(request);
    return reply.status === 404 ? undefined : postOf(request, reply);
  }

  /** False where the token may not. */
  async function addCheckRun(commit: string, verdict: CommitVerdict): Promise<boolean> {
    const { name, state, title, summary = '', run } = verdict;
    const body = {
      name,
      head_sha: commit,
      ...(state === 'pending' ? { status: 'in_progress' } : { status: 'completed', conclusion: state }),
      output: { title, summary },
      ...(run !== undefined && { details_url: run }),
    };
    try {
      await client.send({ method: 'POST', path: `${repo}/check-runs`, body, retryClass: 'once' });
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'FORGE_DENIED') return false;
      throw error;
    }
  }

  async function mergedPulls(commit: string): Promise<readonly JsonObject[]> {
    const found = await readAll(client, `${repo}/commits/${encodeURIComponent(commit)}/pulls`);
    return found.filter(isObject).filter(({ merged_at }) => typeof merged_at === 'string');
  }

  return {
    name: 'github',
    longestBody: LONGEST_BODY,
    async whoAmI() {
      // The token of a workflow is an app's and is refused here.
      const body = await askWho(client);
      return isObject(body) && typeof body.login === 'string' ? body.login : undefined;
    },
    async headOf(change) {
      const path = `${repo}/pulls/${change}`;
      const reply = await client.send({ method: 'GET', path, retryClass: 'read' });
      const head = isObject(reply.body) ? reply.body.head : undefined;
      if (isObject(head) && typeof head.sha === 'string') return head.sha;
      throw badReply('GET', path, reply, 'the pull request has no head.sha');
    },
    async mergedAs(commit) {
      return changeNumbers(await mergedPulls(commit), 'number', (pull) => pull.merge_commit_sha === commit);
    },
    mergedChanges: async (commit) => (await mergedPulls(commit)).flatMap((pull) => mergedPull(pull) ?? []),
    async commitsBetween(from, to) {
      const [first, last] = [from, to].map((commit) => encodeURIComponent(commit ?? ''));
      const commits =
        from === undefined
          ? await readSome(client, `${repo}/commits?sha=${last}`, MOST_COMMITS)
          : await comparedCommits(client, `${repo}/compare/${first}...${last}`);
      return firstParents(to, commits);
    },
    async lastEditor(change, post) {
      const [owner = '', name = ''] = options.repository.split('/');
      const data =
        post.node === undefined
          ? await graph.ask(EDITORS_OF_PULL, { owner, name, number: change })
          : await graph.ask(EDITOR_OF_NODE, { node: post.node });
      return editorOnGithub(data, post);
    },
    async openChanges(target) {
      const found = await readAll(client, `${repo}/pulls?state=open&base=${encodeURIComponent(target)}`);
      return found.filter(isObject).flatMap(({ number, head }) => {
        const sha = isObject(head) ? head.sha : undefined;
        return typeof number === 'number' && typeof sha === 'string' ? [{ number, head: sha }] : [];
      });
    },
    async openChangeFrom(branch, target) {
      const [owner = ''] = options.repository.split('/');
      const query = `state=open&head=${encodeURIComponent(`${owner}:${branch}`)}&base=${encodeURIComponent(target)}`;
      const found = await readAll(client, `${repo}/pulls?${query}`);
      // A server that does not know the filter lists others too.
      const own = found.filter(isObject).find(({ head }) => isObject(head) && head.ref === branch);
      return own === undefined ? undefined : linkOf(own);
    },
    async addChange({ branch, target, title, body }) {
      const path = `${repo}/pulls`;
      const sent = { title, body, head: branch, base: target };
      const reply = await client.send({ method: 'POST', path, body: sent, retryClass: 'once' });
      return requiredLink('POST', path, reply);
    },
    async editChange(change, { title, body }) {
      const path = `${repo}/pulls/${change}`;
      const sent = { title, body };
      const reply = await client.send({ method: 'PATCH', path, body: sent, retryClass: 'idempotent' });
      return requiredLink('PATCH', path, reply);
    },
    async setVerdict(commit, verdict) {
      // Only apps may make check runs, which have room for a summary; every other token makes a status.
      if (verdict.summary !== undefined && (await addCheckRun(commit, verdict))) return;
      const { name, state, title, run } = verdict;
      const path = `${repo}/statuses/${encodeURIComponent(commit)}`;
      const body = {
        state: state === 'neutral' ? 'success' : state,
        context: name,
        description: shortened(title, LONGEST_STATUS),
        ...(run !== undefined && { target_url: run }),
      };
      await client.send({ method: 'POST', path, body, retryClass: 'idempotent' });
    },
    comments: async (change) => posts(await readAll(client, `${repo}/issues/${change}/comments`)),
    async addComment(change, body) {
      const path = `${repo}/issues/${change}/comments`;
      return required(path, await write({ method: 'POST', path, body: { body }, retryClass: 'once' }));
    },
    editComment: (_change, id, body) =>
      write({
        method: 'PATCH',
        path: `${repo}/issues/comments/${id}`,
        body: { body },
        retryClass: 'idempotent',
        mayBeMissing: true,
      }),
    async removeComment(_change, id) {
      const path = `${repo}/issues/comments/${id}`;
      await client.send({ method: 'DELETE', path, retryClass: 'idempotent', mayBeMissing: true });
    },
    async issues() {
      const found = await readAll(client, `${repo}/issues?state=open&sort=created&direction=asc`);
      // The list of issues has the pull requests too.
      return posts(
        found.filter((item) => isObject(item) && item.pull_request === undefined),
        'number',
      );
    },
    async addIssue(title, body) {
      const path = `${repo}/issues`;
      const request = { method: 'POST', path, body: { title, body }, retryClass: 'once' } as const;
      const reply = await client.send(request);
      return required(path, postOf(request, reply, 'number'));
    },
    async editIssue(id, { body, closed }) {
      const request: ForgeRequest = {
        method: 'PATCH',
        path: `${repo}/issues/${id}`,
        body: { body, ...(closed ? { state: 'closed', state_reason: 'completed' } : {}) },
        retryClass: 'idempotent',
        mayBeMissing: true,
      };
      const reply = await client.send(request);
      return reply.status === 404 ? undefined : postOf(request, reply, 'number');
    },
    close: async () => {
      await Promise.all([client.close(), graph.close()]);
    },
  };
}

function linkOf({ number, html_url: url }: JsonObject): ChangeLink | undefined {
  return typeof number === 'number' ? { number, url: typeof url === 'string' ? url : '' } : undefined;
}

function requiredLink(method: string, path: string, reply: ForgeReply): ChangeLink {
  const link = isObject(reply.body) ? linkOf(reply.body) : undefined;
  if (link !== undefined) return link;
  throw badReply(method, path, reply, 'it holds no pull request');
}

function required(path: string, post: Post | undefined): Post {
  if (post !== undefined) return post;
  throw badReply('POST', path, { status: 404, headers: {} }, 'nothing was made');
}

function postOf(request: ForgeRequest, reply: ForgeReply, idField = 'id'): Post {
  const post = decodePost(reply.body, idField);
  if (post !== undefined) return post;
  throw badReply(request.method, request.path, reply, 'it holds no comment');
}

function posts(items: readonly Json[], idField = 'id'): readonly Post[] {
  return items.flatMap((item) => decodePost(item, idField) ?? []);
}

function decodePost(value: Json, idField: string): Post | undefined {
  if (!isObject(value) || typeof value[idField] !== 'number') return undefined;
  const { user, body, html_url: url, node_id: node } = value;
  return {
    id: String(value[idField]),
    // An account that is gone leaves its comments behind without a user.
    author: isObject(user) && typeof user.login === 'string' ? user.login : '',
    body: typeof body === 'string' ? body : '',
    url: typeof url === 'string' ? url : '',
    edited: wasEdited(value),
    ...(typeof node === 'string' && { node }),
  };
}

/** The text, or its beginning with a sign that there is more. */
export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** Numbers of changes; those that the test holds for come first. */
export function changeNumbers(
  changes: readonly JsonObject[],
  field: string,
  first: (change: JsonObject) => boolean,
): readonly number[] {
  const ordered = [...changes.filter(first), ...changes.filter((change) => !first(change))];
  return ordered.flatMap((change) => {
    const number = change[field];
    return typeof number === 'number' ? [number] : [];
  });
}
