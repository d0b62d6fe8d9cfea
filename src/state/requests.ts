import { isArray, isObject, type Json } from '../model/json.ts';
import type { StoredRequest } from '../model/request.ts';

/** A request from its text; undefined for what is none. */
export function decodeRequest(text: string): StoredRequest | undefined {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { id, kind, words, by, at } = value;
  if (typeof id !== 'string' || typeof by !== 'string' || typeof at !== 'string') return undefined;
  if (kind !== 'approve' && kind !== 'run') return undefined;
  if (!isArray(words) || !words.every((word) => typeof word === 'string')) return undefined;
  return { id, kind, words, by, at };
}
