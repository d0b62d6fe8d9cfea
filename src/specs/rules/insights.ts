import type { DesiredResource } from '../../model/desired.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import type { Finding } from '../problems/problem.ts';
import { problem, warning } from './world.ts';

/** The form of an insight's answer, when written as text, is the text of a JSON object. */
export function insightRules({ spec }: DesiredResource): readonly Finding[] {
  const written = spec.json_schema;
  if (isObject(written)) return openSchema(written);
  if (typeof written !== 'string' || written.trim() === '' || spellsObject(written)) return [];
  const hint = 'write the JSON Schema as a mapping, or correct the text';
  return [problem('JSON_SCHEMA_TEXT', '/spec/json_schema', 'json_schema is no JSON text of an object', hint)];
}

/** The API refused a schema of an object that leaves open whether there is more. */
function openSchema(schema: JsonObject): readonly Finding[] {
  if (schema.type !== 'object' || schema.additionalProperties === false) return [];
  const message = 'the API may refuse a json_schema of an object without additionalProperties: false';
  const hint = 'write additionalProperties: false beside type: object';
  return [warning('INSIGHT_SCHEMA', '/spec/json_schema', message, hint)];
}

function spellsObject(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}
