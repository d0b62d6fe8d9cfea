import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { sharedTools } from '../contract/assistant-rules.ts';
import type { EmulatedWorld } from '../contract/contract.ts';
import { nested, objects, strings, text, without } from '../contract/fields.ts';
import { nodeToolIds } from '../contract/flow-rules.ts';
import { configOf } from './versions.ts';

/** A library tool as it appears among an assistant's `tools`. */
function attached(tool: JsonObject): JsonObject {
  const type = text(tool, 'type');
  return {
    type,
    [type]: nested(tool, 'tool_definition'),
    timeout_ms: tool.timeout_ms ?? null,
    tool_id: text(tool, 'id'),
    shared: true,
  };
}

function showTools(world: EmulatedWorld, config: JsonObject): readonly Json[] {
  const inline = objects(config, 'tools').map((tool) => ({ ...tool, shared: false }));
  return [...inline, ...sharedTools(world, config).map(attached)];
}

function showToolIds(world: EmulatedWorld, config: JsonObject): JsonObject {
  const ids = strings(config, 'tool_ids').filter((id) => world.store.get('tools', id) !== undefined);
  switch (world.quirks.toolIdsInResponse) {
    case 'absent':
      return {};
    case 'null':
      return { tool_ids: null };
    case 'list':
      return { tool_ids: ids.length === 0 ? null : ids };
    default:
      return world.quirks.toolIdsInResponse satisfies never;
  }
}

/**
 * Flow nodes come back with the tools that their ids stand for. The published type of a prompt node's `tools` is an
 * array of arrays, one for each id.
 */
function showNode(world: EmulatedWorld, node: JsonObject): JsonObject {
  const tools = nodeToolIds(node)
    .map((id) => world.store.get('tools', id))
    .filter((tool) => tool !== undefined)
    .map(attached);
  if (tools.length === 0) return node;
  return node.type === 'tool' ? { ...node, tool: tools } : { ...node, tools: tools.map((tool) => [tool]) };
}

function showFlow(world: EmulatedWorld, config: JsonObject): JsonObject {
  const flow = config.conversation_flow;
  if (!isObject(flow)) return {};
  return {
    conversation_flow: { ...flow, nodes: objects(flow, 'nodes').map((node) => showNode(world, node)) },
  };
}

/** The TeXML application is made in the background: its id shows up only after a while. */
function showTelephony(world: EmulatedWorld, config: JsonObject): JsonObject {
  const settings = config.telephony_settings;
  if (!isObject(settings)) return {};
  const app = world.store.get('texml_applications', text(settings, 'default_texml_app_id'));
  const ready = typeof app?.ready_at !== 'number' || app.ready_at <= world.now().getTime();
  return { telephony_settings: ready ? settings : without(settings, 'default_texml_app_id') };
}

/** Prompt synchronisation writes the version of the external prompt back. */
function showObservability(config: JsonObject): JsonObject {
  const settings = nested(config, 'observability_settings');
  const synced = settings.prompt_sync === 'enabled' && settings.prompt_version === undefined;
  return synced ? { observability_settings: { ...settings, prompt_version: 1 } } : {};
}

function masked(value: Json, name: string): Json {
  if (name === 'sip_auth_password' && typeof value === 'string') return '********';
  if (isArray(value)) return value.map((item) => masked(item, name));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner, key)]));
}

/** A version in the wire shape of an assistant: the bare object that every assistant endpoint answers. */
export function versionBody(world: EmulatedWorld, assistant: JsonObject, version: JsonObject): JsonObject {
  const config = configOf(version);
  const shown: JsonObject = {
    id: text(assistant, 'id'),
    created_at: text(assistant, 'created_at'),
    ...without(config, 'tool_ids'),
    ...showTelephony(world, config),
    ...showObservability(config),
    ...showFlow(world, config),
    tools: showTools(world, config),
    ...showToolIds(world, config),
    version_id: text(version, 'version_id'),
    version_name: text(version, 'version_name'),
    version_created_at: text(version, 'version_created_at'),
    related_mission_ids: [],
    ...(isObject(assistant.import_metadata) ? { import_metadata: assistant.import_metadata } : {}),
  };
  if (!world.quirks.maskSipPassword) return shown;
  return { ...shown, tools: list(masked(list(shown.tools ?? []), 'tools')) };
}

function list(value: Json): readonly Json[] {
  return isArray(value) ? value : [];
}
