import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { withoutAbsent } from '../blocks/voice.ts';
import {
  clientTool,
  headerList,
  parameterSchema,
  toolName,
  toolTimeout,
  valuePath,
  webhookTool,
} from '../blocks/webhook.ts';
import type { Carry } from '../carry.ts';
import type { AgentMention, Server, Tool } from '../neutral.ts';
import { type Cursor, elements, entries, member, memberAt, rawFlag, rawText } from '../source/cursor.ts';

/** What one tool of Vapi stands for: a transfer to an assistant, for example, is a handoff. */
export interface VapiTools {
  readonly tools: readonly Tool[];
  readonly servers: readonly Server[];
}

const NONE: VapiTools = { tools: [], servers: [] };

/** Names of functions that every agent of Vapi has without saying more. */
const BUILT_IN: { readonly [name: string]: 'endCall' | 'transferCall' | 'dtmf' } = {
  endcall: 'endCall',
  end_call: 'endCall',
  transfercall: 'transferCall',
  transfer_call: 'transferCall',
  dialkeypad: 'dtmf',
};

/** `fallback`: the service of the assistant, which answers for tools without one. */
export function vapiTool(carry: Carry, at: Cursor, fallback: Cursor | undefined): VapiTools {
  const type = rawText(member(at, 'type')) ?? 'function';
  switch (type) {
    case 'function':
      return functionTool(carry, at, fallback);
    case 'apiRequest':
      return one(apiTool(carry, at));
    case 'transferCall':
    case 'transfer':
      return transfer(carry, at);
    case 'handoff':
      return one(handoff(carry, at, elements(member(at, 'destinations'))));
    case 'endCall':
      return one(hangup(carry, at));
    case 'dtmf':
      return one({ ...named(carry, at, 'dtmf'), type: 'send_dtmf', config: ignoreDescription(carry, at) });
    case 'sms':
      return one({ ...named(carry, at, 'sms'), type: 'send_message', config: ignoreDescription(carry, at) });
    case 'mcp':
      return mcp(carry, at);
    default:
      carry.ledger.lost(at, type === 'query' ? 'knowledge' : type === 'code' ? 'code' : 'tool-unknown', type);
      return NONE;
  }
}

function one(tool: Tool): VapiTools {
  return { tools: [tool], servers: [] };
}

function named(carry: Carry, at: Cursor, fallback: string): Pick<Tool, 'name' | 'at'> {
  const name = memberAt(at, 'function', 'name') ?? member(at, 'name');
  carry.ledger.exact(name);
  return { name: toolName(rawText(name), fallback), at };
}

function descriptionOf(carry: Carry, at: Cursor): string | undefined {
  return carry.text(memberAt(at, 'function', 'description') ?? member(at, 'description'));
}

function ignoreDescription(carry: Carry, at: Cursor): JsonObject {
  carry.ledger.near(memberAt(at, 'function', 'description'), 'tool-detail');
  return {};
}

function hangup(carry: Carry, at: Cursor): Tool {
  const description = descriptionOf(carry, at)?.trim();
  carry.ledger.exact(member(at, 'type'));
  return { ...named(carry, at, 'end_call'), type: 'hangup', config: description ? { description } : {} };
}

function functionTool(carry: Carry, at: Cursor, fallback: Cursor | undefined): VapiTools {
  const { name } = named(carry, at, 'function');
  const own = memberAt(at, 'server', 'url') ?? member(at, 'serverUrl');
  const builtIn = BUILT_IN[name.toLowerCase()];
  if (own === undefined && builtIn === 'endCall') return one(hangup(carry, at));
  if (own === undefined && builtIn === 'transferCall') return transfer(carry, at);
  const description = descriptionOf(carry, at);
  const parameters = parameterSchema(
    carry,
    memberAt(at, 'function', 'parameters') ?? member(at, 'parameters'),
  );
  // Vapi wraps the call in an envelope with the list of calls.
  const url = carry.text(own, 'tool-body') ?? rawText(fallback);
  if (url === undefined || url.trim() === '') {
    carry.ledger.note(at, 'tool-no-server', name);
    return one(clientTool({ name, at, description, parameters }));
  }
  const server = member(at, 'server');
  const secret = member(server, 'secret') ?? member(at, 'serverUrlSecret');
  const headers = headerList(carry, member(server, 'headers'), name);
  const secretHeader = secret === undefined ? undefined : carry.header('X-Vapi-Secret', secret, name);
  return one(
    webhookTool(carry, {
      name,
      at,
      description,
      url: url.trim(),
      headers: [
        ...headers,
        ...(secretHeader === undefined ? [] : [{ name: 'X-Vapi-Secret', value: secretHeader }]),
      ],
      parameters,
      presetBody: staticBody(carry, member(at, 'parameters')),
      messages: fillers(carry, member(at, 'messages')),
      store: aliases(carry, at),
      timeoutMs: toolTimeout(carry, member(server, 'timeoutSeconds'), 1000),
      async: carry.flag(member(at, 'async')),
    }),
  );
}

function apiTool(carry: Carry, at: Cursor): Tool {
  const { name } = named(carry, at, 'api_request');
  const description = descriptionOf(carry, at);
  const url = carry.text(member(at, 'url'))?.trim() ?? '';
  const body = parameterSchema(carry, member(at, 'body') ?? memberAt(at, 'function', 'parameters'));
  const headers = memberAt(at, 'headers', 'properties') ?? member(at, 'headers');
  const values = entries(headers).flatMap(([header, entry]) => {
    const cursor = isObject(entry.value) ? member(entry, 'value', 'default') : entry;
    const value = cursor === undefined ? undefined : carry.header(header, cursor, name);
    return value === undefined ? [] : [{ name: header, value }];
  });
  if (url === '') return clientTool({ name, at, description, parameters: body });
  return webhookTool(carry, {
    name,
    at,
    description,
    url,
    method: member(at, 'method'),
    headers: values,
    parameters: body,
    presetBody: staticBody(carry, member(at, 'parameters')),
    messages: fillers(carry, member(at, 'messages')),
    store: aliases(carry, at),
    timeoutMs: toolTimeout(
      carry,
      member(at, 'timeoutSeconds') ?? memberAt(at, 'server', 'timeoutSeconds'),
      1000,
    ),
  });
}

/** Fixed arguments: `[{ key, value }]`. */
function staticBody(carry: Carry, at: Cursor | undefined): JsonObject {
  const pairs = elements(at).flatMap((each): readonly (readonly [string, Json])[] => {
    const key = rawText(member(each, 'key', 'name'));
    const at = member(each, 'value');
    if (key === undefined || at === undefined) return [];
    const value = typeof at.value === 'string' ? carry.header(key, at, 'body') : carry.json(at);
    if (value === undefined) return [];
    carry.ledger.exact(member(each, 'key', 'name'));
    return [[key, value]];
  });
  return Object.fromEntries(pairs);
}

function fillers(carry: Carry, at: Cursor | undefined): readonly JsonObject[] {
  return elements(at).flatMap((each): readonly JsonObject[] => {
    const type = rawText(member(each, 'type')) ?? '';
    const content = member(each, 'content');
    if (content === undefined || (rawText(content) ?? '').trim() === '') return [];
    if (type === 'request-start') return [{ type: 'request_start', content: carry.text(content) ?? '' }];
    if (type === 'request-response-delayed') {
      const timing = carry.number(member(each, 'timingMilliseconds')) ?? 3000;
      return [{ type: 'request_response_delayed', content: carry.text(content) ?? '', timing_ms: timing }];
    }
    carry.ledger.lost(each, 'tool-message', type);
    return [];
  });
}

/** `variableExtractionPlan.aliases`: parts of the answer that become variables. */
function aliases(carry: Carry, at: Cursor): readonly JsonObject[] {
  return elements(memberAt(at, 'variableExtractionPlan', 'aliases')).flatMap((each) => {
    const name = rawText(member(each, 'key'));
    const path = valuePath(rawText(member(each, 'value')) ?? '');
    if (name === undefined || path === '' || /[|\s]/.test(path)) {
      carry.ledger.lost(each, 'template');
      return [];
    }
    carry.ledger.exact(each);
    return [{ name, value_path: path }];
  });
}

function transfer(carry: Carry, at: Cursor): VapiTools {
  const tool = named(carry, at, 'transfer_call');
  const description = descriptionOf(carry, at)?.trim();
  const destinations = elements(member(at, 'destinations'));
  const agents = destinations.filter((each) => rawText(member(each, 'type')) === 'assistant');
  const phones = destinations.filter((each) => !agents.includes(each));
  const briefings = phones.flatMap((each) => briefing(carry, each));
  const targets = phones.flatMap((each, index) => target(carry, each, tool.name, index));
  const handoffs = agents.length === 0 ? [] : [handoff(carry, at, agents)];
  if (targets.length === 0 && agents.length > 0) return { tools: handoffs, servers: [] };
  if (targets.length === 0) carry.ledger.note(at, 'transfer-inferred', tool.name);
  const open = [{ name: 'transfer', to: '{{transfer_number}}' }];
  const config = withoutAbsent([
    ['from', '{{telnyx_agent_target}}'],
    ['targets', targets.length > 0 ? targets : open],
    ['description', description || undefined],
    ['warm_transfer_instructions', briefings.length === 0 ? undefined : briefings.join('\n')],
  ]);
  return { tools: [{ ...tool, type: 'transfer', config }, ...handoffs], servers: [] };
}

function target(carry: Carry, at: Cursor, name: string, index: number): readonly JsonObject[] {
  const to = carry.text(member(at, 'number', 'sipUri', 'uri'))?.trim();
  if (to === undefined || to === '') {
    carry.ledger.lost(at, 'transfer-inferred', rawText(member(at, 'type')));
    return [];
  }
  const words = carry.text(member(at, 'description'))?.trim();
  const message = member(at, 'message');
  if (message !== undefined) carry.ledger.lost(message, 'tool-message');
  const extension = member(at, 'extension');
  const digits = rawText(extension);
  const valid = digits !== undefined && /^[0-9A-DwW*#]{1,64}$/.test(digits);
  if (valid) carry.ledger.exact(extension);
  const label =
    words !== undefined && words !== '' ? words.slice(0, 80) : `${name.replace(/[_-]+/g, ' ')} ${index + 1}`;
  return [
    withoutAbsent([
      ['name', label],
      ['to', to],
      ['extension', valid ? digits : undefined],
    ]),
  ];
}

function briefing(carry: Carry, at: Cursor): readonly string[] {
  const plan = member(at, 'transferPlan');
  const mode = member(plan, 'mode');
  if (mode !== undefined && rawText(mode)?.startsWith('blind') === true) carry.ledger.exact(mode);
  else carry.ledger.near(mode, 'transfer-mode');
  const text = carry.text(member(plan, 'message'), 'transfer-mode')?.trim();
  return text === undefined || text === '' ? [] : [text];
}

/** Other assistants, with what the tool says about when to choose them. */
export function handoff(carry: Carry, at: Cursor, destinations: readonly Cursor[]): Tool {
  const tool = named(carry, at, 'handoff');
  carry.ledger.near(memberAt(at, 'function', 'description'), 'handoff');
  const agents = destinations.flatMap((each) => mention(carry, each));
  return { ...tool, type: 'handoff', config: {}, agents };
}

function mention(carry: Carry, at: Cursor): readonly AgentMention[] {
  const name = member(at, 'assistantId', 'assistantName') ?? memberAt(at, 'assistant', 'name');
  const id = rawText(name);
  const when = carry.text(member(at, 'description'), 'handoff')?.trim();
  carry.ledger.lost(member(at, 'contextEngineeringPlan'), 'handoff');
  carry.ledger.lost(member(at, 'variableExtractionPlan'), 'handoff');
  if (id === undefined || name === undefined) {
    carry.ledger.lost(at, 'agent-missing', rawText(member(at, 'type')));
    return [];
  }
  return [{ id, at: name, ...(when ? { when } : {}) }];
}

function mcp(carry: Carry, at: Cursor): VapiTools {
  const { name } = named(carry, at, 'mcp');
  const url = carry.text(memberAt(at, 'server', 'url'), 'mcp')?.trim() ?? '';
  if (url === '') {
    carry.ledger.lost(at, 'mcp');
    return NONE;
  }
  const protocol = rawText(memberAt(at, 'metadata', 'protocol'));
  carry.ledger.near(memberAt(at, 'metadata', 'protocol'), 'mcp');
  const key = entries(memberAt(at, 'server', 'headers')).find(([header]) =>
    /authorization|key|token/i.test(header),
  )?.[1];
  const ref = key === undefined ? undefined : carry.secret(`${name}_key`, key);
  carry.ledger.near(key, 'secret-header', ref);
  const config = withoutAbsent([
    ['type', protocol === 'sse' ? 'sse' : 'http'],
    ['url', url],
    ['api_key_ref', ref],
  ]);
  return { tools: [], servers: [{ name, at, config }] };
}

/** True when a tool is switched off. */
export function isOff(at: Cursor | undefined): boolean {
  return rawFlag(at) === false;
}
