/**
 * Rules that span fields of an assistant, as the comments of the public SDK state them. They hold for the effective
 * configuration (inline and shared tools together) and end in HTTP 400 with code 10015.
 */
import { isObject, type JsonObject } from '../../model/json.ts';
import type { EmulatedWorld } from './contract.ts';
import { badRequest, invalidBody } from './errors.ts';
import { nested, objects, strings, text } from './fields.ts';
import { checkFlow } from './flow-rules.ts';

const NAMED = ['function', 'webhook', 'client_side_tool', 'update_dynamic_variables'];
/** Types that an assistant can have one tool of. */
const SINGLE: ReadonlySet<string> = new Set([
  ...[
    'retrieval',
    'handoff',
    'hangup',
    'transfer',
    'invite',
    'refer',
    'send_dtmf',
    'send_message',
    'skip_turn',
  ],
  ...['pay', 'update_dynamic_variables'],
]);

/** The stored shared tools of a configuration; ids without a tool are left out. */
export function sharedTools(world: EmulatedWorld, config: JsonObject): readonly JsonObject[] {
  return strings(config, 'tool_ids')
    .map((id) => world.store.get('tools', id))
    .filter((tool) => tool !== undefined);
}

function toolNames(tools: readonly JsonObject[]): readonly string[] {
  return tools
    .map((tool) => text(tool, 'type'))
    .flatMap((type, index) => {
      const tool = tools[index];
      if (tool === undefined || !NAMED.includes(type)) return [];
      const part = isObject(tool.tool_definition) ? tool.tool_definition : nested(tool, type);
      const name = text(part, 'name');
      return name === '' ? [] : [name];
    });
}

function firstDouble(items: readonly string[]): string | undefined {
  return items.find((item, index) => items.indexOf(item) !== index);
}

/** Types that the SDK does not know yet are taken as they are. */
function checkTools(tools: readonly JsonObject[]): void {
  for (const [index, tool] of tools.entries()) {
    if (text(tool, 'type') === '')
      throw invalidBody(['tools', index, 'type'], 'Field required', 'union_tag_not_found');
  }
  const single = tools.map((tool) => text(tool, 'type')).filter((type) => SINGLE.has(type));
  const twice = firstDouble(single);
  if (twice !== undefined)
    throw badRequest(`Only one tool of type '${twice}' is allowed per assistant.`, '/tools');
  const name = firstDouble(toolNames(tools));
  if (name !== undefined) throw badRequest(`Tool names must be unique; '${name}' is used twice.`, '/tools');
}

function checkTransfer(tools: readonly JsonObject[]): void {
  for (const tool of tools) {
    const transfer = isObject(tool.tool_definition) ? tool.tool_definition : nested(tool, 'transfer');
    if (text(tool, 'type') !== 'transfer' || nested(transfer, 'warm_transfer_acceptance').enabled !== true)
      continue;
    const everyTarget = objects(transfer, 'targets').every((target) => text(target, 'message') !== '');
    if (text(transfer, 'warm_transfer_instructions') !== '' || everyTarget) continue;
    throw badRequest(
      'warm_transfer_acceptance needs warm_transfer_instructions or a message on every target.',
    );
  }
}

function checkVoice(config: JsonObject): void {
  const voice = text(nested(config, 'voice_settings'), 'voice');
  if (/^Telnyx\.KokoroTTS\.(?!\w+_\w)/.test(voice))
    throw badRequest(`Voice ${voice} not found.`, '/voice_settings/voice');
}

function checkTurnTaking(config: JsonObject): void {
  const settings = nested(nested(config, 'transcription'), 'settings');
  const { eager_eot_threshold: eager, eot_threshold: final } = settings;
  if (typeof eager === 'number' && typeof final === 'number' && eager > final) {
    throw badRequest('eager_eot_threshold must not be above eot_threshold.', '/transcription/settings');
  }
}

function checkShared(world: EmulatedWorld, body: JsonObject): void {
  for (const [index, id] of strings(body, 'tool_ids').entries()) {
    if (world.store.get('tools', id) === undefined)
      throw badRequest(`Tool ${id} not found.`, `/tool_ids/${index}`);
  }
}

function checkReferences(world: EmulatedWorld, body: JsonObject): void {
  const need = (collection: string, id: string, pointer: string): void => {
    if (id !== '' && world.store.get(collection, id) === undefined)
      throw badRequest(`${id} not found.`, pointer);
  };
  for (const server of objects(body, 'mcp_servers')) need('mcp_servers', text(server, 'id'), '/mcp_servers');
  for (const tool of objects(body, 'tools')) {
    for (const target of objects(nested(tool, 'handoff'), 'ai_assistants'))
      need('assistants', text(target, 'id'), '/tools');
  }
  for (const edge of objects(nested(body, 'conversation_flow'), 'edges')) {
    need('assistants', text(nested(edge, 'target'), 'assistant_id'), '/conversation_flow/edges');
  }
  need('insight_groups', text(nested(body, 'insight_settings'), 'insight_group_id'), '/insight_settings');
}

/** Checks what a write sends (`body`) and what it leads to (`config`). Throws the first breach. */
export function checkAssistant(world: EmulatedWorld, body: JsonObject, config: JsonObject): void {
  checkShared(world, body);
  if (world.quirks.referenceCheck) checkReferences(world, body);
  const tools = [...objects(config, 'tools'), ...sharedTools(world, config)];
  if (world.quirks.checkStored || body.tools !== undefined || body.tool_ids !== undefined) checkTools(tools);
  checkTransfer(tools);
  checkVoice(config);
  checkTurnTaking(config);
  const flowTools =
    config.conversation_flow === undefined ? [] : checkFlow(world, nested(config, 'conversation_flow'));
  const pays = [...tools, ...flowTools].some((tool) => text(tool, 'type') === 'pay');
  if (pays && nested(config, 'telephony_settings').disable_dtmf !== true) {
    throw badRequest(
      'The pay tool requires telephony_settings.disable_dtmf to be true.',
      '/telephony_settings/disable_dtmf',
    );
  }
}
