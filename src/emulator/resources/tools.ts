import { isObject, type JsonObject } from '../../model/json.ts';
import { acceptBody, withoutReadOnly } from '../contract/body-checks.ts';
import { type Call, type EmulatedWorld, ok, type Reply, type Route } from '../contract/contract.ts';
import { fillToolPart, TOOL_TIMEOUT_MS } from '../contract/defaults.ts';
import { conflict, notFound } from '../contract/errors.ts';
import { TOOL_FIELDS } from '../contract/field-table.ts';
import { nested, objects, pick, strings, text } from '../contract/fields.ts';
import { nodeToolIds } from '../contract/flow-rules.ts';
import { deepMerge, overlay } from '../contract/merge.ts';
import { pageOf } from '../contract/paging.ts';
import { parameter } from '../contract/router.ts';
import { checkSecrets } from '../contract/secret-rules.ts';
import { listedNow } from '../contract/stale-lists.ts';
import { configOf, mainVersion } from './versions.ts';

const READ_ONLY = ['id', 'created_at', 'tool_definition'];

/** The stored shared tool; 404 when there is none. */
export function toolOf(world: EmulatedWorld, id: string): JsonObject {
  const found = world.store.get('tools', id);
  if (found === undefined) throw notFound(`Tool ${id} not found.`);
  return found;
}

/** The type-specific object of a tool, as requests carry it (`{webhook: {...}}`). */
function partOf(body: JsonObject, type: string): JsonObject | undefined {
  const part = body[type];
  return isObject(part) ? part : undefined;
}

function createTool({ world, body: sent }: Call): Reply {
  const { body } = acceptBody(
    world,
    'tool.create',
    withoutReadOnly(world, sent, READ_ONLY),
    TOOL_FIELDS,
    'whole',
  );
  const type = text(body, 'type');
  checkSecrets(world, body);
  const id = `tool-${world.uuid()}`;
  const tool: JsonObject = {
    id,
    type,
    display_name: text(body, 'display_name'),
    tool_definition: fillToolPart(type, partOf(body, type) ?? {}),
    timeout_ms: body.timeout_ms ?? TOOL_TIMEOUT_MS,
    created_at: world.now().toISOString(),
  };
  world.store.put('tools', id, tool);
  return ok(tool);
}

/** PATCH: members of the body replace those of the tool; its type-specific object follows the nested quirk. */
function updateTool({ world, params, body: sent }: Call): Reply {
  const tool = toolOf(world, parameter(params, 'tool_id'));
  const prepared = acceptBody(
    world,
    'tool.update',
    withoutReadOnly(world, sent, READ_ONLY),
    TOOL_FIELDS,
    'partial',
  );
  checkSecrets(world, prepared.body);
  const type = text(prepared.body, 'type') || text(tool, 'type');
  const part = partOf(prepared.body, type);
  const current = type === tool.type ? nested(tool, 'tool_definition') : {};
  const merged = world.quirks.nested === 'merge' ? deepMerge(current, part ?? {}) : (part ?? current);
  const plain = pick(prepared.body, ['type', 'display_name', 'timeout_ms']);
  const changed: JsonObject = {
    ...overlay(tool, plain, prepared.cleared, 'replace'),
    tool_definition: fillToolPart(type, merged),
  };
  world.store.put('tools', text(tool, 'id'), changed);
  return ok(changed);
}

function isUsed(world: EmulatedWorld, toolId: string): boolean {
  return world.store.all('assistants').some((assistant) => {
    const config = configOf(mainVersion(world, assistant));
    const nodes = objects(nested(config, 'conversation_flow'), 'nodes');
    return (
      strings(config, 'tool_ids').includes(toolId) || nodes.some((node) => nodeToolIds(node).includes(toolId))
    );
  });
}

function deleteTool({ world, params }: Call): Reply {
  const id = text(toolOf(world, parameter(params, 'tool_id')), 'id');
  if (world.quirks.deleteInUse === 'conflict' && isUsed(world, id)) throw conflict(`Tool ${id} is in use.`);
  world.store.remove('tools', id);
  return ok({});
}

function listTools(call: Call): Reply {
  const { 'filter[type]': type, 'filter[name]': name } = call.query;
  const found = listedNow(call.world, 'tools')
    .filter((tool) => type === undefined || tool.type === type)
    .filter((tool) => name === undefined || text(tool, 'display_name').includes(name));
  return ok(pageOf(call, found));
}

/** The Tools Library. */
export const TOOL_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/ai/tools', handle: listTools },
  { method: 'POST', path: '/ai/tools', handle: createTool, keyed: true },
  {
    method: 'GET',
    path: '/ai/tools/{tool_id}',
    handle: ({ world, params }) => ok(toolOf(world, parameter(params, 'tool_id'))),
  },
  { method: 'PATCH', path: '/ai/tools/{tool_id}', handle: updateTool },
  { method: 'DELETE', path: '/ai/tools/{tool_id}', handle: deleteTool },
];
