import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';

/** True when one of the ids stands anywhere in a configuration. */
export function namesAny(config: Json, ids: ReadonlySet<string>): boolean {
  if (typeof config === 'string') return ids.has(config);
  if (isArray(config)) return config.some((item) => namesAny(item, ids));
  return isObject(config) && Object.values(config).some((value) => namesAny(value, ids));
}

/** A flow that leads nowhere: a flow cannot be taken away, only replaced. */
const DEAD_END: JsonObject = {
  start_node_id: 'end',
  nodes: [{ id: 'end', type: 'prompt', instructions: 'End the call.' }],
  edges: [],
};

/**
 * The update after which an assistant leads to no other one: for one that is about to be deleted, and stands in the way
 * of the deletion of those that it hands over to.
 */
export function unlinkedBody(config: JsonObject): JsonObject {
  return {
    tools: [],
    tool_ids: [],
    ...(isObject(config.conversation_flow) ? { conversation_flow: DEAD_END } : {}),
  };
}
