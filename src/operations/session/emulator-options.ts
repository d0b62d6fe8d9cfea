import { existsSync } from 'node:fs';
import { decodeQuirks, type Quirks } from '../../emulator/contract/quirks.ts';
import { decodeScripts, type RunScript } from '../../emulator/contract/run-scripts.ts';
import type { FailureCode } from '../../model/codes/failure-codes.ts';
import { Failure } from '../../model/errors.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { readJsonFile, reasonOf } from '../files.ts';

/** Results of test runs, from a JSON file. */
export async function readScripts(path: string): Promise<readonly RunScript[]> {
  const value = await readJsonFile(path, 'scripts file');
  return checked('SCRIPTS_INVALID', () => decodeScripts(value));
}

/** The same for a file that need not be there: without it every run passes. */
export async function findScripts(path: string): Promise<readonly RunScript[]> {
  return existsSync(path) ? await readScripts(path) : [];
}

/** Switches given as `name=value`. */
export function readQuirks(words: readonly string[]): Partial<Quirks> {
  return checked('QUIRK_INVALID', () => decodeQuirks(Object.fromEntries(words.map(parseQuirk))));
}

/** Switches of the project file. */
export function checkQuirks(quirks: JsonObject): Partial<Quirks> {
  return checked('QUIRK_INVALID', () => decodeQuirks(quirks));
}

/** The emulator's decoders throw plain errors; here they are the user's mistake. */
function checked<Value>(code: FailureCode, decode: () => Value): Value {
  try {
    return decode();
  } catch (cause) {
    throw new Failure('usage', reasonOf(cause), { code, cause });
  }
}

/** A whole number from 0 to `largest`. */
export function wholeNumber(option: string, text: string, largest: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= largest) return value;
  throw new Failure('usage', `${option} must be a whole number from 0 to ${largest}`, {
    code: 'OPTION_INVALID',
  });
}

/** `name=value`; numbers, lists and truth values are read as such, everything else is a word. */
function parseQuirk(text: string): [string, Json] {
  const equals = text.indexOf('=');
  if (equals < 0) return [text, true];
  const value = text.slice(equals + 1);
  const literal = /^(true|false|\d+|\[.*\]|\{.*\})$/.test(value) && isJson(value);
  return [text.slice(0, equals), literal ? JSON.parse(value) : value];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
