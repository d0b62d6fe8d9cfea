import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Carry } from '../carry.ts';
import { type Cursor, rawText } from '../source/cursor.ts';

/** A body is an object, or the text of one with variables in it. */
export function bodyFields(carry: Carry, at: Cursor | undefined): JsonObject {
  if (at === undefined) return {};
  if (isObject(at.value)) {
    const value = carry.json(at);
    return isObject(value) ? value : {};
  }
  const parsed = parsedBody(carry.text(at) ?? '');
  if (parsed === undefined && (rawText(at) ?? '').trim() !== '') carry.ledger.note(at, 'tool-body');
  return parsed ?? {};
}

function parsedBody(text: string): JsonObject | undefined {
  for (const candidate of [text, text.replace(/:\s*(\{\{[^{}]+\}\})(\s*[,}])/g, ': "$1"$2')]) {
    try {
      const value: Json = JSON.parse(candidate);
      if (isObject(value) && !isArray(value)) return value;
    } catch {
      // The next form, or none: then the body is reported.
    }
  }
  return undefined;
}
