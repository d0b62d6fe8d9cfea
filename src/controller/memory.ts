import type { EventType, Happening } from '../model/event.ts';
import { EVENT_TYPES } from '../model/event.ts';
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';

/**
 * What replicas tell each other, beside the state: what ended for a reason that only people can mend, and what was
 * told to whom. Pure: a memory is a value, and each function makes the next one.
 */
export interface Memory {
  /** The last attempt, where only something that moves makes another one worth while. */
  readonly attempt?: RememberedAttempt;
  /** An apply that somebody has begun, and whose end nobody has told yet. */
  readonly begun?: Begun;
  /** Names of what was told, newest last: each is told once. */
  readonly told: readonly string[];
  /** What is being told. */
  readonly letters: readonly Letter[];
  /** The commit status that was set last. */
  readonly commitStatus?: string;
}

export interface RememberedAttempt {
  readonly commit: string;
  readonly approvals: readonly string[];
  readonly live: string;
  readonly code: number;
  readonly reason: { readonly code: string; readonly message: string };
}

export interface Begun {
  readonly commit: string;
  /** Who; see {@link Letter}. */
  readonly by: string;
}

export interface Letter {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** The process that tells it, as `<scope>/<pid>`; the scope is empty where the system does not tell. */
  readonly by: string;
  readonly happening: Happening;
}

export const EMPTY_MEMORY: Memory = { told: [], letters: [] };

/** Names of what was told that are kept; older ones belong to commits long gone. */
const MOST_TOLD = 200;
const MOST_LETTERS = 50;

/** The memory with something to tell, or undefined where that was told already. */
export function withLetters(memory: Memory, key: string, letters: readonly Letter[]): Memory | undefined {
  if (memory.told.includes(key)) return undefined;
  return {
    ...memory,
    told: [...memory.told, key].slice(-MOST_TOLD),
    letters: [...memory.letters, ...letters].slice(-MOST_LETTERS),
  };
}

/** The memory after letters have arrived, or undefined where none of them was on its way. */
export function withoutLetters(memory: Memory, ids: readonly string[]): Memory | undefined {
  const letters = memory.letters.filter(({ id }) => !ids.includes(id));
  return letters.length === memory.letters.length ? undefined : { ...memory, letters };
}

/** The memory without what is not so any more, so that it is told again when it is; undefined: nothing of it was. */
export function forget(memory: Memory, prefix: string): Memory | undefined {
  const told = memory.told.filter((key) => !key.startsWith(prefix));
  return told.length === memory.told.length ? undefined : { ...memory, told };
}

/** Never fails: what cannot be read was written by another version, and is done without. */
export function readMemory(value: JsonObject | undefined): Memory {
  if (value === undefined) return EMPTY_MEMORY;
  const attempt = attemptIn(value.attempt);
  const begun = begunIn(value.begun);
  return {
    told: texts(value.told),
    letters: isArray(value.letters) ? value.letters.flatMap((one) => letterIn(one) ?? []) : [],
    ...(attempt !== undefined && { attempt }),
    ...(begun !== undefined && { begun }),
    ...(typeof value.commitStatus === 'string' && { commitStatus: value.commitStatus }),
  };
}

export function memoryJson({ attempt, begun, told, letters, commitStatus }: Memory): JsonObject {
  return {
    format: 1,
    ...(attempt !== undefined && { attempt: { ...attempt, reason: { ...attempt.reason } } }),
    ...(begun !== undefined && { begun: { ...begun } }),
    told: [...told],
    letters: letters.map(({ happening, ...letter }) => ({ ...letter, happening: { ...happening } })),
    ...(commitStatus !== undefined && { commitStatus }),
  };
}

function texts(value: Json | undefined): readonly string[] {
  return isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function attemptIn(value: Json | undefined): RememberedAttempt | undefined {
  if (!isObject(value) || !isObject(value.reason)) return undefined;
  const { commit, live, code } = value;
  const { code: name, message } = value.reason;
  if (typeof commit !== 'string' || typeof live !== 'string' || typeof code !== 'number') return undefined;
  if (typeof name !== 'string' || typeof message !== 'string') return undefined;
  return { commit, live, code, approvals: texts(value.approvals), reason: { code: name, message } };
}

function begunIn(value: Json | undefined): Begun | undefined {
  if (!isObject(value)) return undefined;
  const { commit, by } = value;
  return typeof commit === 'string' && typeof by === 'string' ? { commit, by } : undefined;
}

function letterIn(value: Json | undefined): Letter | undefined {
  if (!isObject(value) || !isObject(value.happening)) return undefined;
  const { id, at, by } = value;
  const { type, subject, text, data } = value.happening;
  if (typeof id !== 'string' || typeof at !== 'string' || typeof by !== 'string') return undefined;
  if (!isEventType(type) || typeof text !== 'string' || !isObject(data)) return undefined;
  const happening = { type, text, data, ...(typeof subject === 'string' && { subject }) };
  return { id, at, by, happening };
}

function isEventType(value: Json | undefined): value is EventType {
  return EVENT_TYPES.some((type) => type === value);
}
