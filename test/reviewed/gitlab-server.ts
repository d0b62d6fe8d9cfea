import { TOKEN } from '../forge/fake-forge.ts';
import type { ScriptedReply, SeenRequest } from '../support/scripted-server.ts';
import type { Comment, ForgeServer, Issue, Pull } from './forge-server.ts';

/** GitLab as a pipeline meets it, over the same change requests. */

const PROJECT = '/api/v4/projects/acme%2Fvoice';
const MADE = '2026-01-01T00:00:00.000Z';
const CHANGED = '2026-01-02T00:00:00.000Z';

export function gitlabEnv(
  url: string,
  commit: string,
  more: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return {
    GITLAB_CI: 'true',
    CI_PROJECT_PATH: 'acme/voice',
    CI_API_V4_URL: `${new URL(url).origin}/api/v4`,
    CI_COMMIT_SHA: commit,
    CI_COMMIT_BRANCH: 'main',
    CI_DEFAULT_BRANCH: 'main',
    GITLAB_TOKEN: TOKEN,
    ...more,
  };
}

export function gitlabReply(
  request: SeenRequest,
  forge: ForgeServer,
  account: string,
  graph: boolean | undefined,
): ScriptedReply {
  const { path, method, query } = request;
  const sent = request.body === '' ? {} : JSON.parse(request.body);
  // GraphQL takes the same header as REST.
  if (request.headers['private-token'] !== TOKEN)
    return { status: 401, json: { message: '401 Unauthorized' } };
  if (path === '/api/graphql') return graph === false ? missing() : { json: graphReply(forge, sent) };
  if (path === '/api/v4/user') return { json: { username: account } };
  const merges = new RegExp(`^${PROJECT}/repository/commits/([0-9a-f]+)/merge_requests$`).exec(path);
  if (merges !== null) {
    return { json: forge.pulls.filter(({ merged }) => merged === merges[1]).map(shown) };
  }
  const status = new RegExp(`^${PROJECT}/statuses/([0-9a-f]+)$`).exec(path);
  if (status !== null) {
    forge.verdicts.push({ commit: status[1] ?? '', name: sent.name, state: sent.state });
    return { status: 201, json: { id: 1 } };
  }
  if (path === `${PROJECT}/issues`) {
    if (method === 'GET')
      return { json: forge.issues.filter(({ open }) => open).map((one) => shownIssue(one, account)) };
    const issue = { number: forge.issues.length + 1, title: sent.title, body: sent.description, open: true };
    forge.issues.push(issue);
    return { status: 201, json: shownIssue(issue, account) };
  }
  const issue = forge.issues.find(({ number }) => path === `${PROJECT}/issues/${number}`);
  if (issue !== undefined) {
    Object.assign(issue, { body: sent.description ?? issue.body, open: sent.state_event !== 'close' });
    return { json: shownIssue(issue, account) };
  }
  if (path === `${PROJECT}/merge_requests`) {
    if (method === 'POST') {
      const pull: Pull = {
        number: forge.pulls.length + 1,
        head: 'e'.repeat(40),
        target: sent.target_branch,
        branch: sent.source_branch,
        title: sent.title,
        body: sent.description,
        comments: [],
      };
      forge.pulls.push(pull);
      return { status: 201, json: shown(pull) };
    }
    const branch = new URLSearchParams(query).get('source_branch');
    return {
      json: forge.pulls
        .filter((pull) => pull.merged === undefined && (branch === null || pull.branch === branch))
        .map(shown),
    };
  }
  const [, iid, rest = ''] = new RegExp(`^${PROJECT}/merge_requests/(\\d+)(/.*)?$`).exec(path) ?? [];
  const pull = forge.pulls.find(({ number }) => number === Number(iid));
  if (pull === undefined) return missing();
  if (rest === '') {
    if (method === 'PUT') Object.assign(pull, { title: sent.title, body: sent.description });
    return { json: shown(pull) };
  }
  if (rest === '/notes') {
    const system = { id: 1, system: true, author: { username: account }, body: 'changed the title' };
    if (method === 'GET') return { json: [system, ...pull.comments.map(shownNote)] };
    return { status: 201, json: shownNote(forge.say(pull, sent.body)) };
  }
  const note = pull.comments.find(({ id }) => rest === `/notes/${id}`);
  if (note === undefined) return missing();
  Object.assign(note, { body: sent.body, edited: true, editor: account });
  return { json: shownNote(note) };
}

function graphReply(forge: ForgeServer, sent: { variables: { note: string } }): object {
  const id = /^gid:\/\/gitlab\/Note\/(\d+)$/.exec(sent.variables.note)?.[1];
  const found = forge.pulls.flatMap(({ comments }) => comments).find((comment) => String(comment.id) === id);
  if (found === undefined) return { data: { note: null } };
  const lastEditedBy = found.editor === undefined ? null : { username: found.editor };
  return { data: { note: { lastEditedAt: found.edited ? CHANGED : null, lastEditedBy } } };
}

function shown({ number, head, target, merged, fork, branch }: Pull): object {
  return {
    iid: number,
    web_url: `https://forge.example/merge_requests/${number}`,
    state: merged === undefined ? 'opened' : 'merged',
    sha: head,
    source_branch: branch ?? `branch-${number}`,
    target_branch: target,
    source_project_id: fork === true ? 2 : 1,
    target_project_id: 1,
    merged_at: merged === undefined ? null : new Date().toISOString(),
    merge_commit_sha: merged ?? null,
    squash_commit_sha: null,
  };
}

function shownIssue({ number, title, body, open }: Issue, account: string): object {
  const url = `https://forge.example/issues/${number}`;
  return {
    iid: number,
    title,
    description: body,
    state: open ? 'opened' : 'closed',
    author: { username: account },
    web_url: url,
  };
}

function shownNote({ id, author, body, edited }: Comment): object {
  return {
    id,
    author: { username: author },
    body,
    system: false,
    web_url: `https://forge.example/notes/${id}`,
    created_at: MADE,
    updated_at: edited ? CHANGED : MADE,
  };
}

function missing(): ScriptedReply {
  return { status: 404, json: { message: '404 Not found' } };
}
