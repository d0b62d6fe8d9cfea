import { Failure } from '../model/errors.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';

/** Reads `name=text` and `name:=JSON`, each name once. Fails with exit code 3, naming the option. */
export function readPairs(option: string, words: readonly string[]): JsonObject {
  const pairs: { [name: string]: Json } = {};
  for (const word of words) {
    const match = /^([A-Za-z0-9_.-]+?)(:?)=([\s\S]*)$/.exec(word);
    const [, name = '', json, text = ''] = match ?? [];
    if (match === null || name === '__proto__') {
      throw wrong(`${option} takes name=value, found ${JSON.stringify(word)}`);
    }
    if (Object.hasOwn(pairs, name)) throw wrong(`${option} names ${name} twice`);
    pairs[name] = json === '' ? text : parsed(option, name, text);
  }
  return pairs;
}

function parsed(option: string, name: string, text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    throw wrong(`${option} ${name}:= takes JSON, found ${JSON.stringify(text)}`);
  }
}

function wrong(message: string): Failure {
  return new Failure('usage', message, {
    code: 'PAIR_INVALID',
    hint: 'write name=text, or name:=JSON for a number, a list or an object',
  });
}

/** Fails with exit code 3 unless the text is a phone number in E.164 form. */
export function requireNumber(option: string, text: string): string {
  if (/^\+[1-9]\d{6,14}$/.test(text)) return text;
  throw new Failure(
    'usage',
    `${option} takes a phone number like +13125550100, found ${JSON.stringify(text)}`,
    {
      code: 'NUMBER_INVALID',
    },
  );
}

/** A whole number of an option, within its bounds. Undefined when the option was not given. */
export function wholeNumberPair(
  option: string,
  text: string | undefined,
  [least, most]: readonly [number, number],
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Failure('usage', `${option} takes a whole number from ${least} to ${most}, found ${text}`, {
    code: 'NUMBER_INVALID',
  });
}

/** An RFC 3339 date and time with its offset, as UTC. Fails with exit code 3 for anything else. */
export function requireTime(option: string, text: string): string {
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i.test(text);
  const time = form ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new Failure(
    'usage',
    `${option} takes a time like 2030-01-31T09:00:00Z, found ${JSON.stringify(text)}`,
    {
      code: 'TIME_INVALID',
      hint: 'the offset is needed: Z, or for example +02:00',
    },
  );
}

/** Undefined members left out: a body never carries what was not asked for. */
export function present(members: { readonly [name: string]: Json | undefined }): JsonObject {
  const entries = Object.entries(members).flatMap(([name, value]) =>
    value === undefined || (isObject(value) && Object.keys(value).length === 0)
      ? []
      : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}
