import { afterEach } from 'vitest';
import type { ForgeOptions } from '../../src/live/forge/client.ts';
import { githubForge } from '../../src/live/forge/github.ts';
import { gitlabForge } from '../../src/live/forge/gitlab.ts';
import type { Forge, ForgeName } from '../../src/model/forge.ts';
import {
  type ScriptedReply,
  type ScriptedServer,
  type SeenRequest,
  startScriptedServer,
} from '../support/scripted-server.ts';

export const TOKEN = 'KEY_TEST_FORGE_0123456789';
export const HEAD = '1111111111111111111111111111111111111111';
export const MERGED = '2222222222222222222222222222222222222222';
export const CHANGE = 7;
export const BOT = 'github-actions[bot]';

export interface Entry {
  readonly id: number;
  readonly author: string;
  body: string;
  readonly title?: string;
  open?: boolean;
}

export interface FakeOptions {
  /** Login of the token's user; null where the forge does not tell. */
  readonly user?: string | null;
  /** Who a post is by. */
  readonly author?: string;
  readonly longest?: number;
  /** Answers instead of the forge; the request has its effect only when this gives nothing. */
  readonly intercept?: (request: SeenRequest, index: number) => ScriptedReply | undefined;
  /** Runs before a write takes effect: another run that is faster. */
  readonly before?: (request: SeenRequest, forge: FakeForge) => void;
  readonly withoutLink?: boolean;
}

export interface FakeForge {
  readonly name: ForgeName;
  readonly url: string;
  readonly comments: Entry[];
  readonly issues: Entry[];
  head: string;
  readonly requests: readonly SeenRequest[];
  add(author: string, body: string): Entry;
  /** `METHOD path` of everything but GET. */
  writes(): readonly string[];
}

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A forge with one open change and one that was merged as `MERGED`, on loopback. */
export async function fakeForge(name: ForgeName, options: FakeOptions = {}): Promise<FakeForge> {
  let next = 100;
  const server: ScriptedServer = await startScriptedServer((request, index) => {
    const early = options.intercept?.(request, index);
    if (early !== undefined) return early;
    const denied = checkToken(request);
    if (denied !== undefined) return denied;
    if (request.method !== 'GET') options.before?.(request, forge);
    return name === 'github' ? github(request) : gitlab(request);
  });
  cleanups.push(() => server.close());
  const forge: FakeForge = {
    name,
    url: server.url,
    comments: [],
    issues: [],
    head: HEAD,
    requests: server.requests,
    add: (author, body) => {
      const entry = { id: next++, author, body };
      forge.comments.push(entry);
      return entry;
    },
    writes: () =>
      server.requests
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path }) => `${method} ${path.slice('/v2'.length)}`),
  };
  const author = options.author ?? options.user ?? BOT;
  const longest = options.longest ?? (name === 'github' ? 65_536 : 1_000_000);

  function checkToken({ headers }: SeenRequest): ScriptedReply | undefined {
    const sent = [
      headers.authorization?.replace('Bearer ', ''),
      headers['private-token'],
      headers['job-token'],
    ];
    return sent.includes(TOKEN) ? undefined : { status: 401, json: { message: 'Bad credentials' } };
  }

  function page(items: readonly unknown[], { query, path }: SeenRequest): ScriptedReply {
    const asked = new URLSearchParams(query);
    const [size, number] = [Number(asked.get('per_page') ?? 30), Number(asked.get('page') ?? 1)];
    const more = items.length > size * number;
    const link = `<https://elsewhere.example${path}?page=${number + 1}>; rel="next", <x>; rel="last"`;
    return {
      json: items.slice(size * (number - 1), size * number),
      headers: options.withoutLink === true ? {} : { link: more ? link : '<x>; rel="first"' },
    };
  }

  function change(entries: Entry[], id: number, method: string, body: string | undefined): ScriptedReply {
    const at = entries.findIndex((entry) => entry.id === id);
    const entry = entries[at];
    if (entry === undefined) return { status: 404, json: { message: 'Not Found' } };
    if (method === 'DELETE') {
      entries.splice(at, 1);
      return { status: 204 };
    }
    if (body !== undefined && body.length > longest) return tooLong();
    if (body !== undefined) entry.body = body;
    return { json: show(entry) };
  }

  function create(entries: Entry[], body: string, title?: string): ScriptedReply {
    if (body.length > longest) return tooLong();
    const entry: Entry = { id: next++, author, body, open: true, ...(title === undefined ? {} : { title }) };
    entries.push(entry);
    return { status: 201, json: show(entry) };
  }

  function tooLong(): ScriptedReply {
    if (name === 'gitlab') {
      return { status: 400, json: { message: { note: [`is too long (maximum is ${longest} characters)`] } } };
    }
    const message = `Body is too long (maximum is ${longest} characters)`;
    const errors = [{ resource: 'IssueComment', code: 'unprocessable', field: 'data', message }];
    return { status: 422, json: { message: 'Validation Failed', errors } };
  }

  function show(entry: Entry): object {
    const url = `https://forge.example/acme/voice/${entry.id}`;
    if (name === 'github') {
      return {
        id: entry.id,
        number: entry.id,
        user: { login: entry.author },
        body: entry.body,
        html_url: url,
      };
    }
    const shown = {
      id: entry.id,
      iid: entry.id,
      author: { username: entry.author },
      web_url: url,
      system: false,
    };
    return { ...shown, body: entry.body, description: entry.body };
  }

  const opened = (): readonly object[] =>
    forge.issues.filter(({ open }) => open !== false).map((entry) => show(entry));

  function github(request: SeenRequest): ScriptedReply {
    const path = request.path.slice('/v2'.length);
    const sent = request.body === '' ? {} : JSON.parse(request.body);
    const repo = '/repos/acme/voice';
    if (path === '/user') {
      if (typeof options.user === 'string') return { json: { login: options.user } };
      return { status: 403, json: { message: 'Resource not accessible by integration' } };
    }
    if (path === `${repo}/pulls/${CHANGE}`) return { json: { state: 'open', head: { sha: forge.head } } };
    if (path === `${repo}/commits/${MERGED}/pulls`) {
      const merged = { merged_at: '2026-01-01T00:00:00Z' };
      return page(
        [
          { number: 3, merged_at: null, merge_commit_sha: MERGED },
          { number: 5, ...merged, merge_commit_sha: HEAD },
          { number: CHANGE, ...merged, merge_commit_sha: MERGED },
        ],
        request,
      );
    }
    if (/\/commits\/[^/]+\/pulls$/.test(path)) return { json: [] };
    if (path === `${repo}/issues/${CHANGE}/comments`) {
      if (request.method === 'GET') return page(forge.comments.map(show), request);
      return create(forge.comments, sent.body);
    }
    const comment = new RegExp(`^${repo}/issues/comments/(\\d+)$`).exec(path);
    if (comment !== null) return change(forge.comments, Number(comment[1]), request.method, sent.body);
    if (path === `${repo}/issues`) {
      const pull = { number: CHANGE, pull_request: {}, user: { login: author }, body: '', html_url: '' };
      if (request.method === 'GET') return page([pull, ...opened()], request);
      return create(forge.issues, sent.body, sent.title);
    }
    const issue = new RegExp(`^${repo}/issues/(\\d+)$`).exec(path);
    if (issue !== null) return editIssue(Number(issue[1]), sent.body, sent.state === 'closed');
    return { status: 404, json: { message: 'Not Found' } };
  }

  function gitlab(request: SeenRequest): ScriptedReply {
    const path = request.path.slice('/v2'.length);
    const sent = request.body === '' ? {} : JSON.parse(request.body);
    const project = '/projects/acme%2Fvoice';
    const notes = `${project}/merge_requests/${CHANGE}/notes`;
    if (path === '/user') {
      const known = typeof options.user === 'string' && request.headers['job-token'] === undefined;
      return known
        ? { json: { username: options.user } }
        : { status: 401, json: { message: '401 Unauthorized' } };
    }
    if (request.headers['job-token'] !== undefined)
      return { status: 403, json: { message: '403 Forbidden' } };
    if (path === `${project}/merge_requests/${CHANGE}`) return { json: { iid: CHANGE, sha: forge.head } };
    if (path === `${project}/repository/commits/${MERGED}/merge_requests`) {
      return page([{ iid: CHANGE, state: 'merged', squash_commit_sha: MERGED }], request);
    }
    if (/\/merge_requests$/.test(path)) return { json: [] };
    if (path === notes) {
      const system = { id: 1, system: true, author: { username: author }, body: 'changed the title' };
      if (request.method === 'GET') return page([system, ...forge.comments.map(show)], request);
      return create(forge.comments, sent.body);
    }
    const note = new RegExp(`^${notes}/(\\d+)$`).exec(path);
    if (note !== null) return change(forge.comments, Number(note[1]), request.method, sent.body);
    if (path === `${project}/issues`) {
      return request.method === 'GET'
        ? page(opened(), request)
        : create(forge.issues, sent.description, sent.title);
    }
    const issue = new RegExp(`^${project}/issues/(\\d+)$`).exec(path);
    if (issue !== null) return editIssue(Number(issue[1]), sent.description, sent.state_event === 'close');
    return { status: 404, json: { message: '404 Not found' } };
  }

  function editIssue(id: number, body: string, closed: boolean): ScriptedReply {
    const reply = change(forge.issues, id, 'PATCH', body);
    const entry = forge.issues.find((issue) => issue.id === id);
    if (closed && entry !== undefined) entry.open = false;
    return reply;
  }

  return forge;
}

/** The client of the program, pointed at the fake; sleeps are counted and not slept. */
export function clientOf(
  fake: FakeForge,
  options: Partial<ForgeOptions> = {},
): { readonly forge: Forge; readonly slept: readonly number[] } {
  const slept: number[] = [];
  let skipped = 0;
  const make = fake.name === 'github' ? githubForge : gitlabForge;
  const forge = make({
    baseUrl: fake.url,
    token: TOKEN,
    tokenHeader: fake.name === 'github' ? 'bearer' : 'private-token',
    repository: 'acme/voice',
    clock: {
      now: () => Date.now() + skipped,
      sleep: async (ms) => {
        slept.push(ms);
        skipped += ms;
      },
    },
    random: () => 0.5,
    userAgent: 'assistantctl/test',
    ...options,
  });
  cleanups.push(() => forge.close());
  return { forge, slept };
}
