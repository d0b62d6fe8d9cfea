import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';

/** True when one of the ids stands anywhere in a configuration. */
export function namesAny(config: Json, ids: ReadonlySet<string>): boolean {
  if (typeof config === 'string') return ids.has(config);
  if (isArray(config)) return config.some((item) => namesAny(item, ids));
  return isObject(config) && Object.values(config).some((value) => namesAny(value, ids));
}

/** A flow without handoffs. The API cannot remove a flow from an assistant, only replace it. */
const DEAD_END: JsonObject = {
  start_node_id: 'end',
  nodes: [{ id: 'end', type: 'prompt', instructions: 'End the call.' }],
  edges: [],
};

/**
 * The update that removes every handoff from an assistant. Apply sends it to an assistant that it is about to delete,
 * because the API refuses to delete an assistant that another one hands over to.
 */
export function unlinkedBody(config: JsonObject): JsonObject {
  return {
    tools: [],
    tool_ids: [],
    ...(isObject(config.conversation_flow) ? { conversation_flow: DEAD_END } : {}),
  };
}
