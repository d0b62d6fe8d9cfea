import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import type { StoredRequest, TakenRequest } from '../model/request.ts';

/** A request from its text; undefined for what is none. */
export function decodeRequest(text: string): StoredRequest | undefined {
  const value = parsed(text);
  if (!isObject(value)) return undefined;
  const { id, kind, words, by, at, entries } = value;
  if (typeof id !== 'string' || typeof by !== 'string' || typeof at !== 'string') return undefined;
  if (kind !== 'approve' && kind !== 'run') return undefined;
  if (!isArray(words) || !words.every((word) => typeof word === 'string')) return undefined;
  const taken = decodeTaken(value.taken);
  return {
    id,
    kind,
    words,
    by,
    at,
    ...(taken !== undefined && { taken }),
    ...(typeof entries === 'string' && { entries }),
  };
}

function decodeTaken(value: Json | undefined): TakenRequest | undefined {
  if (!isObject(value)) return undefined;
  const { by, at, main = null } = value;
  if (typeof by !== 'string' || typeof at !== 'string') return undefined;
  const process = typeof value.process === 'string' ? value.process : '';
  return typeof main === 'string' || main === null ? { by, process, at, main } : undefined;
}

/** An object from its text; undefined for anything else. */
export function decodeMemory(text: string): JsonObject | undefined {
  const value = parsed(text);
  return isObject(value) ? value : undefined;
}

function parsed(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
