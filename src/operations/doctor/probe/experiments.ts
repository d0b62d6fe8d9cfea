/** The experiments: each asks the API one thing and says what its answer means. */
import { SHAPES } from '../../../model/generated/shapes.ts';
import { isArray, isObject, type Json, type JsonObject, jsonEqual } from '../../../model/json.ts';
import { KINDS } from '../../../model/kinds.ts';
import {
  ASSISTANTS,
  at,
  everything,
  INSIGHT_GROUPS,
  INSIGHTS,
  type Lab,
  type LabReply,
  PROBE_NAME,
  SERVERS,
  TESTS,
  TOOLS,
  textAt,
} from './lab.ts';

export type Found = { readonly [quirk: string]: Json };
export type KeptOtherwise = { readonly path: string; readonly sent: Json; readonly kept: Json };

/** What the other experiments work on. */
export interface ProbeSubject {
  readonly path: string;
  readonly tool: string;
  readonly created: LabReply;
  readonly sent: JsonObject;
}

const NOBODY = '00000000-0000-4000-8000-000000000000';
const MOST_LAG_MS = 10_000;
const STEP_MS = 250;

const hangup = (name: string): JsonObject => ({ type: 'hangup', display_name: name, hangup: {} });

/** Creates a shared tool twice under one `Idempotency-Key`, to see whether the second reply is a replay. */
export async function replayedTool(lab: Lab): Promise<{ readonly tool: string; readonly found: Found }> {
  const body = hangup(`${PROBE_NAME} tool`);
  const request = { method: 'POST', path: TOOLS, body, idempotencyKey: lab.newKey() } as const;
  const first = await lab.ask(request);
  const again = await lab.ask(request);
  const tool = textAt(first.body, 'id');
  const same = textAt(again.body, 'id') === tool;
  return {
    tool,
    found: { idempotencyIgnored: !same, ...(same ? { replayUnmarked: !again.replayed } : {}) },
  };
}

/** The assistant of the experiments, made with fields that nobody knows where the API takes them. */
export async function subject(
  lab: Lab,
  tool: string,
): Promise<{ readonly subject: ProbeSubject | undefined; readonly found: Found }> {
  const body: JsonObject = {
    name: `${PROBE_NAME} assistant`,
    instructions: ' You are part of a test. \n',
    description: 'described',
    tags: ['c', 'a', 'e', 'b', 'd', 'f'],
    tool_ids: [tool],
    dynamic_variables: { one: '1', two: '2' },
    telephony_settings: { time_limit_secs: 900, user_idle_timeout_secs: 30 },
    interruption_settings: { disable_greeting_interruption: true, enable: true },
    messaging_settings: {
      conversation_inactivity_minutes: 5,
      delivery_status_webhook_url: 'https://probe.example.com/',
    },
    privacy_settings: { data_retention: true, in_transit_data_locality: true },
    widget_settings: { start_call_text: 'Call', agent_thinking_text: 'Hm' },
  };
  const strange = await lab.post(ASSISTANTS, { ...body, x_probe: 1 });
  const created = strange.ok ? strange : await lab.post(ASSISTANTS, body);
  if (!created.ok) return { subject: undefined, found: {} };
  const path = `${ASSISTANTS}/${textAt(created.record, 'id')}`;
  const read = await lab.get(path);
  return {
    subject: { path, tool, created, sent: body },
    found: {
      unknownFields: strange.ok ? (read.record.x_probe === undefined ? 'ignore' : 'store') : 'reject',
      defaultModel: read.record.model ?? '',
      trimStrings: textAt(read.record, 'instructions') === 'You are part of a test.',
      ...toolIds(read.record),
      extraFields: strangers(read.record).length > 0,
      nullsForAbsent: read.record.conversation_flow === null,
      replyLacksFields: Object.keys(read.record).filter((name) => !Object.hasOwn(created.record, name)),
    },
  };
}

function toolIds({ tool_ids: ids }: JsonObject): Found {
  return { toolIdsInResponse: ids === undefined ? 'absent' : ids === null ? 'null' : 'list' };
}

function strangers(record: JsonObject): readonly string[] {
  const known = [...Object.keys(SHAPES.assistant.fields), ...KINDS.assistant.readOnly, 'x_probe'];
  return Object.keys(record).filter((name) => !known.includes(name));
}

/** Whether sets come back in the order of sending, in one of the server's own, or in another each time. */
export async function order(lab: Lab, { path, sent }: ProbeSubject): Promise<Found> {
  const [one, two] = [(await lab.get(path)).record.tags, (await lab.get(path)).record.tags];
  const tags = isArray(sent.tags) ? sent.tags : [];
  const sorted = [...tags].sort();
  const stable = jsonEqual(one, two) && (jsonEqual(one, tags) || jsonEqual(one, sorted));
  return { reorder: !stable };
}

/** The entry of an assistant in the list of all pages. */
async function listed(lab: Lab, id: string): Promise<JsonObject | undefined> {
  return (await everything(lab, ASSISTANTS)).find((item) => item.id === id);
}

/** What the list of assistants says of the subject, and how lists page. */
export async function lists(lab: Lab, { path }: ProbeSubject): Promise<Found> {
  const id = path.slice(ASSISTANTS.length + 1);
  const began = lab.now();
  let entry = await listed(lab, id);
  let waited = 0;
  while (entry === undefined && waited < MOST_LAG_MS) {
    await lab.sleep(STEP_MS);
    entry = await listed(lab, id);
    waited = lab.now() - began;
  }
  const reply = await lab.get(ASSISTANTS);
  const meta = (of: LabReply): JsonObject | undefined => {
    const found = isObject(of.body) ? of.body.meta : undefined;
    return isObject(found) ? found : undefined;
  };
  const tools = await lab.get(TOOLS);
  const size = meta(tools)?.page_size;
  const one = await lab.get(ASSISTANTS, 'page%5Bsize%5D=1&page%5Bnumber%5D=2');
  const many = reply.items.length > 1;
  const paged = meta(reply) !== undefined || (many && one.items.length < reply.items.length);
  return {
    listLagMs: waited,
    ...(entry === undefined ? {} : { abbreviatedList: isArray(entry.tools) && entry.tools.length === 0 }),
    ...(paged || many
      ? { pagedAssistants: paged }
      : meta(tools) === undefined
        ? {}
        : { pagedAssistants: false }),
    metaMissing: meta(tools) === undefined,
    ...(typeof size === 'number' ? { defaultPageSize: size === 20 ? 0 : size } : {}),
  };
}

/** Updates: blocks, null, PATCH and where pointers of errors begin. */
export async function updates(lab: Lab, { path }: ProbeSubject): Promise<Found> {
  const before = (await lab.get(path)).record;
  const blocks: { readonly [block: string]: readonly [keep: JsonObject, gone: string] } = {
    telephony_settings: [{ time_limit_secs: 900 }, 'user_idle_timeout_secs'],
    interruption_settings: [{ enable: true }, 'disable_greeting_interruption'],
    messaging_settings: [{ conversation_inactivity_minutes: 5 }, 'delivery_status_webhook_url'],
    privacy_settings: [{ data_retention: true }, 'in_transit_data_locality'],
    widget_settings: [{ start_call_text: 'Call' }, 'agent_thinking_text'],
    dynamic_variables: [{ one: '1' }, 'two'],
  };
  const parts = Object.entries(blocks).filter(([block, [, gone]]) => at(before, block, gone) !== undefined);
  const updated = await lab.post(path, Object.fromEntries(parts.map(([block, [keep]]) => [block, keep])));
  const after = (await lab.get(path)).record;
  const nested = parts.map(([block, [, gone]]) => [
    block,
    at(after, block, gone) === undefined ? 'replace' : 'merge',
  ]);
  const emptied = await lab.post(path, { description: null });
  const described = (await lab.get(path)).record.description;
  const patched = await lab.patch(path, { greeting: 'Patched.' });
  const refused = await lab.post(path, { transcription: { settings: { keyterm: ['a'] } } });
  const pointer = textAt(refused.body, 'errors', '0', 'source', 'pointer');
  return {
    ...(updated.ok ? { nestedBlocks: Object.fromEntries(nested) } : {}),
    nullHandling: emptied.ok ? (described === 'described' ? 'ignore' : 'clear') : 'reject',
    patchAlias: patched.ok,
    ...(pointer === '' ? {} : { pointerPrefix: pointer.startsWith('/body') ? '/body' : '' }),
  };
}

/** Candidates, canaries and promotion. */
export async function versions(lab: Lab, { path, tool }: ProbeSubject): Promise<Found> {
  const found: { [quirk: string]: Json } = {};
  const stage = async (body: JsonObject): Promise<LabReply> =>
    lab.post(path, { ...body, promote_to_main: false });
  const count = async (): Promise<number> => (await lab.get(`${path}/versions`)).items.length;
  await stage({ instructions: 'A leftover of a failed candidate.' });
  const second = await stage({ greeting: 'Staged.' });
  const id = textAt(second.record, 'version_id') || (await newest(lab, path));
  const version = `${path}/versions/${id}`;
  const main = textAt((await lab.get(path)).record, 'version_id');
  const staged = (await lab.get(version)).record;
  found.stagedBase = textAt(staged, 'instructions').includes('leftover') ? 'newest' : 'main';
  const began = lab.now();
  let entry: Json | undefined;
  do {
    entry = (await listed(lab, path.slice(ASSISTANTS.length + 1)))?.version_id;
    if (entry === undefined || entry === main || entry === id) break;
    await lab.sleep(STEP_MS);
  } while (lab.now() - began < MOST_LAG_MS);
  found.listVersionId = entry === undefined ? 'absent' : entry === id ? 'newest' : 'main';

  const canary = `${path}/canary-deploys`;
  const legacy = await lab.post(canary, { versions: [{ version_id: id, percentage: 1 }] });
  found.legacyCanaryBody = legacy.ok && isArray(legacy.record.rules) && legacy.record.rules.length > 0;
  await lab.remove(canary);
  const opened = await lab.post(canary, { rules: [{ serve: { rollout: [{ version_id: id, weight: 1 }] } }] });
  if (opened.ok) {
    found.canaryLocks = !(await lab.post(version, { greeting: 'Edited.' })).ok;
    await lab.post(path, { greeting: 'Promoted at once.' });
    found.updateDropsCanary = !(await lab.get(canary)).ok;
    await lab.remove(canary);
  }
  const before = await count();
  const detached = await lab.remove(`${path}/tools/${tool}`);
  if (detached.ok) {
    found.attachMakesVersion = (await count()) > before;
    await lab.put(`${path}/tools/${tool}`);
  }
  const promoted = await lab.post(`${version}/promote`);
  if (promoted.ok) {
    found.promoteVersionId = (await lab.get(path)).record.version_id === id ? 'reuse' : 'copy';
  }
  return found;
}

async function newest(lab: Lab, path: string): Promise<string> {
  const ids = (await lab.get(`${path}/versions`)).items.map((item) => textAt(item, 'version_id'));
  return [...ids].sort().at(-1) ?? '';
}

/** What saving checks. */
export async function checks(lab: Lab, { path }: ProbeSubject): Promise<Found> {
  const staged = async (body: JsonObject): Promise<LabReply> =>
    lab.post(path, { ...body, promote_to_main: false });
  const secret = await staged({ llm_api_key_ref: 'assistantctl-probe-no-such-secret' });
  const server = await staged({ mcp_servers: [{ id: NOBODY }] });
  const target = { name: 'a', sip_address: 'sip:probe@example.com', sip_auth_username: 'probe' };
  const refer = { targets: [{ ...target, sip_auth_password: 'PROBE_TEST_ONLY' }] };
  const password = await staged({ tools: [{ type: 'refer', refer }] });
  const shown = textAt(password.record, 'tools', '0', 'refer', 'targets', '0', 'sip_auth_password');
  return {
    secretsCheck: !secret.ok,
    referenceCheck: !server.ok,
    ...(password.ok && shown !== '' ? { maskSipPassword: shown !== 'PROBE_TEST_ONLY' } : {}),
  };
}

/** When the id of the TeXML application is there, for a subject that takes calls. */
export async function telephony(lab: Lab, { path }: ProbeSubject): Promise<Found> {
  const enabled = await lab.post(path, { enabled_features: ['telephony'] });
  if (!enabled.ok) return {};
  const began = lab.now();
  let record = enabled.record;
  while (textAt(record, 'telephony_settings', 'default_texml_app_id') === '') {
    if (lab.now() - began > 45_000) return {};
    await lab.sleep(STEP_MS);
    record = (await lab.get(path)).record;
  }
  const waited = lab.now() - began;
  return { texmlIdDelayMs: waited < STEP_MS ? 0 : waited };
}

export async function servers(lab: Lab): Promise<Found> {
  const body = {
    name: `${PROBE_NAME} server`,
    type: 'http',
    url: 'https://probe.example.com/mcp',
    allowed_tools: ['a'],
  };
  const made = await lab.post(SERVERS, body);
  if (!made.ok) return {};
  const list = await lab.get(SERVERS);
  const path = `${SERVERS}/${textAt(made.record, 'id')}`;
  await lab.put(path, { name: body.name, type: body.type, url: body.url });
  const kept = (await lab.get(path)).record.allowed_tools;
  await lab.remove(path);
  return {
    mcpList: isArray(list.body) ? 'array' : 'envelope',
    mcpWrapped: isObject(made.body) && isObject(made.body.data),
    mcpPut: jsonEqual(kept, ['a']) ? 'merge' : 'replace',
  };
}

export async function tests(lab: Lab, { path }: ProbeSubject): Promise<Found> {
  const made = await lab.post(TESTS, {
    name: `${PROBE_NAME} test`,
    description: 'described',
    destination: path.slice(ASSISTANTS.length + 1),
    instructions: 'Say hello.',
    rubric: [{ name: 'polite', criteria: 'Stays polite' }],
  });
  if (!made.ok) return {};
  const one = `${TESTS}/${textAt(made.record, 'test_id')}`;
  const changed = await lab.put(one, { name: `${PROBE_NAME} test` });
  const kept = (await lab.get(one)).record.description;
  await lab.remove(one);
  return { testPut: changed.ok && kept === 'described' ? 'merge' : 'replace' };
}

export async function insights(lab: Lab): Promise<Found> {
  const schema = { type: 'object', additionalProperties: false, properties: { mood: { type: 'string' } } };
  const body = { name: `${PROBE_NAME} insight`, instructions: 'How do they feel?' };
  const made = await lab.post(INSIGHTS, {
    ...body,
    json_schema: schema,
    webhook: 'https://probe.example.com/',
  });
  const group = await lab.post(INSIGHT_GROUPS, { name: `${PROBE_NAME} group` });
  const found: { [quirk: string]: Json } = {};
  if (made.ok) {
    found.jsonSchemaInResponse = typeof made.record.json_schema === 'string' ? 'text' : 'object';
    const one = `${INSIGHTS}/${textAt(made.record, 'id')}`;
    await lab.put(one, body);
    found.insightPut = textAt((await lab.get(one)).record, 'webhook') === '' ? 'replace' : 'merge';
  }
  if (made.ok && group.ok) {
    const link = `${INSIGHT_GROUPS}/${textAt(group.record, 'id')}/insights/${textAt(made.record, 'id')}/assign`;
    await lab.post(link);
    found.assignTwice = (await lab.post(link)).ok ? 'allow' : 'conflict';
  }
  return found;
}

/** Deletes resources that others refer to, and sees what becomes of the references. Last, because it removes the assistant of the experiments. */
export async function deletes(lab: Lab, { path, tool }: ProbeSubject): Promise<Found> {
  const found: { [quirk: string]: Json } = {};
  const other = await lab.post(ASSISTANTS, {
    name: `${PROBE_NAME} neighbour`,
    instructions: 'You are part of a test.',
    tools: [
      {
        type: 'handoff',
        handoff: { ai_assistants: [{ name: 'Probe', id: path.slice(ASSISTANTS.length + 1) }] },
      },
    ],
  });
  const used = await lab.remove(`${TOOLS}/${tool}`);
  found.deleteInUse = used.ok ? 'allow' : 'conflict';
  let gone = await lab.remove(path);
  if (other.ok) {
    found.deleteReferenced = gone.ok ? 'allow' : 'refuse';
    if (!gone.ok) {
      await lab.post(`${ASSISTANTS}/${textAt(other.record, 'id')}`, { tools: [] });
      gone = await lab.remove(path);
      found.deleteCounts = gone.ok ? 'main' : 'versions';
      if (!gone.ok) {
        await lab.remove(`${ASSISTANTS}/${textAt(other.record, 'id')}`, 'hard_delete=true');
        gone = await lab.remove(path);
      }
    }
  }
  if (gone.ok) found.softDelete = (await lab.get(`${path}/deleted`)).ok;
  return found;
}
