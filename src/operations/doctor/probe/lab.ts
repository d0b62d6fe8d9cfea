/**
 * What the experiments of a probe are made on. Everything is named so that a later probe finds what an earlier one,
 * killed halfway, left behind.
 */
import type { RawAnswer, RawRequest } from '../../../live/telnyx/api.ts';
import { isArray, isObject, type Json, type JsonObject, jsonAt } from '../../../model/json.ts';

/** Begins the name of everything that a probe makes. */
export const PROBE_NAME = 'assistantctl probe';

export interface LabTools {
  readonly ask: (request: RawRequest) => Promise<RawAnswer>;
  readonly newKey: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => number;
  /** Aborted when the person wants an end. */
  readonly stop: AbortSignal;
}

export interface Lab extends LabTools {
  get(path: string, query?: string): Promise<LabReply>;
  post(path: string, body?: JsonObject): Promise<LabReply>;
  put(path: string, body?: JsonObject): Promise<LabReply>;
  patch(path: string, body: JsonObject): Promise<LabReply>;
  remove(path: string, query?: string): Promise<LabReply>;
}

export interface LabReply extends RawAnswer {
  readonly ok: boolean;
  /** The one object that the reply is about, out of its envelope. */
  readonly record: JsonObject;
  /** The elements of a list. */
  readonly items: readonly JsonObject[];
}

/** Thrown between experiments once the person wants an end. */
export class ProbeStopped extends Error {
  override readonly name = 'ProbeStopped';
}

export function openLab(tools: LabTools): Lab {
  const ask = async (request: RawRequest): Promise<LabReply> => {
    const answer = await tools.ask(request);
    const { status, body } = answer;
    const data = isObject(body) ? body.data : undefined;
    const list = isArray(body) ? body : isArray(data) ? data : [];
    const record = isObject(data) ? data : isObject(body) ? body : {};
    return { ...answer, ok: status >= 200 && status < 300, record, items: list.filter(isObject) };
  };
  return {
    ...tools,
    get: (path, query) => ask({ method: 'GET', path, ...(query === undefined ? {} : { query }) }),
    post: (path, body = {}) => ask({ method: 'POST', path, body }),
    put: (path, body = {}) => ask({ method: 'PUT', path, body }),
    patch: (path, body) => ask({ method: 'PATCH', path, body }),
    remove: (path, query) => ask({ method: 'DELETE', path, ...(query === undefined ? {} : { query }) }),
  };
}

/** The value at a path of names and indexes. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return jsonAt(value, path);
}

export function textAt(value: Json | undefined, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

export const ASSISTANTS = '/ai/assistants';
export const TOOLS = '/ai/tools';
export const SERVERS = '/ai/mcp_servers';
export const TESTS = '/ai/assistants/tests';
export const INSIGHTS = '/ai/conversations/insights';
export const INSIGHT_GROUPS = '/ai/conversations/insight-groups';

/** Paths of everything of an account that a probe made, users before what they use. */
export async function leftovers(lab: Lab): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [collection, idField, nameField] of [
    [TESTS, 'test_id', 'name'],
    [ASSISTANTS, 'id', 'name'],
    [TOOLS, 'id', 'display_name'],
    [SERVERS, 'id', 'name'],
    [INSIGHT_GROUPS, 'id', 'name'],
    [INSIGHTS, 'id', 'name'],
  ] as const) {
    for (const record of await everything(lab, collection)) {
      if (textAt(record, nameField).startsWith(PROBE_NAME))
        found.push(`${collection}/${textAt(record, idField)}`);
    }
  }
  for (const record of await everything(lab, `${ASSISTANTS}/deleted`)) {
    if (textAt(record, 'name').startsWith(PROBE_NAME)) found.push(`${ASSISTANTS}/${textAt(record, 'id')}`);
  }
  return found;
}

/** All pages of a list; nothing where the API has none. */
export async function everything(lab: Lab, path: string): Promise<readonly JsonObject[]> {
  const all = new Map<string, JsonObject>();
  for (let page = 1; page <= 1000; page += 1) {
    const reply = await lab.get(path, `page%5Bnumber%5D=${page}&page%5Bsize%5D=50`);
    if (!reply.ok) break;
    const before = all.size;
    for (const record of reply.items) all.set(textAt(record, 'id') || textAt(record, 'test_id'), record);
    const pages = jsonAt(reply.body, ['meta', 'total_pages']);
    // A page may hold less than was asked for: only one without anything new is the last.
    if (all.size === before || (typeof pages === 'number' && page >= pages)) break;
  }
  return [...all.values()];
}

/** Removes what a probe made; answers the paths that stayed. References between assistants are taken out first. */
export async function sweep(
  lab: Lab,
): Promise<{ readonly removed: number; readonly left: readonly string[] }> {
  const paths = await leftovers(lab);
  const assistants = paths.filter((path) => path.startsWith(`${ASSISTANTS}/`) && !path.startsWith(TESTS));
  for (const path of assistants) {
    await lab.remove(`${path}/canary-deploys`);
    await lab.post(path, { tools: [], tool_ids: [] });
    for (const { version_id: id } of (await lab.get(`${path}/versions`)).items) {
      if (typeof id === 'string') await lab.remove(`${path}/versions/${id}`);
    }
  }
  let removed = 0;
  for (const path of paths) {
    const app = assistants.includes(path)
      ? textAt((await lab.get(path)).record, 'telephony_settings', 'default_texml_app_id')
      : '';
    const reply = await lab.remove(path, assistants.includes(path) ? 'hard_delete=true' : undefined);
    if (reply.ok) removed += 1;
    if (app !== '') await lab.remove(`/texml_applications/${app}`);
  }
  // A list may lag: what a read by id no longer finds is gone.
  const left: string[] = [];
  for (const path of await leftovers(lab)) {
    const there =
      (await lab.get(path)).ok || (path.startsWith(ASSISTANTS) && (await lab.get(`${path}/deleted`)).ok);
    if (there) left.push(path);
  }
  return { removed, left };
}
