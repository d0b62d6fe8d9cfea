import { afterEach } from 'vitest';
import { BOT, TOKEN } from '../forge/fake-forge.ts';
import { type ScriptedReply, type SeenRequest, startScriptedServer } from '../support/scripted-server.ts';
import { gitlabEnv, gitlabReply } from './gitlab-server.ts';

export interface Comment {
  readonly id: number;
  readonly author: string;
  body: string;
  /** Who changed it last, as GraphQL tells. */
  editor?: string;
  edited: boolean;
}

/** A change request as the forge keeps it. */
export interface Pull {
  readonly number: number;
  head: string;
  readonly target: string;
  /** The commit of its merge; undefined while it is open. */
  merged?: string;
  fork?: boolean;
  /** Branch that it comes from, where the forge was asked to open it. */
  readonly branch?: string;
  title?: string;
  body?: string;
  readonly comments: Comment[];
}

export interface Issue {
  readonly number: number;
  readonly title: string;
  body: string;
  open: boolean;
}

export interface ForgeServer {
  readonly pulls: Pull[];
  readonly issues: Issue[];
  /** Bodies of check runs or commit statuses. */
  readonly verdicts: { readonly commit: string; readonly name: string; readonly state: string }[];
  readonly requests: readonly SeenRequest[];
  open(head: string, target?: string): Pull;
  say(pull: Pull, body: string, author?: string): Comment;
  /** Variables of a workflow run on the branch. */
  env(commit: string, more?: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** Answers instead of the forge. */
  intercept: ((request: SeenRequest) => ScriptedReply | undefined) | undefined;
}

export interface ForgeServerOptions {
  /** False: there is no GraphQL. */
  readonly graph?: boolean;
  /** Account of the token. */
  readonly account?: string;
  readonly kind?: 'github' | 'gitlab';
}

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const MADE = '2026-01-01T00:00:00Z';
const CHANGED = '2026-01-02T00:00:00Z';

/** GitHub as a pipeline meets it: merges, comments, and who changed them. */
export async function forgeServer(options: ForgeServerOptions = {}): Promise<ForgeServer> {
  const account = options.account ?? BOT;
  let next = 1;
  const answer = (request: SeenRequest): ScriptedReply =>
    options.kind === 'gitlab' ? gitlabReply(request, forge, account, options.graph) : reply(request);
  const server = await startScriptedServer((request) => forge.intercept?.(request) ?? answer(request));
  cleanups.push(() => server.close());
  const forge: ForgeServer = {
    pulls: [],
    issues: [],
    verdicts: [],
    requests: server.requests,
    intercept: undefined,
    open: (head, target = 'main') => {
      const pull: Pull = { number: next++, head, target, comments: [] };
      forge.pulls.push(pull);
      return pull;
    },
    say: (pull, body, author = account) => {
      const comment: Comment = { id: 1000 + next++, author, body, edited: false };
      pull.comments.push(comment);
      return comment;
    },
    env: (commit, more = {}) =>
      options.kind === 'gitlab' ? gitlabEnv(server.url, commit, more) : githubEnv(commit, more),
  };
  const githubEnv = (commit: string, more: Readonly<Record<string, string>>) => ({
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: 'acme/voice',
    GITHUB_API_URL: server.url,
    GITHUB_SHA: commit,
    GITHUB_REF: 'refs/heads/main',
    GITHUB_TOKEN: TOKEN,
    ...more,
  });

  function reply(request: SeenRequest): ScriptedReply {
    const path = request.path.replace(/^\/v2/, '');
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, json: {} };
    if (path === '/graphql') return options.graph === false ? missing() : { json: graph(request) };
    const commits = /^\/repos\/acme\/voice\/commits\/([0-9a-f]+)\/pulls$/.exec(path);
    if (commits !== null) {
      return { json: forge.pulls.filter(({ merged }) => merged === commits[1]).map(shownPull) };
    }
    const sent = request.body === '' ? {} : JSON.parse(request.body);
    if (path === '/repos/acme/voice/check-runs') {
      forge.verdicts.push({ commit: sent.head_sha, name: sent.name, state: sent.conclusion });
      return { status: 201, json: { id: 1 } };
    }
    const status = /^\/repos\/acme\/voice\/statuses\/([0-9a-f]+)$/.exec(path);
    if (status !== null) {
      forge.verdicts.push({ commit: status[1] ?? '', name: sent.context, state: sent.state });
      return { status: 201, json: { id: 1 } };
    }
    if (path === '/repos/acme/voice/issues') {
      if (request.method === 'GET') return { json: forge.issues.filter(({ open }) => open).map(shownIssue) };
      const issue = { number: next++, title: sent.title, body: sent.body, open: true };
      forge.issues.push(issue);
      return { status: 201, json: shownIssue(issue) };
    }
    const issue = forge.issues.find(({ number }) => path === `/repos/acme/voice/issues/${number}`);
    if (issue !== undefined) {
      Object.assign(issue, { body: sent.body ?? issue.body, open: sent.state !== 'closed' });
      return { json: shownIssue(issue) };
    }
    if (path === '/repos/acme/voice/pulls' && request.method === 'POST') {
      const { head: branch, base: target, title, body } = sent;
      const pull: Pull = { number: next++, head: 'e'.repeat(40), target, branch, title, body, comments: [] };
      forge.pulls.push(pull);
      return { status: 201, json: shownPull(pull) };
    }
    if (/^\/repos\/acme\/voice\/pulls$/.test(path)) {
      return { json: forge.pulls.filter(({ merged }) => merged === undefined).map(shownPull) };
    }
    const one = /^\/repos\/acme\/voice\/pulls\/(\d+)$/.exec(path);
    if (one !== null) {
      const pull = forge.pulls.find(({ number }) => number === Number(one[1]));
      if (pull !== undefined && request.method === 'PATCH') {
        Object.assign(pull, { title: sent.title, body: sent.body });
      }
      return pull === undefined ? missing() : { json: shownPull(pull) };
    }
    const posts = /^\/repos\/acme\/voice\/issues\/(\d+)\/comments$/.exec(path);
    const pull = forge.pulls.find(({ number }) => number === Number(posts?.[1]));
    if (pull !== undefined) {
      if (request.method === 'GET') return { json: pull.comments.map(shownComment) };
      return { status: 201, json: shownComment(forge.say(pull, JSON.parse(request.body).body)) };
    }
    const comment = /^\/repos\/acme\/voice\/issues\/comments\/(\d+)$/.exec(path);
    const found = allComments().find(({ id }) => id === Number(comment?.[1]));
    if (found !== undefined && request.method === 'PATCH') {
      found.body = JSON.parse(request.body).body;
      found.edited = true;
      found.editor = account;
      return { json: shownComment(found) };
    }
    return missing();
  }

  function allComments(): readonly Comment[] {
    return forge.pulls.flatMap(({ comments }) => comments);
  }

  function graph(request: SeenRequest): object {
    const { variables } = JSON.parse(request.body);
    const found = allComments().find(({ id }) => `node-${id}` === variables.node);
    if (found === undefined) return { data: { node: null } };
    const editor = found.editor === undefined ? null : { login: found.editor.replace('[bot]', '') };
    return { data: { node: { databaseId: found.id, editor, lastEditedAt: found.edited ? CHANGED : null } } };
  }

  function shownIssue({ number, title, body, open }: Issue): object {
    const url = `https://forge.example/issues/${number}`;
    return { number, title, body, state: open ? 'open' : 'closed', user: { login: account }, html_url: url };
  }

  function shownPull({ number, head, target, merged, fork, branch }: Pull): object {
    return {
      number,
      html_url: `https://forge.example/pull/${number}`,
      state: merged === undefined ? 'open' : 'closed',
      merged_at: merged === undefined ? null : new Date().toISOString(),
      merge_commit_sha: merged ?? null,
      head: {
        sha: head,
        ref: branch ?? `branch-${number}`,
        repo: { full_name: fork === true ? 'mallory/voice' : 'acme/voice' },
      },
      base: { ref: target, repo: { full_name: 'acme/voice' } },
    };
  }

  function shownComment({ id, author, body, edited }: Comment): object {
    return {
      id,
      node_id: `node-${id}`,
      user: { login: author },
      body,
      html_url: `https://forge.example/${id}`,
      created_at: MADE,
      updated_at: edited ? CHANGED : MADE,
    };
  }

  function missing(): ScriptedReply {
    return { status: 404, json: { message: 'Not Found' } };
  }

  return forge;
}
