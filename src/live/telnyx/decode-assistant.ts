import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';

/** Bookkeeping that the API adds to each element of `tools[]`; the SDK's tool params know none of it. */
const TOOL_ECHO: ReadonlySet<string> = new Set([
  'tool_id',
  'shared',
  'id',
  'created_at',
  'updated_at',
  'version_id',
]);

/** The API echoes its default on tools that were sent without one. */
const DEFAULT_TOOL_TIMEOUT_MS = 5_000;

/**
 * An assistant in request shape. Shared tools come back resolved inside `tools[]` and sometimes also in
 * `tool_ids`; sent back inline they would be attached a second time, so they are kept as ids alone.
 */
export function assistantConfig(body: JsonObject): JsonObject {
  const flow = body.conversation_flow;
  return {
    ...body,
    ...attachments(body),
    ...(isObject(flow) ? { conversation_flow: flowConfig(flow) } : {}),
  };
}

function attachments(body: JsonObject): JsonObject {
  const tools = isArray(body.tools) ? body.tools.filter(isObject) : undefined;
  const listed = isArray(body.tool_ids) ? body.tool_ids : undefined;
  if (tools === undefined) return {};
  const inline = tools.filter((tool) => !isShared(tool, listed ?? []));
  const resolved = tools
    .filter((tool) => isShared(tool, listed ?? []))
    .flatMap((tool) => attachedId(tool) ?? []);
  // A list that accounts for every shared tool is right even where the echo names them by other ids.
  const ids =
    listed !== undefined && listed.length >= resolved.length ? listed : [...(listed ?? []), ...resolved];
  return {
    tools: inline.map(inlineTool),
    ...(listed === undefined && ids.length === 0 ? {} : { tool_ids: [...new Set(ids)] }),
  };
}

function isShared(tool: JsonObject, listed: readonly Json[]): boolean {
  const id = attachedId(tool);
  return tool.shared === true || (id !== undefined && listed.includes(id));
}

function attachedId(tool: JsonObject): string | undefined {
  const id = tool.tool_id ?? tool.id;
  return typeof id === 'string' ? id : undefined;
}

function inlineTool(tool: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(tool).filter(
      ([key, value]) => !TOOL_ECHO.has(key) && !(key === 'timeout_ms' && value === DEFAULT_TOOL_TIMEOUT_MS),
    ),
  );
}

/** Nodes come back with the tools behind `shared_tool_ids` and `shared_tool_id` resolved; input ignores them. */
function flowConfig(flow: JsonObject): JsonObject {
  const nodes = flow.nodes;
  return isArray(nodes) ? { ...flow, nodes: nodes.map(flowNode) } : flow;
}

function flowNode(node: Json): Json {
  if (!isObject(node)) return node;
  const { tools: _tools, tool: _tool, ...config } = node;
  return config;
}
