import { isObject, type JsonObject } from '../../model/json.ts';
import { withoutAbsent } from '../blocks/voice.ts';
import { clientTool, toolName, toolTimeout, valuePath, webhookTool } from '../blocks/webhook.ts';
import { type Carry, placeholder } from '../carry.ts';
import type { AgentMention, Tool } from '../neutral.ts';
import { type Cursor, elements, entries, member, memberAt, rawText } from '../source/cursor.ts';
import { variableName } from '../variables.ts';
import { splitSchema } from './schemas.ts';

/** A tool by its type; nothing where Telnyx has no such tool, which is then booked as lost. */
export function elevenLabsTool(carry: Carry, written: Cursor, name?: string): Tool | undefined {
  const at = member(written, 'tool_config') ?? written;
  const type = rawText(member(at, 'type')) ?? (member(at, 'api_schema') === undefined ? 'system' : 'webhook');
  switch (type) {
    case 'webhook':
      return webhook(carry, at);
    case 'client': {
      const own = named(carry, at, 'client_tool');
      const { schema } = splitSchema(carry, member(at, 'parameters'));
      carry.ledger.near(member(at, 'expects_response'), 'client-tool');
      carry.ledger.note(at, 'client-tool', own.name);
      return clientTool({ ...own, description: carry.text(member(at, 'description')), parameters: schema });
    }
    case 'system':
      return systemTool(carry, at, name);
    default:
      carry.ledger.lost(at, 'tool-unknown', type);
      return undefined;
  }
}

function named(carry: Carry, at: Cursor, fallback: string): Pick<Tool, 'name' | 'at'> {
  const name = member(at, 'name');
  carry.ledger.exact(name);
  return { name: toolName(rawText(name), fallback), at };
}

function webhook(carry: Carry, at: Cursor): Tool {
  const own = named(carry, at, 'webhook');
  const api = member(at, 'api_schema');
  const body = splitSchema(carry, member(api, 'request_body_schema'));
  const query = splitSchema(carry, member(api, 'query_params_schema'));
  const path = splitSchema(carry, member(api, 'path_params_schema'));
  const url = carry.text(member(api, 'url'))?.trim() ?? '';
  const description = carry.text(member(at, 'description'));
  if (url === '') return clientTool({ ...own, description, parameters: body.schema });
  const asked = member(at, 'force_pre_tool_speech', 'pre_tool_speech');
  carry.ledger.near(typeof asked?.value === 'string' ? undefined : asked, 'tool-message');
  const auth = member(api, 'auth_connection');
  carry.ledger.lost(auth, 'secret-elsewhere');
  return webhookTool(carry, {
    ...own,
    description,
    url: filledPath(url, path.presets),
    method: member(api, 'method'),
    headers: headers(carry, member(api, 'request_headers', 'headers'), own.name),
    parameters: body.schema,
    path: path.schema,
    query: query.schema,
    presetBody: body.presets,
    presetQuery: query.presets,
    store: assignments(carry, at),
    timeoutMs: toolTimeout(carry, member(at, 'response_timeout_secs'), 1000),
    async: rawText(member(at, 'execution_mode')) === 'async' ? true : undefined,
  });
}

/** A path parameter with a fixed value belongs into the URL. */
function filledPath(url: string, presets: JsonObject): string {
  return Object.entries(presets).reduce(
    (text, [name, value]) => text.replaceAll(`{${name}}`, String(value)),
    url,
  );
}

/** A header is a text, a stored secret, or a variable. */
function headers(carry: Carry, at: Cursor | undefined, owner: string): readonly JsonObject[] {
  return headerEntries(at).flatMap(([name, each]): readonly JsonObject[] => {
    const secret = member(each, 'secret_id');
    const variable = rawText(member(each, 'variable_name', 'dynamic_variable'));
    if (secret !== undefined) {
      const identifier = carry.secret(`${owner}_${name}`, secret);
      carry.ledger.near(each, 'secret-elsewhere', identifier);
      return [{ name, value: placeholder(identifier) }];
    }
    if (variable !== undefined) {
      carry.ledger.exact(each);
      return [{ name, value: `{{${variableName(variable, carry.platform)}}}` }];
    }
    const value = carry.header(name, isObject(each.value) ? (member(each, 'value') ?? each) : each, owner);
    return value === undefined ? [] : [{ name, value }];
  });
}

/** A map by name, or the list of the dashboard: `{ type, name, value }`. */
function headerEntries(at: Cursor | undefined): readonly (readonly [string, Cursor])[] {
  const listed = elements(at).flatMap((each) => {
    const name = rawText(member(each, 'name', 'key'));
    return name === undefined || name === '' ? [] : [[name, each] as const];
  });
  return listed.length > 0 ? listed : entries(at).filter(([name]) => !/^\d+$/.test(name));
}

function assignments(carry: Carry, at: Cursor): readonly JsonObject[] {
  return elements(member(at, 'assignments')).flatMap((each) => {
    const name = rawText(member(each, 'dynamic_variable'));
    const path = valuePath(rawText(member(each, 'value_path')) ?? '');
    if (name === undefined || path === '') return [];
    carry.ledger.exact(each);
    return [{ name, value_path: path }];
  });
}

const SYSTEM_TOOLS: ReadonlySet<string> = new Set([
  'end_call',
  'skip_turn',
  'play_keypad_touch_tone',
  'transfer_to_number',
  'transfer_to_agent',
]);

/** Tools that the platform brings along, by name. */
function systemTool(carry: Carry, at: Cursor, key: string | undefined): Tool | undefined {
  const kind =
    rawText(memberAt(at, 'params', 'system_tool_type')) ?? rawText(member(at, 'name')) ?? key ?? '';
  const description = carry.text(member(at, 'description'))?.trim();
  const text: JsonObject = description ? { description } : {};
  carry.ledger.frame(memberAt(at, 'params', 'system_tool_type'));
  if (SYSTEM_TOOLS.has(kind)) carry.ledger.exact(member(at, 'name'));
  switch (kind) {
    case 'end_call':
      return { type: 'hangup', name: 'end_call', at, config: text };
    case 'skip_turn':
      return { type: 'skip_turn', name: 'skip_turn', at, config: text };
    case 'play_keypad_touch_tone':
      return { type: 'send_dtmf', name: 'send_dtmf', at, config: {} };
    case 'transfer_to_number':
      return numberTransfer(carry, at, text);
    case 'transfer_to_agent':
      return agentTransfer(carry, at);
    default:
      carry.ledger.lost(
        member(at, 'name') ?? at,
        kind === 'voicemail_detection' ? 'voicemail' : 'tool-unknown',
        kind,
      );
      carry.ledger.lost(at, 'tool-unknown', kind);
      return undefined;
  }
}

function numberTransfer(carry: Carry, at: Cursor, text: JsonObject): Tool {
  const transfers = elements(memberAt(at, 'params', 'transfers') ?? member(at, 'transfers'));
  const targets = transfers.flatMap((each, index) => transferTarget(carry, each, index));
  if (targets.length === 0) carry.ledger.note(at, 'transfer-inferred');
  const conditions = transfers.flatMap((each) => carry.text(member(each, 'condition'))?.trim() || []);
  const description = [text.description, ...conditions].filter((each) => typeof each === 'string').join(' ');
  const config = withoutAbsent([
    ['from', '{{telnyx_agent_target}}'],
    ['targets', targets.length > 0 ? targets : [{ name: 'transfer', to: '{{transfer_number}}' }]],
    ['description', description === '' ? undefined : description],
  ]);
  return { type: 'transfer', name: 'transfer_to_number', at, config };
}

export function transferTarget(carry: Carry, at: Cursor, index: number): readonly JsonObject[] {
  const destination = member(at, 'transfer_destination');
  const number = member(destination, 'phone_number', 'sip_uri') ?? member(at, 'phone_number', 'sip_uri');
  const variable = rawText(member(destination, 'dynamic_variable'));
  const to =
    variable === undefined ? carry.text(number)?.trim() : `{{${variableName(variable, carry.platform)}}}`;
  const mode = member(at, 'transfer_type');
  if (rawText(mode) === 'blind') carry.ledger.exact(mode);
  else carry.ledger.near(mode, 'transfer-mode');
  if (to === undefined || to === '') {
    carry.ledger.lost(at, 'transfer-inferred');
    return [];
  }
  const condition = rawText(member(at, 'condition'))?.trim();
  return [{ name: condition ? condition.slice(0, 80) : `Person ${index + 1}`, to }];
}

function agentTransfer(carry: Carry, at: Cursor): Tool {
  const transfers = elements(memberAt(at, 'params', 'transfers') ?? member(at, 'transfers'));
  const agents = transfers.flatMap((each): readonly AgentMention[] => {
    const id = member(each, 'agent_id', 'agent', 'agent_name');
    const when = carry.text(member(each, 'condition'), 'handoff')?.trim();
    carry.ledger.lost(member(each, 'transfer_message'), 'tool-message');
    return id === undefined ? [] : [{ id: rawText(id) ?? '', at: id, ...(when ? { when } : {}) }];
  });
  return { type: 'handoff', name: 'transfer_to_agent', at, config: { voice_mode: 'distinct' }, agents };
}

/** `built_in_tools`: a map by name whose values may be null, or a list of names. */
export function builtInTools(carry: Carry, at: Cursor | undefined): readonly Tool[] {
  const named = entries(at).filter(([, each]) => isObject(each.value));
  const listed = elements(at).flatMap((each) => {
    const name = rawText(each);
    return name === undefined ? [] : [[name, each] as const];
  });
  return [...named, ...listed].flatMap(([name, each]) => elevenLabsTool(carry, each, name) ?? []);
}
