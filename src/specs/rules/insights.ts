import type { DesiredResource } from '../../model/desired.ts';
import { isObject } from '../../model/json.ts';
import type { Finding } from '../problems/problem.ts';
import { problem } from './world.ts';

/** The form of an insight's answer, when written as text, is the text of a JSON object. */
export function insightRules({ spec }: DesiredResource): readonly Finding[] {
  const written = spec.json_schema;
  if (typeof written !== 'string' || written.trim() === '' || spellsObject(written)) return [];
  const hint = 'write the JSON Schema as a mapping, or correct the text';
  return [problem('JSON_SCHEMA_TEXT', '/spec/json_schema', 'json_schema is no JSON text of an object', hint)];
}

function spellsObject(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}
