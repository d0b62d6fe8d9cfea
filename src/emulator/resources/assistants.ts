import { isArray, isObject, type JsonObject } from '../../model/json.ts';
import { type Call, type EmulatedWorld, ok, type Reply, type Route } from '../contract/contract.ts';
import { VERSION_NAME } from '../contract/defaults.ts';
import { invalidBody } from '../contract/errors.ts';
import { objects, strings, text, without } from '../contract/fields.ts';
import { ASSISTANT_PAGES, pageOf } from '../contract/paging.ts';
import { parameter } from '../contract/router.ts';
import { listedNow } from '../contract/stale-lists.ts';
import { createConfig, updateConfig } from './assistant-config.ts';
import { versionBody } from './assistant-view.ts';
import { addVersion, assistantOf, configOf, hasMain, mainVersion, versionsOf } from './versions.ts';

/** Reads `version_name`: at most 50 characters. Undefined when the body has none. */
export function requestedVersionName(body: JsonObject): string | undefined {
  const name = body.version_name;
  if (name === undefined || name === null) return undefined;
  if (typeof name !== 'string')
    throw invalidBody(['version_name'], 'Input should be a valid string', 'string_type');
  if ([...name].length > 50) {
    throw invalidBody(['version_name'], 'String should have at most 50 characters', 'string_too_long');
  }
  return name;
}

/** Stores a new assistant with its first version, and answers its reply shape. */
export function newAssistant(world: EmulatedWorld, body: JsonObject, extra: JsonObject = {}): JsonObject {
  const id = `assistant-${world.uuid()}`;
  const config = createConfig(world, id, body);
  const fresh = { id, created_at: world.now().toISOString(), versions: [], ...extra };
  const { assistant, version } = addVersion(world, fresh, config, VERSION_NAME, { promote: true });
  return versionBody(world, assistant, version);
}

const showMain = (world: EmulatedWorld, assistant: JsonObject): JsonObject =>
  versionBody(world, assistant, mainVersion(world, assistant));

/** One page, or everything at once, as the quirk says. */
function listAssistants(call: Call): Reply {
  const { world } = call;
  const shown = listedNow(world, 'assistants').filter((assistant) => hasMain(world, assistant));
  const entry = (assistant: JsonObject): JsonObject =>
    showEntry(world, assistant, showMain(world, assistant));
  return ok(
    world.quirks.pagedAssistants ? pageOf(call, shown, ASSISTANT_PAGES, entry) : { data: shown.map(entry) },
  );
}

/** A list says less of an assistant than a read by id: no tools, no MCP servers, no flow. */
function showEntry(world: EmulatedWorld, assistant: JsonObject, whole: JsonObject): JsonObject {
  const { abbreviatedList, listVersionId } = world.quirks;
  const newest = strings(assistant, 'versions').at(-1) ?? '';
  const entry = abbreviatedList
    ? { ...without(whole, 'tool_ids'), tools: [], mcp_servers: [], conversation_flow: null }
    : whole;
  switch (listVersionId) {
    case 'main':
      return entry;
    case 'newest':
      return { ...entry, version_id: newest };
    case 'absent':
      return without(entry, 'version_id');
    default:
      return listVersionId satisfies never;
  }
}

function promoteFlag(body: JsonObject): boolean {
  const flag = body.promote_to_main;
  if (flag === undefined || flag === null) return true;
  if (typeof flag !== 'boolean')
    throw invalidBody(['promote_to_main'], 'Input should be a valid boolean', 'bool_type');
  return flag;
}

/** Updates make a version: promoted at once unless the body says otherwise. */
export function updateAssistant({ world, params, body }: Call): Reply {
  const assistant = assistantOf(world, parameter(params, 'assistant_id'));
  const promote = promoteFlag(body);
  const name = requestedVersionName(body) ?? VERSION_NAME;
  const newest = versionsOf(world, assistant)[0];
  const fromNewest = !promote && world.quirks.stagedBase === 'newest' && newest !== undefined;
  const base = configOf(fromNewest ? newest : mainVersion(world, assistant));
  const config = updateConfig(world, text(assistant, 'id'), base, body);
  const added = addVersion(world, assistant, config, name, { promote });
  if (promote && world.quirks.updateDropsCanary) dropCanary(world, text(assistant, 'id'));
  return ok(versionBody(world, added.assistant, added.version));
}

/** Ends the canary of an assistant when there is one. */
export function dropCanary(world: EmulatedWorld, assistantId: string): void {
  if (world.store.get('canaries', assistantId) !== undefined) world.store.remove('canaries', assistantId);
}

/** A clone gets everything but the telephony and messaging settings. */
function cloneAssistant({ world, params }: Call): Reply {
  const source = configOf(mainVersion(world, assistantOf(world, parameter(params, 'assistant_id'))));
  const kept = without(source, 'telephony_settings', 'messaging_settings', 'enabled_features');
  const tools = objects(source, 'tools').map((tool) => without(tool, 'tool_id'));
  return ok(newAssistant(world, { ...kept, tools }));
}

const PROVIDERS: readonly unknown[] = ['elevenlabs', 'vapi', 'retell'];

/** Import makes one assistant per external id; an id imported before is overwritten in place. */
function importAssistants({ world, body }: Call): Reply {
  const { provider, api_key_ref: key, import_ids: ids } = body;
  if (typeof provider !== 'string' || !PROVIDERS.includes(provider)) {
    throw invalidBody(['provider'], "Input should be 'elevenlabs', 'vapi' or 'retell'", 'enum');
  }
  if (typeof key !== 'string') throw invalidBody(['api_key_ref'], 'Field required', 'missing');
  const wanted = isArray(ids) ? strings(body, 'import_ids') : [`${provider}-agent-1`];
  const data = wanted.map((importId) => {
    const metadata = { import_provider: provider, import_id: importId };
    const content = { name: `Imported ${importId}`, instructions: `Imported from ${provider}.` };
    const known = world.store
      .all('assistants')
      .find(
        ({ import_metadata: old }) =>
          isObject(old) && old.import_provider === provider && old.import_id === importId,
      );
    if (known === undefined) return newAssistant(world, content, { import_metadata: metadata });
    const config = updateConfig(world, text(known, 'id'), configOf(mainVersion(world, known)), content);
    const added = addVersion(world, known, config, VERSION_NAME, { promote: true });
    return versionBody(world, added.assistant, added.version);
  });
  return ok({ data });
}

const escapeXml = (raw: string): string =>
  raw.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

function texml({ world, params }: Call): Reply {
  const assistant = assistantOf(world, parameter(params, 'assistant_id'));
  const id = escapeXml(text(assistant, 'id'));
  return ok(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Response>\n  <Connect>\n    <AIAssistant id="${id}"/>\n  </Connect>\n</Response>`,
  );
}

export const ASSISTANT_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/ai/assistants', handle: listAssistants },
  {
    method: 'POST',
    path: '/ai/assistants',
    handle: ({ world, body }) => ok(newAssistant(world, body)),
    keyed: true,
  },
  { method: 'POST', path: '/ai/assistants/import', handle: importAssistants, keyed: true },
  {
    method: 'GET',
    path: '/ai/assistants/{assistant_id}',
    handle: ({ world, params }) => ok(showMain(world, assistantOf(world, parameter(params, 'assistant_id')))),
  },
  { method: 'POST', path: '/ai/assistants/{assistant_id}', handle: updateAssistant },
  { method: 'POST', path: '/ai/assistants/{assistant_id}/clone', handle: cloneAssistant, keyed: true },
  { method: 'GET', path: '/ai/assistants/{assistant_id}/texml', handle: texml },
];
