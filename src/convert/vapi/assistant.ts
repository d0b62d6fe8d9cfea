import { isObject, type Json } from '../../model/json.ts';
import { externalModel, modelBlock } from '../blocks/model.ts';
import { merged } from '../blocks/settings.ts';
import { fileTitle } from '../blocks/steps.ts';
import type { Carry } from '../carry.ts';
import { type Agent, type Insight, MODEL_GREETING, type Server, type Tool } from '../neutral.ts';
import { type Cursor, elements, listed, member, memberAt, rawFlag, rawText } from '../source/cursor.ts';
import { MARKDOWN_BODY } from '../source/yaml-text.ts';
import { assistantInsights } from './analysis.ts';
import type { VapiResource } from './parts.ts';
import { vapiSettings } from './settings.ts';
import { isOff, vapiTool } from './tools.ts';

export interface VapiWorld {
  readonly tools: ReadonlyMap<string, Cursor>;
  readonly outputs: ReadonlyMap<string, Insight>;
  /** Structured outputs that name their assistants instead of the other way round. */
  readonly outputsOf: (ids: readonly string[]) => readonly Insight[];
}

export function vapiAgent(carry: Carry, { ids, at }: VapiResource, world: VapiWorld): Agent {
  const name = member(at, 'name');
  carry.ledger.exact(name);
  const model = member(at, 'model');
  const service = memberAt(at, 'server', 'url') ?? member(at, 'serverUrl');
  const { tools, servers } = toolsOf(carry, at, world, service);
  // Where tools of the assistant have no service of their own, its service answers for them.
  const answers = tools.some(({ config }) => config.url !== undefined && config.url === rawText(service));
  if (answers) carry.ledger.near(service, 'tool-body');
  const secret = memberAt(at, 'server', 'secret') ?? member(at, 'serverUrlSecret');
  carry.ledger.lost(secret, 'events-webhook');
  const greeting = greetingOf(carry, at);
  const title = rawText(name)?.trim();
  return {
    ids: [...ids, ...(title === undefined || title === '' ? [] : [title])],
    name: title || ids[0] || fileTitle(at),
    at,
    prompt: promptOf(carry, at, model),
    ...(greeting === undefined ? {} : { greeting }),
    settings: merged([modelOf(carry, model), vapiSettings(carry, at)]),
    tools: withClosingWords(carry, at, tools),
    servers,
    insights: [...assistantInsights(carry, at, world.outputs), ...world.outputsOf(ids)],
    variables: variablesOf(carry, at),
  };
}

/** The system messages of the model, or the text of a Markdown file. */
export function promptOf(carry: Carry, at: Cursor, model: Cursor | undefined): string {
  const body = member(at, MARKDOWN_BODY);
  const system = elements(member(model, 'messages')).filter((each) => {
    const role = member(each, 'role');
    carry.ledger.frame(role);
    const isSystem = ['system', 'developer'].includes(rawText(role) ?? 'system');
    if (!isSystem) carry.ledger.lost(each, 'examples');
    return isSystem;
  });
  const texts = [
    ...system.map((each) => carry.text(member(each, 'content'))),
    carry.text(member(model, 'systemPrompt')),
    carry.text(member(at, 'systemPrompt')),
    carry.text(body),
  ];
  return texts.flatMap((text) => (text === undefined || text.trim() === '' ? [] : [text])).join('\n\n');
}

export function modelOf(carry: Carry, model: Cursor | undefined): ReturnType<typeof modelBlock> {
  const provider = member(model, 'provider');
  const name = member(model, 'model');
  if (rawText(provider) === 'custom-llm') {
    carry.ledger.exact(provider);
    return externalModel(carry, member(model, 'url'), name);
  }
  const block = modelBlock(carry, name ?? (typeof model?.value === 'string' ? model : undefined));
  if (Object.keys(block).length > 0) carry.ledger.exact(provider);
  else carry.ledger.lost(provider, 'model-unknown');
  return block;
}

function greetingOf(carry: Carry, at: Cursor): string | undefined {
  const mode = member(at, 'firstMessageMode');
  const message = member(at, 'firstMessage');
  carry.ledger.exact(mode);
  const text = carry.text(message);
  if (rawText(mode) === 'assistant-speaks-first-with-model-generated-message') return MODEL_GREETING;
  if (rawText(mode) === 'assistant-waits-for-user') return '';
  return text;
}

function toolsOf(
  carry: Carry,
  at: Cursor,
  world: VapiWorld,
  service: Cursor | undefined,
): { readonly tools: readonly Tool[]; readonly servers: readonly Server[] } {
  const model = member(at, 'model');
  const inline = [
    ...elements(member(model, 'tools')),
    ...elements(member(at, 'tools')),
    ...elements(member(at, 'tools:append')),
  ];
  const functions = elements(member(model, 'functions'));
  const named = [...elements(member(model, 'toolIds')), ...elements(member(at, 'toolIds'))].flatMap((id) => {
    const found = world.tools.get(rawText(id) ?? '');
    if (found === undefined) carry.ledger.lost(id, 'tool-missing', rawText(id));
    else carry.ledger.exact(id);
    return found === undefined ? [] : [found];
  });
  const made = [...named, ...inline, ...functions].map((each) => vapiTool(carry, each, service));
  return {
    tools: [...made.flatMap(({ tools }) => tools), ...switches(carry, at)],
    servers: made.flatMap(({ servers }) => servers),
  };
}

/** Tools that old exports switch on with a flag. */
function switches(carry: Carry, at: Cursor): readonly Tool[] {
  const end = member(at, 'endCallFunctionEnabled');
  const dial = member(at, 'dialKeypadFunctionEnabled');
  const forward = member(at, 'forwardingPhoneNumber');
  const to = carry.text(forward)?.trim();
  if (!isOff(end)) carry.ledger.exact(end);
  if (!isOff(dial)) carry.ledger.exact(dial);
  return [
    ...(rawFlag(end) === true ? [{ type: 'hangup', name: 'end_call', at, config: {} } as const] : []),
    ...(rawFlag(dial) === true ? [{ type: 'send_dtmf', name: 'dtmf', at, config: {} } as const] : []),
    ...(to ? [transferTo(at, to)] : []),
  ];
}

function transferTo(at: Cursor, to: string): Tool {
  const config = { from: '{{telnyx_agent_target}}', targets: [{ name: 'transfer', to }] };
  return { type: 'transfer', name: 'transfer_call', at, config };
}

function withClosingWords(carry: Carry, at: Cursor, tools: readonly Tool[]): readonly Tool[] {
  const message = carry.text(member(at, 'endCallMessage'), 'closing-words')?.trim();
  const phrases = listed(member(at, 'endCallPhrases')).flatMap(
    (each) => carry.text(each, 'closing-words')?.trim() || [],
  );
  if (!message && phrases.length === 0) return tools;
  const words = [
    message ? `Before you hang up, say: ${message}` : '',
    phrases.length === 0 ? '' : `Hang up after you have said one of these: ${phrases.join('; ')}.`,
  ];
  const own: Tool = {
    type: 'hangup',
    name: 'end_call',
    at,
    config: { description: words.filter(Boolean).join(' ') },
  };
  return [...tools, own];
}

function variablesOf(carry: Carry, at: Cursor): { readonly [name: string]: Json } {
  const values = carry.json(
    member(at, 'variableValues') ?? memberAt(at, 'assistantOverrides', 'variableValues'),
  );
  return isObject(values) ? values : {};
}
