import { isArray, isObject, type Json, type JsonObject, jsonEqual } from '../model/json.ts';

/** Null, absent and empty. */
export function saysNothing(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** Words that are switches. */
const SWITCHES: Readonly<Record<string, boolean>> = {
  true: true,
  on: true,
  yes: true,
  enabled: true,
  '1': true,
  false: false,
  off: false,
  no: false,
  disabled: false,
  '0': false,
};

function switched(value: Json): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const word = String(value).trim().toLowerCase();
  return Object.hasOwn(SWITCHES, word) ? SWITCHES[word] : undefined;
}

/** True when two names differ in case, punctuation and the like, in a prefix or suffix, or in how a number is dialled. */
export function isAlike(a: string, b: string): boolean {
  const [one, other] = [folded(a), folded(b)];
  if (one === '' || other === '') return false;
  return one.includes(other) || other.includes(one) || isSameNumber(one, other);
}

/** A phone number with and without its country code or the zero before the area, with the same words around it. */
function isSameNumber(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => text.replaceAll(/\D+/g, '').replace(/^0+/, ''));
  if (one === undefined || other === undefined || Math.min(one.length, other.length) < 7) return false;
  const [words, others] = [a, b].map((text) => text.replaceAll(/\d+/g, ' ').trim());
  return words === others && (one.endsWith(other) || other.endsWith(one));
}

/** True when two names differ in case, punctuation and the like. */
export function isSameWord(a: string, b: string): boolean {
  return folded(a) !== '' && folded(a) === folded(b);
}

/** The same, and the ways to dial a number. */
export function isOneWord(a: string, b: string): boolean {
  return isSameWord(a, b) || isSameNumber(folded(a), folded(b));
}

function folded(text: string): string {
  return withoutEntities(text)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** A text as it was before a server escaped it for HTML. */
function withoutEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,6})|#x([\da-f]{1,5})|([a-z]+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/**
 * True when one value may be another spelling of the other: a text, a number, or records and lists of such. A switch
 * that was turned, something against nothing, and elements that came or went are no spelling.
 */
export function isOwnSpelling(sent: Json, got: Json): boolean {
  if (jsonEqual(sent, got)) return true;
  if (saysNothing(sent) || saysNothing(got)) return saysNothing(sent) && saysNothing(got);
  if (isArray(sent)) return isArray(got) && areOwnSpellings(sent, got);
  if (isObject(sent)) {
    const record = typeof got === 'string' ? asRecord(got) : got;
    if (!isObject(record)) return false;
    return Object.entries(sent).every(([name, value]) => {
      const back = Object.hasOwn(record, name) ? (record[name] ?? null) : null;
      return isOwnSpelling(value, back);
    });
  }
  if (typeof sent === 'boolean' || typeof got === 'boolean') return switched(sent) === switched(got);
  if (isArray(got) || isObject(got)) return false;
  const [before, after] = [switched(sent), switched(got)];
  return before === undefined || after === undefined || before === after || typeof sent === 'number';
}

/** A record that a server keeps as JSON text; undefined for any other text. */
export function asRecord(text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Each element of one list is found in the other, in whatever order; an element that was sent twice may be one. */
function areOwnSpellings(sent: readonly Json[], got: readonly Json[]): boolean {
  const left = [...got];
  const take = (fits: (item: Json) => boolean): boolean => {
    const index = left.findIndex(fits);
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  };
  const unmatched = sent.filter((item) => !take((back) => jsonEqual(item, back)));
  const fits = (item: Json, back: Json): boolean =>
    typeof item === 'string' && typeof back === 'string' ? isAlike(item, back) : isOwnSpelling(item, back);
  return (
    unmatched.every(
      (item) => take((back) => fits(item, back)) || sent.filter((other) => jsonEqual(other, item)).length > 1,
    ) && left.length === 0
  );
}

/**
 * True when both say the same in other signs: case, white space, punctuation, the way to write a number; in lists the
 * order and how often. A person who changed the value would have written something else.
 */
export function isPlainSpelling(sent: Json, got: Json): boolean {
  return sameThroughout(sent, got, isPlainWord);
}

/**
 * The same, and a longer or shorter name of a thing and a rounded number as well: what servers make of aliases and
 * numbers. For a value of which nothing but itself tells that one was made of the other.
 */
export function isReworded(sent: Json, got: Json): boolean {
  const isName = (text: string): boolean => !/\s/.test(text.trim()) && Number.isNaN(Number(text));
  return sameThroughout(sent, got, (one, other) => {
    if (isPlainWord(one, other) || isRounded(Number(one), Number(other))) return true;
    return isName(one) && isName(other) && isAlike(one, other);
  });
}

/** Compares scalars as texts, lists in any order and however often, and of records the fields that were sent. */
function sameThroughout(sent: Json, got: Json, isSame: (sent: string, got: string) => boolean): boolean {
  if (jsonEqual(sent, got)) return true;
  if (isArray(sent)) {
    if (!isArray(got)) return false;
    return (
      sent.every((item) => got.some((back) => sameThroughout(item, back, isSame))) &&
      got.every((back) => sent.some((item) => sameThroughout(item, back, isSame)))
    );
  }
  if (isObject(sent)) {
    if (!isObject(got)) return false;
    return Object.entries(sent).every(([name, value]) => sameThroughout(value, field(got, name), isSame));
  }
  if (isArray(got) || isObject(got)) return false;
  if (saysNothing(sent) || saysNothing(got)) return saysNothing(sent) && saysNothing(got);
  if (typeof sent === 'boolean' && typeof got === 'boolean') return false;
  return isSame(String(sent), String(got));
}

function isPlainWord(sent: string, got: string): boolean {
  if (isOneWord(sent, got)) return true;
  return sent.trim() !== '' && Number(sent) === Number(got);
}

/** The number that came back is what was sent with no more digits behind the point than it has itself. */
function isRounded(sent: number, got: number): boolean {
  const digits = String(got).split('.')[1]?.length ?? 0;
  return Number.isFinite(sent) && Number(sent.toFixed(Math.min(digits, 20))) === got;
}

/** How much of two texts is the same in those that are near to each other, and of two numbers. */
const NEAR = { words: 0.6, number: 0.9 } as const;

/** True when most of one is in the other. */
export function isNear(sent: Json, got: Json): boolean {
  if (isArray(sent)) {
    return (
      isArray(got) &&
      sent.length === got.length &&
      sent.every((item) => got.some((back) => isNear(item, back)))
    );
  }
  if (isObject(sent)) {
    return isObject(got) && Object.entries(sent).every(([name, value]) => isNear(value, field(got, name)));
  }
  if (isArray(got) || isObject(got)) return false;
  if (typeof sent === 'number' && typeof got === 'number') {
    const [less, more] = [Math.min(sent, got), Math.max(sent, got)];
    return less === more || (less > 0 && less / more >= NEAR.number);
  }
  const [one, other] = [String(sent), String(got)];
  return isPlainSpelling(sent, got) || isAlike(one, other) || sharedWords(one, other) >= NEAR.words;
}

/** The share of words that both have, between 0 and 1. */
function sharedWords(a: string, b: string): number {
  const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const [one, other] = [words(a), words(b)];
  const left = [...other];
  const shared = one.filter((word) => {
    const index = left.indexOf(word);
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
  return shared.length / Math.max(one.length, other.length, 1);
}

function field(value: JsonObject, name: string): Json {
  return Object.hasOwn(value, name) ? (value[name] ?? null) : null;
}
