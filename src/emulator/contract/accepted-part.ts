/**
 * What the server takes of a body: keys that it does not know are dropped without a word at every depth, and so is null
 * where it means "not given". The shapes that are generated from the schemas say which keys there are.
 */
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Shape } from '../../model/shape.ts';

/** Members of elements where null is a value of its own. */
const NULLABLE = new Set([
  ...['shared_tool_ids', 'allowed_tools', 'json_schema', 'interrupt_prediction_threshold', 'language_boost'],
  ...['warm_message_delay_ms', 'targets', 'message_template', 'api_key_ref'],
]);

export interface Dropping {
  readonly unknown: boolean;
  readonly nulls: boolean;
}

function members(
  value: JsonObject,
  fields: { readonly [name: string]: Shape },
  dropping: Dropping,
): JsonObject {
  const kept: { [name: string]: Json } = {};
  for (const [name, inner] of Object.entries(value)) {
    const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (shape !== undefined) {
      if (inner !== null || !dropping.nulls || NULLABLE.has(name))
        kept[name] = acceptedPart(inner, shape, dropping);
    } else if (!dropping.unknown || name === value.type) kept[name] = inner;
  }
  return kept;
}

/** The part of a value that the server keeps. */
export function acceptedPart(value: Json, shape: Shape, dropping: Dropping): Json {
  switch (shape.t) {
    case 'scalar':
    case 'map':
    case 'opaque':
      return value;
    case 'object':
      return isObject(value) ? members(value, shape.fields, dropping) : value;
    case 'list':
      if (isArray(value)) return value.map((item) => acceptedPart(item, shape.item, dropping));
      return shape.otherwise === undefined ? value : acceptedPart(value, shape.otherwise, dropping);
    default:
      return shape satisfies never;
  }
}
