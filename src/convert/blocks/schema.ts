import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';

/** The schema of an answer as the API takes it: an object that names its members and allows no others. */
export function insightSchema(name: string, schema: Json | undefined): JsonObject | undefined {
  if (!isObject(schema) || Object.keys(schema).length === 0) return undefined;
  if (schema.type === 'object' && isObject(schema.properties)) return closed(schema);
  const key =
    name
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9_]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .toLowerCase() || 'value';
  return {
    type: 'object',
    properties: { [key]: closed(schema) },
    required: [key],
    additionalProperties: false,
  };
}

function closed(schema: JsonObject): JsonObject {
  const inner = Object.fromEntries(
    Object.entries(schema).map(([name, value]): readonly [string, Json] => {
      if (name === 'properties' && isObject(value)) {
        return [
          name,
          Object.fromEntries(Object.entries(value).map(([key, each]) => [key, closedValue(each)])),
        ];
      }
      return [name, name === 'items' ? closedValue(value) : value];
    }),
  );
  return schema.type === 'object' && isObject(schema.properties)
    ? { ...inner, additionalProperties: false }
    : inner;
}

function closedValue(value: Json): Json {
  if (isArray(value)) return value.map(closedValue);
  return isObject(value) ? closed(value) : value;
}
