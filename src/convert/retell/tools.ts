import { isObject, type JsonObject } from '../../model/json.ts';
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
import type { Tool } from '../neutral.ts';
import { type Cursor, elements, entries, member, memberAt, rawFlag, rawText } from '../source/cursor.ts';

/** A tool of Retell by its type; nothing where Telnyx has no such tool, which is then booked as lost. */
export function retellTool(carry: Carry, at: Cursor): Tool | undefined {
  const type = rawText(member(at, 'type')) ?? 'custom';
  carry.ledger.frame(member(at, 'tool_id'));
  switch (type) {
    case 'custom':
    case 'webhook':
      return customTool(carry, at);
    case 'end_call':
      return { ...named(carry, at, 'end_call'), type: 'hangup', config: described(carry, at) };
    case 'transfer_call':
    case 'warm_transfer_call':
      return transferTool(carry, at, named(carry, at, 'transfer_call').name);
    case 'press_digit':
    case 'send_dtmf':
      return dtmfTool(carry, at);
    case 'send_sms':
    case 'sms':
      return smsTool(carry, at);
    case 'extract_dynamic_variable':
    case 'extract_dynamic_variables':
      return extractTool(carry, at);
    case 'agent_swap':
    case 'agent_transfer':
      return swapTool(carry, at);
    default:
      carry.ledger.lost(at, type === 'code' ? 'code' : 'tool-unknown', type);
      return undefined;
  }
}

function named(carry: Carry, at: Cursor, fallback: string): Pick<Tool, 'name' | 'at'> {
  const name = member(at, 'name');
  carry.ledger.exact(name);
  return { name: toolName(rawText(name), fallback), at };
}

function described(carry: Carry, at: Cursor): JsonObject {
  const said = spokenBefore(carry, at);
  const description = carry.text(member(at, 'description'))?.trim() ?? '';
  const text = [description, said === undefined ? '' : `Before it, say: ${said}`].filter(Boolean).join(' ');
  return text === '' ? {} : { description: text };
}

/** A fixed sentence that is said while a tool runs. */
function spokenBefore(carry: Carry, at: Cursor): string | undefined {
  const message = member(at, 'execution_message_description');
  const speaks = rawFlag(member(at, 'speak_during_execution'));
  if (message === undefined || speaks === false) {
    // Switched off: nothing is missed.
    carry.ledger.frame(message);
    carry.ledger.frame(member(at, 'execution_message_type'));
    return undefined;
  }
  carry.ledger.exact(member(at, 'speak_during_execution'));
  carry.ledger.exact(member(at, 'execution_message_type'));
  return carry.text(
    message,
    rawText(member(at, 'execution_message_type')) === 'static_text' ? undefined : 'tool-message',
  );
}

function customTool(carry: Carry, at: Cursor): Tool {
  const { name } = named(carry, at, 'tool');
  const description = carry.text(member(at, 'description'));
  const parameters = parameterSchema(carry, member(at, 'parameters'));
  const url = carry.text(member(at, 'url'))?.trim() ?? '';
  if (url === '') {
    carry.ledger.lost(member(at, 'type'), 'tool-no-server');
    return clientTool({ name, at, description, parameters });
  }
  const after = member(at, 'speak_after_execution');
  const root = member(at, 'args_at_root');
  if (rawFlag(root) === true) carry.ledger.exact(root);
  else if (root !== undefined) carry.ledger.near(root, 'tool-body');
  const format = member(at, 'parameter_type');
  if (rawText(format) === 'json') carry.ledger.exact(format);
  else carry.ledger.near(format, 'tool-body', 'form');
  const said = spokenBefore(carry, at);
  // The model speaks after every tool anyway.
  if (rawFlag(after) === true) carry.ledger.exact(after);
  const queryParams = carry.json(member(at, 'query_params'));
  return webhookTool(carry, {
    name,
    at,
    description,
    url,
    method: member(at, 'method'),
    headers: headerList(carry, member(at, 'headers'), name),
    parameters,
    presetQuery: isObject(queryParams) ? queryParams : undefined,
    messages: said === undefined || said.trim() === '' ? [] : [{ type: 'request_start', content: said }],
    store: storedVariables(carry, member(at, 'response_variables')),
    timeoutMs: toolTimeout(carry, member(at, 'timeout_ms'), 1),
  });
}

export function storedVariables(carry: Carry, at: Cursor | undefined): readonly JsonObject[] {
  return entries(at).flatMap(([name, path]) => {
    const written = rawText(path);
    if (written === undefined || valuePath(written) === '') return [];
    carry.ledger.exact(path);
    return [{ name, value_path: valuePath(written) }];
  });
}

/** `at` is a tool or a node: both name a destination and an option in the same way. */
export function transferTool(carry: Carry, at: Cursor, name: string): Tool {
  const destination = member(at, 'transfer_destination');
  const number = member(destination, 'number') ?? member(at, 'number', 'transfer_number');
  const inferred = member(destination, 'prompt');
  carry.ledger.near(inferred, 'transfer-inferred');
  const to = carry.text(number)?.trim() || '{{transfer_number}}';
  const option = member(at, 'transfer_option');
  const warm = ['private_handoff_option', 'public_handoff_option'].map((each) => member(option, each));
  const briefing = warm
    .flatMap((each) => carry.text(member(each, 'prompt', 'message'))?.trim() || [])
    .join('\n');
  const mode = member(option, 'type');
  if (rawText(mode) === 'cold_transfer') carry.ledger.exact(mode);
  else carry.ledger.near(mode, 'transfer-mode');
  const headers = headerList(carry, member(at, 'custom_sip_headers'), name);
  const description = described(carry, at).description;
  const guess = rawText(inferred);
  return {
    type: 'transfer',
    name,
    at,
    config: withoutAbsent([
      ['from', '{{telnyx_agent_target}}'],
      [
        'targets',
        [
          withoutAbsent([
            ['name', label(name)],
            ['to', to],
            ['extension', extension(carry, destination)],
          ]),
        ],
      ],
      [
        'description',
        [description, guess].filter((text) => typeof text === 'string' && text !== '').join(' ') || undefined,
      ],
      ['custom_headers', headers.length === 0 ? undefined : headers],
      ['warm_transfer_instructions', briefing === '' ? undefined : briefing],
    ]),
  };
}

function extension(carry: Carry, destination: Cursor | undefined): string | undefined {
  const at = member(destination, 'extension');
  const text = rawText(at)?.trim();
  if (text === undefined || !/^[0-9A-DwW*#]{1,64}$/.test(text)) return undefined;
  carry.ledger.exact(at);
  return text;
}

function label(name: string): string {
  return name.replace(/[_-]+/g, ' ').trim() || 'transfer';
}

export function dtmfTool(carry: Carry, at: Cursor): Tool {
  const tool = named(carry, at, 'press_digit');
  carry.ledger.near(member(at, 'description'), 'tool-detail');
  return { ...tool, type: 'send_dtmf', config: {} };
}

export function smsTool(carry: Carry, at: Cursor): Tool {
  const content = member(at, 'sms_content') ?? member(at, 'instruction');
  const fixed = ['predefined', 'static_text', 'template'].includes(rawText(member(content, 'type')) ?? '');
  const text = carry.text(
    member(content, 'content', 'text', 'prompt', 'template'),
    fixed ? undefined : 'tool-message',
  );
  carry.ledger.near(member(at, 'description'), 'tool-detail');
  const template = fixed && text !== undefined && text.trim() !== '' ? { message_template: text } : {};
  return { ...named(carry, at, 'send_sms'), type: 'send_message', config: template };
}

export function extractTool(carry: Carry, at: Cursor): Tool | undefined {
  const { name } = named(carry, at, 'extract_variables');
  const variables = elements(member(at, 'variables')).flatMap((each) => {
    const written = member(each, 'name');
    const key = (rawText(written) ?? '').trim();
    if (!/^(?!telnyx_)[A-Za-z0-9._-]+$/.test(key)) return [];
    carry.ledger.exact(written);
    const choices = elements(member(each, 'choices')).flatMap((choice) => carry.text(choice) ?? []);
    const description = [
      carry.text(member(each, 'description')) ?? '',
      choices.length === 0 ? '' : `One of: ${choices.join(', ')}.`,
      carry.text(member(each, 'conditional_prompt')) ?? '',
    ].filter(Boolean);
    const type = member(each, 'type');
    carry.ledger.exact(type);
    carry.ledger.near(member(each, 'examples'), 'examples');
    return [
      withoutAbsent([
        ['name', key],
        ['description', description.join(' ') || undefined],
        ['type', rawText(type) === 'enum' ? 'string' : rawText(type)],
      ]),
    ];
  });
  if (variables.length === 0) {
    carry.ledger.lost(at, 'tool-detail');
    return undefined;
  }
  const description = carry.text(member(at, 'description'))?.trim() || 'Sets what the caller has said.';
  return {
    type: 'update_dynamic_variables',
    name: toolName(name, 'extract_variables'),
    at,
    config: { name: toolName(name, 'extract_variables'), description, updatable_variables: variables },
  };
}

function swapTool(carry: Carry, at: Cursor): Tool {
  const tool = named(carry, at, 'agent_swap');
  const id = member(at, 'agent_id');
  const when = carry.text(member(at, 'description'), 'handoff');
  const keeps = member(at, 'keep_current_voice');
  carry.ledger.exact(keeps);
  const mention = { id: rawText(id) ?? '', at: id ?? at, ...(when === undefined ? {} : { when }) };
  const voice_mode = rawFlag(keeps) === true ? 'unified' : 'distinct';
  return { ...tool, type: 'handoff', config: { voice_mode }, agents: [mention] };
}

/** Servers of the Model Context Protocol with their addresses. */
export function mcpSource(at: Cursor): { readonly name: string; readonly url: Cursor | undefined } {
  return { name: rawText(member(at, 'name')) ?? 'mcp', url: memberAt(at, 'url') };
}
