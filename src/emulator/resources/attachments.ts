import type { JsonObject } from '../../model/json.ts';
import { checkAssistant } from '../contract/assistant-rules.ts';
import { type Call, ok, type Reply, type Route } from '../contract/contract.ts';
import { VERSION_NAME } from '../contract/defaults.ts';
import { badRequest, notFound } from '../contract/errors.ts';
import { nested, objects, strings, text } from '../contract/fields.ts';
import { parameter } from '../contract/router.ts';
import { toolOf } from './tools.ts';
import { addVersion, assistantOf, configOf, mainVersion, saveVersion } from './versions.ts';

function setToolIds({ world, params }: Call, change: (ids: readonly string[]) => readonly string[]): void {
  const assistant = assistantOf(world, parameter(params, 'assistant_id'));
  const main = mainVersion(world, assistant);
  const before = configOf(main);
  const toolIds = change(strings(before, 'tool_ids'));
  const config = { ...before, tool_ids: toolIds };
  checkAssistant(world, { tool_ids: toolIds }, config);
  if (world.quirks.attachMakesVersion) addVersion(world, assistant, config, VERSION_NAME, { promote: true });
  else saveVersion(world, { ...main, config });
}

function attach(call: Call): Reply {
  const id = text(toolOf(call.world, parameter(call.params, 'tool_id')), 'id');
  setToolIds(call, (ids) => (ids.includes(id) ? ids : [...ids, id]));
  return ok({});
}

function detach(call: Call): Reply {
  const id = parameter(call.params, 'tool_id');
  setToolIds(call, (ids) => {
    if (!ids.includes(id)) throw notFound(`Tool ${id} is not attached.`);
    return ids.filter((other) => other !== id);
  });
  return ok({});
}

/** Only webhook tools can be tried out; the embedded API answers for the remote side instead of calling it. */
function testTool({ world, params, body }: Call): Reply {
  const assistant = assistantOf(world, parameter(params, 'assistant_id'));
  const toolId = parameter(params, 'tool_id');
  const config = configOf(mainVersion(world, assistant));
  const inline = objects(config, 'tools').find((tool) => tool.tool_id === toolId);
  const shared = strings(config, 'tool_ids').includes(toolId) ? toolOf(world, toolId) : undefined;
  const tool = inline ?? shared;
  if (tool === undefined) throw notFound(`Tool ${toolId} not found.`);
  if (tool.type !== 'webhook') throw badRequest('Only webhook tools can be tested.');
  const webhook: JsonObject =
    inline === undefined ? nested(tool, 'tool_definition') : nested(tool, 'webhook');
  const request = {
    method: text(webhook, 'method'),
    url: text(webhook, 'url'),
    headers: {},
    body: nested(body, 'arguments'),
  };
  const data = {
    content_type: 'application/json',
    request,
    response: '{"ok":true}',
    status_code: 200,
    success: true,
  };
  return ok({ data });
}

const PATH = '/ai/assistants/{assistant_id}/tools/{tool_id}';

export const ATTACHMENT_ROUTES: readonly Route[] = [
  { method: 'PUT', path: PATH, handle: attach },
  { method: 'DELETE', path: PATH, handle: detach },
  { method: 'POST', path: `${PATH}/test`, handle: testTool },
];
