import { isObject, type JsonObject } from '../../model/json.ts';
import { checkAssistant } from '../contract/assistant-rules.ts';
import { acceptBody, withoutReadOnly } from '../contract/body-checks.ts';
import type { EmulatedWorld } from '../contract/contract.ts';
import { fillAssistant, fillToolPart, TOOL_TIMEOUT_MS } from '../contract/defaults.ts';
import { ApiFailure, invalidBody } from '../contract/errors.ts';
import { ASSISTANT_FIELDS } from '../contract/field-table.ts';
import { nested, objects, strings, text, without } from '../contract/fields.ts';
import { overlay } from '../contract/merge.ts';
import { checkSecrets } from '../contract/secret-rules.ts';
import { checkSettings } from '../contract/stored-rules.ts';

/** Fields of an assistant reply that a client may echo; the server ignores them in requests. */
const READ_ONLY = [
  ...['id', 'created_at', 'version_id', 'version_created_at', 'import_metadata', 'related_mission_ids'],
  ...['version_name', 'promote_to_main'],
];

/** An inline tool as stored: each save gives it a new id, and the server's defaults. */
function storeTool(world: EmulatedWorld, tool: JsonObject): JsonObject {
  const type = typeof tool.type === 'string' ? tool.type : '';
  const part = tool[type];
  return {
    timeout_ms: TOOL_TIMEOUT_MS,
    ...without(tool, 'shared', 'tool_id'),
    ...(isObject(part) ? { [type]: fillToolPart(type, part) } : {}),
    tool_id: `tool-${world.uuid()}`,
  };
}

/** Gives a configuration that enables telephony or messaging the TeXML application and profile that go with it. */
function provision(
  world: EmulatedWorld,
  assistantId: string,
  before: JsonObject,
  config: JsonObject,
): JsonObject {
  const features = strings(config, 'enabled_features');
  const had = strings(before, 'enabled_features');
  const gains = (feature: string) => features.includes(feature) && !had.includes(feature);
  let result = config;
  const telephony = nested(result, 'telephony_settings');
  if (gains('telephony') && telephony.default_texml_app_id === undefined) {
    const id = makeTexmlApplication(world, assistantId);
    result = { ...result, telephony_settings: { ...telephony, default_texml_app_id: id } };
  }
  const messaging = nested(result, 'messaging_settings');
  if (gains('messaging') && messaging.default_messaging_profile_id === undefined) {
    result = { ...result, messaging_settings: { ...messaging, default_messaging_profile_id: world.uuid() } };
  }
  return result;
}

/** Ids of TeXML applications are decimal strings beyond 2^53. */
function decimalId(world: EmulatedWorld): string {
  const bits = BigInt(`0x${world.uuid().replaceAll('-', '').slice(0, 15)}`);
  return `3${String(bits % 10n ** 18n).padStart(18, '0')}`;
}

function makeTexmlApplication(world: EmulatedWorld, assistantId: string): string {
  const friendly = `ai-${assistantId}`;
  const known = world.store.get('texml_links', assistantId);
  if (known !== undefined) return text(known, 'id');
  const id = decimalId(world);
  world.store.put('texml_links', assistantId, { id });
  const now = world.now();
  world.store.put('texml_applications', id, {
    record_type: 'texml_application',
    id,
    friendly_name: friendly,
    active: true,
    voice_url: `https://api.telnyx.com/v2/ai/assistants/${assistantId}/texml`,
    created_at: now.toISOString(),
    updated_at: now.toISOString(),
    ready_at: now.getTime() + world.quirks.texmlIdDelayMs,
  });
  return id;
}

/** Members of echoed tools and flow nodes that only the server writes. */
function refuseEchoes(body: JsonObject): void {
  const refuse = (items: readonly JsonObject[], names: readonly string[], loc: readonly string[]): void => {
    for (const [index, item] of items.entries()) {
      const echo = names.find((name) => item[name] !== undefined);
      if (echo === undefined) continue;
      throw invalidBody([...loc, index, echo], 'Extra inputs are not permitted', 'extra_forbidden');
    }
  };
  refuse(objects(body, 'tools'), ['shared', 'tool_id'], ['tools']);
  const nodes = objects(nested(body, 'conversation_flow'), 'nodes');
  refuse(nodes, ['tool', 'tools'], ['conversation_flow', 'nodes']);
}

/** Whether what is stored breaks a rule already. */
function isBroken(world: EmulatedWorld, stored: JsonObject): boolean {
  try {
    checkSettings(world, stored);
    return false;
  } catch (error) {
    if (error instanceof ApiFailure) return true;
    throw error;
  }
}

function finishConfig(
  world: EmulatedWorld,
  id: string,
  before: JsonObject,
  laid: JsonObject,
  body: JsonObject,
): JsonObject {
  const tools =
    body.tools === undefined ? {} : { tools: objects(body, 'tools').map((tool) => storeTool(world, tool)) };
  const config = fillAssistant({ ...laid, ...tools }, world.quirks.defaultModel);
  checkSecrets(world, body);
  if (world.quirks.unknownFields === 'reject') refuseEchoes(body);
  checkAssistant(world, body, config);
  if (world.quirks.checkStored || !isBroken(world, before)) checkSettings(world, config);
  return provision(world, id, before, config);
}

/** The configuration of a new assistant. Throws what the API would answer to a bad body. */
export function createConfig(world: EmulatedWorld, id: string, sent: JsonObject): JsonObject {
  const { body } = acceptBody(
    world,
    'assistant.create',
    withoutReadOnly(world, sent, READ_ONLY),
    ASSISTANT_FIELDS,
    'whole',
  );
  return finishConfig(world, id, {}, { tools: [], tool_ids: [], ...body }, body);
}

/** The configuration that a partial update makes of `base`. Throws what the API would answer to a bad body. */
export function updateConfig(
  world: EmulatedWorld,
  id: string,
  base: JsonObject,
  sent: JsonObject,
): JsonObject {
  const content = withoutReadOnly(world, without(sent, 'version_name', 'promote_to_main'), READ_ONLY);
  const prepared = acceptBody(world, 'assistant.update', content, ASSISTANT_FIELDS, 'partial');
  const { nested: laying, nestedBlocks } = world.quirks;
  const laid = overlay(base, prepared.body, prepared.cleared, laying, nestedBlocks);
  return finishConfig(world, id, base, laid, prepared.body);
}
