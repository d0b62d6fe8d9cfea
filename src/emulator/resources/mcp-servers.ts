import type { JsonObject } from '../../model/json.ts';
import { acceptBody } from '../contract/body-checks.ts';
import { type Call, type EmulatedWorld, empty, ok, type Reply, type Route } from '../contract/contract.ts';
import { conflict, notFound } from '../contract/errors.ts';
import { MCP_FIELDS } from '../contract/field-table.ts';
import { objects, text, without } from '../contract/fields.ts';
import { overlay } from '../contract/merge.ts';
import { cutPage, PAGES, pageOf } from '../contract/paging.ts';
import { parameter } from '../contract/router.ts';
import { checkSecrets } from '../contract/secret-rules.ts';
import { listedNow } from '../contract/stale-lists.ts';
import { configOf, mainVersion } from './versions.ts';

const OPTIONAL: JsonObject = { api_key_ref: null, allowed_tools: null };

function serverOf({ world, params }: Call): JsonObject {
  const found = world.store.get('mcp_servers', parameter(params, 'mcp_server_id'));
  if (found === undefined) throw notFound('MCP server not found.');
  return found;
}

const one = ({ quirks }: EmulatedWorld, server: JsonObject): Reply =>
  ok(quirks.mcpWrapped ? { data: server } : server);

function createServer({ world, body: sent }: Call): Reply {
  const { body } = acceptBody(
    world,
    'mcp_server.create',
    without(sent, 'id', 'created_at'),
    MCP_FIELDS,
    'whole',
  );
  checkSecrets(world, body);
  const id = world.uuid();
  const server = { id, ...OPTIONAL, ...body, created_at: world.now().toISOString() };
  world.store.put('mcp_servers', id, server);
  return one(world, server);
}

/** PUT replaces (optional fields that are missing are reset) or merges, as the quirk says. */
function updateServer(call: Call): Reply {
  const { world } = call;
  const server = serverOf(call);
  const sent = without(call.body, 'id', 'created_at');
  const { body, cleared } = acceptBody(world, 'mcp_server.update', sent, MCP_FIELDS, 'partial');
  checkSecrets(world, body);
  const base = world.quirks.mcpPut === 'replace' ? { ...server, ...OPTIONAL } : server;
  const changed = { ...OPTIONAL, ...overlay(base, body, cleared, 'replace') };
  world.store.put('mcp_servers', text(server, 'id'), changed);
  return one(world, changed);
}

function isUsed(world: EmulatedWorld, id: string): boolean {
  return world.store
    .all('assistants')
    .some((item) =>
      objects(configOf(mainVersion(world, item)), 'mcp_servers').some((server) => server.id === id),
    );
}

function deleteServer(call: Call): Reply {
  const id = text(serverOf(call), 'id');
  if (call.world.quirks.deleteInUse === 'conflict' && isUsed(call.world, id)) {
    throw conflict(`MCP server ${id} is in use.`);
  }
  call.world.store.remove('mcp_servers', id);
  return empty(200);
}

/** `{data, meta}`, or a bare array whose pages end with an empty one. */
function listServers(call: Call): Reply {
  const { type, url } = call.query;
  const found = listedNow(call.world, 'mcp_servers')
    .filter((server) => type === undefined || server.type === type)
    .filter((server) => url === undefined || server.url === url);
  return ok(
    call.world.quirks.mcpList === 'envelope' ? pageOf(call, found) : cutPage(call, found, PAGES).items,
  );
}

const ONE = '/ai/mcp_servers/{mcp_server_id}';

export const MCP_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/ai/mcp_servers', handle: listServers },
  { method: 'POST', path: '/ai/mcp_servers', handle: createServer, keyed: true },
  { method: 'GET', path: ONE, handle: (call) => one(call.world, serverOf(call)) },
  { method: 'PUT', path: ONE, handle: updateServer },
  { method: 'DELETE', path: ONE, handle: deleteServer },
];
