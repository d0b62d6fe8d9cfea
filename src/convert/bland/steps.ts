import { isObject, type JsonObject } from '../../model/json.ts';
import { exampleSection } from '../blocks/examples.ts';
import { positionOf, wordForWord } from '../blocks/steps.ts';
import { withoutAbsent } from '../blocks/voice.ts';
import { headerList, toolName, toolTimeout, valuePath, webhookTool } from '../blocks/webhook.ts';
import type { Carry } from '../carry.ts';
import type { Exit, FlowStep, StepAction, Tool } from '../neutral.ts';
import { type Cursor, elements, member, memberAt, rawFlag, rawText } from '../source/cursor.ts';
import { bodyFields } from './body.ts';
import { edgeExits, extracted, responseExits, routeExits, stayUntil, stored } from './conditions.ts';
import { blandTool } from './tools.ts';

export function blandStep(carry: Carry, node: Cursor, edges: readonly Cursor[]): FlowStep {
  const data = member(node, 'data');
  const id = rawText(member(node, 'id')) ?? '';
  const label = member(data, 'name');
  carry.ledger.exact(label);
  const global = member(data, 'globalLabel');
  const isGlobal = rawFlag(member(data, 'isGlobal')) === true;
  carry.ledger.exact(member(data, 'isStart'));
  carry.ledger.exact(member(data, 'isGlobal'));
  const words = isGlobal ? (carry.text(global, 'global-step')?.trim() ?? rawText(label) ?? '') : '';
  const position = positionOf(member(node, 'position'));
  const name = rawText(label)?.trim();
  const type = rawText(member(node, 'type')) ?? 'Default';
  const { action, exits } = acting(carry, node, data, type, edgeExits(carry, id, edges));
  return {
    id,
    ...(name ? { name } : {}),
    ...(position === undefined ? {} : { position }),
    at: node,
    action,
    ...(words === '' ? {} : { global: { words, at: global ?? node } }),
    exits,
  };
}

interface Acting {
  readonly action: StepAction;
  readonly exits: readonly Exit[];
}

function acting(
  carry: Carry,
  node: Cursor,
  data: Cursor | undefined,
  type: string,
  exits: readonly Exit[],
): Acting {
  const kind = type.toLowerCase().replace(/[^a-z]/g, '');
  switch (kind) {
    case 'default':
    case 'waitforresponse':
      return { action: talking(carry, data, exits), exits };
    case 'endcall':
    case 'end':
      return ending(carry, node, data);
    case 'transfercall':
    case 'transfernode':
    case 'warmtransfer':
    case 'transfer':
      return { action: transferring(carry, node, data), exits };
    case 'webhook':
      return calling(carry, node, data, exits);
    case 'knowledgebase':
    case 'vectordbknowledgebase':
      return knowing(carry, data, exits);
    case 'pressbutton':
      return pressing(carry, node, data, exits);
    case 'sms':
      return texting(carry, node, data, exits);
    case 'transferpathway':
      return passing(carry, node, data, exits);
    case 'route':
      return {
        action: { type: 'route' },
        exits: [...routeExits(carry, rawText(member(node, 'id')) ?? '', data), ...exits],
      };
    case 'customcode':
      carry.ledger.lost(member(data, 'code'), 'code');
      return { action: { type: 'route' }, exits };
    case 'customtool':
      return usingTool(carry, data, exits);
    default:
      carry.ledger.lost(member(node, 'type'), 'step-unknown', type);
      return { action: talking(carry, data, exits), exits };
  }
}

/** A prompt is for the model, a text is said word for word; without an answer to wait for, the step goes on. */
function talking(carry: Carry, data: Cursor | undefined, exits: readonly Exit[]): StepAction {
  const prompt = member(data, 'prompt');
  const text = member(data, 'text');
  const fixed = (rawText(prompt) ?? '').trim() === '' && (rawText(text) ?? '').trim() !== '';
  const skip = memberAt(data, 'modelOptions', 'skipUserResponse');
  carry.ledger.exact(skip);
  const tools = [
    ...extraction(carry, data),
    ...elements(member(data, 'tools')).flatMap((at) => blandTool(carry, at) ?? []),
  ];
  const until = `${stayUntil(carry, data)}${exampleSection(carry, member(data, 'dialogueExamples'))}`;
  if (fixed && rawFlag(skip) === true && exits.length > 0 && tools.length === 0 && until === '') {
    return { type: 'say', text: carry.text(text) ?? '' };
  }
  if (fixed)
    return { type: 'talk', text: `${wordForWord(carry.text(text, 'fixed-text') ?? '')}${until}`, tools };
  const words = carry.text(prompt) ?? '';
  const more = carry.text(text)?.trim();
  return { type: 'talk', text: `${words}${more ? `\n\n${more}` : ''}${until}`, tools };
}

function extraction(carry: Carry, data: Cursor | undefined): readonly Tool[] {
  const source = member(data, 'extractVars');
  const variables = extracted(carry, source);
  if (source === undefined || variables.length === 0) return [];
  carry.ledger.note(source, 'step-extract');
  const config = {
    name: 'extract_variables',
    description: 'Sets what the caller has said, as soon as it is known.',
    updatable_variables: variables,
  };
  return [{ type: 'update_dynamic_variables', name: 'extract_variables', at: source, config }];
}

function ending(carry: Carry, node: Cursor, data: Cursor | undefined): Acting {
  const text = carry.text(member(data, 'text'))?.trim();
  const prompt = member(data, 'prompt');
  if (text) return { action: { type: 'end', before: text }, exits: [] };
  const words = carry.text(prompt, 'step-end')?.trim();
  if (!words) return { action: { type: 'end' }, exits: [] };
  const hangup: Tool = { type: 'hangup', name: 'end_call', at: node, config: {} };
  return {
    action: { type: 'talk', text: `${words}\n\nThen end the call with the hang-up tool.`, tools: [hangup] },
    exits: [],
  };
}

/** A fixed sentence: a text, what a tool says, or a prompt like `Say: one moment.` */
function spokenFirst(carry: Carry, data: Cursor | undefined): { readonly before?: string } {
  const text = carry.text(member(data, 'text'))?.trim() || carry.text(member(data, 'speech'))?.trim();
  if (text) return { before: text };
  const prompt = member(data, 'prompt');
  if (!SAY.test(rawText(prompt)?.trim() ?? '')) return {};
  const words = carry
    .text(prompt, 'step-message')
    ?.trim()
    .replace(/^say\b\s*[:,-]?\s*/i, '');
  return words ? { before: words.replace(/^["“](.*)["”]\.?$/s, '$1') } : {};
}

const SAY = /^say\b\s*[:,-]?\s*\S|^["“][^"”]+["”]\.?$/i;

/** Runs a tool; with a prompt of its own the model says what that asks for, and calls the tool. */
function withTool(
  carry: Carry,
  data: Cursor | undefined,
  tool: Tool,
  more: readonly Tool[] = [],
): StepAction {
  const { before } = spokenFirst(carry, data);
  const prompt =
    before === undefined ? carry.text(member(data, 'prompt'), 'step-message')?.trim() : undefined;
  if (!prompt && more.length === 0)
    return { type: 'call', tool, ...(before === undefined ? {} : { before }) };
  const what =
    tool.type === 'transfer' ? 'transfer the call with the transfer tool' : `call the tool ${tool.name}`;
  // Variables have to be set before the request.
  const set = more.length === 0 ? '' : 'set the variables with the tool extract_variables, then ';
  const lines = [prompt ?? before ?? '', `${(prompt ?? before) ? 'Then ' : ''}${set}${what}.`];
  const text = lines.filter((line) => line !== '').join('\n\n');
  return { type: 'talk', text: `${text.charAt(0).toUpperCase()}${text.slice(1)}`, tools: [...more, tool] };
}

function transferring(carry: Carry, node: Cursor, data: Cursor | undefined): StepAction {
  const to =
    carry.text(member(data, 'transferNumber', 'transfer_number', 'phoneNumber'))?.trim() ||
    '{{transfer_number}}';
  const warm = member(data, 'warmTransferFields');
  const briefing = carry.text(member(warm, 'prompt', 'message', 'instructions'), 'transfer-mode')?.trim();
  const label = rawText(member(data, 'name'))?.trim() || 'transfer';
  const config = withoutAbsent([
    ['from', '{{telnyx_agent_target}}'],
    ['targets', [{ name: label, to }]],
    ['warm_transfer_instructions', briefing || undefined],
  ]);
  const tool: Tool = { type: 'transfer', name: label, at: node, config };
  return withTool(carry, data, tool);
}

function calling(carry: Carry, node: Cursor, data: Cursor | undefined, exits: readonly Exit[]): Acting {
  const url = carry.text(member(data, 'url'))?.trim() ?? '';
  const all = [...responseExits(carry, member(data, 'responsePathways')), ...exits];
  if (url === '') {
    carry.ledger.lost(member(node, 'type'), 'tool-no-server');
    return { action: { type: 'route' }, exits: all };
  }
  const name = toolName(rawText(member(data, 'name')), 'webhook');
  const description = carry.text(member(data, 'description'));
  const auth = authHeader(carry, member(data, 'auth', 'authorization'), name);
  const tool = webhookTool(carry, {
    name,
    at: node,
    description,
    url,
    method: member(data, 'method'),
    headers: [...headerList(carry, member(data, 'headers'), name), ...auth],
    presetBody: bodyFields(carry, member(data, 'body')),
    store: stored(carry, member(data, 'responseData'), valuePath),
    timeoutMs: toolTimeout(carry, member(data, 'timeoutValue', 'timeout'), 1000),
  });
  carry.ledger.lost(member(data, 'max_retries'), 'tool-detail');
  return { action: withTool(carry, data, tool, extraction(carry, data)), exits: all };
}

function authHeader(carry: Carry, at: Cursor | undefined, owner: string): readonly JsonObject[] {
  const token = member(at, 'token', 'value');
  const type = rawText(member(at, 'type')) ?? 'Bearer';
  if (token === undefined || (rawText(token) ?? '') === '') return [];
  carry.ledger.exact(member(at, 'type'));
  const identifier = carry.header('Authorization', token, owner);
  return identifier === undefined
    ? []
    : [{ name: 'Authorization', value: `${/none/i.test(type) ? '' : `${type} `}${identifier}` }];
}

function knowing(carry: Carry, data: Cursor | undefined, exits: readonly Exit[]): Acting {
  const kb = member(data, 'kb', 'knowledgeBase');
  const text = rawText(kb) ?? '';
  const isText = text.length > 60 || /\s\S+\s/.test(text);
  const facts = isText ? carry.text(kb, 'knowledge-text') : undefined;
  carry.ledger.lost(kb, 'knowledge');
  const action = talking(carry, data, exits);
  const known = facts === undefined ? '' : `\n\nWhat you know:\n\n${facts}`;
  return { action: action.type === 'talk' ? { ...action, text: `${action.text}${known}` } : action, exits };
}

function pressing(carry: Carry, node: Cursor, data: Cursor | undefined, exits: readonly Exit[]): Acting {
  const digits = carry.text(member(data, 'digit', 'digits', 'sequence'), 'step-message')?.trim();
  const prompt = carry.text(member(data, 'digitPrompt', 'prompt', 'text'))?.trim();
  carry.ledger.near(member(data, 'mode'), 'step-setting');
  const tool: Tool = { type: 'send_dtmf', name: 'press_button', at: node, config: {} };
  const text = [
    digits ? `Press these keys with the key tool: ${digits}.` : 'Press the right key with the key tool.',
    prompt,
  ];
  return { action: { type: 'talk', text: text.filter(Boolean).join(' '), tools: [tool] }, exits };
}

function texting(carry: Carry, node: Cursor, data: Cursor | undefined, exits: readonly Exit[]): Acting {
  const body = carry.text(member(data, 'smsBody', 'message', 'text'))?.trim();
  const prompt = carry.text(member(data, 'prompt'))?.trim();
  carry.ledger.lost(member(data, 'phoneNumber'), 'call-setting');
  const name = toolName(rawText(member(data, 'name')), 'sms');
  if (body)
    return {
      action: {
        type: 'call',
        tool: { type: 'send_message', name, at: node, config: { message_template: body } },
      },
      exits,
    };
  const tool: Tool = { type: 'send_message', name: 'sms', at: node, config: {} };
  return {
    action: {
      type: 'talk',
      text: `Send the caller a text message with the message tool. ${prompt ?? ''}`.trim(),
      tools: [tool],
    },
    exits,
  };
}

function passing(carry: Carry, node: Cursor, data: Cursor | undefined, exits: readonly Exit[]): Acting {
  const id = member(data, 'transferPathway', 'pathway_id', 'pathwayId');
  const named = member(id, 'id', 'pathway_id', 'name') ?? id;
  const agent = { id: rawText(named) ?? '', at: named ?? node };
  carry.ledger.lost(member(data, 'transferPathwayNode'), 'handoff');
  return { action: { type: 'agent', agent, ...spokenFirst(carry, data) }, exits };
}

function usingTool(carry: Carry, data: Cursor | undefined, exits: readonly Exit[]): Acting {
  const at = member(data, 'tool');
  const all = [...responseExits(carry, member(data, 'responsePathways')), ...exits];
  const tool = at !== undefined && isObject(at.value) ? blandTool(carry, at) : undefined;
  if (tool === undefined) {
    carry.ledger.lost(at, 'tool-missing', rawText(at));
    return { action: { type: 'route' }, exits: all };
  }
  return { action: withTool(carry, data, tool), exits: all };
}
