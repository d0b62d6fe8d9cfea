import { isObject, type JsonObject } from '../../model/json.ts';

/**
 * A shared tool is created as `{ type, display_name, webhook: {…} }` and answered as
 * `{ type, display_name, tool_definition: {…} }`, where the definition is either the inner object or, from
 * some servers, a whole `{ webhook: {…} }`. Older replies have no definition and echo the request.
 */
export function toolConfig(body: JsonObject): JsonObject {
  const type = body.type;
  if (typeof type !== 'string' || type === '__proto__') return body;
  const definition = body.tool_definition;
  if (!isObject(definition)) return body;
  const inner = definition[type];
  return { ...body, [type]: isObject(inner) ? inner : definition };
}
